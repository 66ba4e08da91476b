"""What a model is told of a long episode, and what the log says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import msgspec
import pytest

from fondaco.domain import events as ev
from fondaco.domain.articles import Passage
from fondaco.domain.ids import ArticleId, ConversationId, MessageId, TurnId
from fondaco.domain.people import SYSTEM
from fondaco.engine.draft import Trace
from fondaco.engine.model.episode import Episode, LatestEpisodes
from fondaco.engine.model.recalling import Teller
from fondaco.kit.language import Language
from fondaco.llm.asking import Prompt, Said, Speaker
from fondaco.llm.estimates import Estimator
from fondaco.llm.tokens import Vocabularies, Vocabulary, load_vocabularies
from fondaco.memory.atoms import Atom
from fondaco.memory.digests import Digest
from fondaco.memory.options import MemoryOptions, RecallWay, StrategyChoice
from tests.unit.engine.model.long_talk import (
    EPISODE,
    SMALL,
    TOOLBOX,
    Asked,
    LongTalk,
    Turn,
    a_target,
    orphans,
)

HELLO = Turn(asked=("Where is my parcel?",), answered="It left our warehouse yesterday.")
LONGER = Turn(
    asked=("My name is Mira and my number is RI-7. " * 3,),
    results=("on its way",),
    answered="It arrives on Friday. " * 4,
)
TEXTS = {
    Language.EN: "Where is my parcel? It was promised for Friday. ",
    Language.DE: "Wo bleibt mein Päckchen? Es war für Freitag zugesagt. ",
    Language.ZH: "我的包裹在哪里？本来说星期五到。",
    Language.JA: "荷物はどこですか？金曜日に届くはずでした。",
    Language.KO: "소포가 어디에 있나요? 금요일에 온다고 했어요. ",
}
CUTTING = (
    StrategyChoice.SLIDING,
    StrategyChoice.STEPPED,
    StrategyChoice.SUMMARY,
    StrategyChoice.HIERARCHICAL,
)


def options(choice: StrategyChoice = StrategyChoice.STEPPED, **more: object) -> MemoryOptions:
    return msgspec.structs.replace(SMALL, strategy=choice, **more)


async def told(talk: LongTalk, turn: Turn, times: int) -> list[Asked]:
    return [await talk.have(turn) for _ in range(times)]


def words(asked: Asked) -> str:
    """Return the last words of a prompt."""
    last = asked.prompt.history[-1]
    assert isinstance(last, Said)
    return last.text


def kinds(asked: Asked) -> list[str]:
    return [ev.kind_of(event) for event in asked.events]


async def test_everything_is_told_word_for_word_while_there_is_room() -> None:
    talk = LongTalk(options=options(StrategyChoice.APPEND))

    first, second = await told(talk, LONGER, 2)

    assert first.prompt.stable == 0
    assert words(first).startswith("<articles>")
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


async def test_another_language_is_a_plan_that_tells_so_and_changes_nothing_else() -> None:
    talk = LongTalk()
    german = msgspec.structs.replace(LONGER, language=Language.DE)

    await told(talk, LONGER, 1)
    before, after = (
        await talk.have(german),
        await talk.have(msgspec.structs.replace(LONGER, language=Language.EN)),
    )

    assert "The contact writes DE now." in before.plans[0].why
    assert "Write in German" in before.prompt.system
    assert "Write in English" in after.prompt.system
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


async def test_where_the_plan_is_to_cut_the_model_may_ask_for_hidden_words_from_the_beginning() -> None:
    talk = LongTalk(options=options(high_tokens=700, low_tokens=550))

    asked = await told(talk, LONGER, 12)

    assert any(one.cuts for one in asked)
    assert [one.prompt.tools for one in asked] == [asked[0].prompt.tools] * 12
    assert "recall" in {tool.name for tool in asked[0].prompt.tools}


async def test_where_only_the_limit_cuts_the_model_may_ask_once_something_is_hidden() -> None:
    talk = LongTalk(options=options(StrategyChoice.APPEND), target=a_target(4_000))

    asked = await told(talk, LONGER, 25)

    offered = ["recall" in {tool.name for tool in one.prompt.tools} for one in asked]
    first_cut = next(place for place, one in enumerate(asked) if one.cuts)
    assert offered == [False] * first_cut + [True] * (len(asked) - first_cut)


async def test_what_was_hidden_comes_back_under_its_date() -> None:
    talk = LongTalk(options=options(high_tokens=700, low_tokens=550))
    await talk.have(Turn(asked=("My dog Bruno ate the blue scarf.",), answered="Poor scarf."))
    await told(talk, LONGER, 15)
    talk.write(HELLO)
    trace = Trace()

    remembered = await talk.remember(trace)
    found = remembered.recollection.by_tool("What did the dog Bruno eat?")

    assert "Bruno" not in msgspec.json.encode(remembered.prompt.history).decode()
    assert found.startswith("1970-01-01\n- person: My dog Bruno ate the blue scarf.")
    [recalled] = [event for event in trace.events if isinstance(event, ev.TurnsRecalled)]
    assert recalled.by == "tool"
    assert recalled.query == "What did the dog Bruno eat?"
    assert 2 in recalled.seqs


@pytest.mark.parametrize("way", [RecallWay.GATE, RecallWay.AUTO])
async def test_without_tools_a_message_that_looks_back_brings_hidden_words_along(way: RecallWay) -> None:
    talk = LongTalk(
        options=options(high_tokens=700, low_tokens=550, recall=way), target=a_target(tools=False)
    )
    await talk.have(Turn(asked=("My dog Bruno ate the blue scarf.",), answered="Poor scarf."))
    await told(talk, LONGER, 15)

    asked = await talk.have(Turn(asked=("What about the scarf that Bruno ate?",)))
    unlike = await talk.have(LONGER)

    assert "<recalled>\\n1970-01-01\\n- person: My dog Bruno" in asked.text
    assert [event.by for event in asked.events if isinstance(event, ev.TurnsRecalled)] == ["gate"]
    assert "<recalled>" not in unlike.text
    assert "<recalled>" not in msgspec.json.encode(asked.stable).decode()


async def test_where_recall_is_off_nothing_comes_back() -> None:
    talk = LongTalk(options=options(recall=RecallWay.OFF))

    asked = await told(talk, LONGER, 20)

    assert asked[0].plans[0].recall == ""
    assert "recall" not in {tool.name for tool in asked[-1].prompt.tools}
    assert "<recalled>" not in asked[-1].text


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


def episode_of(atoms: int) -> Episode:
    episode = Episode(EPISODE, Language.EN, Teller(TOOLBOX, Estimator(), Language.EN, 1_000))
    said = Said(by=Speaker.CONTACT, text="Hi")
    episode.tape.add(
        Atom(seq=seq, at_ms=seq, by=Speaker.CONTACT, entries=(said,), tokens=7) for seq in range(1, atoms + 1)
    )
    return episode


@pytest.mark.parametrize(("conversations", "atoms"), [(2, 1_000), (10, 20)])
def test_only_the_latest_episodes_are_kept_in_memory(conversations: int, atoms: int) -> None:
    kept = LatestEpisodes(conversations, atoms)

    for name in ("one", "two", "one", "three"):
        kept.keep(ConversationId(name), episode_of(10))

    assert len(kept) == 2
    assert [kept.get(ConversationId(name)) is not None for name in ("one", "two", "three")] == [
        True,
        False,
        True,
    ]


def test_an_episode_longer_than_all_may_be_together_is_kept_while_it_is_the_only_one() -> None:
    kept = LatestEpisodes(10, 5)

    kept.keep(ConversationId("one"), episode_of(10))
    kept.keep(ConversationId("two"), episode_of(2))

    assert len(kept) == 1
    assert kept.get(ConversationId("one")) is None


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
