"""A shop whose model may pay money back, under a contract that a test chooses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from fondaco.domain import events as ev
from fondaco.domain.contracts import Action, ActionState, Contract, Limit
from fondaco.domain.tools import Effect, Parameter, ToolSpec, Verification
from fondaco.llm.asking import Reply
from fondaco.testing.scripted_models import ScriptedModels, wishing
from tests.scenario.turns_house import ORDER_NUMBER, SUBJECT, FakeTool, Setting, Talk, talk
from tests.scenario.turns_models import CHEAP

AMOUNT = Parameter(name="amount", schema={"type": "integer"})
REFUND = Contract(
    dry_run=False,
    record="order_number",
    amount="amount",
    currency="EUR",
    most_minor=50_000,
    approve_above_minor=10_000,
    limits=(Limit(count=2, amount_minor=20_000),),
    claims=("refunded",),
    find_out="operation",
    compensate="undo",
)
MINE = "I want money back for RI-10001, my postcode is 10115."
PROVE = wishing("identify", {"order_number": "RI-10001", "proof": "10115"}, wish_id="wish_0")


def refund_of(minor: int, order_number: str = "RI-10001") -> Reply:
    """Return a model's wish to pay so much back."""
    return wishing("refund", {"order_number": order_number, "amount": minor})


def refund_tool(contract: Contract = REFUND, fault: Exception | None = None) -> FakeTool:
    """Return the merchant's tool that pays back; with a fault it raises after the money is gone or not."""

    def paid(arguments: dict[str, Any]) -> dict[str, Any]:
        if fault is not None:
            raise fault
        return {"refunded": {"amount_minor": arguments["amount"], "currency": "EUR"}}

    spec = ToolSpec(
        name="refund",
        description="Pays money back.",
        parameters=(ORDER_NUMBER, AMOUNT, SUBJECT),
        effect=Effect.WRITE,
        verification=Verification.MATCHED,
        contract=contract,
    )
    return FakeTool(spec, paid)


def undo_tool(fault: Exception | None = None) -> FakeTool:
    """Return the merchant's tool that takes a refund back."""

    def undone(_: dict[str, Any]) -> dict[str, Any]:
        if fault is not None:
            raise fault
        return {}

    spec = ToolSpec(
        name="undo", description="", parameters=(ORDER_NUMBER, SUBJECT), effect=Effect.WRITE, idempotent=True
    )
    return FakeTool(spec, undone)


def operation_tool(result: dict[str, Any]) -> FakeTool:
    """Return the tool that tells what became of a call."""
    key = Parameter(name="idempotency_key")
    return FakeTool(ToolSpec(name="operation", description="", parameters=(key,)), lambda _: result)


@dataclass(slots=True)
class ActionTalk:
    """One contact's conversation about money."""

    shop: Talk
    refund: FakeTool
    undo: FakeTool

    async def actions(self) -> list[Action]:
        return [event.action for event in await self.shop.all_of(ev.ActionMoved)]

    async def states(self) -> list[ActionState]:
        return [action.state for action in await self.actions()]

    async def propose(self, text: str = MINE) -> ev.MessagePosted:
        """Let the contact ask for money, and return the question that is put to it."""
        return await self.shop.ask(text)

    async def click(self, question: ev.MessagePosted, place: int = 0) -> ev.MessagePosted:
        """Let the contact click on an offer of the question: 0 is the yes, 1 the no."""
        offer = question.offers[place]
        return await self.shop.ask(offer.label, choice=offer.key)


async def refunds(
    *replies: str | Reply,
    contract: Contract = REFUND,
    fault: Exception | None = None,
    operation: dict[str, Any] | None = None,
    undoing: Exception | None = None,
) -> ActionTalk:
    """Open a shop whose model proves identity first and then says what the test tells it to."""
    tool, undo = refund_tool(contract, fault), undo_tool(undoing)
    models = ScriptedModels(PROVE, *replies)
    setting = Setting(
        models={CHEAP: models}, more_tools=(tool, undo, operation_tool(operation or {"state": "never_seen"}))
    )
    return ActionTalk(await talk(setting), tool, undo)
