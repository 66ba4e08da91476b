"""Makes a proposal of a wish: looked up, checked against the contract, and put to the contact in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from fondaco.domain import actions
from fondaco.domain import events as ev
from fondaco.domain.contracts import Action, ActionState, Contract
from fondaco.domain.errors import InvalidInput, ToolRefused
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.people import ASSISTANT
from fondaco.domain.spending import words_of
from fondaco.domain.tools import CallState, Effect, ParameterSource, ToolCall, ToolSpec
from fondaco.engine.acting.executing import Ended, Executor, draft_of
from fondaco.engine.acting.work import TurnWork
from fondaco.engine.draft import Draft
from fondaco.engine.phrasebook import phrases

CONFIRM, DECLINE = (
    "confirm:",
    "decline:",
)  #: what the keys of the two offers begin with, an action's id behind


@dataclass(frozen=True, slots=True)
class Checked:
    """A proposal with what was looked up for it; ``refusal`` is the sentence of one that may not be."""

    action: Action
    calls: Mapping[str, ToolCall]
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Proposer:
    """Makes proposals within one turn."""

    work: TurnWork

    async def propose(self, spec: ToolSpec, values: Mapping[str, Any], subject: str) -> Draft | Ended:
        """Return what the contact is asked or told, or how it ended where nobody has to be asked.

        Raises ToolRefused where the tool would not take these values, or not from this contact.
        """
        checked = await self._checked(spec, values, subject)
        if checked.refusal:
            return self._refused(checked)
        if actions.waits_for_contact(checked.action):
            return question(self.work, checked.action, checked.calls)
        confirmed = actions.confirm_unasked(checked.action, self.work.now_ms)
        return await approved_or_waiting(self.work, confirmed)

    async def _checked(self, spec: ToolSpec, values: Mapping[str, Any], subject: str) -> Checked:
        work, contract = self.work, actions.contract_of(spec)
        work.means.caller.checked(spec.name, values, work.binding(subject))
        known = {
            one.name: values[one.name] for one in spec.parameters if _is_told(one.source, one.name, values)
        }
        calls, preview = await self._preview(contract, known, subject)
        known = self._with_amount(spec, known, preview, subject)
        try:
            proposed = actions.propose(
                spec, known, subject=subject, turn_id=work.context.turn_id, at_ms=work.now_ms
            )
            if contract.amount not in known:
                proposed = actions.with_amount(proposed, contract, preview)
        except InvalidInput as fault:
            raise ToolRefused(f"{spec.name}: {fault}") from fault
        work.move(proposed)
        if preview.get("allowed") is False or preview.get("found") is False:
            why = str(preview.get("reason") or "the preview does not allow it")
            return Checked(
                work.move(actions.refuse(proposed, work.now_ms, why)), calls, "action_refused_state"
            )
        checked = work.move(actions.check(proposed, contract, work.now_ms))
        if checked.state is ActionState.REFUSED:
            return Checked(checked, calls, _sentence_of(checked, contract))
        limit = await work.means.spending.obstacle(
            work.context.work.conversation.workspace_id, checked, contract, work.now_ms
        )
        if limit is None:
            return Checked(checked, calls)
        why = f"the limit is reached: {words_of(limit)}"
        return Checked(work.move(actions.refuse(checked, work.now_ms, why)), calls, "action_refused_limit")

    def _with_amount(
        self, spec: ToolSpec, known: dict[str, Any], preview: Mapping[str, Any], subject: str
    ) -> dict[str, Any]:
        """Return the values with the preview's amount, so that what is shown is what will be sent."""
        name = actions.contract_of(spec).amount
        told = preview.get(name)
        if not name or name in known or told is None or name not in {one.name for one in spec.parameters}:
            return known
        full = known | {name: told}
        try:
            self.work.means.caller.checked(spec.name, full, self.work.binding(subject))
        except ToolRefused:
            return known  # it takes amounts in another form
        return full

    async def _preview(
        self, contract: Contract, known: Mapping[str, Any], subject: str
    ) -> tuple[dict[str, ToolCall], Mapping[str, Any]]:
        """Return what the merchant's system says it comes to.  Raises ToolRefused where it cannot say."""
        tool = self.work.means.caller.toolbox.get(contract.preview)
        if tool is None:
            return {}, {}
        if tool.spec.effect is not Effect.READ:
            raise ToolRefused(f"{contract.preview} changes something, so it is no preview.")
        call = await self.work.means.caller.call(
            tool.spec.name, known, self.work.binding(subject), self.work.journal
        )
        self.work.trace.add(ev.ToolCalled(turn_id=self.work.context.turn_id, call=call))
        is_new = call.age_seconds is None and not call.answered_by
        if call.state is not CallState.DONE or call.result is None or not is_new:
            raise ToolRefused(f"{contract.preview} does not work; nobody knows what this would come to.")
        return {tool.spec.name: call}, call.result

    def _refused(self, checked: Checked) -> Draft:
        """Tell the contact why not; what a limit or the shop's rules are in the way of, people may decide."""
        of_rules = checked.refusal != "action_refused_state"
        handoff = HandoffReason.POLICY if of_rules else None
        return self.work.told(checked.action, checked.calls, checked.refusal, handoff)


def question(
    work: TurnWork, action: Action, calls: Mapping[str, ToolCall] | None = None, tries: int = 0
) -> Draft:
    """Return the question whose yes lets the action happen, with everything that is going to be sent."""
    words = phrases(work.context.language)
    said = work.means.wording.proposal(action, calls or {}, work.context.language)
    offers = (
        ev.Offer(CONFIRM + action.id, words.say("action_confirm")),
        ev.Offer(DECLINE + action.id, words.say("action_decline")),
    )
    awaiting = ev.Awaiting(entry="", wants="", action_id=action.id, tries=tries)
    draft = work.draft(said, action, calls or {})
    return msgspec.structs.replace(draft, offers=offers, awaiting=awaiting)


async def approved_or_waiting(work: TurnWork, confirmed: Action) -> Draft | Ended:
    """Go on with an action that the contact has said yes to: at once, or once a teammate has as well."""
    if actions.waits_for_teammate(confirmed):
        work.move(confirmed, work.contact if confirmed.wants_confirmation else ASSISTANT)
        return Draft(language=work.context.language, handoff=HandoffReason.APPROVAL, actions=(confirmed,))
    # Noted down by the executor, which may be taking this road a second time.
    return await Executor(work).execute(actions.approve_unasked(confirmed, work.now_ms))


def drafted(work: TurnWork, result: Draft | Ended) -> Draft:
    """Return what the contact is told in either case."""
    return result if isinstance(result, Draft) else draft_of(work, result)


def _is_told(source: ParameterSource, name: str, values: Mapping[str, Any]) -> bool:
    return source is ParameterSource.MESSAGE and values.get(name) not in (None, "")


def _sentence_of(refused: Action, contract: Contract) -> str:
    """Return the key of the sentence that tells a contact which rule is in the way."""
    amount = refused.amount_minor
    if amount is None:
        return "action_refused"
    if refused.currency != contract.currency:
        return "action_refused_currency"
    return (
        "action_refused_most"
        if contract.most_minor is not None and amount > contract.most_minor
        else "action_refused"
    )
