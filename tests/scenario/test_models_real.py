"""A real model, small and often wrong, served by llama.cpp: a peer that nobody here wrote."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from fondaco.domain import events as ev
from fondaco.domain.errors import NoModelAnswered
from fondaco.domain.usage import Provenance
from fondaco.kit.http import HttpClient
from fondaco.llm.answering import Answered, Ask, Listener
from fondaco.llm.asking import Finish
from fondaco.llm.cellar import Cellar
from fondaco.llm.options import ChainOptions, DeadlineOptions, LlmOptions, ModelOptions, ProviderOptions
from fondaco.testing.memory_ledger import MemoryLedger
from tests.llama_server import CONTEXT_TOKENS
from tests.scenario.models_house import CONVERSATION, SHOP, Reading, a_prompt, a_scope, cellar_of, ends
from tests.scenario.turns_house import Setting, talk

PROGRAM = Path(__file__).parent.parent / "llama_server.py"
HELLO = "Say hello to Anna in five words."


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where llama.cpp serves the model while these tests run."""
    pipe, nobody = subprocess.PIPE, subprocess.DEVNULL
    command = [sys.executable, str(PROGRAM)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=nobody, text=True) as program:
        assert program.stdout is not None
        yield program.stdout.readline().strip()
        program.kill()


@asynccontextmanager
async def a_chain(address: str, *, stream: bool = True) -> AsyncIterator[tuple[Cellar, MemoryLedger]]:
    """Return a chain with the real model alone in it."""
    options = LlmOptions(
        providers=(ProviderOptions(name="here", base_url=f"{address}/v1"),),
        models=(
            ModelOptions(
                name="small",
                provider="here",
                model="smollm2",
                price="free",
                stream=stream,
                context_tokens=10 * CONTEXT_TOKENS,  # so that it is the server who says what is too long
            ),
        ),
        chains=ChainOptions(cheap=("small",)),
        deadlines=DeadlineOptions(characters_a_second=0.0),
    )
    async with HttpClient() as http:
        ledger = MemoryLedger()
        yield cellar_of(options, http, ledger), ledger


async def asked(cellar: Cellar, text: str, listener: Listener | None = None) -> Answered:
    now_ms = cellar.gear.clock.monotonic_ms()
    ask = Ask(
        prompt=a_prompt(text),
        targets=cellar.chains.cheap,
        scope=a_scope(),
        first_token_ms=now_ms + 30_000,
        whole_ms=now_ms + 40_000,
    )
    return await cellar.client.ask(ask, listener)


@pytest.mark.parametrize("stream", [True, False])
async def test_it_answers_with_its_own_figures(address: str, *, stream: bool) -> None:
    async with a_chain(address, stream=stream) as (cellar, ledger):
        reading = Reading()

        answered = await asked(cellar, HELLO, reading)

        await cellar.gear.written()
        [entry] = await ledger.entries(SHOP, CONVERSATION)
        assert answered.reply.text.strip()
        assert reading.text == (answered.reply.text if stream else "")
        assert answered.reply.finish in (Finish.STOP, Finish.LENGTH)
        assert (entry.provenance, entry.cost_pico) == (Provenance.REPORTED, 0)
        assert entry.usage is not None
        assert entry.usage.input > 10
        assert entry.served_model == "smollm2"


async def test_it_can_be_left_in_the_middle_and_answers_the_next_one(address: str) -> None:
    async with a_chain(address) as (cellar, ledger):
        reading = Reading()
        telling = asyncio.ensure_future(asked(cellar, "Tell a long story about the sea.", reading))
        async with asyncio.timeout(30):
            await reading.begun.wait()

        telling.cancel()
        await asyncio.gather(telling, return_exceptions=True)
        answered = await asked(cellar, HELLO)

        await cellar.gear.written()
        left, whole = sorted(await ledger.entries(SHOP, CONVERSATION), key=lambda entry: entry.at_ms)
        assert (left.ended_as, left.possibly_billed, whole.ended_as) == ("cancelled", True, "answered")
        assert answered.reply.text.strip()
        assert [view.in_flight for view in cellar.gear.limiters.views()] == [0]


async def test_it_says_that_a_prompt_is_too_long_and_is_believed(address: str) -> None:
    async with a_chain(address) as (cellar, _):
        with pytest.raises(NoModelAnswered) as caught:
            await asked(cellar, "word " * (CONTEXT_TOKENS + 500))

        assert ends(caught.value.attempts) == [("small", "too_long")]
        assert "exceeds the available context size" in caught.value.attempts[0].message
        assert caught.value.attempts[0].cost_pico == 0


async def test_whatever_it_invents_no_unproven_value_reaches_the_contact(address: str) -> None:
    async with a_chain(address) as (cellar, _):
        shop = await talk(Setting(models={ev.RouteKind.CHEAP: InReal(cellar)}))

        posted = await shop.ask("How much does it cost to send back a kettle, in euros, and until which day?")

        verdicts = await shop.all_of(ev.VerdictGiven)
        proven = {one.written for one in verdicts[-1].evidence}
        numbers = {word.strip(".,:;!?") for word in posted.text.split() if any(map(str.isdigit, word))}
        assert verdicts[-1].passed
        assert numbers <= proven | {"30"}
        assert await shop.all_of(ev.ModelAsked) != []
        assert "<" not in posted.text


class InReal:
    """Asks the real models from a shop whose own clock is a test's: deadlines are those of this machine."""

    def __init__(self, cellar: Cellar) -> None:
        self._cellar = cellar

    async def ask(self, ask: Ask, listener: Listener | None = None) -> Answered:
        now_ms = self._cellar.gear.clock.monotonic_ms()
        told = Ask(
            prompt=ask.prompt,
            targets=self._cellar.chains.cheap,
            scope=ask.scope,
            first_token_ms=now_ms + 40_000,
            whole_ms=now_ms + 50_000,
        )
        return await self._cellar.client.ask(told, listener)
