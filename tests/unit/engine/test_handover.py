"""Hours, promises, and what a handoff tells the team and the contact."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from fondaco.domain import events as ev
from fondaco.domain.errors import ConfigurationError
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.hours import Hours, Promise, promise
from fondaco.domain.ids import HandoffId
from fondaco.engine import Shop, TeamOptions, Wish, compose
from fondaco.engine.draft import Draft
from fondaco.engine.guard import judge
from fondaco.engine.handover import Handover
from fondaco.kit.language import Language
from tests.unit.engine.episodes import posted, work, wrote

BERLIN = Hours(timezone="Europe/Berlin")


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("hours", "now", "open_now", "answered"),
    [
        (BERLIN, "2026-11-23 08:00", True, "2026-11-23 09:00"),
        (BERLIN, "2026-11-23 07:59:59", False, "2026-11-23 08:00"),
        (BERLIN, "2026-11-23 16:00", True, "2026-11-23 17:00"),
        (BERLIN, "2026-11-23 16:59", True, "2026-11-24 08:59"),
        (BERLIN, "2026-11-23 17:00", False, "2026-11-24 08:00"),
        (BERLIN, "2026-11-27 16:45", True, "2026-11-30 08:45"),
        (BERLIN, "2026-11-28 12:00", False, "2026-11-30 08:00"),
        (Hours(timezone="Asia/Seoul"), "2026-11-23 00:00", True, "2026-11-23 01:00"),
        (
            Hours(holidays=(date(2026, 11, 23), date(2026, 11, 24))),
            "2026-11-23 10:00",
            False,
            "2026-11-25 09:00",
        ),
        (Hours(answer_minutes=600), "2026-11-23 10:00", True, "2026-11-24 11:00"),
    ],
)
def test_a_promise_is_kept_while_somebody_is_there(
    hours: Hours, now: str, answered: str, *, open_now: bool
) -> None:
    promised = promise(hours, utc(now))

    assert promised == Promise(open_now=open_now, at_ms=utc(answered))


@pytest.mark.parametrize(
    ("now", "opening"),
    [
        ("2026-03-27 20:00", "2026-03-30 07:00"),
        ("2026-10-23 20:00", "2026-10-26 08:00"),
    ],
)
def test_the_doors_open_at_the_same_hour_when_the_clocks_change(now: str, opening: str) -> None:
    assert promise(BERLIN, utc(now)) == Promise(open_now=False, at_ms=utc(opening))


def test_an_hour_that_does_not_exist_is_the_one_after_it() -> None:
    hours = Hours(timezone="Europe/Berlin", opens=time(2, 30), weekdays=(6,))

    assert promise(hours, utc("2026-03-28 12:00")) == Promise(open_now=False, at_ms=utc("2026-03-29 01:30"))


@pytest.mark.parametrize(
    ("hours", "at_ms"),
    [
        (Hours(weekdays=()), None),
        (Hours(weekdays=(0,), holidays=(date(2026, 11, 30),)), utc("2026-12-07 09:00")),
    ],
)
def test_a_shop_that_never_opens_promises_nothing(hours: Hours, at_ms: int | None) -> None:
    promised = promise(hours, utc("2026-11-24 12:00"))

    assert promised == Promise(open_now=False, at_ms=at_ms)


def composed(reason: HandoffReason, now: str, language: Language = Language.EN, topic: str = "") -> Handover:
    teams = (TeamOptions(id="post", topics=("shipping",)), TeamOptions(id="general"))
    asked = work(wrote("Hello", name="0"), posted(), wrote("Where is it?"))
    wish = Wish(id=HandoffId("hof_1"), reason=reason, language=language, topic=topic)
    return compose(wish, asked.conversation, asked.records, Shop(hours=BERLIN, teams=teams), utc(now))


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("reason", HandoffReason)
@pytest.mark.parametrize("now", ["2026-11-23 10:00", "2026-11-28 12:00"])
def test_every_reason_has_its_words_and_states_its_promise(
    reason: HandoffReason, language: Language, now: str
) -> None:
    handover = composed(reason, now, language)

    [stated] = handover.stated
    assert stated.written in handover.text
    assert "{" not in handover.text
    assert handover.handoff.promised_at_ms == int(stated.value)


@pytest.mark.parametrize("zone", ["Etc/GMT+5", "America/Argentina/Buenos_Aires", "UTC"])
@pytest.mark.parametrize("language", Language)
def test_a_promise_with_its_city_is_proven(zone: str, language: Language) -> None:
    told = work(wrote())
    wish = Wish(id=HandoffId("hof_1"), reason=HandoffReason.POLICY, language=language)
    shop = Shop(hours=Hours(timezone=zone, weekdays=tuple(range(7))))

    handover = compose(wish, told.conversation, told.records, shop, utc("2026-11-23 15:00"))
    verdict = judge(Draft(text=handover.text, language=language, stated=handover.stated))

    assert verdict.findings == ()
    assert [one.written for one in verdict.evidence] == [one.written for one in handover.stated]


def test_whoever_was_told_of_a_failed_change_is_told_only_who_goes_on() -> None:
    told = work(wrote())
    wish = Wish(id=HandoffId("hof_1"), reason=HandoffReason.TOOL_FAILURE, language=Language.EN, is_told=True)

    handover = compose(wish, told.conversation, told.records, Shop(hours=BERLIN), utc("2026-11-23 10:00"))

    assert handover.handoff.reason is HandoffReason.TOOL_FAILURE
    assert handover.text.startswith("A person from our team takes over here.")


@pytest.mark.parametrize(("topic", "team"), [("shipping", "post"), ("returns", "general"), ("", "general")])
def test_the_topic_chooses_the_team(topic: str, team: str) -> None:
    handover = composed(HandoffReason.TOOL_FAILURE, "2026-11-23 10:00", topic=topic)

    assert handover.handoff.team_id == team


def test_the_team_reads_what_was_said_and_what_is_open() -> None:
    handoff = composed(HandoffReason.POLICY, "2026-11-23 10:00").handoff

    assert handoff.summary == "contact: Hello\nassistant: …\ncontact: Where is it?"
    assert handoff.questions == ("Where is it?",)


def test_a_long_conversation_is_summed_up_in_its_last_words() -> None:
    told = work(*(wrote("x" * 1_000, name=str(number)) for number in range(20)))
    wish = Wish(id=HandoffId("hof_1"), reason=HandoffReason.POLICY, language=Language.EN)

    handoff = compose(wish, told.conversation, told.records, Shop(), utc("2026-11-23 10:00")).handoff

    assert [len(line) for line in handoff.summary.splitlines()] == [300] * 6


def test_a_shop_whose_teams_all_have_topics_says_what_to_change() -> None:
    shop = Shop(teams=(TeamOptions(id="post", topics=("shipping",)),))

    with pytest.raises(ConfigurationError, match="give one team no topics"):
        shop.team_for("returns")


def test_a_notice_is_no_question() -> None:
    told = work(wrote(), posted(answers=False), wrote("And?", name="2"))
    wish = Wish(id=HandoffId("hof_1"), reason=HandoffReason.POLICY, language=Language.EN)

    handoff = compose(wish, told.conversation, told.records, Shop(), utc("2026-11-23 10:00")).handoff

    assert handoff.questions == ("Where is it?", "And?")
    assert isinstance(told.records[1].event, ev.MessagePosted)


def questions_of(*events: ev.Event, language: Language = Language.EN) -> tuple[str, ...]:
    told = work(*events)
    wish = Wish(id=HandoffId("hof_1"), reason=HandoffReason.ASKED_FOR, language=language)
    return compose(wish, told.conversation, told.records, Shop(), utc("2026-11-23 10:00")).handoff.questions


@pytest.mark.parametrize(
    ("language", "nod"),
    [
        (Language.EN, "ok"),
        (Language.EN, "Thanks!"),
        (Language.DE, "nein"),
        (Language.DE, "Hallo"),
        (Language.ZH, "好的"),
        (Language.JA, "いいえ"),
        (Language.KO, "알겠습니다"),
    ],
)
def test_a_nod_is_no_open_question_and_the_last_question_is_one(language: Language, nod: str) -> None:
    asked = questions_of(wrote(), posted(), wrote(nod, name="2"), language=language)

    assert asked == ("Where is it?",)


def test_a_nod_beside_a_question_is_left_out() -> None:
    assert questions_of(wrote("ok"), wrote("And when?", name="2")) == ("And when?",)


def test_a_click_on_a_person_leaves_the_question_open() -> None:
    click = wrote("None of these, I would like a person", name="2", choice=ev.PERSON_OFFER)

    assert questions_of(wrote(), posted(), click) == ("Where is it?",)


def test_a_cry_for_help_is_an_open_question() -> None:
    assert questions_of(wrote("I need help")) == ("I need help",)


def test_nothing_but_nods_leaves_no_question() -> None:
    assert questions_of(wrote("Hello"), posted(), wrote("ok", name="2")) == ()
