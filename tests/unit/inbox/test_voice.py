"""Drafts of answers: shown here and in other processes, in their own epoch, for a short time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
import pytest

from fondaco.domain import events as ev
from fondaco.domain.access import ChannelKind, Connection
from fondaco.domain.conversation import Conversation
from fondaco.domain.ids import (
    ConnectionId,
    ContactId,
    ConversationId,
    MessageId,
    TeammateId,
    TurnId,
    WorkspaceId,
)
from fondaco.domain.people import ASSISTANT, Assignee
from fondaco.domain.ports import Voice
from fondaco.inbox.voice import DraftBoard, DraftVoices, Spoken
from fondaco.kit.signals import SignalHub
from fondaco.server.drafting import DraftGrown, DraftInView, DraftVoid, ShownDraft
from fondaco.testing.clock import FakeClock

ID, TURN, NEXT_TURN = ConversationId("cnv_1"), TurnId("trn_1"), TurnId("trn_2")
CONVERSATION = Conversation(
    id=ID,
    workspace_id=WorkspaceId("wsp_1"),
    connection_id=ConnectionId("con_1"),
    contact_id=ContactId("cnt_1"),
    epoch=1,
)


@dataclass
class Wire:
    """Carries words from one board to those that listen."""

    longest_bytes: int = 300
    told: list[str] = field(default_factory=list)
    hearers: list[Callable[[str], None]] = field(default_factory=list)

    def tell(self, key: str, words: str) -> None:
        self.told.append(words)
        for hear in self.hearers:
            hear(words)

    def listen(self, hear: Callable[[str], None]) -> None:
        self.hearers.append(hear)


class Connections:
    def __init__(self, kind: ChannelKind) -> None:
        self.kind = kind

    async def connection(self, connection_id: ConnectionId) -> Connection:
        return Connection(id=connection_id, workspace_id=WorkspaceId("wsp_1"), channel=self.kind, name="Any")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def board(clock: FakeClock) -> DraftBoard:
    return DraftBoard(SignalHub(), clock)


async def voice_on(board: DraftBoard, conversation: Conversation = CONVERSATION) -> Voice:
    found = await DraftVoices(board, Connections(ChannelKind.WIDGET)).voice_of(conversation)
    assert found is not None
    return found


def grown(text: str) -> DraftGrown:
    return DraftGrown(turn_id=TURN, text=text)


VOID = DraftVoid(turn_id=TURN)
TAKEN_OVER = ev.AssigneeChanged(assignee=Assignee.teammate(TeammateId("mat_1")), epoch=2, by=ASSISTANT)
ANSWERED = ev.MessagePosted(message_id=MessageId("m"), author=ASSISTANT, text="Whole.", turn_id=TURN)
SETTLED = ev.TurnSettled(turn_id=TURN, outcome=ev.OutcomeKind.REPLY, duration_ms=1)


@pytest.mark.parametrize("kind", [ChannelKind.API, ChannelKind.CALLBACK])
async def test_nobody_speaks_where_words_cannot_be_taken_back(board: DraftBoard, kind: ChannelKind) -> None:
    voices = DraftVoices(board, Connections(kind))

    assert await voices.voice_of(CONVERSATION) is None


async def test_a_reader_sees_a_draft_grow_go_and_grow_again(board: DraftBoard) -> None:
    voice, view = await voice_on(board), DraftInView(board, CONVERSATION)
    seen: list[ShownDraft | None] = [view.news()]

    await voice.say(ID, TURN, "One.")
    seen += [view.news(), view.news()]
    await voice.say(ID, TURN, "One. Two.")
    seen += [view.news()]
    await voice.retract(ID, TURN)
    seen += [view.news(), view.news()]
    await voice.say(ID, TURN, "Three.")
    seen += [view.news()]

    assert seen == [None, grown("One."), None, grown("One. Two."), VOID, None, grown("Three.")]


async def test_every_change_rings(clock: FakeClock) -> None:
    hub = SignalHub()
    voice = await voice_on(DraftBoard(hub, clock))

    with hub.listen(f"conversation:{ID}") as bell:
        await voice.say(ID, TURN, "One.")
        said = await bell.wait(0)
        await voice.retract(ID, TURN)
        taken_back = await bell.wait(0)

    assert (said, taken_back) == (True, True)


async def test_who_comes_late_is_shown_nothing_that_was_taken_back(board: DraftBoard) -> None:
    voice = await voice_on(board)

    await voice.say(ID, TURN, "One.")
    await voice.retract(ID, TURN)

    assert DraftInView(board, CONVERSATION).news() is None


async def test_a_whole_answer_waits_for_its_message_and_is_shown_to_nobody_new(board: DraftBoard) -> None:
    voice, view = await voice_on(board), DraftInView(board, CONVERSATION)
    await voice.say(ID, TURN, "One.")
    view.news()

    await voice.fall_silent(ID, TURN)

    assert [view.news(), view.after(ANSWERED), view.after(SETTLED)] == [None, None, None]
    assert (DraftInView(board, CONVERSATION).news(), len(board)) == (None, 0)


async def test_a_turn_without_a_message_takes_its_draft_back(board: DraftBoard) -> None:
    voice, view = await voice_on(board), DraftInView(board, CONVERSATION)
    await voice.say(ID, TURN, "One.")
    view.news()

    assert [view.after(SETTLED), view.news()] == [VOID, None]


async def test_who_takes_over_silences_the_assistant(board: DraftBoard) -> None:
    voice, view = await voice_on(board), DraftInView(board, CONVERSATION)
    await voice.say(ID, TURN, "One.")
    view.news()

    seen: list[ShownDraft | None] = [view.after(TAKEN_OVER)]
    await voice.say(ID, TURN, "One. Two.")
    seen += [view.news(), view.after(TAKEN_OVER)]

    assert seen == [VOID, None, None]


async def test_a_turn_of_before_a_takeover_stays_silent_after_the_handback(board: DraftBoard) -> None:
    old = await voice_on(board)
    handed_back = msgspec.structs.replace(CONVERSATION, epoch=3)
    view = DraftInView(board, handed_back)
    await old.say(ID, TURN, "One.")

    seen = [view.news()]
    await (await voice_on(board, handed_back)).say(ID, TURN, "Two.")
    seen += [view.news()]

    assert seen == [None, grown("Two.")]


async def test_a_draft_whose_worker_died_is_forgotten(board: DraftBoard, clock: FakeClock) -> None:
    voice = await voice_on(board)
    await voice.say(ID, TURN, "One.")

    await clock.advance(61)

    assert board.of(ID) is None
    await voice.say(ConversationId("cnv_2"), TURN, "Other.")
    assert len(board) == 1


async def test_no_more_drafts_are_kept_than_conversations_can_be_answered_at_once(board: DraftBoard) -> None:
    voice = await voice_on(board)

    await asyncio.gather(*[voice.say(ConversationId(f"cnv_{n}"), TURN, "One.") for n in range(2_100)])

    assert (len(board), board.of(ConversationId("cnv_0"))) == (2_000, None)


async def test_other_processes_hear_what_is_said(clock: FakeClock) -> None:
    wire, hub = Wire(), SignalHub()
    here, there = DraftBoard(SignalHub(), clock, wire), DraftBoard(hub, clock, wire)
    voice = await voice_on(here)

    with hub.listen(f"conversation:{ID}") as bell:
        await voice.say(ID, TURN, "返品できます。")
        rung = await bell.wait(0)

    assert (there.of(ID), rung) == (here.of(ID), True)


@pytest.mark.parametrize("text", ["返品できます。" * 90, 'He said "no".\n' * 60, "a" * 600])
async def test_what_is_too_long_for_the_wire_loses_its_end(clock: FakeClock, text: str) -> None:
    wire = Wire()
    voice = await voice_on(DraftBoard(SignalHub(), clock, wire))

    await voice.say(ID, TURN, text)

    told = msgspec.json.decode(wire.told[0], type=Spoken)
    assert 100 < len(wire.told[0].encode()) <= wire.longest_bytes
    assert text.startswith(told.text)
    assert told.text


async def test_words_of_another_version_are_not_heard(clock: FakeClock) -> None:
    wire = Wire()
    board = DraftBoard(SignalHub(), clock, wire)

    wire.tell(ID, '{"who knows": 1}')

    assert len(board) == 0
