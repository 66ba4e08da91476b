"""Puts the question for a one-time code to the contact, and reads the answer."""

from __future__ import annotations

import re

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.evidence import Evidence, EvidenceSource
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.tools import Parameter
from fondaco.engine.coding import CodeState, CodeStep, coder_of
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Draft, Trace
from fondaco.engine.phrasebook import phrases
from fondaco.tools import Toolbox, ToolCaller
from fondaco.tools.caller import Journal

CODE_WANTED = "verification.code"  #: what is awaited; the names of tools' parameters have no dot
NEW_CODE = "code:new"  #: key of the offer that asks for another code

_SIX_DIGITS = r"(?<!\d)(\d{3})[ -]?(\d{3})(?!\d)"
_DIGITS = re.compile(r"\d[ -]?\d[ -]?\d")
_TRIES = 3  # how often the question may stay unanswered before a person takes over
_BEFORE = {CodeState.RENEWED: "code_too_late", CodeState.TOO_SOON: "code_too_soon"}


def code_parameter(toolbox: Toolbox) -> Parameter | None:
    """Return how a code is read out of a message; six digits where the tool does not say otherwise."""
    options = toolbox.code
    tool = toolbox.get(options.check_tool) if options is not None else None
    if options is None or tool is None:
        return None
    told = next(one for one in tool.spec.parameters if one.name == options.code_parameter)
    if told.pattern:
        return msgspec.structs.replace(told, name=CODE_WANTED)
    return Parameter(name=CODE_WANTED, pattern=_SIX_DIGITS, form="{1}{2}")


def question(context: TurnContext, step: CodeStep, awaiting: ev.Awaiting) -> Draft:
    """Return what the contact is asked, or the handoff where asking leads nowhere.

    ``awaiting`` is what waits for the code: an entry, or nothing where a model has asked for it.
    """
    tries = 1 if step.state is CodeState.WRONG else awaiting.tries  # wrong codes have a count of their own
    reason = step.handoff or (HandoffReason.MISSING_KNOWLEDGE if tries > _TRIES else None)
    if reason is not None:
        return Draft(language=context.language, handoff=reason)
    text, stated = _words(context, step)
    return Draft(
        text=text,
        language=context.language,
        offers=(ev.Offer(NEW_CODE, phrases(context.language).say("code_new")),),
        awaiting=msgspec.structs.replace(awaiting, wants=CODE_WANTED, sentence="ask_code", tries=tries),
        stated=stated,
        stored=True,
    )


def _words(context: TurnContext, step: CodeStep) -> tuple[str, tuple[Evidence, ...]]:
    book = phrases(context.language)
    if step.state is CodeState.WRONG:
        left = str(step.left)
        return book.say("code_wrong", tries_left=left), (_evidence(left, "tries_left"),)
    before = [book.say(_BEFORE[step.state])] if step.state in _BEFORE else []
    if not step.sent_to:
        return "\n".join([*before, book.say("ask_code")]), ()
    asked = book.say("code_sent", sent_to=step.sent_to)
    return "\n".join([*before, asked]), (_evidence(step.sent_to, "sent_to"),)


def _evidence(value: str, name: str) -> Evidence:
    reference = f"verification.code.{name}"
    return Evidence(written=value, value=value, source=EvidenceSource.SHOP, reference=reference)


def asked_again(context: TurnContext, waited: ev.Awaiting) -> Draft:
    """Return the open question once more, to a contact who wrote something else."""
    sent_to = context.codes[-1].sent_to if context.codes else ""
    again = msgspec.structs.replace(waited, tries=waited.tries + 1)
    return question(context, CodeStep(state=CodeState.SENT, sent_to=sent_to), again)


def wants_new_code(context: TurnContext) -> bool:
    """Return whether the contact asks for another code: by the offer, or in words where one is awaited."""
    if context.choice:
        return context.choice == NEW_CODE
    waits = context.awaiting is not None and context.awaiting.wants == CODE_WANTED
    gives_one = _DIGITS.search(context.question) is not None  # "the new code is 123456"
    return waits and not gives_one and phrases(context.language).wants_new_code(context.question)


async def renewed(caller: ToolCaller, context: TurnContext, journal: Journal, trace: Trace) -> Draft:
    """Return the question for a new code, for whom the last one was meant.  Raises LeaseLost."""
    coder = coder_of(caller, context, journal, trace)
    last = coder.last_code() if coder is not None else None
    if coder is None or last is None:
        return Draft(language=context.language, handoff=HandoffReason.POLICY)
    step = await coder.renew(last.subject)
    waited = _last_question(context) or ev.Awaiting(wants=CODE_WANTED)
    return question(context, step, msgspec.structs.replace(waited, tries=1))


def _last_question(context: TurnContext) -> ev.Awaiting | None:
    """Return what waited for the last code, even where something else was spoken of since."""
    asked = [
        record.event.awaiting
        for record in context.work.records
        if isinstance(record.event, ev.MessagePosted) and record.event.awaiting is not None
    ]
    return next((one for one in reversed(asked) if one.wants == CODE_WANTED), None)
