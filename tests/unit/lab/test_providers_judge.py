"""How the drill of providers judges what it saw: whatever may not happen is found."""

from __future__ import annotations

import msgspec
import pytest

from fondaco.domain.ids import ConnectionId, ConversationId, EntryId, TurnId, WorkspaceId
from fondaco.domain.usage import LedgerEntry, Provenance
from fondaco.lab.gates import exit_code
from fondaco.lab.providers.billing import bill
from fondaco.lab.providers.judge import Books, answered_by, books, judged
from fondaco.lab.providers.matrix import reported, table
from fondaco.lab.providers.plan import MatrixPlan, Mode
from fondaco.lab.providers.rows import all_rows, cases, second_wire
from fondaco.lab.providers.screen import Screen
from fondaco.lab.providers.seen import Bill, By, Played, Turn
from fondaco.lab.providers.words import STORED, UNKNOWN, House, Topic, answer_of, question
from fondaco.testing.provider.faults import Fault
from fondaco.testing.provider.script import WireName

LAMP = question(Topic.LAMPS, 0)
FIRST, SECOND = (answer_of(house, LAMP.text) for house in House)
HANDED = "I have asked a colleague, who will write to you here."
GOOD = Turn(question=LAMP, texts=(SECOND,), after_ms=120.0)
EXACT = Bill(provider="first", ours_pico=500, theirs_pico=500, doubtful=False)


def turn(*texts: str, topic: Topic = Topic.LAMPS, handed_over: bool = False) -> Turn:
    return Turn(question=question(topic, 0), texts=texts, after_ms=80.0, handed_over=handed_over)


def played(*turns: Turn, bill: Bill = EXACT, allowed: tuple[By, ...] = (By.SECOND,)) -> Played:
    return Played(
        row="cut",
        wire=WireName.OPENAI,
        mode=Mode.STREAMED,
        allowed=allowed,
        deadline_ms=10_000.0,
        turns=turns,
        bills=(bill,),
    )


@pytest.mark.parametrize(
    ("seen", "by"),
    [
        (turn(FIRST), By.FIRST),
        (turn(SECOND), By.SECOND),
        (turn(STORED[0][2], topic=Topic.STORED), By.LOCAL),
        (turn(HANDED, topic=Topic.UNKNOWN, handed_over=True), By.PERSON),
        (turn(), By.NOBODY),
        (turn(FIRST[:60]), By.BROKEN),
        (turn(FIRST[:60] + SECOND), By.BROKEN),
        (turn(FIRST, SECOND), By.BROKEN),
        (turn(FIRST, handed_over=True), By.BROKEN),
        (turn(f"{FIRST[:40]} {HANDED}", handed_over=True), By.BROKEN),
        (turn("<tool_call> " + HANDED, handed_over=True), By.BROKEN),
        (turn(STORED[1][2], topic=Topic.STORED), By.BROKEN),
        (turn(HANDED), By.BROKEN),
        (msgspec.structs.replace(GOOD, drafts=(FIRST[:50], SECOND[:50], SECOND)), By.SECOND),
        (msgspec.structs.replace(GOOD, drafts=("Olá!", SECOND[:50])), By.SECOND),
        (msgspec.structs.replace(GOOD, left_over="Olá!"), By.BROKEN),
        (msgspec.structs.replace(GOOD, drafts=(FIRST[:50] + SECOND[:50],)), By.BROKEN),
        (msgspec.structs.replace(GOOD, left_over=FIRST[:50]), By.BROKEN),
    ],
)
def test_only_one_whole_text_counts_as_an_answer(seen: Turn, by: By) -> None:
    assert answered_by(seen) is by


@pytest.mark.parametrize(
    ("one", "agreed"),
    [
        (EXACT, Books.EQUAL),
        (msgspec.structs.replace(EXACT, ours_pico=501, doubtful=True), Books.COVERED),
        (msgspec.structs.replace(EXACT, ours_pico=501), Books.UNEXPLAINED),
        (msgspec.structs.replace(EXACT, ours_pico=499), Books.BELOW),
        (msgspec.structs.replace(EXACT, ours_pico=499, doubtful=True), Books.BELOW),
        (msgspec.structs.replace(EXACT, unsettled=1), Books.OPEN),
    ],
)
def test_books_that_know_less_than_the_bill_are_found(one: Bill, agreed: Books) -> None:
    assert books((EXACT, one)) is agreed


def test_a_provider_that_overruns_may_charge_more_than_we_know_but_only_where_we_say_so() -> None:
    marked = msgspec.structs.replace(EXACT, ours_pico=499, doubtful=True)

    assert books((marked,), overruns=True) is Books.BEYOND
    assert books((msgspec.structs.replace(marked, doubtful=False),), overruns=True) is Books.BELOW


@pytest.mark.parametrize(
    ("wrong", "fault"),
    [
        (played(), "nobody wrote"),
        (played(GOOD, turn(FIRST)), "answered by first: 1"),
        (played(GOOD, turn(FIRST[:60])), "not one whole text: 1"),
        (played(GOOD, turn(HANDED, handed_over=True)), "answered by person: 1"),
        (played(msgspec.structs.replace(GOOD, after_ms=10_001.0)), "too late: 1"),
        (played(GOOD, turn()), "answered by nobody: 1"),
        (played(GOOD, bill=msgspec.structs.replace(EXACT, ours_pico=499)), "books: below"),
    ],
)
def test_a_wrong_cell_is_found_and_misses_the_gate(wrong: Played, fault: str) -> None:
    cell = judged(wrong)

    assert not cell.good
    assert any(one.startswith(fault) for one in cell.faults), cell.faults
    assert exit_code(reported(MatrixPlan(), [cell]), gates_on=True) == 1


def test_a_good_cell_passes_and_stands_in_the_table() -> None:
    cell = judged(played(GOOD, GOOD))

    assert cell.good
    assert exit_code(reported(MatrixPlan(), [cell]), gates_on=True) == 0
    assert table([cell])[1].split() == "cut 1 second 2 120 / 120 2 of 2 equal 1 - 2 of 2".split()


def test_every_fault_of_the_catalogue_has_a_row_and_every_protocol_a_cell() -> None:
    rows = {row.first for row in all_rows()}
    found = cases(MatrixPlan())

    assert set(Fault) <= rows
    assert {case.wire for case in found} == set(WireName)
    assert {case.row.name for case in found} == {row.name for row in all_rows()}


def test_a_fault_of_streams_has_no_plain_cell_and_both_providers_differ() -> None:
    found = cases(MatrixPlan(rows=("drip", "interleaved_tools")))

    assert {(case.row.name, case.mode) for case in found} == {
        ("drip", Mode.STREAMED),
        ("interleaved_tools", Mode.STREAMED),
    }
    assert [second_wire(wire) == wire for wire in WireName] == [False, False, False]


def test_a_screen_shows_what_the_panel_would() -> None:
    screen = Screen()
    sent = (
        b'event: draft\ndata: {"type":"draft","turn_id":"t","text":"The amb"}\n\n'
        b'event: draft_void\ndata: {"type":"draft_void","turn_id":"t"}\n\n'
        b': \n\nid: 4\nevent: message\ndata: {"seq":4,"author":"contact","text":"Hi"}\n\n'
        b'event: draft\ndata: {"type":"draft","turn_id":"t","text":"You find"}\n\n'
    )

    changes = [screen.feed(sent[at : at + 7], 1.0) for at in range(0, len(sent), 7)]

    assert (screen.drafts, screen.draft, screen.messages) == (["The amb", "You find"], "You find", [])
    assert sum(changes) == 3
    screen.feed(b'id: 9\nevent: message\ndata: {"seq":9,"author":"assistant","text":"You find it"}\n\n', 2.0)
    assert (screen.draft, screen.messages) == ("", [(9, "You find it", 2.0)])


def test_entries_that_are_no_more_than_a_bound_make_a_bill_doubtful() -> None:
    exact = LedgerEntry(
        id=EntryId("led_1"),
        workspace_id=WorkspaceId("w"),
        connection_id=ConnectionId("c"),
        conversation_id=ConversationId("cnv"),
        turn_id=TurnId("t"),
        step=1,
        attempt=1,
        at_ms=0,
        provider="first",
        model="m",
        cost_pico=7,
        provenance=Provenance.REPORTED,
        ended_as="answered",
    )
    open_still = msgspec.structs.replace(exact, provenance=Provenance.RESERVED, ended_as="")

    assert bill("first", [exact, exact], 14).doubtful is False
    assert bill("first", [exact, open_still], 14) == Bill(
        provider="first",
        ours_pico=14,
        theirs_pico=14,
        doubtful=True,
        unsettled=1,
        ends={"answered": 1, "": 1},
    )


def test_nothing_that_is_stored_answers_what_nobody_stored() -> None:
    known = {asked for _, asked, _ in STORED}

    assert known.isdisjoint(UNKNOWN)
    assert FIRST != SECOND
