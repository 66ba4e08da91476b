"""Answers what is no question yet: greetings, thanks, an "ok", who we are, and vague cries for help."""

from __future__ import annotations

import re

from fondaco.domain import events as ev
from fondaco.domain.contracts import ActionState
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.turns import unanswered
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Draft
from fondaco.engine.phrasebook import phrases, small_talk
from fondaco.kit.language import Language

_ACKNOWLEDGEMENT, _VAGUE = "acknowledgement", "vague"
_KEEP_OUR_QUESTION = ("greeting", _ACKNOWLEDGEMENT, _VAGUE)
_ASKS = re.compile("[?？]|か。")


def said(context: TurnContext, key: str) -> Draft:
    """Return a sentence of ours; what the contact was asked for stays asked for."""
    text = phrases(context.language).say(key)
    return Draft(text=text, language=context.language, awaiting=context.awaiting, stored=True)


def chatted(context: TurnContext) -> Draft | None:
    """Return the answer to small talk; None where the message has to be looked into.

    While our question stands, a greeting, a nod and a vague word are no reason to drop it.  A contact who
    stays vague when asked to describe it is better off with a person.
    """
    kind = None if context.choice else small_talk(context.language, context.question)
    if kind is None or (context.awaiting is not None and kind in _KEEP_OUR_QUESTION):
        return None
    if kind == _ACKNOWLEDGEMENT:
        return _acknowledged(context)
    if kind != _VAGUE:
        return said(context, kind)
    if _was_vague(context):
        return Draft(language=context.language, handoff=HandoffReason.MISSING_KNOWLEDGE)
    return said(context, "not_understood_emoji")


def _acknowledged(context: TurnContext) -> Draft | None:
    """Return the answer to a nod; None where it answers what a model has asked, which models know best."""
    if _is_put_again(context):
        return said(context, "action_unclear")
    return None if _a_model_asks(context) else said(context, _ACKNOWLEDGEMENT)


def _is_put_again(context: TurnContext) -> bool:
    """Return whether the question for a yes to a proposal will stand behind the answer once more."""
    action = context.proposed
    return action is not None and action.state is ActionState.CHECKED and context.times_proposed == 1


def _a_model_asks(context: TurnContext) -> bool:
    """Return whether the assistant's last message is a model's and asks something."""
    events = [record.event for record in reversed(context.work.records)]
    last = next((event for event in events if isinstance(event, ev.MessagePosted)), None)
    if last is None or not _ASKS.search(last.text):
        return False
    routes = (event for event in events if isinstance(event, ev.RouteChosen))
    return any(event.route is not ev.RouteKind.LOCAL for event in routes if event.turn_id == last.turn_id)


def without_small_talk(context: TurnContext) -> str:
    """Return the question without the messages that only greet or thank, if that leaves any."""
    lines = context.question.split("\n")
    if len(lines) == 1:
        return context.question
    asking = [line for line in lines if small_talk(context.language, line) is None]
    return "\n".join(asking) or context.question


def _was_vague(context: TurnContext) -> bool:
    """Return whether the contact's message before those of this turn was vague too."""
    records = context.work.records
    written = [record.event for record in records if isinstance(record.event, ev.MessageReceived)]
    before = written[: len(written) - len(unanswered(records))]
    return bool(before) and small_talk(before[-1].language or Language.EN, before[-1].text) == _VAGUE
