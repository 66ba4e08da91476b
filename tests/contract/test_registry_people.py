"""Contacts and conversations: opened once, by whoever asks and however often."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from fondaco.domain.conversation import Conversation, Status
from fondaco.domain.errors import Conflict, NotFound
from fondaco.domain.ids import ConnectionId, ContactId, ConversationId, EpisodeId, TeamId, WorkspaceId
from fondaco.domain.people import Assignee
from fondaco.domain.ports import Registry
from fondaco.domain.turns import Contact
from fondaco.kit.language import Language
from tests.contract.registry_fixtures import *  # noqa: F403

SHOP, OTHER = WorkspaceId("wsp_shop"), WorkspaceId("wsp_other")
WIDGET, PHONE = ConnectionId("con_widget"), ConnectionId("con_phone")
LI = Contact(id=ContactId("ctc_li"), name="李雷", verified_subject="customer-7")
FULL = Conversation(
    id=ConversationId("cnv_1"),
    workspace_id=SHOP,
    connection_id=WIDGET,
    contact_id=LI.id,
    status=Status.OPEN,
    assignee=Assignee.team(TeamId("tem_1")),
    epoch=3,
    last_seq=9,
    episode_id=EpisodeId("epi_1"),
    pulls=False,
    language=Language.ZH,
    subject="退货",
    created_at_ms=1,
    updated_at_ms=2,
    waiting_since_ms=3,
)
NEW = Conversation(id=ConversationId("cnv_2"), workspace_id=SHOP, connection_id=WIDGET, contact_id=LI.id)


async def test_a_contact_is_created_at_first_and_found_from_then_on(registry: Registry) -> None:
    first = await registry.open_contact(SHOP, WIDGET, "visitor-1", LI)

    again = await registry.open_contact(SHOP, WIDGET, "visitor-1", Contact(id=ContactId("ctc_new")))

    assert (first, again) == (LI, LI)
    assert await registry.contact(SHOP, LI.id) == LI
    with pytest.raises(NotFound):
        await registry.contact(SHOP, ContactId("ctc_new"))


async def test_one_contact_may_be_known_to_two_connections(registry: Registry) -> None:
    await registry.open_contact(SHOP, WIDGET, "visitor-1", LI)

    on_the_phone = await registry.open_contact(SHOP, PHONE, "+86 1", Contact(id=LI.id, name="someone"))

    assert on_the_phone == LI


async def test_the_same_external_id_on_two_connections_is_two_contacts(registry: Registry) -> None:
    han = Contact(id=ContactId("ctc_han"))

    opened = (
        await registry.open_contact(SHOP, WIDGET, "1", LI),
        await registry.open_contact(SHOP, PHONE, "1", han),
    )

    assert opened == (LI, han)


async def test_many_who_open_one_contact_at_once_get_the_same(registry: Registry) -> None:
    wanted = [Contact(id=ContactId(f"ctc_{number}")) for number in range(12)]

    opened = await asyncio.gather(*(registry.open_contact(SHOP, WIDGET, "1", each) for each in wanted))

    assert len({contact.id for contact in opened}) == 1
    assert opened[0] in wanted


async def test_a_contact_is_not_seen_from_another_workspace(registry: Registry) -> None:
    await registry.open_contact(SHOP, WIDGET, "1", LI)

    with pytest.raises(NotFound):
        await registry.contact(OTHER, LI.id)

    with pytest.raises(NotFound, match="no connection con_widget in workspace wsp_other"):
        await registry.open_contact(OTHER, WIDGET, "1", LI)


async def test_the_id_of_another_workspaces_contact_cannot_be_used(registry: Registry) -> None:
    await registry.open_contact(SHOP, WIDGET, "1", LI)
    foreign = ConnectionId("con_foreign")

    with pytest.raises(Conflict, match="another contact's"):
        await registry.open_contact(OTHER, foreign, "1", LI)

    honest = Contact(id=ContactId("ctc_honest"))
    assert await registry.open_contact(OTHER, foreign, "1", honest) == honest


@pytest.mark.parametrize("conversation", [FULL, NEW])
async def test_a_conversation_comes_back_as_it_was_opened(
    registry: Registry, conversation: Conversation
) -> None:
    opened = await registry.open_conversation(conversation, "ext-1")

    again = await registry.open_conversation(
        msgspec.structs.replace(NEW, id=ConversationId("cnv_9")), "ext-1"
    )

    assert (opened, again) == (conversation, conversation)


async def test_many_who_open_one_conversation_at_once_get_the_same(registry: Registry) -> None:
    wanted = [msgspec.structs.replace(NEW, id=ConversationId(f"cnv_{number}")) for number in range(12)]

    opened = await asyncio.gather(*(registry.open_conversation(each, "ext-1") for each in wanted))

    assert len({conversation.id for conversation in opened}) == 1
    assert opened[0] in wanted


async def test_a_conversations_id_cannot_be_used_twice(registry: Registry) -> None:
    await registry.open_conversation(NEW, "ext-1")

    with pytest.raises(Conflict, match="another conversation's"):
        await registry.open_conversation(NEW, "ext-2")


async def test_a_conversation_is_not_opened_from_another_workspace(registry: Registry) -> None:
    await registry.open_conversation(NEW, "ext-1")
    foreign = msgspec.structs.replace(NEW, id=ConversationId("cnv_3"), workspace_id=OTHER)

    with pytest.raises(NotFound, match="no connection con_widget in workspace wsp_other"):
        await registry.open_conversation(foreign, "ext-1")
