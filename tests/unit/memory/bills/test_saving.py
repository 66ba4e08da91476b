"""What cutting has saved so far, reckoned from the log."""

from __future__ import annotations

from fondaco.domain import events as ev
from fondaco.domain.ids import TurnId
from fondaco.memory.bills.saving import saved_pico
from tests.unit.memory.bills.test_conversation import asked, posted, received, recorded, sheets, turns

_SHEET = sheets("small")


def saved(events: list[ev.Event]) -> int:
    assert _SHEET is not None
    return saved_pico(recorded(events), _SHEET)


def cut_at(turn: int, before_seq: int) -> ev.HistoryCut:
    return ev.HistoryCut(
        turn_id=TurnId(f"trn_{turn}"),
        before_seq=before_seq,
        strategy="stepped",
        why="",
        hidden_tokens=1,
        kept_tokens=1,
    )


def test_nothing_is_saved_where_nothing_is_cut() -> None:
    assert saved(turns(20)) == 0


def test_nothing_is_saved_where_no_model_was_asked() -> None:
    assert saved([received("hello"), posted("good day")]) == 0


def test_a_cut_that_hides_much_saves_more_with_every_request() -> None:
    log = turns(60)
    soon = [*log[:90], cut_at(30, 85), *log[90:120]]
    later = [*log[:90], cut_at(30, 85), *log[90:]]

    assert 0 < saved(soon) < saved(later)


def test_what_came_back_was_paid_from_it_and_so_was_the_request_that_asked_for_it() -> None:
    log = turns(60)
    head = [*log[:90], cut_at(30, 85), *log[90:]]
    recall = ev.TurnsRecalled(turn_id=TurnId("trn_60"), query="q", seqs=(1,), tokens=500, by="tool")
    plain = [*head, received("and?", 100), asked("trn_60"), posted("well", 100)]
    recalling = [
        *head,
        received("and?", 100),
        asked("trn_60"),
        recall,
        asked("trn_60", 2),
        posted("well", 100),
    ]

    spent = saved(plain) - saved(recalling)

    assert spent > 500 * 1_000
