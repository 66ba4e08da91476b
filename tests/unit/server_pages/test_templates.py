"""Whatever stands in a conversation is text on the page."""

from __future__ import annotations

import re
from functools import partial

import msgspec
import pytest

from fondaco.domain import events as ev
from fondaco.domain.contracts import ActionState
from fondaco.domain.ids import ConversationId, EpisodeId, TurnId
from fondaco.domain.people import ASSISTANT, Assignee, AssigneeKind, Author, AuthorKind
from fondaco.kit.language import Language
from fondaco.llm.prices import Price, Rates
from fondaco.memory.bills.conversation import Way, memory_of
from fondaco.memory.planning.sheets import CacheHabit, PriceSheet
from fondaco.server.pages_assets import Assets
from fondaco.server.pages_inbox import Inbox, View
from fondaco.server.pages_templates import Templates, duration, iso, utc, visible
from fondaco.server.pages_thread import Fragments, Thread
from fondaco.server.pages_view import Row
from fondaco.server.pages_words import Words, load_words
from tests.unit.server_pages.samples import (
    HARM,
    MIRA,
    PEOPLE,
    TURN,
    author,
    conversation,
    handoff,
    recorded,
    turn,
    waiting,
)

DEAR = PriceSheet(
    target="cheap",
    price=Price(version="list@2026", currency="EUR", rates=Rates(input=10, output=40)),
    habit=CacheHabit(),
    context_tokens=128_000,
    new_pico=10,
    again_pico=1,
    unpublished=("what cached tokens cost",),
)


@pytest.fixture(scope="module")
def templates() -> Templates:
    return Templates(Assets())


@pytest.fixture(scope="module")
def words() -> dict[Language, Words]:
    return load_words()


@pytest.mark.parametrize("language", list(Language))
def test_a_conversation_full_of_harm_is_shown_as_text(
    templates: Templates, words: dict[Language, Words], language: Language
) -> None:
    harmful = ev.ActionMoved(action=waiting(HARM), by=author(HARM), why=HARM, turn_id=TURN)
    records = (*turn(HARM), *recorded(ev.NoteAdded(author=author(HARM), text=HARM), harmful))
    thread = Thread(conversation=conversation(subject=HARM), handoff=handoff(HARM), records=records)

    news = Fragments(templates=templates, say=words[language], people=PEOPLE).newer(thread, 0)

    html = str(news)
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert "\\u202e" not in html
    assert "U+202E" in html
    assert "&lt;script&gt;" in news["regions"]["actions"]
    assert "&lt;script&gt;" in news["whys"][0]["html"]


def test_a_row_shows_the_subject_as_text_in_its_language(
    templates: Templates, words: dict[Language, Words]
) -> None:
    row = Row.of(conversation(subject=HARM), PEOPLE)
    inbox = Inbox(view=View.ALL, rows=(row,), needing=0)

    html = templates.render("parts/list.html", say=words[Language.EN], inbox=inbox, selected="cnv_1")

    assert "<script" not in html
    assert 'lang="en"' in html
    assert 'aria-current="true"' in html


@pytest.mark.parametrize("view", list(View))
def test_an_empty_view_says_so(templates: Templates, words: dict[Language, Words], view: View) -> None:
    inbox = Inbox(view=view, rows=(), needing=0)

    html = templates.render("parts/list.html", say=words[Language.DE], inbox=inbox, selected="")

    assert words[Language.DE](f"empty.{view.value}") in html


def test_only_what_is_newer_is_sent_again(templates: Templates, words: dict[Language, Words]) -> None:
    thread = Thread(conversation=conversation(), handoff=None, records=turn())

    news = Fragments(templates=templates, say=words[Language.EN], people=PEOPLE).newer(thread, 7)

    assert [item["seq"] for item in news["items"]] == [8]
    assert [why["turn"] for why in news["whys"]] == ["trn_1"]
    assert news["last_seq"] == 9
    assert set(news["regions"]) == {"head", "handoff", "actions", "controls", "memory"}


BEFORE = ev.RecalledFrom(
    conversation_id=ConversationId("cnv_before"), episode_id=EpisodeId("epi_before"), seqs=(2, 3, 5)
)


def test_the_why_pane_tells_what_models_were_not_told(
    templates: Templates, words: dict[Language, Words]
) -> None:
    events = (
        ev.MemoryPlanned(turn_id=TURN, strategy="stepped", why="A cut pays.", card=HARM),
        ev.HistoryCut(
            turn_id=TURN,
            before_seq=4,
            strategy="stepped",
            why="Too long.",
            hidden_tokens=1_200,
            kept_tokens=300,
            digest=HARM,
        ),
        ev.PromptShortened(turn_id=TURN, seqs=(2,), left_out_tokens=9_000),
        ev.TurnsRecalled(turn_id=TURN, query=HARM, seqs=(1, 2), tokens=80, by="tool"),
        ev.TurnsRecalled(turn_id=TURN, query=HARM, seqs=(), tokens=70, by="gate", earlier=(BEFORE,)),
    )
    thread = Thread(conversation=conversation(), handoff=None, records=(*turn(), *recorded(*events)))

    news = Fragments(templates=templates, say=words[Language.EN], people=PEOPLE).newer(thread, 0)

    shown = text_of(news["whys"][0]["html"])
    assert "Memory Kept by: a window cut in steps A cut pays." in shown
    assert "1 200 tokens hidden, 300 told word for word Too long." in shown
    assert "9 000 tokens left out of what was too long" in shown
    assert "2 earlier entries told again, 80 tokens" in shown
    assert "0 earlier entries" not in shown
    assert "3 entries of earlier conversations told again, 70 tokens in all cnv_before" in shown
    assert 'href="/console/conversations/cnv_before"' in news["whys"][0]["html"]
    assert "<script>" not in news["whys"][0]["html"]


def test_the_why_pane_tells_of_every_attempt_at_a_model(
    templates: Templates, words: dict[Language, Words]
) -> None:
    thread = Thread(conversation=conversation(), handoff=None, records=turn("cheap"))

    news = Fragments(templates=templates, say=words[Language.EN], people=PEOPLE).newer(thread, 0)

    shown = " ".join(re.sub(r"<[^>]*>", " ", news["whys"][0]["html"]).split())
    assert "Models asked cheap cheap-1 0.000383 USD" in shown
    assert "1 102 tokens in, 4 out · 0.00019 USD · perhaps billed" in shown
    assert "cheap answered 1.5 s 1 102 tokens in, 22 out · 1 024 from the cache" in shown
    assert "0.000193 USD · at most · first word after 61 ms" in shown
    assert "the cheap models · difficulty 0.40" in shown
    assert "unsure whether an article fits 0.70" in shown
    assert words[Language.EN]("signals.foreign") not in shown


@pytest.mark.parametrize(
    ("assignee", "buttons"),
    [
        (Assignee(AssigneeKind.ASSISTANT), ["takeover", "resolve"]),
        (Assignee(AssigneeKind.TEAM, "orders"), ["takeover", "resolve"]),
        (Assignee(AssigneeKind.TEAMMATE, "tm_other"), ["takeover", "resolve"]),
        (Assignee(AssigneeKind.TEAMMATE, "tm_mira"), ["handback", "resolve"]),
    ],
)
def test_the_buttons_follow_who_has_to_answer(
    templates: Templates, words: dict[Language, Words], assignee: Assignee, buttons: list[str]
) -> None:
    thread = Thread(conversation=conversation(assignee), handoff=None, records=())

    news = Fragments(templates=templates, say=words[Language.EN], people=PEOPLE).newer(thread, 0)

    controls = news["regions"]["controls"]
    assert [name for name in ("takeover", "handback", "resolve") if f'"{name}"' in controls] == buttons


def test_an_accepted_handoff_says_by_whom_and_no_longer_what_was_promised(
    templates: Templates, words: dict[Language, Words]
) -> None:
    accepted = msgspec.structs.replace(handoff(), accepted_at_ms=3_000, accepted_by=MIRA.id)
    thread = Thread(conversation=conversation(), handoff=accepted, records=())

    news = Fragments(templates=templates, say=words[Language.EN], people=PEOPLE).newer(thread, 0)

    card = news["regions"]["handoff"]
    assert "accepted by Mira" in card
    assert 'datetime="1970-01-01T00:00:03Z"' in card
    assert "promised" not in card
    assert "Still open" not in card


def test_an_open_handoff_says_for_when_a_person_was_promised(
    templates: Templates, words: dict[Language, Words]
) -> None:
    thread = Thread(conversation=conversation(), handoff=handoff(), records=())

    news = Fragments(templates=templates, say=words[Language.EN], people=PEOPLE).newer(thread, 0)

    card = news["regions"]["handoff"]
    assert "promised for" in card
    assert "Still open" in card
    assert "accepted" not in card


def test_controls_and_marks_that_turn_text_around_are_written_out() -> None:
    assert visible("a\u202eb\u0007\n") == "a⟨U+202E⟩b⟨U+0007⟩\n"


def test_joiners_inside_words_and_emoji_stay() -> None:
    assert visible("می\u200cخواهم 👩\u200d🔧") == "می\u200cخواهم 👩\u200d🔧"


@pytest.mark.parametrize(
    ("milliseconds", "told"), [(1.26, "1.3 ms"), (47.0, "47 ms"), (999.4, "999 ms"), (1500.0, "1.5 s")]
)
def test_durations_are_short(milliseconds: float, told: str) -> None:
    assert duration(milliseconds) == told


def test_times_are_written_for_machines_and_for_people() -> None:
    assert iso(0) == "1970-01-01T00:00:00Z"
    assert utc(0) == "1970-01-01 00:00 UTC"


def text_of(html: str) -> str:
    """Return what a reader sees."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())


def test_an_action_that_waits_shows_its_values_and_two_answers(
    templates: Templates, words: dict[Language, Words]
) -> None:
    records = recorded(ev.ActionMoved(action=waiting(), by=ASSISTANT))
    thread = Thread(conversation=conversation(), handoff=None, records=records)

    news = Fragments(templates=templates, say=words[Language.DE], people=PEOPLE).newer(thread, 0)

    shown = text_of(news["regions"]["actions"])
    assert shown.startswith("Freigabe nötig: refund · 249,00 € für kim order_number RI-10482 amount 24900")
    assert shown.endswith("Freigeben Grund, fürs Team Ablehnen")


def test_an_action_of_unknown_outcome_asks_what_became_of_it(
    templates: Templates, words: dict[Language, Words]
) -> None:
    unknown = msgspec.structs.replace(waiting(), state=ActionState.UNKNOWN, dry_run=True, why="no answer")
    thread = Thread(
        conversation=conversation(),
        handoff=None,
        records=recorded(ev.ActionMoved(action=unknown, by=ASSISTANT)),
    )

    news = Fragments(templates=templates, say=words[Language.EN], people=PEOPLE).newer(thread, 0)

    shown = text_of(news["regions"]["actions"])
    assert shown.startswith("Nobody knows the outcome: refund · €249.00 Dry run: nothing is sent. no answer")
    assert shown.endswith("It took effect It did not take effect")


def test_the_why_pane_tells_every_step_of_an_action_in_words(
    templates: Templates, words: dict[Language, Words]
) -> None:
    approved = msgspec.structs.replace(waiting(), state=ActionState.APPROVED, approved_by=MIRA.id)
    done = msgspec.structs.replace(approved, state=ActionState.DONE)
    records = recorded(
        ev.ActionMoved(action=waiting(), by=Author(AuthorKind.CONTACT), turn_id=TURN),
        ev.ActionMoved(action=approved, by=author(), why="a regular"),
        ev.ActionMoved(action=done, by=ASSISTANT, turn_id=TurnId("trn_2")),
    )
    thread = Thread(conversation=conversation(), handoff=None, records=records)

    news = Fragments(templates=templates, say=words[Language.EN], people=PEOPLE).newer(thread, 0)

    [first, second] = [text_of(why["html"]) for why in news["whys"]]
    assert first == second
    assert first.startswith(
        "Action: refund · €249.00 refund · yes wanted from: Contact, Teammate "
        "for kim order_number RI-10482 amount 24900 confirmed · Contact"
    )
    assert "approved · Mira" in first
    assert "a regular done · Assistant" in first
    lines = [text_of(item["html"]) for item in news["items"]]
    assert [line[: line.index(" 19")] for line in lines] == [
        "refund: confirmed · Contact",
        "refund: approved · Mira",
        "refund: done · Assistant",
    ]


@pytest.mark.parametrize("language", list(Language))
def test_the_bill_of_the_memory_is_shown_beside_those_of_the_usual_ways(
    templates: Templates, words: dict[Language, Words], language: Language
) -> None:
    thread = Thread(conversation=conversation(), handoff=None, records=turn())
    reckons = partial(memory_of, sheets=lambda _: DEAR)
    fragments = Fragments(templates=templates, say=words[language], people=PEOPLE, reckons=reckons)

    memory = text_of(fragments.newer(thread, 0)["regions"]["memory"])

    say = words[language]
    assert say("memory.title") in memory
    assert all(say(f"ways.{way.value}") in memory for way in Way)


def test_no_bill_is_shown_where_no_model_was_asked(
    templates: Templates, words: dict[Language, Words]
) -> None:
    thread = Thread(conversation=conversation(), handoff=None, records=())

    news = Fragments(templates=templates, say=words[Language.EN], people=PEOPLE).newer(thread, 0)

    assert "hidden" in news["regions"]["memory"]
