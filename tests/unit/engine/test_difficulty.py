"""How hard a question is: each sign by itself, and what they add up to."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.domain import events as ev
from fondaco.domain.articles import Passage
from fondaco.domain.ids import ArticleId, CallId, TurnId
from fondaco.domain.tools import CallState, Effect, ToolCall
from fondaco.engine.difficulty import Weights, difficulty, signals
from fondaco.engine.draft import Trace
from fondaco.engine.local import Finder, Shelf
from fondaco.engine.routing import Router, RoutingOptions
from fondaco.kit.language import Language
from fondaco.knowledge import Decision, Search
from fondaco.tools import Toolbox
from tests.unit.engine.episodes import FAILED_PROOF, context, posted, wrote

NAMES = msgspec.structs.fields(Weights)
SIGNS = st.fixed_dictionaries({field.name: st.floats(0, 1) for field in NAMES})
SURE = Search((), 1.0, 1.0, Decision.ANSWER, ())
TURN = TurnId("trn_0")

#: The same wish twice, in other words.
AGAIN = {
    Language.EN: ("Where is my parcel from last week?", "And where is my parcel from last week??"),
    Language.DE: ("Wo bleibt mein Paket von letzter Woche?", "Wo bleibt denn mein Paket von letzter Woche?"),
    Language.ZH: ("我上周买的包裹现在到哪里了？", "请问我上周买的包裹现在到哪里了？"),
    Language.JA: ("先週注文した荷物はどこにありますか。", "すみません、先週注文した荷物はどこにありますか"),
    Language.KO: ("지난주에 주문한 소포는 어디에 있나요?", "지난주에 주문한 소포는 지금 어디에 있나요?"),
}


def a_search(language: Language, confidence: float = 0.9) -> Search:
    passage = Passage(
        article_id=ArticleId("art_1"), key="one", title="One", language=language, text="", score=0.9
    )
    return Search((passage,), confidence, confidence, Decision.ANSWER, ())


def call(state: CallState) -> ev.ToolCalled:
    done = ToolCall(
        id=CallId("call_1"), tool="order", arguments={}, effect=Effect.READ, idempotency_key="", state=state
    )
    return ev.ToolCalled(turn_id=TURN, call=done)


@given(signs=SIGNS)
def test_it_is_between_nothing_and_one(signs: dict[str, float]) -> None:
    assert 0.0 <= difficulty(signs, Weights()) <= 1.0


@given(signs=SIGNS, name=st.sampled_from([field.name for field in NAMES]), more=st.floats(0, 1))
def test_no_sign_makes_a_question_easier(signs: dict[str, float], name: str, more: float) -> None:
    harder = signs | {name: max(signs[name], more)}

    assert difficulty(harder, Weights()) >= difficulty(signs, Weights())


@given(signs=SIGNS, weight=st.floats(-5, 5))
def test_a_weight_beyond_the_scale_leaves_the_difficulty_on_it(
    signs: dict[str, float], weight: float
) -> None:
    assert 0.0 <= difficulty(signs, Weights(repeated=weight, unsure=weight)) <= 1.0


def test_no_sign_at_all_is_no_difficulty() -> None:
    assert difficulty({field.name: 0.0 for field in NAMES}, Weights()) == 0.0


@pytest.mark.parametrize("language", Language)
def test_a_question_that_was_answered_and_comes_again_is_repeated(language: Language) -> None:
    first, again = AGAIN[language]
    asked_again = context(wrote(first), posted(), wrote(again, name="2", language=language))

    assert signals(asked_again, SURE, (), "")["repeated"] >= 0.6


@pytest.mark.parametrize("language", Language)
def test_another_question_is_not_repeated(language: Language) -> None:
    other = {
        Language.EN: "Do you sell kettles?",
        Language.DE: "Verkaufen Sie Wasserkocher?",
        Language.ZH: "你们卖水壶吗？",
        Language.JA: "やかんを売っていますか。",
        Language.KO: "주전자를 파나요?",
    }[language]
    moved_on = context(wrote(AGAIN[language][0]), posted(), wrote(other, name="2", language=language))

    assert signals(moved_on, SURE, (), "")["repeated"] == 0.0


def test_what_nobody_has_answered_yet_is_not_repeated() -> None:
    text = AGAIN[Language.EN][0]
    impatient = context(wrote(text), posted(answers=False), wrote(text, name="2"))

    assert signals(impatient, SURE, (), "")["repeated"] == 0.0


@pytest.mark.parametrize(
    ("event", "sign"),
    [
        (call(CallState.FAILED), 1.0),
        (call(CallState.UNKNOWN), 1.0),
        (call(CallState.DONE), 0.0),
        (FAILED_PROOF, 1.0),
        (ev.VerdictGiven(turn_id=TURN, passed=False), 1.0),
        (ev.VerdictGiven(turn_id=TURN, passed=True), 0.0),
    ],
)
def test_what_failed_before_makes_it_hard(event: ev.Event, sign: float) -> None:
    after = context(wrote(), event, posted(), wrote("And now?", name="2"))

    assert signals(after, SURE, (), "")["failed"] == sign


@pytest.mark.parametrize(("language", "sign"), [(Language.EN, 0.0), (Language.KO, 1.0)])
def test_a_text_in_another_language_is_a_sign(language: Language, sign: float) -> None:
    asked = context(wrote(language=Language.EN))

    assert signals(asked, a_search(language), (), "")["foreign"] == sign


@pytest.mark.parametrize(("topic", "sign"), [("refund", 1.0), ("shipping", 0.0), ("", 0.0)])
def test_a_sensitive_topic_is_a_sign(topic: str, sign: float) -> None:
    assert signals(context(wrote()), SURE, ("refund",), topic)["sensitive"] == sign


def test_several_questions_and_long_messages_are_signs() -> None:
    one = signals(context(wrote("Where is it?")), SURE, (), "")["several"]
    three = signals(context(wrote("Where is it? When does it come? Who pays?")), SURE, (), "")["several"]
    long = signals(context(wrote("so " * 400)), SURE, (), "")["several"]

    assert one < 0.1
    assert (three, long) == (1.0, 1.0)


# Which chain begins.


def a_router(**options: float) -> Router:
    finder = Finder(Shelf(), Toolbox())
    chains = (ev.RouteKind.CHEAP, ev.RouteKind.STRONG)
    return Router(msgspec.convert(options, RoutingOptions), finder, chains)


async def begins(router: Router, *events: ev.Event, confidence: float = 0.0) -> ev.RouteKind:
    trace = Trace()
    trace.found = Search((), confidence, confidence, Decision.NONE, ())
    return (await router.choose(context(*events), trace)).kind


def chosen(kind: ev.RouteKind) -> ev.RouteChosen:
    return ev.RouteChosen(turn_id=TURN, route=kind, reasons=())


#: A question that nothing was found for: 0.35 by its one sign, and a little for its length.
PARROT = "What does a parrot cost in the shop?"


@pytest.mark.parametrize(
    ("strong_at", "before", "kind"),
    [
        (0.42, None, ev.RouteKind.CHEAP),
        (0.42, ev.RouteKind.STRONG, ev.RouteKind.STRONG),
        (0.34, None, ev.RouteKind.STRONG),
        (0.34, ev.RouteKind.CHEAP, ev.RouteKind.CHEAP),
        (0.30, ev.RouteKind.CHEAP, ev.RouteKind.STRONG),
    ],
)
async def test_a_conversation_stays_with_its_models_unless_another_choice_is_clearly_better(
    strong_at: float, before: ev.RouteKind | None, kind: ev.RouteKind
) -> None:
    earlier: list[ev.Event] = [wrote("Hi there"), chosen(before), posted()] if before else []

    begun = await begins(a_router(strong_at=strong_at), *earlier, wrote(PARROT, name="2"))

    assert begun is kind


@given(strong_at=st.floats(0, 1), confidence=st.floats(0, 1))
async def test_affinity_never_turns_a_cheap_choice_away_from_cheap(
    strong_at: float, confidence: float
) -> None:
    router = a_router(strong_at=strong_at)
    alone = await begins(router, wrote(PARROT), confidence=confidence)

    known = await begins(
        router,
        wrote("Hi there"),
        chosen(alone),
        posted(),
        wrote(PARROT, name="2"),
        confidence=confidence,
    )

    assert known is alone


@pytest.mark.parametrize(("text", "choice"), [("Hello", ""), ("Thank you", ""), ("Returns", "returns")])
async def test_small_talk_and_offers_begin_with_stored_texts(text: str, choice: str) -> None:
    begun = await begins(a_router(), wrote(text, choice=choice))

    assert begun is ev.RouteKind.LOCAL


async def test_a_wish_for_a_person_asks_no_model() -> None:
    assert await begins(a_router(), wrote("I want to talk to a human")) is ev.RouteKind.PERSON
