"""How a history stands follows from its events."""

from __future__ import annotations

import pytest

from fondaco.domain import events as ev
from fondaco.domain.ids import TurnId
from fondaco.llm.asking import Prompt, Said, Speaker
from fondaco.memory.digests import Digest
from fondaco.memory.layout import Head, head_entries, laid_out
from fondaco.memory.standing import Standing, digests_after
from fondaco.memory.tape import Tape
from tests.unit.memory.saying import asked, called, turns

TURN = TurnId("trn_1")
PLAN = ev.MemoryPlanned(turn_id=TURN, strategy="stepped", why="so", card="Name: Mira")


def cut(before_seq: int, digest: str = "", digests: int = 0) -> ev.HistoryCut:
    return ev.HistoryCut(
        turn_id=TURN,
        before_seq=before_seq,
        strategy="stepped",
        why="so",
        hidden_tokens=1,
        kept_tokens=1,
        digest=digest,
        digests=digests,
    )


def test_nothing_is_hidden_before_a_cut() -> None:
    assert Standing().head == Head()
    assert head_entries(Head()) == ()


def test_the_latest_plan_and_the_latest_digests_are_told() -> None:
    settled = ev.TurnSettled(turn_id=TURN, outcome=ev.OutcomeKind.REPLY, duration_ms=1)

    standing = Standing().after_all((PLAN, cut(4, "one", 1), settled, cut(8, "two", 2), cut(12, "three", 2)))

    assert standing.before_seq == 12
    assert standing.head == Head(card="Name: Mira", digests=("two", "three"), is_cut=True)


def test_a_cut_without_a_digest_is_told_as_one() -> None:
    standing = Standing().after_all((cut(4, "", 1), cut(8, "two", 2)))

    assert standing.head == Head(digests=("two",), is_cut=True)


def test_a_new_digest_leaves_what_stood_before_it_where_it_was() -> None:
    before = head_entries(Head(card="Name: Mira", digests=("one",), is_cut=True))
    after = head_entries(Head(card="Name: Mira", digests=("one", "two"), is_cut=True))

    assert after[:-1] == before


def test_digests_are_told_as_long_as_there_is_room() -> None:
    standing = Standing(digests=("old", "older"))

    assert digests_after(standing, Digest(text="new", by="contact"), 200, len) == 3
    assert digests_after(standing, Digest(text="n" * 70, by="contact"), 200, len) == 1


def test_a_tape_knows_sums_and_places_without_reading_itself_again() -> None:
    tape = Tape()
    tape.add(turns(2, tokens=5))
    tape.add([asked(7, 3)])

    assert len(tape) == 7
    assert (tape.tokens(0), tape.tokens(3), tape.tokens(3, 6)) == (33, 18, 15)
    assert [tape.place_of(seq) for seq in (0, 1, 4, 7, 8)] == [0, 0, 3, 6, 7]
    assert tape.entries(1) == [entry for atom in (*turns(2)[1:], asked(7)) for entry in atom.entries]
    assert tape.entries(7) == []


def test_a_tape_gives_its_atoms_back_as_they_were() -> None:
    atoms, tape = [*turns(2, tokens=300), called(9), asked(12, 3)], Tape()
    tape.add(atoms)

    assert list(tape.atoms) == atoms
    assert tape.atoms[2:4] == atoms[2:4]
    assert tape.atoms[-1] == atoms[-1]
    with pytest.raises(IndexError):
        tape.atom(len(atoms))


def test_what_is_told_first_is_what_stays() -> None:
    head, tail = (Said(by=Speaker.CONTACT, text="head"),), (Said(by=Speaker.CONTACT, text="now"),)

    prompt = laid_out(Prompt(system="rules", history=()), head, called(1).entries, tail, tokens=9)

    assert prompt.history == (*head, *called(1).entries, *tail)
    assert (prompt.stable, prompt.stable_tokens) == (3, 9)
