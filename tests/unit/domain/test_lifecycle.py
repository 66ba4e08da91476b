"""What each command makes of a conversation."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from fondaco.domain import events as ev
from fondaco.domain import lifecycle
from fondaco.domain.changes import Change, Lane, changed
from fondaco.domain.conversation import Conversation, Status
from fondaco.domain.errors import Conflict, InvalidInput
from fondaco.domain.ids import TeamId, TeammateId
from fondaco.domain.people import ASSISTANT, SYSTEM, TO_ASSISTANT, TO_NOBODY, Assignee, Author
from fondaco.kit.language import Language
from tests.unit.domain.conversations import LIN, MAX, NEW, NOW, asked, said, wanted, written


def kinds(change: Change) -> list[type]:
    return [type(record.event) for record in change.records]


def test_the_first_message_opens_an_episode_for_the_assistant() -> None:
    change = lifecycle.receive(NEW, written("Hello", burst_ms=800))

    assert kinds(change) == [ev.EpisodeOpened, ev.AssigneeChanged, ev.MessageReceived]
    assert [record.seq for record in change.records] == [1, 2, 3]
    assert {record.episode_id for record in change.records} == {"epi_1"}
    assert (change.lane, change.lane_due_at_ms) == (Lane.DUE, NOW + 800)
    assert (change.after.assignee, change.after.epoch, change.after.subject) == (TO_ASSISTANT, 1, "Hello")


def test_a_further_message_joins_the_open_episode() -> None:
    change = lifecycle.receive(asked(), written("Hello?", name="2", at_ms=NOW + 5))

    assert kinds(change) == [ev.MessageReceived]
    assert change.records[0].episode_id == "epi_1"
    assert change.lane is Lane.DUE
    assert (change.after.waiting_since_ms, change.after.subject) == (NOW, "Where is my parcel?")


def test_a_message_to_a_teammate_gives_the_assistant_nothing_to_do() -> None:
    held = lifecycle.take_over(asked(), LIN, None, NOW).after

    change = lifecycle.receive(held, written(name="2"))

    assert (change.lane, change.after.assignee) == (Lane.KEEP, Assignee.teammate(TeammateId("mat_lin")))


def test_a_message_to_a_team_lets_the_contact_be_told_and_the_waiting_goes_on() -> None:
    base = lifecycle.request_person(asked(), wanted(asked()), said(), NOW).after

    received = lifecycle.receive(base, written(name="2", at_ms=NOW + 5, burst_ms=7))
    change = lifecycle.noted(received.after, said(SYSTEM, "notice", answers=False), NOW + 9)

    assert (received.lane, received.lane_due_at_ms) == (Lane.DUE, NOW + 12)
    assert (kinds(change), change.lane) == ([ev.MessagePosted], Lane.DONE)
    assert (change.after.waiting_since_ms, change.after.assignee) == (NOW + 5, base.assignee)


def test_a_message_after_the_end_opens_a_new_episode_with_a_new_subject() -> None:
    resolved = lifecycle.resolve(asked(), LIN, None, NOW).after

    change = lifecycle.receive(resolved, written("Another thing", name="2", at_ms=NOW + 9))

    assert kinds(change) == [ev.EpisodeOpened, ev.AssigneeChanged, ev.MessageReceived]
    assert (change.after.status, change.after.episode_id) == (Status.OPEN, "epi_2")
    assert (change.after.subject, change.after.waiting_since_ms) == ("Another thing", NOW + 9)


def test_the_subject_is_cut_to_eighty_characters() -> None:
    change = lifecycle.receive(NEW, written("围" * 200))

    assert change.after.subject == "围" * 80


def test_a_text_that_tells_no_language_leaves_the_language_as_it_was() -> None:
    chinese = lifecycle.receive(NEW, written("围巾呢", language=Language.ZH)).after

    after = lifecycle.receive(chinese, written("???", name="2")).after

    assert after.language is Language.ZH


def test_a_takeover_ends_the_assistants_turn() -> None:
    change = lifecycle.take_over(asked(), LIN, None, NOW)

    assert kinds(change) == [ev.AssigneeChanged]
    assert (change.lane, change.after.epoch) == (Lane.DONE, 2)
    assert change.after.waiting_since_ms == NOW


def test_to_take_what_one_has_changes_nothing() -> None:
    held = lifecycle.take_over(asked(), LIN, None, NOW).after

    change = lifecycle.take_over(held, LIN, None, NOW + 5)

    assert (change.records, change.after.epoch) == ((), held.epoch)


def test_one_teammate_takes_over_from_another() -> None:
    held = lifecycle.take_over(asked(), LIN, None, NOW).after

    after = lifecycle.take_over(held, MAX, None, NOW).after

    assert (after.assignee.id, after.epoch) == ("mat_max", held.epoch + 1)


def test_to_write_is_to_take_over_and_to_answer() -> None:
    change = lifecycle.post_as_teammate(asked(), said(LIN), None, NOW)

    assert kinds(change) == [ev.AssigneeChanged, ev.MessagePosted]
    assert (change.after.assignee.id, change.after.waiting_since_ms) == ("mat_lin", None)
    [delivery] = change.deliveries
    assert (delivery.by_assistant, delivery.epoch, delivery.seq) == (False, 2, 5)


def test_a_takeover_accepts_the_handoff_once() -> None:
    base = asked()
    requested = lifecycle.request_person(base, wanted(base), said(), NOW)
    handoff = requested.handoff
    assert handoff is not None
    accepted = msgspec.structs.replace(handoff, accepted_at_ms=NOW + 1)

    first = lifecycle.take_over(requested.after, LIN, handoff, NOW + 1)
    second = lifecycle.take_over(first.after, MAX, accepted, NOW + 2)

    assert kinds(first) == [ev.AssigneeChanged, ev.HandoffAccepted]
    assert first.handoff_update is not None
    assert (first.handoff_update.accepted_at_ms, first.handoff_update.accepted_by) == (NOW + 1, "mat_lin")
    assert (kinds(second), second.handoff_update) == ([ev.AssigneeChanged], None)


def test_to_ask_for_a_person_gives_the_conversation_to_the_team() -> None:
    base = asked()

    change = lifecycle.request_person(base, wanted(base), said(), NOW)

    assert kinds(change) == [ev.HandoffRequested, ev.MessagePosted, ev.AssigneeChanged]
    assert change.after.assignee == Assignee.team(TeamId("tea_1"))
    assert (change.lane, change.handoff) == (Lane.DONE, wanted(base))


def test_the_notice_of_a_handoff_may_still_leave_after_it() -> None:
    base = asked()

    change = lifecycle.request_person(base, wanted(base), said(), NOW)

    [notice] = change.deliveries
    assert (notice.by_assistant, notice.epoch) == (True, change.after.epoch)


def test_a_handback_while_the_contact_waits_makes_the_assistant_answer() -> None:
    held = lifecycle.take_over(asked(), LIN, None, NOW).after

    change = lifecycle.hand_back(held, LIN, None, said(LIN, answers=False), NOW + 7)

    assert kinds(change) == [ev.HandoffReturned, ev.AssigneeChanged, ev.MessagePosted]
    assert (change.lane, change.lane_due_at_ms) == (Lane.DUE, NOW + 7)
    assert change.after.assignee == TO_ASSISTANT


def test_a_handback_when_nobody_waits_gives_the_assistant_nothing_to_do() -> None:
    answered = lifecycle.post_as_teammate(asked(), said(LIN), None, NOW).after

    change = lifecycle.hand_back(answered, LIN, None, said(LIN, "back"), NOW)

    assert (change.lane, change.after.assignee) == (Lane.DONE, TO_ASSISTANT)


def test_a_handback_returns_the_handoff() -> None:
    base = asked()
    requested = lifecycle.request_person(base, wanted(base), said(), NOW)

    change = lifecycle.hand_back(requested.after, LIN, wanted(base).id, said(LIN, "back"), NOW + 3)

    assert change.handoff_update is not None
    assert (change.handoff_update.handoff_id, change.handoff_update.returned_at_ms) == ("hnd_1", NOW + 3)


def test_the_end_leaves_nobody_with_anything_to_do() -> None:
    base = asked()
    requested = lifecycle.request_person(base, wanted(base), said(), NOW)

    change = lifecycle.resolve(requested.after, LIN, requested.handoff, NOW + 4)

    after = change.after
    assert (after.status, after.assignee, after.episode_id) == (Status.RESOLVED, TO_NOBODY, None)
    assert (after.waiting_since_ms, change.lane) == (None, Lane.DONE)
    assert change.handoff_update is not None
    assert change.handoff_update.returned_at_ms == NOW + 4
    assert {record.episode_id for record in change.records} == {"epi_1"}


def test_a_note_changes_nobody() -> None:
    base = asked()

    change = lifecycle.add_note(base, LIN, "Regular", NOW + 1)

    assert change.lane is Lane.KEEP
    assert change.after == msgspec.structs.replace(base, last_seq=4, updated_at_ms=NOW + 1)


@pytest.mark.parametrize("stars", [1, 5])
def test_a_rating_is_written_down_also_after_the_end(stars: int) -> None:
    resolved = lifecycle.resolve(asked(), LIN, None, NOW).after

    change = lifecycle.rate(resolved, stars, "Thank you", NOW + 1)

    assert (change.after.status, change.lane) == (Status.RESOLVED, Lane.KEEP)
    assert change.records[0].event == ev.RatingGiven(stars=stars, comment="Thank you")


@pytest.mark.parametrize("stars", [0, 6, -1])
def test_a_rating_has_one_to_five_stars(stars: int) -> None:
    with pytest.raises(InvalidInput, match="stars"):
        lifecycle.rate(asked(), stars, "", NOW)


Command = Callable[[Conversation], Change]


@pytest.mark.parametrize(
    "command",
    [
        lambda base: lifecycle.take_over(base, LIN, None, NOW),
        lambda base: lifecycle.post_as_teammate(base, said(LIN), None, NOW),
        lambda base: lifecycle.hand_back(base, LIN, None, said(LIN), NOW),
        lambda base: lifecycle.request_person(base, wanted(base), said(), NOW),
        lambda base: lifecycle.resolve(base, LIN, None, NOW),
    ],
    ids=["take_over", "post", "hand_back", "request_person", "resolve"],
)
@pytest.mark.parametrize(
    "base", [NEW, lifecycle.resolve(asked(), LIN, None, NOW).after], ids=["unwritten", "resolved"]
)
def test_what_is_over_cannot_be_worked_on(base: Conversation, command: Command) -> None:
    with pytest.raises(Conflict, match="no open episode"):
        command(base)


@pytest.mark.parametrize("author", [ASSISTANT, SYSTEM])
@pytest.mark.parametrize(
    "command",
    [
        lambda base, author: lifecycle.take_over(base, author, None, NOW),
        lambda base, author: lifecycle.post_as_teammate(base, said(author), None, NOW),
        lambda base, author: lifecycle.hand_back(base, author, None, said(), NOW),
        lambda base, author: lifecycle.add_note(base, author, "?", NOW),
    ],
    ids=["take_over", "post", "hand_back", "note"],
)
def test_only_a_teammate_does_a_teammates_work(
    command: Callable[[Conversation, Author], Change], author: Author
) -> None:
    with pytest.raises(InvalidInput, match="teammate"):
        command(asked(), author)


def test_what_the_assistant_has_cannot_be_handed_back_to_it() -> None:
    with pytest.raises(Conflict, match="nothing to hand back"):
        lifecycle.hand_back(asked(), LIN, None, said(LIN), NOW)


def test_where_the_contact_reads_the_log_nothing_is_delivered() -> None:
    reading = msgspec.structs.replace(asked(), pulls=True)

    change = changed(reading, (said(),), NOW)

    assert change.deliveries == ()


def test_a_delivery_is_named_after_its_message() -> None:
    change = changed(asked(), (said(name="7"), ev.NoteAdded(author=LIN, text="x"), said(LIN, "8")), NOW)

    assert [(delivery.id, delivery.seq) for delivery in change.deliveries] == [
        ("dlv_msg_7", 4),
        ("dlv_msg_8", 6),
    ]


def test_a_clock_that_goes_back_does_not_make_a_conversation_older() -> None:
    after = lifecycle.add_note(asked(), LIN, "?", NOW - 500).after

    assert after.updated_at_ms == NOW
