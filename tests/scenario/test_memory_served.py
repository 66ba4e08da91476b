"""A long conversation with the whole server, as the provider at the other end sees its prompts."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from fondaco.domain import events as ev
from fondaco.domain.ids import ConversationId, WorkspaceId
from fondaco.llm.options import ChainOptions, LlmOptions, ModelOptions, ProviderOptions
from fondaco.llm.targets import ProviderKind
from fondaco.llm.tokens import load_vocabularies
from fondaco.memory.options import MemoryOptions, StrategyChoice
from fondaco.testing.provider.cache import CacheRule
from fondaco.testing.provider.presets import SimulatorOptions
from fondaco.testing.provider.script import Answer, Ask, Call, Line, Role, WireName
from fondaco.testing.provider.simulator import ProviderSimulator
from fondaco.testing.provider.trouble import Trouble, TroubleKind
from tests.scenario.whole_server import PATIENCE_SECONDS, Whole, open_whole

SIMULATED = SimulatorOptions(cache=CacheRule(block_tokens=16, minimum_tokens=16))
STEPPED = MemoryOptions(strategy=StrategyChoice.STEPPED, high_tokens=900, low_tokens=550)
WISHES = "I would like a scarf of wool in the colour that we spoke of, for my sister and for me. " * 4
SAYS = "That is a pleasure to hear, and we are glad that you like it. " * 3
POODLE = (
    "We have lived here for a good while now and it is nice, and there is a poodle who lives with us and who "
    "is with us all the time, as one would like it to be, and so it has been and so it is now as well."
)
SUMMARY = "The person wants a scarf for their sister."


@dataclass(slots=True)
class Heard:
    """What the simulated provider was asked."""

    asks: list[Ask] = field(default_factory=list)
    sums_up: bool = True

    def answer(self, ask: Ask) -> Answer:
        self.asks.append(ask)
        if "Sum up this conversation" in ask.last.text:
            if not self.sums_up:
                raise Trouble(TroubleKind.SERVER_ERROR, "Not today.")
            return Answer(text=SUMMARY)
        looks_back = "Which dog" in ask.last.text and ask.last.role is Role.USER
        if "which animal" in ask.last.text and ask.last.role is Role.USER:
            return Answer(calls=(Call(name="recall", arguments='{"query":"a pet, an animal"}'),))
        if looks_back and ask.offers("recall"):
            return Answer(calls=(Call(name="recall", arguments='{"query":"the dog Bruno"}'),))
        return Answer(text=SAYS)

    def lines(self, since: int = 0) -> list[tuple[Line, ...]]:
        return [ask.lines for ask in self.asks[since:]]


def models_at(simulator: ProviderSimulator, kind: ProviderKind, model: str) -> LlmOptions:
    wire = WireName.ANTHROPIC if kind is ProviderKind.ANTHROPIC else WireName.OPENAI
    provider = ProviderOptions(name="simulated", kind=kind, base_url=simulator.base_url(wire))
    chosen = ModelOptions(name="one", provider="simulated", model=model)
    return LlmOptions(providers=(provider,), models=(chosen,), chains=ChainOptions(cheap=("one",)))


@asynccontextmanager
async def served(
    folder: Path, heard: Heard, memory: MemoryOptions, kind: ProviderKind = ProviderKind.OPENAI
) -> AsyncIterator[ServedTwice]:
    model = "claude-sonnet-4-5" if kind is ProviderKind.ANTHROPIC else "gpt-4.1"
    async with ProviderSimulator(heard.answer, options=SIMULATED) as simulator:
        yield ServedTwice(folder, simulator, models_at(simulator, kind, model), memory)


@dataclass(slots=True)
class ServedTwice:
    """A server that is started as often as a test wants, on the same data."""

    folder: Path
    simulator: ProviderSimulator
    llm: LlmOptions
    memory: MemoryOptions
    conversation: str = ""
    embeddings: bool = False

    async def write(self, texts: Sequence[str]) -> list[ev.Recorded]:
        """Start a process, let the contact write and be answered, and return the log."""
        async with open_whole(self.folder, self.llm, self.memory, embeddings=self.embeddings) as whole:
            self.conversation = self.conversation or await whole.open("mira")
            for text in texts:
                path = f"/v1/conversations/{self.conversation}/messages"
                sent = await whole.ask("POST", path, {"text": text})
                assert sent.status == 202
                await self._answered(whole)
            return await self._log(whole)

    def purposes(self) -> list[str]:
        """Return for what models were asked, as the ledger has it."""
        with closing(sqlite3.connect(self.folder / "fondaco.db")) as reading:
            return [purpose for (purpose,) in reading.execute("select purpose from ledger_entry")]

    async def _answered(self, whole: Whole) -> None:
        waited = 0.0
        while (log := await self._log(whole)) and not isinstance(log[-1].event, ev.TurnSettled):
            assert waited < PATIENCE_SECONDS
            await whole.app.clock.sleep(0.01)
            waited += 0.01

    async def _log(self, whole: Whole) -> list[ev.Recorded]:
        workspace = WorkspaceId(whole.app.settings.workspace.id)
        found: list[ev.Recorded] = []
        while batch := await whole.app.reader.records(
            workspace, ConversationId(self.conversation), found[-1].seq if found else 0, 500
        ):
            found += batch
        return found


def cut_turns(log: Sequence[ev.Recorded]) -> set[str]:
    return {str(one.event.turn_id) for one in log if isinstance(one.event, ev.HistoryCut)}


def turns_of(log: Sequence[ev.Recorded]) -> list[str]:
    return [str(one.event.turn_id) for one in log if isinstance(one.event, ev.TurnSettled)]


def goes_on(before: Sequence[Line], after: Sequence[Line]) -> bool:
    """Return whether a prompt begins with all that stood before the other one's question."""
    return tuple(after[: len(before) - 1]) == tuple(before[:-1])


async def test_prompts_begin_as_the_last_one_did_but_for_cuts_even_after_a_restart(tmp_path: Path) -> None:
    heard = Heard()
    async with served(tmp_path, heard, STEPPED) as server:
        await server.write([WISHES] * 9)
        before_restart = len(heard.asks)
        log = await server.write([WISHES] * 9)
        billed = server.simulator.journal.entries()

    turns, cuts = turns_of(log), cut_turns(log)
    assert len(heard.asks) == len(turns) == 18
    broken = {
        turn
        for turn, (one, two) in zip(turns[1:], pairwise(heard.lines()), strict=True)
        if not goes_on(one, two)
    }
    assert 3 <= len(broken) < 9
    assert broken == cuts
    assert turns[before_restart] not in cuts
    assert billed[before_restart].cache_read > billed[before_restart].input // 2
    assert sum(isinstance(one.event, ev.MemoryPlanned) for one in log) == 1


async def test_a_model_asks_for_what_was_hidden_and_is_told_of_it_once(tmp_path: Path) -> None:
    heard = Heard()
    async with served(tmp_path, heard, STEPPED) as server:
        log = await server.write(["My dog Bruno ate my scarf.", *[WISHES] * 8, "Which dog ate it?", WISHES])

    told = [lines for lines in heard.lines() if any("Bruno" in line.text for line in lines[-1:])]
    recalled = [one.event for one in log if isinstance(one.event, ev.TurnsRecalled)]
    assert told[-1][-1].role is Role.TOOL
    assert "- person: My dog Bruno ate my scarf." in told[-1][-1].text
    assert [(one.by, one.query) for one in recalled] == [("tool", "the dog Bruno")]
    assert not any("Bruno" in line.text for line in heard.lines()[-1])


@pytest.mark.parametrize("embeddings", [False, True])
async def test_what_was_said_in_other_words_comes_back_where_there_is_a_sentence_encoder(
    tmp_path: Path, *, embeddings: bool
) -> None:
    heard = Heard()
    orders = [
        f"Order RI-{number} goes to Anna Berg, Lindenweg {number}, 53111 Bonn, with {number} scarves of wool "
        f"and {number} cups, as Paul Winter of Berlin paid on Friday by card {number}."
        for number in range(1001, 1015)
    ]
    async with served(tmp_path, heard, STEPPED) as server:
        server.embeddings = embeddings
        log = await server.write([*orders[:3], POODLE, *orders[3:], "So which animal?"])

    told = "".join(line.text for line in heard.lines()[-1] if line.role is Role.TOOL)
    assert [one.event.by for one in log if isinstance(one.event, ev.TurnsRecalled)] == ["tool"]
    assert ("poodle" in told) is embeddings


async def test_a_model_sums_up_what_is_hidden_and_the_ledger_has_it(tmp_path: Path) -> None:
    heard, memory = Heard(), msgspec.structs.replace(STEPPED, strategy=StrategyChoice.SUMMARY)
    async with served(tmp_path, heard, memory) as server:
        log = await server.write([WISHES] * 12)

    cuts = [one.event for one in log if isinstance(one.event, ev.HistoryCut)]
    assert cuts
    assert {cut.digest for cut in cuts} == {SUMMARY}
    assert server.purposes().count("summary") == len(cuts)
    assert SUMMARY in "".join(line.text for line in heard.lines()[-1])


async def test_a_summary_that_fails_leaves_an_extract_and_every_turn_its_answer(tmp_path: Path) -> None:
    heard, memory = Heard(sums_up=False), msgspec.structs.replace(STEPPED, strategy=StrategyChoice.SUMMARY)
    async with served(tmp_path, heard, memory) as server:
        log = await server.write([WISHES] * 10)

    cuts = [one.event for one in log if isinstance(one.event, ev.HistoryCut)]
    answers = [one.event.text for one in log if isinstance(one.event, ev.MessagePosted)]
    assert cuts
    assert {cut.digest_by for cut in cuts} == {"extract"}
    assert answers == [SAYS.strip()] * 10


@pytest.mark.parametrize("kind", [ProviderKind.OPENAI, ProviderKind.DEEPSEEK])
async def test_every_way_of_keeping_a_history_is_planned_from_prices(
    tmp_path: Path, kind: ProviderKind
) -> None:
    heard = Heard()
    async with ProviderSimulator(heard.answer, options=SIMULATED) as simulator:
        model = "gpt-4.1" if kind is ProviderKind.OPENAI else "deepseek-v3.2"
        server = ServedTwice(tmp_path, simulator, models_at(simulator, kind, model), MemoryOptions())
        log = await server.write([WISHES] * 3)

    [plan] = [one.event for one in log if isinstance(one.event, ev.MemoryPlanned)]
    assert plan.strategy in {"append", "stepped"}
    assert "1/" in plan.why
    assert cut_turns(log) == set()


async def test_a_provider_that_keeps_only_what_is_marked_finds_the_history_again(tmp_path: Path) -> None:
    heard, memory = Heard(), MemoryOptions(strategy=StrategyChoice.APPEND)
    async with served(tmp_path, heard, memory, ProviderKind.ANTHROPIC) as server:
        await server.write([WISHES] * 8)
        billed = server.simulator.journal.entries()

    found = [entry.cache_read for entry in billed]
    grown = [after - before for before, after in pairwise(found[2:])]
    assert all(more > 100 for more in grown)
    assert billed[-1].cache_read > 0.7 * billed[-1].input


async def test_tokens_are_counted_once_and_stored_with_each_message(tmp_path: Path) -> None:
    async with served(tmp_path, Heard(), MemoryOptions()) as server:
        log = await server.write([WISHES])

    count = load_vocabularies().count
    said = [one.event for one in log if isinstance(one.event, ev.MessageReceived | ev.MessagePosted)]
    assert [one.tokens for one in said] == [count(WISHES.strip()), count(SAYS.strip())]
