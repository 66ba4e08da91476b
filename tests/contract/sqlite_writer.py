"""A process that accepts messages as fast as it can and prints the number of each one it has acknowledged."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from fondaco.domain.conversation import Conversation
from fondaco.domain.ids import ConnectionId, ContactId, ConversationId, EpisodeId, MessageId, WorkspaceId
from fondaco.domain.lifecycle import Inbound
from fondaco.domain.turns import Contact, Opening
from fondaco.kit.clock import SystemClock
from fondaco.kit.signals import SignalHub
from fondaco.storage.sqlite import SqliteStore

CONVERSATION = Conversation(
    id=ConversationId("cnv_one"),
    workspace_id=WorkspaceId("wsp_shop"),
    connection_id=ConnectionId("con_1"),
    contact_id=ContactId("ctc_1"),
)


async def main(path: Path) -> None:
    store = await SqliteStore.open(path, clock=SystemClock(), signals=SignalHub())
    contact = Contact(id=CONVERSATION.contact_id)
    await store.open_conversation(
        Opening(contact=contact, contact_external_id="one", conversation=CONVERSATION, external_id="one")
    )
    for start in range(0, 1_000_000, 20):
        for accepted in await asyncio.gather(*(store.accept(*message(start + place)) for place in range(20))):
            sys.stdout.write(accepted.message_id.removeprefix("msg_") + "\n")
            sys.stdout.flush()


def message(number: int) -> tuple[ConversationId, Inbound]:
    return CONVERSATION.id, Inbound(
        message_id=MessageId(f"msg_{number}"),
        text=f"Where is my parcel {number}",
        external_id=str(number),
        at_ms=number,
        new_episode_id=EpisodeId("epi_1"),
    )


asyncio.run(main(Path(sys.argv[1])))
