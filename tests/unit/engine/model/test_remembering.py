"""What a model is told of a long episode, and what the log says of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec
import pytest

from fondaco.domain import events as ev
from fondaco.domain.ids import MessageId, TurnId
from fondaco.domain.people import SYSTEM
from fondaco.kit.language import Language
from fondaco.llm.asking import Prompt, Said, Speaker
from fondaco.llm.estimates import Estimator
from fondaco.llm.tokens import Vocabularies, Vocabulary, load_vocabularies
from fondaco.memory.digests import Digest
from fondaco.memory.options import StrategyChoice
from tests.unit.engine.model.long_talk import (
    HELLO,
    LONGER,
    LongTalk,
    Turn,
    kinds,
    options,
    orphans,
    told,
    words,
)

CUTTING = (
    StrategyChoice.SLIDING,
    StrategyChoice.STEPPED,
    StrategyChoice.SUMMARY,
    StrategyChoice.HIERARCHICAL,
)


async def test_everything_is_told_word_for_word_while_there_is_room() -> None:
    talk = LongTalk(options=options(StrategyChoice.APPEND))

    first, second = await told(talk, LONGER, 2)

    assert first.prompt.stable == 0
    assert "<articles>" in words(first)
    contact, wished, answered, shop, _ = second.prompt.history
    assert contact == Said(by=Speaker.CONTACT, text=LONGER.asked[0])
    assert shop == Said(by=Speaker.ASSISTANT, text=LONGER.answered)
    assert second.prompt.stable == 4
    assert "on its way" in second.text
    assert orphans((wished, answered)) == []
    assert words(second).endswith(LONGER.asked[0])


async def test_how_histories_are_kept_is_noted_down_once() -> None:
    asked = await told(LongTalk(), HELLO, 3)

    assert [kinds(one) for one in asked] == [["MemoryPlanned"], [], []]
    [plan] = asked[0].plans
    assert (plan.strategy, plan.high_tokens, plan.low_tokens, plan.recall) == ("stepped", 300, 100, "tool")
    assert plan.longest_tokens > 9_000


async def test_another_language_changes_nothing_but_the_question() -> None:
    talk = LongTalk()
    german = msgspec.structs.replace(LONGER, language=Language.DE)
    english = msgspec.structs.replace(LONGER, language=Language.EN)

    await told(talk, LONGER, 1)
    before, after = await talk.have(german), await talk.have(english)

    assert (before.plans, after.plans) == ([], [])
    assert "<reply_in>German<" in words(before)
    assert "<reply_in>English<" in words(after)
    assert before.prompt.system is after.prompt.system
    assert after.stable[: before.prompt.stable] == before.stable


async def test_other_settings_are_another_plan() -> None:
    talk = LongTalk()
    await talk.have(HELLO)
    talk.options = options(StrategyChoice.APPEND)
    talk.forget()

    asked = await talk.have(HELLO)

    assert [plan.strategy for plan in asked.plans] == ["append"]


@pytest.mark.parametrize("choice", CUTTING)
async def test_a_cut_says_what_it_hides_and_what_stands_for_it(choice: StrategyChoice) -> None:
    talk = LongTalk(options=options(choice, high_tokens=1_500, low_tokens=600))

    asked = await told(talk, LONGER, 30)

    cuts = [cut for one in asked for cut in one.cuts]
    assert len(cuts) >= 2
    assert all(cut.hidden_tokens > 0 and cut.kept_tokens >= 512 for cut in cuts)
    assert all(cut.strategy == choice.value and "more than 1,500" in cut.why for cut in cuts)
    by = {StrategyChoice.SUMMARY: "extract", StrategyChoice.HIERARCHICAL: "contact"}.get(choice, "")
    assert {cut.digest_by for cut in cuts} == {by}
    assert "Earlier words of this conversation are not shown" in asked[-1].text
    assert ("My name is Mira" in cuts[0].digest) == bool(by)


async def test_old_digests_stay_as_they_are_until_there_is_no_room_for_them() -> None:
    talk = LongTalk(options=options(StrategyChoice.HIERARCHICAL, high_tokens=1_500, low_tokens=600))

    asked = await told(talk, LONGER, 80)

    cuts = [cut for one in asked for cut in one.cuts]
    shown = asked[-1].text.count("What the person wrote before")
    assert shown == cuts[-1].digests < len(cuts)
    assert cuts[1].digests == 2


async def test_the_card_stands_before_everything_and_only_where_the_shop_wants_it() -> None:
    with_card = await LongTalk(options=options(card=True), name="Mira <b>").have(HELLO)
    without = await LongTalk(options=options(card=False)).have(HELLO)
    unnamed = await LongTalk(options=options(card=True), name="").have(HELLO)

    assert with_card.prompt.history[0] == Said(by=Speaker.CONTACT, text="<person>\nName: Mira ‹b›\n</person>")
    assert "<person>" not in without.text + unnamed.text


@dataclass(slots=True)
class Writer:
    """Sums up as it was told, or not at all."""

    digest: Digest | None
    prompts: list[Prompt] = field(default_factory=list)

    async def write(self, prompt: Prompt, tokens: int) -> Digest | None:
        self.prompts.append(prompt)
        assert tokens > 0
        return self.digest


async def test_a_models_summary_stands_for_all_that_was_hidden_before() -> None:
    writer = Writer(Digest(text="Mira waits for parcel RI-7.", by="gpt-4o"))
    talk = LongTalk(
        options=options(StrategyChoice.SUMMARY, high_tokens=1_500, low_tokens=600), summaries=writer
    )

    asked = await told(talk, LONGER, 40)

    cuts = [cut for one in asked for cut in one.cuts]
    assert {(cut.digest_by, cut.digests) for cut in cuts} == {("gpt-4o", 1)}
    assert len(cuts) == len(writer.prompts)
    assert asked[-1].text.count("Mira waits for parcel RI-7.") == 1
    last = next(place for place, one in enumerate(asked) if one.cuts)
    assert writer.prompts[0].history[: asked[last - 1].prompt.stable] == asked[last - 1].stable


async def test_where_no_summary_comes_an_extract_is_told() -> None:
    talk = LongTalk(
        options=options(StrategyChoice.SUMMARY, high_tokens=1_500, low_tokens=600), summaries=Writer(None)
    )

    asked = await told(talk, LONGER, 20)

    assert {cut.digest_by for one in asked for cut in one.cuts} == {"extract"}


async def test_what_was_counted_with_the_message_is_not_counted_again() -> None:
    texts: list[str] = []

    def count(text: str) -> int:
        texts.append(text)
        return 5

    talk = LongTalk(estimator=Estimator(Vocabularies(dict.fromkeys(Vocabulary, count))))
    await talk.have(msgspec.structs.replace(HELLO, counted=True))
    texts.clear()

    asked = await talk.have(Turn(asked=("And now?",)))

    assert asked.prompt.stable_tokens == 2 * (5 + 6)
    assert HELLO.asked[0] not in texts
    assert HELLO.answered not in texts


async def test_what_the_shop_says_while_the_contact_waits_is_told_before_the_question() -> None:
    talk = LongTalk()
    talk.write(Turn(asked=("A person, please.",)))
    notice = ev.MessagePosted(
        message_id=MessageId("msg_n"), author=SYSTEM, text="The team has it.", answers=False
    )
    talk.log(notice)
    talk.write(Turn(asked=("Hello?",)))

    asked = await talk.ask()

    assert asked.prompt.history[0] == Said(by=Speaker.ASSISTANT, text="The team has it.")
    assert words(asked).endswith("A person, please.\nHello?")


async def test_calls_of_a_turn_that_was_cut_off_are_told_once_it_is_over() -> None:
    talk = LongTalk(options=options(StrategyChoice.APPEND))
    talk.write(HELLO)
    talk.log(ev.ToolCalled(turn_id=TurnId("trn_0"), call=talk.call("on its way")))
    during = await talk.ask()
    talk.settle(msgspec.structs.replace(HELLO, results=("delivered",)), during)

    after = await talk.have(HELLO)

    assert "on its way" not in during.text
    assert "on its way" in after.text
    assert orphans(after.prompt.history) == []


async def test_exact_counts_are_those_of_the_vocabulary() -> None:
    talk = LongTalk(estimator=Estimator(load_vocabularies()))

    _, asked = await told(talk, LONGER, 2)

    assert asked.prompt.stable_tokens == talk.estimator.count_entries(asked.stable)
