"""Whatever is said in however long an episode: prompts only grow, hold together, and fit."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from fondaco.kit.language import Language
from fondaco.llm.estimates import Estimator
from fondaco.llm.tokens import Vocabularies, load_vocabularies
from fondaco.memory.options import MemoryOptions, RecallWay, StrategyChoice
from tests.unit.engine.model.long_talk import (
    Asked,
    LongTalk,
    Turn,
    a_target,
    earlier_episode,
    orphans,
    proven,
    received,
)

EXACT = load_vocabularies()
WORDS = st.sampled_from(
    (
        "ok",
        "Where is my parcel? It was promised for Friday. ",
        "您的包裹昨天已经从仓库发出。",
        "荷物は昨日発送されました。",
        "고객님의 상품이 출고되었습니다. ",
        "Größe 42 für 19,99 € 👍🏽 ",
        "<b>‹x› & 'y' ",
        "What did I write last time? ",
    )
)
DAY_MS = 24 * 60 * 60 * 1000
NOW_MS = 100 * DAY_MS
#: What the contact wrote before.
PAST = (
    earlier_episode("b", NOW_MS - 2 * DAY_MS, received("Where is RI-7? " * 99), proven("cust_1", "RI-7")),
    earlier_episode("a", NOW_MS - 9 * DAY_MS, received("Wo ist RI-6? " * 9, Language.DE)),
)
TEXTS = st.builds(lambda words, times: words * times, WORDS, st.sampled_from((1, 1, 2, 5, 20, 400)))
TURNS = st.builds(
    Turn,
    asked=st.lists(TEXTS, min_size=1, max_size=2).map(tuple),
    results=st.lists(TEXTS, max_size=2).map(tuple),
    answered=TEXTS,
    language=st.sampled_from((None, None, None, Language.EN, Language.DE)),
    counted=st.booleans(),
)
CHOICES = st.sampled_from(StrategyChoice)
WAYS = st.sampled_from(RecallWay)
SIZES = st.sampled_from((3_000, 6_000, 16_000, 128_000))


def talk_of(choice: StrategyChoice, way: RecallWay, context_tokens: int, words: Vocabularies) -> LongTalk:
    options = MemoryOptions(strategy=choice, high_tokens=1_200, low_tokens=400, recall=way, card=True)
    target, estimator = a_target(context_tokens), Estimator(words)
    return LongTalk(
        options=options, target=target, estimator=estimator, subject="mira", past=PAST, at_ms=NOW_MS
    )


async def prompts_of(talk: LongTalk, turns: Sequence[Turn], *, forgetting: bool) -> list[Asked]:
    asked = []
    for turn in turns:
        if forgetting:
            talk.forget()
        asked.append(await talk.have(turn))
    return asked


def begins(before: Asked, after: Asked) -> bool:
    """Return whether a prompt goes on where the one before it stopped being the same for ever."""
    same_frame = (before.prompt.system, before.prompt.tools) == (after.prompt.system, after.prompt.tools)
    return same_frame and after.stable[: len(before.stable)] == before.stable


@settings(max_examples=60, deadline=None)
@given(CHOICES, WAYS, SIZES, st.sampled_from((EXACT, Vocabularies())), st.lists(TURNS, max_size=14))
def test_prompts_only_grow_hold_together_and_fit(
    choice: StrategyChoice, way: RecallWay, size: int, words: Vocabularies, turns: list[Turn]
) -> None:
    kept, forgot = talk_of(choice, way, size, words), talk_of(choice, way, size, words)

    asked = asyncio.run(prompts_of(kept, turns, forgetting=False))
    again = asyncio.run(prompts_of(forgot, turns, forgetting=True))

    assert [one.prompt for one in asked] == [one.prompt for one in again]
    assert all(begins(one, two) or two.cuts or two.plans for one, two in pairwise(asked))
    assert [lost for one in asked for lost in orphans(one.prompt.history)] == []
    uppers = [kept.estimator.upper_input(one.prompt, kept.target) for one in asked]
    assert all(upper + one.prompt.max_output_tokens <= size for upper, one in zip(uppers, asked, strict=True))


@settings(max_examples=40, deadline=None)
@given(CHOICES, SIZES, st.lists(TURNS, max_size=14))
def test_no_prompt_has_more_tokens_than_the_model_takes_by_an_exact_count(
    choice: StrategyChoice, size: int, turns: list[Turn]
) -> None:
    talk = talk_of(choice, RecallWay.AUTO, size, Vocabularies())

    asked = asyncio.run(prompts_of(talk, turns, forgetting=False))

    exact = Estimator(EXACT)
    counts = [exact.count_frame(one.prompt) + exact.count_entries(one.prompt.history) for one in asked]
    assert all(count + one.prompt.max_output_tokens <= size for count, one in zip(counts, asked, strict=True))
