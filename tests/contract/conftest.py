"""One ground a storage: every contract test runs on all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from fondaco.domain.conversation import Conversation
from fondaco.domain.turns import Contact
from fondaco.testing.clock import FakeClock
from fondaco.testing.memory_store import MemoryStore
from tests.contract.store_support import SILENCE_MS, Ground


@pytest.fixture(params=["memory"])
async def ground(request: pytest.FixtureRequest) -> AsyncIterator[Ground]:
    """An empty store of each kind."""
    yield memory_ground(FakeClock())


def memory_ground(clock: FakeClock) -> Ground:
    store = MemoryStore(clock, silence_ms=SILENCE_MS)

    async def create(conversation: Conversation, contact: Contact, name: str) -> None:
        await store.open_contact(conversation.workspace_id, conversation.connection_id, name, contact)
        await store.open_conversation(conversation, name)

    return Ground(store, clock, create)
