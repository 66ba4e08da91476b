"""The host whose worker answers is another one than that whose stream the contact reads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from fondaco.domain.access import ChannelKind, Connection
from fondaco.domain.conversation import Conversation
from fondaco.domain.ids import ConnectionId, ContactId, ConversationId, TurnId, WorkspaceId
from fondaco.domain.ports import Voice
from fondaco.inbox.voice import DraftBoard, DraftVoices
from fondaco.kit.clock import SystemClock
from fondaco.kit.signals import SignalHub
from fondaco.storage.postgres import PostgresStore
from tests.contract.postgres_support import kill_connections

TURN = TurnId("trn_1")
CONVERSATION = Conversation(
    id=ConversationId("cnv_1"),
    workspace_id=WorkspaceId("wsp_1"),
    connection_id=ConnectionId("con_1"),
    contact_id=ContactId("cnt_1"),
    epoch=1,
)
_PATIENCE_SECONDS = 20.0


@dataclass
class Host:
    """A process with its own connections to the database."""

    store: PostgresStore
    board: DraftBoard
    signals: SignalHub

    async def connection(self, connection_id: ConnectionId) -> Connection:
        return Connection(
            id=connection_id, workspace_id=WorkspaceId("wsp_1"), channel=ChannelKind.WIDGET, name="Shop"
        )

    async def voice(self) -> Voice:
        found = await DraftVoices(self.board, self).voice_of(CONVERSATION)
        assert found is not None
        return found

    async def reads(self, text: str | None) -> None:
        """Wait until this is what is being said; fails when it does not come."""
        with self.signals.listen(f"conversation:{CONVERSATION.id}") as bell:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                while self.text != text:
                    await bell.wait(_PATIENCE_SECONDS)

    @property
    def text(self) -> str | None:
        spoken = self.board.of(CONVERSATION.id)
        return None if spoken is None else spoken.text


async def opened(dsn: str) -> Host:
    signals, clock = SignalHub(), SystemClock()
    store = await PostgresStore.open(dsn, clock=clock, signals=signals)
    return Host(store, DraftBoard(signals, clock, store.relay), signals)


@pytest.fixture
async def here(migrated_postgres: str) -> AsyncIterator[Host]:
    host = await opened(migrated_postgres)
    async with host.store:
        yield host


@pytest.fixture
async def there(migrated_postgres: str) -> AsyncIterator[Host]:
    host = await opened(migrated_postgres)
    async with host.store:
        yield host


async def test_a_draft_grows_and_goes_on_the_other_host(here: Host, there: Host) -> None:
    voice = await here.voice()

    await voice.say(CONVERSATION.id, TURN, "返品できます。")
    await there.reads("返品できます。")
    await voice.say(CONVERSATION.id, TURN, "返品できます。送料は無料です。")
    await there.reads("返品できます。送料は無料です。")
    await voice.retract(CONVERSATION.id, TURN)
    await there.reads("")
    await voice.fall_silent(CONVERSATION.id, TURN)
    await there.reads(None)

    assert here.text is None


async def test_a_draft_longer_than_a_notice_may_be_arrives_without_its_end(here: Host, there: Host) -> None:
    voice, text = await here.voice(), "返品できます。" * 1_000

    with there.signals.listen(f"conversation:{CONVERSATION.id}") as bell:
        await voice.say(CONVERSATION.id, TURN, text)
        await bell.wait(_PATIENCE_SECONDS)

    arrived = there.text or ""
    assert 7_000 < len(arrived.encode()) < 7_900
    assert text.startswith(arrived)


async def test_what_is_said_quickly_arrives_at_its_newest(here: Host, there: Host) -> None:
    voice = await here.voice()

    await asyncio.gather(*[voice.say(CONVERSATION.id, TURN, "Word. " * count) for count in range(1, 200)])

    await there.reads("Word. " * 199)


async def test_a_lost_connection_loses_a_draft_and_nothing_else(
    here: Host, there: Host, migrated_postgres: str
) -> None:
    voice = await here.voice()
    await kill_connections(migrated_postgres)

    async with asyncio.timeout(_PATIENCE_SECONDS):
        while there.text is None:
            await voice.say(CONVERSATION.id, TURN, "Said again.")
            await SystemClock().sleep(0.1)

    assert (here.text, there.text) == ("Said again.", "Said again.")
