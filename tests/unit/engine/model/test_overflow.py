"""Whatever is too long is told in parts, and the log says so."""

from __future__ import annotations

import re

import msgspec
import pytest

from fondaco.domain import events as ev
from fondaco.domain.articles import Passage
from fondaco.domain.ids import ArticleId
from fondaco.engine.draft import Trace
from fondaco.kit.language import Language
from fondaco.llm.asking import Said, Speaker
from fondaco.memory.options import StrategyChoice
from tests.unit.engine.model.long_talk import (
    HELLO,
    LONGER,
    LongTalk,
    Turn,
    a_target,
    kinds,
    options,
    orphans,
    told,
)

TEXTS = {
    Language.EN: "Where is my parcel? It was promised for Friday. ",
    Language.DE: "Wo bleibt mein Päckchen? Es war für Freitag zugesagt. ",
    Language.ZH: "我的包裹在哪里？本来说星期五到。",
    Language.JA: "荷物はどこですか？金曜日に届くはずでした。",
    Language.KO: "소포가 어디에 있나요? 금요일에 온다고 했어요. ",
}


@pytest.mark.parametrize("choice", list(StrategyChoice))
@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("context_tokens", [4_000, 128_000])
async def test_messages_of_one_character_and_of_fifty_thousand_fit(
    choice: StrategyChoice, language: Language, context_tokens: int
) -> None:
    talk = LongTalk(options=options(choice), target=a_target(context_tokens))
    long = TEXTS[language] * (50_000 // len(TEXTS[language]) + 1)
    tiny, huge = Turn(asked=("?",), answered="!"), Turn(asked=(long[:50_000] + "👍🏽",), answered=long)

    asked = [await talk.have(turn) for turn in (tiny, huge, tiny, tiny, huge, tiny)]

    uppers = [talk.estimator.upper_input(one.prompt, talk.target) for one in asked]
    assert max(uppers) + 300 <= context_tokens
    assert asked[1].text.count("👍🏽") == 1


async def test_a_message_longer_than_the_window_is_told_in_parts_and_the_log_says_so() -> None:
    talk = LongTalk(target=a_target(4_000))
    long = Turn(asked=("Where is my parcel? " * 3_000,))

    first, second, third = [await talk.have(turn) for turn in (long, HELLO, HELLO)]

    [shortened] = [event for event in first.events if isinstance(event, ev.PromptShortened)]
    assert shortened.seqs == (2,)
    assert shortened.left_out_tokens > 10_000
    assert re.search(r"about \d+ tokens are left out here", first.text)
    assert re.search(r"about \d+ tokens are left out here", second.text)
    assert kinds(second) == kinds(third) == []
    assert second.stable == third.stable[: second.prompt.stable]
    stored = talk.records[1].event
    assert isinstance(stored, ev.MessageReceived)
    assert stored.text == long.asked[0]


async def test_a_result_of_two_megabytes_is_told_in_parts_and_the_log_says_so() -> None:
    talk = LongTalk(options=options(StrategyChoice.APPEND))
    await talk.have(Turn(asked=("Show me everything.",), results=("A row of the export. " * 100_000,)))

    asked = await talk.have(HELLO)

    [shortened] = [event for event in asked.events if isinstance(event, ev.PromptShortened)]
    assert shortened.left_out_tokens > 300_000
    assert len(asked.text) < 30_000
    assert orphans(asked.prompt.history) == []


async def test_five_hundred_turns_in_an_hour_are_cut_and_stay_on_the_log() -> None:
    talk = LongTalk(options=options(StrategyChoice.HIERARCHICAL), target=a_target(8_000))

    asked = await told(talk, LONGER, 500)

    uppers = [talk.estimator.upper_input(one.prompt, talk.target) for one in asked]
    assert max(uppers) + 300 <= 8_000
    received = [one for one in talk.records if isinstance(one.event, ev.MessageReceived)]
    assert len(received) == 500


async def test_what_a_turn_adds_is_bounded_too() -> None:
    talk = LongTalk(target=a_target(4_000))
    talk.write(HELLO)
    trace = Trace()
    remembered = await talk.remember(trace)
    result = Said(by=Speaker.CONTACT, text="A row of the export. " * 5_000)

    told_ = [remembered.growth.take((result,)) for _ in range(6)]

    whole = msgspec.structs.replace(
        remembered.prompt, history=(*remembered.prompt.history, *(one for part in told_ for one in part))
    )
    assert talk.estimator.upper_input(whole, talk.target) + 300 <= 4_000
    assert sum(isinstance(event, ev.PromptShortened) for event in trace.events) == 6


async def test_a_smaller_model_that_takes_over_is_told_less_and_later_ones_no_more() -> None:
    talk = LongTalk(options=options(StrategyChoice.APPEND))
    await told(talk, LONGER, 60)
    talk.write(HELLO)
    large, trace = talk.target, Trace()
    before = (await talk.remember(trace)).prompt

    talk.target = a_target(2_500)
    small = (await talk.remember(trace)).prompt
    talk.target = large
    after = (await talk.remember(trace)).prompt

    assert talk.estimator.upper_input(small, a_target(2_500)) + 300 <= 2_500
    assert len(small.history) < len(before.history) / 2
    assert after.history == small.history
    cuts = [event.why for event in trace.events if isinstance(event, ev.HistoryCut)]
    assert [why.startswith("The model's limit leaves") for why in cuts] == [True]


async def test_digests_give_way_to_a_model_with_no_room_for_them() -> None:
    talk = LongTalk(options=options(StrategyChoice.HIERARCHICAL, high_tokens=12_000, low_tokens=600))
    await told(talk, LONGER, 120)
    talk.write(HELLO)
    trace = Trace()
    talk.target = a_target(2_000)

    prompt = (await talk.remember(trace)).prompt

    assert talk.estimator.upper_input(prompt, talk.target) + 300 <= 2_000


def passage(number: int) -> Passage:
    return Passage(
        article_id=ArticleId(f"art_{number}"),
        key=f"a{number}",
        title=f"Title {number}",
        text="x " * 400,
        language=Language.EN,
        score=1.0,
    )


async def test_passages_stand_before_the_question_as_far_as_there_is_room() -> None:
    passages = [passage(number) for number in range(20)]
    talk = LongTalk(target=a_target(4_000), passages=passages)

    asked = await talk.have(HELLO)

    assert asked.prompt.stable == 0
    assert "[Title 0]" in asked.text
    assert "[Title 19]" not in asked.text
    assert talk.estimator.upper_input(asked.prompt, talk.target) + 300 <= 4_000
