"""What open actions make of a turn: a yes executes, a no ends it, all else is answered and asked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from fondaco.domain import actions
from fondaco.domain.contracts import Action, ActionState
from fondaco.domain.tools import ToolSpec
from fondaco.engine.acting.consent import Consent, consent_of
from fondaco.engine.acting.executing import Ended, Executor, draft_of
from fondaco.engine.acting.proposing import (
    CONFIRM,
    DECLINE,
    Proposer,
    approved_or_waiting,
    drafted,
    question,
)
from fondaco.engine.acting.wording import LEFT
from fondaco.engine.acting.work import Means, TurnWork
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Draft, Trace, joined
from fondaco.engine.phrasebook import phrases
from fondaco.tools.caller import Journal

_ASKED = 2  # times that a proposal is put before words about something else are taken for a no


@dataclass(frozen=True, slots=True)
class Acted:
    """What an action has to say in a turn."""

    draft: Draft
    whole: bool  #: nothing else of what the contact wrote wants an answer
    why: str  #: for the log of routes


class Acting:
    """Leads actions through the turns of a conversation."""

    def __init__(self, means: Means) -> None:
        self._means = means

    async def go_on(self, context: TurnContext, journal: Journal, trace: Trace) -> Acted | None:
        """Return what open actions make of this turn; None where they leave it as any other.

        Raises LeaseLost.
        """
        work = TurnWork(self._means, context, journal, trace)
        if context.decided:
            return await self._decided(work)
        if context.proposed is not None:
            return await self._answered(work, context.proposed)
        if context.choice.startswith((CONFIRM, DECLINE)):
            return self._too_late(work, context.choice)
        return None

    async def propose(
        self, spec: ToolSpec, values: Mapping[str, Any], subject: str, work: TurnWork
    ) -> Draft | Ended:
        """Return what the contact is asked or told of a wish, or how it ended where nobody is asked.

        Raises ToolRefused where the tool would not take these values, or not from this contact; LeaseLost.
        """
        return await Proposer(work).propose(spec, values, subject)

    def work(self, context: TurnContext, journal: Journal, trace: Trace) -> TurnWork:
        """Return what proposing needs within one turn."""
        return TurnWork(self._means, context, journal, trace)

    def after(self, draft: Draft, context: TurnContext, journal: Journal, trace: Trace) -> Draft:
        """Return an answer to something else with the open question behind it.

        Where the answer asks a question of its own, or the contact has gone on to something else for long
        enough, that is a no, and the contact is told so.
        """
        action = context.proposed
        if action is None or action.state is not ActionState.CHECKED:
            return draft
        work = TurnWork(self._means, context, journal, trace)
        asked = context.times_proposed
        taken = draft.handoff is not None or draft.awaiting is not None or bool(draft.offers)
        if taken or asked >= _ASKED or actions.is_expired(action, work.now_ms):
            why = "expired" if actions.is_expired(action, work.now_ms) else LEFT
            told = work.told(work.move(actions.decline(action, work.now_ms, why)))
            return msgspec.structs.replace(joined(draft, told), offers=draft.offers, awaiting=draft.awaiting)
        return joined(draft, question(work, action, work.looked_up(action), tries=asked))

    async def _decided(self, work: TurnWork) -> Acted:
        """Execute what a teammate approved, and tell of what one refused."""
        drafts = [await self._of_decision(work, action) for action in work.context.decided]
        whole = drafts[0]
        for draft in drafts[1:]:
            whole = joined(whole, draft)
        return Acted(whole, whole=not work.context.question, why="a teammate has decided on an action")

    async def _of_decision(self, work: TurnWork, action: Action) -> Draft:
        if action.state is ActionState.REFUSED:
            return work.told(action, refusal="action_refused_by_team")
        if action.state is ActionState.COMPENSATING:
            return draft_of(work, await Executor(work).take_back(action))
        if actions.is_expired(action, work.now_ms) and Executor(work).begun(action) is None:
            return work.told(work.move(actions.decline(action, work.now_ms, "expired")))
        return draft_of(work, await Executor(work).execute(action))

    async def _answered(self, work: TurnWork, action: Action) -> Acted | None:
        """Take the contact's words for what they say to the proposal of the assistant's last message."""
        begun = Executor(work).begun(action)
        if begun is not None:  # this turn has got so far before
            ended = await Executor(work).execute(action)
            whole = begun.confirmed_in == work.context.last_message_id
            return Acted(draft_of(work, ended), whole=whole, why="an action is under way")
        if action.state is not ActionState.CHECKED:
            return None
        match self._consent(work, action):
            case Consent.NO:
                declined = work.move(actions.decline(action, work.now_ms), work.contact)
                return Acted(work.told(declined), whole=True, why="the contact said no to it")
            case Consent.SOFT if work.context.times_proposed > 1:
                again = self._asked_again(work, action)
                return Acted(again, whole=True, why="the contact may have agreed to what stood before it")
            case Consent.YES | Consent.SOFT:
                return Acted(
                    await self._confirmed(work, action),
                    whole=True,
                    why="the contact said yes to it",
                )
            case Consent.UNCLEAR if work.context.choice.startswith((CONFIRM, DECLINE)):
                again = question(work, action, work.looked_up(action), tries=work.context.times_proposed)
                return Acted(again, whole=True, why="a click on an earlier proposal")
            case Consent.UNCLEAR:
                return None

    @staticmethod
    def _asked_again(work: TurnWork, action: Action) -> Draft:
        asked = question(work, action, work.looked_up(action), tries=work.context.times_proposed)
        return joined(work.told(action), asked)  # of an open one it tells that a clear yes is wanted

    async def _confirmed(self, work: TurnWork, action: Action) -> Draft:
        if actions.is_expired(action, work.now_ms):
            return work.told(work.move(actions.decline(action, work.now_ms, "expired")))
        message_id, shown_in = work.context.last_message_id, action.shown_in
        if message_id is None or shown_in is None:  # both are known wherever an answer is
            return work.told(work.move(actions.decline(action, work.now_ms, "expired")))
        confirmed = actions.confirm(action, message_id, work.now_ms, answers=shown_in)
        if not work.still_proven(confirmed):
            return work.told(work.move(actions.decline(action, work.now_ms, "expired")))
        return drafted(work, await approved_or_waiting(work, confirmed))

    def _consent(self, work: TurnWork, action: Action) -> Consent:
        context = work.context
        if context.choice:
            clicked = {CONFIRM + action.id: Consent.YES, DECLINE + action.id: Consent.NO}
            return clicked.get(context.choice, Consent.UNCLEAR)
        spec = work.spec(action)
        deeds = actions.contract_of(spec).claims if spec is not None else None
        return consent_of(context.question, context.language, deeds or None)

    def _too_late(self, work: TurnWork, choice: str) -> Acted | None:
        """Answer a click on the offer of a proposal that is not open any more: nothing happens by it."""
        action_id = choice.removeprefix(CONFIRM).removeprefix(DECLINE)
        found = {str(key): one for key, one in actions.open_of(work.context.work.records).items()}
        action = found.get(action_id)
        if action is None or action.state is ActionState.CHECKED:
            return Acted(_expired(work), whole=True, why="a click on a proposal that is not open")
        return Acted(work.told(action), whole=True, why="a click on a proposal that is over")


def _expired(work: TurnWork) -> Draft:
    language = work.context.language
    return Draft(text=phrases(language).say("action_expired"), language=language, stored=True)
