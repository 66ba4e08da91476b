"""Money is set aside before a model is asked, and what it cost in the end is what is held."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from fondaco.domain.errors import ConfigurationError
from fondaco.domain.ids import ConnectionId, ConversationId, TurnId, WorkspaceId
from fondaco.domain.usage import Budget, BudgetPeriod, BudgetScope, LedgerEntry, Provenance, Usage
from fondaco.kit.chance import SeededChance
from fondaco.kit.ids import IdMaker
from fondaco.llm.answering import Scope
from fondaco.llm.asking import Finish, Prompt, Reply, Said, Speaker, ToolWish
from fondaco.llm.estimates import Estimator
from fondaco.llm.options import BudgetOptions
from fondaco.llm.price_files import load_prices
from fondaco.llm.purse import Billed, Ending, Purse, Refused, Reserved, spelled
from fondaco.llm.targets import Target
from fondaco.testing.clock import MONDAY_MORNING_MS, FakeClock
from fondaco.testing.memory_ledger import MemoryLedger
from tests.unit.llm.places_to_ask import a_target

SCOPE = Scope(
    workspace_id=WorkspaceId("wsp_1"),
    connection_id=ConnectionId("con_1"),
    conversation_id=ConversationId("cnv_1"),
    turn_id=TurnId("trn_1"),
    step=2,
)
PROMPT = Prompt(
    system="You help contacts of a shop. " * 20,
    history=(Said(by=Speaker.CONTACT, text="Where is my parcel?"),),
    max_output_tokens=1_000,
)
STRONG = a_target("gpt-4.1")
CHEAP = a_target("gpt-4.1-nano")
OWN = msgspec.structs.replace(a_target("qwen", provider="own"), price="free")
PEAK = msgspec.structs.replace(a_target("v4"), price="deepseek/deepseek-v4-pro")
RELAY = msgspec.structs.replace(a_target("gpt-4.1", provider="relay"), price="holysheep/gpt-4.1")
USAGE = Usage(input=200, output=50, cache_read=128)
TOLD = Reply(text="It is on its way.", finish=Finish.STOP, usage=USAGE, served_model="gpt-4.1-2025-04-14")
ANSWERED = Ending(ended_as="answered", billed=Billed.YES, reply=TOLD, duration_ms=900.0, first_token_ms=50.0)
#: Off-peak, an hour before the peak hours of a Monday.
BEFORE_PEAK_MS = 1_795_392_000_000  # 2026-11-23 00:00 UTC


class SlowLedger(MemoryLedger):
    """Writes the first entry down and never says so."""

    _silent = True

    async def reserve(self, entry: LedgerEntry, budgets: tuple[Budget, ...]) -> str | None:
        refused = await super().reserve(entry, budgets)
        if self._silent:
            self._silent = False
            await asyncio.Event().wait()
        return refused


class Till:
    """A purse with everything that it needs at hand."""

    def __init__(
        self, *budgets: BudgetOptions, now_ms: int = MONDAY_MORNING_MS, ledger: MemoryLedger | None = None
    ) -> None:
        self.clock = FakeClock(now_ms)
        self.ledger = ledger or MemoryLedger()
        self.estimator = Estimator()
        ids = IdMaker(self.clock, SeededChance(1))
        self.purse = Purse(self.ledger, load_prices(), self.estimator, budgets, self.clock, ids)

    async def reserved(self, target: Target = STRONG, attempt: int = 1) -> Reserved:
        found = await self.purse.reserve(SCOPE, attempt, target, PROMPT)
        assert isinstance(found, Reserved)
        return found

    async def settled(self, ending: Ending = ANSWERED, target: Target = STRONG) -> LedgerEntry:
        return await self.purse.settle(await self.reserved(target), ending)

    async def held(self, key: str) -> int:
        [found] = await self.ledger.held([key])
        return found.held_pico


def budget(limit: str, scope: BudgetScope = BudgetScope.WORKSPACE, **more: Any) -> BudgetOptions:
    return BudgetOptions(scope=scope, limit=Decimal(limit), **more)


def broken(text: str = "", usage: Usage | None = None) -> Ending:
    reply = msgspec.structs.replace(TOLD, text=text, usage=usage)
    return Ending(ended_as="incomplete", billed=Billed.PERHAPS, reply=reply)


async def test_an_attempt_is_written_down_with_the_most_that_it_can_cost() -> None:
    till = Till()

    entry = (await till.reserved()).entry

    upper = till.estimator.upper_input(PROMPT, STRONG)
    assert entry.cost_pico == upper * 2_000_000 + 1_000 * 8_000_000
    assert (entry.provenance, entry.price_version) == (Provenance.RESERVED, "openai/gpt-4.1@2025-04-14")
    assert (entry.turn_id, entry.step, entry.attempt, entry.model) == ("trn_1", 2, 1, "gpt-4.1")
    assert await till.ledger.entries(SCOPE.workspace_id, SCOPE.conversation_id) == [entry]


async def test_an_answer_costs_what_the_provider_reports() -> None:
    till = Till(budget("1"))

    entry = await till.settled()

    assert entry.cost_pico == 72 * 2_000_000 + 128 * 500_000 + 50 * 8_000_000
    assert (entry.provenance, entry.possibly_billed, entry.usage) == (Provenance.REPORTED, False, USAGE)
    assert (entry.served_model, entry.ended_as) == ("gpt-4.1-2025-04-14", "answered")
    assert (entry.duration_ms, entry.first_token_ms) == (900.0, 50.0)
    assert await till.held("workspace:wsp_1:2026-11-23") == entry.cost_pico


async def test_an_answer_without_figures_is_estimated() -> None:
    till = Till()
    silent = msgspec.structs.replace(ANSWERED, reply=msgspec.structs.replace(TOLD, usage=None))

    entry = await till.settled(silent)

    assert entry.provenance is Provenance.ESTIMATED
    assert entry.usage == Usage(
        input=till.estimator.upper_input(PROMPT, STRONG),
        output=till.estimator.upper("It is on its way.", STRONG),
    )
    assert entry.cost_pico > 0


async def test_figures_that_cannot_be_true_are_not_believed() -> None:
    absurd = msgspec.structs.replace(TOLD, usage=Usage(input=10, output=5, cache_read=11))

    entry = await Till().settled(msgspec.structs.replace(ANSWERED, reply=absurd))

    assert entry.provenance is Provenance.ESTIMATED


@pytest.mark.parametrize("kind", ["not_sent", "rate_limited", "credential"])
async def test_what_was_refused_at_the_door_costs_nothing_and_frees_the_budget(kind: str) -> None:
    till = Till(budget("1"))

    entry = await till.settled(Ending(ended_as=kind, billed=Billed.NO))

    assert (entry.cost_pico, entry.provenance, entry.usage) == (0, Provenance.NOTHING, None)
    assert await till.held("workspace:wsp_1:2026-11-23") == 0


async def test_silence_after_sending_may_cost_all_that_was_set_aside() -> None:
    till = Till(budget("1"))
    reserved = await till.reserved()

    entry = await till.purse.settle(reserved, Ending(ended_as="too_slow", billed=Billed.PERHAPS))

    assert entry.cost_pico == reserved.entry.cost_pico
    assert (entry.provenance, entry.possibly_billed) == (Provenance.UPPER_BOUND, True)


async def test_a_broken_off_answer_costs_what_had_come_as_far_as_we_can_count() -> None:
    till = Till()

    entry = await till.settled(broken("It is on its way, "))

    assert entry.usage is not None
    assert entry.usage.output == till.estimator.upper("It is on its way, ", STRONG)
    assert (entry.provenance, entry.possibly_billed) == (Provenance.ESTIMATED, True)


async def test_no_estimate_is_more_than_what_was_set_aside_for_the_most() -> None:
    till = Till(budget("1"))
    reserved = await till.reserved()
    words = "It is on its way. " * 230  # a little less than the limit of the output, counted as usual

    entry = await till.purse.settle(reserved, broken(words))

    assert entry.usage is not None
    assert till.estimator.expected(words, STRONG) < entry.usage.output == PROMPT.max_output_tokens
    assert entry.cost_pico == reserved.entry.cost_pico


async def test_a_beginning_of_the_figures_is_raised_to_what_had_come() -> None:
    till, long = Till(), "It is on its way, and will arrive tomorrow. " * 20

    entry = await till.settled(broken(long, Usage(input=321, output=1)))

    assert entry.usage == Usage(input=321, output=till.estimator.upper(long, STRONG))
    assert entry.provenance is Provenance.ESTIMATED


async def test_tool_calls_and_reasoning_count_as_output() -> None:
    wish = ToolWish(id="w1", name="find_order", arguments='{"number": "RB-123456"}')
    called = Reply(text="", wishes=(wish,), reasoning="Let me look it up.", finish=Finish.TOOLS)

    entry = await Till().settled(msgspec.structs.replace(ANSWERED, reply=called))

    assert entry.usage is not None
    assert entry.usage.output > 10


@pytest.mark.parametrize(
    ("target", "provenance"),
    [
        (STRONG, Provenance.REPORTED),
        (RELAY, Provenance.UPPER_BOUND),
        (OWN, Provenance.REPORTED),
        (
            msgspec.structs.replace(
                STRONG, profile=msgspec.structs.replace(STRONG.profile, reports_cache=False)
            ),
            Provenance.UPPER_BOUND,
        ),
    ],
)
async def test_a_figure_says_when_the_bill_may_be_lower(target: Target, provenance: Provenance) -> None:
    entry = await Till().settled(target=target)

    assert entry.provenance is provenance


async def test_a_model_of_ones_own_costs_nothing_and_never_runs_out_of_money() -> None:
    till = Till(budget("0"))

    entry = await till.settled(target=OWN)

    assert (entry.cost_pico, entry.price_version, entry.usage) == (0, "free", USAGE)


async def test_what_ends_in_dearer_hours_than_it_began_is_charged_the_dearer_way() -> None:
    till = Till(now_ms=BEFORE_PEAK_MS + 3_599_000)
    reserved = await till.reserved(PEAK)
    await till.clock.advance(2)

    entry = await till.purse.settle(reserved, ANSWERED)

    assert reserved.entry.price_version.endswith(" peak")
    assert entry.cost_pico == 72 * 1_320_000 + 128 * 44_000 + 50 * 3_960_000
    assert entry.provenance is Provenance.UPPER_BOUND


async def test_far_from_the_dear_hours_the_cheap_price_is_set_aside() -> None:
    reserved = await Till(now_ms=BEFORE_PEAK_MS).reserved(PEAK)

    assert reserved.entry.price_version == "deepseek/deepseek-v4-pro@2026-08-16T16:00Z"


async def test_a_settled_answer_teaches_the_estimator() -> None:
    till = Till()
    before = till.estimator.expected_input(PROMPT, STRONG)
    many = msgspec.structs.replace(TOLD, usage=Usage(input=2 * before, output=5))

    await till.settled(msgspec.structs.replace(ANSWERED, reply=many))

    assert till.estimator.expected_input(PROMPT, STRONG) == pytest.approx(2 * before, abs=1)


async def test_a_broken_off_answer_teaches_nothing() -> None:
    till = Till()
    before = till.estimator.expected_input(PROMPT, STRONG)

    await till.settled(broken("It is", Usage(input=5 * before, output=1)))

    assert till.estimator.expected_input(PROMPT, STRONG) == before


async def test_settling_again_changes_nothing() -> None:
    till = Till(budget("1"))
    reserved = await till.reserved()

    first = await till.purse.settle(reserved, ANSWERED)
    again = await till.purse.settle(reserved, ANSWERED)

    assert first == again
    assert await till.held("workspace:wsp_1:2026-11-23") == first.cost_pico


async def test_a_budget_refuses_what_does_not_fit_and_nothing_is_written() -> None:
    till = Till(budget("1", period=BudgetPeriod.MONTH), budget("0.005"))

    refused = await till.purse.reserve(SCOPE, 1, STRONG, PROMPT)

    assert isinstance(refused, Refused)
    assert refused.budget == "workspace:wsp_1:2026-11-23"
    assert "has no room for another 0.00" in str(refused)
    assert await till.ledger.entries(SCOPE.workspace_id, SCOPE.conversation_id) == []


async def test_fifty_questions_at_once_cannot_spend_more_than_there_is() -> None:
    till = Till(budget("0.05"))
    one = (await Till().reserved()).entry.cost_pico

    got = await asyncio.gather(*(till.purse.reserve(SCOPE, 1, STRONG, PROMPT) for _ in range(50)))

    admitted = [each for each in got if isinstance(each, Reserved)]
    assert len(admitted) == 5 * 10**10 // one
    assert await till.held("workspace:wsp_1:2026-11-23") <= 5 * 10**10


async def test_what_was_set_aside_for_somebody_who_has_gone_away_is_given_back() -> None:
    till = Till(budget("1"), ledger=SlowLedger())
    asking = asyncio.create_task(till.purse.reserve(SCOPE, 1, STRONG, PROMPT))
    await asyncio.wait([asking], timeout=0)
    before = await till.held("workspace:wsp_1:2026-11-23")

    asking.cancel()
    await asyncio.wait([asking])
    await till.purse.drain()

    [entry] = await till.ledger.entries(SCOPE.workspace_id, SCOPE.conversation_id)
    assert before > 0
    assert await till.held("workspace:wsp_1:2026-11-23") == 0
    assert (entry.provenance, entry.ended_as) == (Provenance.NOTHING, "cancelled")


def test_every_budget_has_a_key_of_its_scope_and_period() -> None:
    till = Till(
        budget("1"),
        budget("2", period=BudgetPeriod.MONTH),
        budget("3", BudgetScope.CHANNEL),
        budget("4", BudgetScope.CHANNEL, connection="con_1"),
        budget("5", BudgetScope.CHANNEL, connection="con_other"),
        budget("6", BudgetScope.CONVERSATION, period=BudgetPeriod.EVER),
    )

    found = till.purse.budgets_of(SCOPE, till.clock.now_ms())

    assert [(one.key, one.limit_pico // 10**12) for one in found] == [
        ("workspace:wsp_1:2026-11-23", 1),
        ("workspace:wsp_1:2026-11", 2),
        ("channel:con_1:2026-11-23", 3),
        ("channel:con_1:2026-11-23", 4),
        ("conversation:cnv_1:ever", 6),
    ]


async def test_a_new_day_has_a_new_budget() -> None:
    till = Till(budget("0.01"))
    first = await till.purse.reserve(SCOPE, 1, STRONG, PROMPT)
    second = await till.purse.reserve(SCOPE, 2, STRONG, PROMPT)
    await till.clock.advance(86_400)

    next_day = await till.purse.reserve(SCOPE, 3, STRONG, PROMPT)

    assert [type(each) for each in (first, second, next_day)] == [Reserved, Refused, Reserved]


@pytest.mark.parametrize("limit", ["-1", "NaN", "Infinity", "9000001"])
def test_a_limit_that_is_none_stops_the_start(limit: str) -> None:
    with pytest.raises(ConfigurationError, match=r"llm\.budgets"):
        Till(budget(limit))


def test_amounts_are_spelled_to_the_millionth() -> None:
    assert spelled(4_210_000_000, "USD") == "0.004210 USD"
    assert spelled(12 * 10**12, "EUR") == "12.000000 EUR"
