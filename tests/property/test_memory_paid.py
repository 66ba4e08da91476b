"""What the engine really sends of a long episode costs no more than telling everything would."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.engine.model.remembering import Memory
from fondaco.llm.asking import Prompt
from fondaco.llm.estimates import Estimator
from fondaco.llm.prices import Price, Rates
from fondaco.memory.bills.prefixes import Piece, Prefixes, Read
from fondaco.memory.choosing import Chooser
from fondaco.memory.options import MemoryOptions, StrategyChoice
from fondaco.memory.planning.sheets import CacheHabit, PriceSheet
from tests.unit.engine.model.long_talk import TOOLBOX, LongTalk, Turn

_NEW = 1_000
#: A plan that is to cut offers ``recall``, and a longer head may be kept where a shorter one is not; so that
#: nothing but the history differs, all heads count the same.
_HEAD_TOKENS = 700
_EVERYTHING = MemoryOptions(strategy=StrategyChoice.STEPPED, high_tokens=10**6, low_tokens=10**5)
_BY_PRICE = MemoryOptions(strategy=StrategyChoice.AUTO)


def sheet(again: int, block: int, minimum: int) -> PriceSheet:
    rates = Rates(input=_NEW, output=_NEW, cache_read=again)
    return PriceSheet(
        target="m",
        price=Price(version="any", currency="EUR", rates=rates),
        habit=CacheHabit(block_tokens=block, minimum_tokens=minimum),
        context_tokens=128_000,
        new_pico=_NEW,
        again_pico=again,
    )


@st.composite
def turns(draw: st.DrawFn) -> list[Turn]:
    """Many turns of ordinary length, and a few long ones."""
    words = st.one_of(st.integers(1, 60), st.integers(1, 60), st.integers(200, 1_500))
    sizes = draw(st.lists(st.tuples(words, words), min_size=20, max_size=60))
    return [
        Turn(asked=(f"{place} " + "why " * asked,), answered=f"{place} " + "so " * told)
        for place, (asked, told) in enumerate(sizes)
    ]


@settings(max_examples=10, deadline=None)
@given(
    turns=turns(),
    again=st.sampled_from([20, 100, 250, 500, 1_000]),
    block=st.sampled_from([1, 64, 128]),
    minimum=st.sampled_from([0, 64, 1_024]),
)
def test_prompts_under_a_plan_never_cost_more_than_telling_everything(
    turns: list[Turn], again: int, block: int, minimum: int
) -> None:
    prices = sheet(again, block, minimum)

    planned = asyncio.run(_prompts(turns, _BY_PRICE, prices))

    everything = asyncio.run(_prompts(turns, _EVERYTHING, prices))
    assert _cost(planned, prices) <= _cost(everything, prices)


async def _prompts(turns: Iterable[Turn], options: MemoryOptions, prices: PriceSheet) -> list[Prompt]:
    talk = LongTalk(options=options)
    talk.memory = Memory(TOOLBOX, talk.estimator, Chooser(options, lambda _: prices))
    return [(await talk.have(turn)).prompt for turn in turns]


def _cost(prompts: Sequence[Prompt], prices: PriceSheet) -> int:
    prefixes, estimator = Prefixes(prices.habit, ()), Estimator()
    reads = [prefixes.read(_parts(prompt, estimator)) for prompt in prompts]
    return sum(_priced(read, prices) for read in reads)


def _priced(read: Read, prices: PriceSheet) -> int:
    return read.found * prices.again_pico + (read.total - read.found) * prices.new_pico


def _parts(prompt: Prompt, estimator: Estimator) -> list[Piece]:
    """Return a prompt's parts: two are the same if their words are."""
    head = Piece((prompt.system, len(prompt.tools)), _HEAD_TOKENS)
    return [head, *(Piece(entry, estimator.count_entries((entry,))) for entry in prompt.history)]
