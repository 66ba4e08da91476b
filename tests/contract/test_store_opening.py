"""Contacts and conversations: opened once, by whoever asks and however often."""

from __future__ import annotations

import asyncio

import asyncpg
import msgspec
import pytest

from fondaco.domain.conversation import Conversation, Status
from fondaco.domain.errors import Conflict, InvalidInput, NotFound
from fondaco.domain.ids import ConnectionId, ContactId, ConversationId, EpisodeId, TeamId, WorkspaceId
from fondaco.domain.people import Assignee
from fondaco.domain.turns import Contact, Opening
from fondaco.kit.language import Language
from fondaco.testing.clock import FakeClock
from tests.contract.postgres_support import postgres_ground
from tests.contract.store_support import ANNA, Ground

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


def opening(
    name: str, contact: Contact = LI, *, by: str = "visitor-1", base: Conversation = NEW, **more: object
) -> Opening:
    """Return what somebody known as ``by`` asks for when a conversation called ``name`` begins."""
    conversation = msgspec.structs.replace(
        base, **{"id": ConversationId(f"cnv_{name}"), "contact_id": contact.id} | more
    )
    return Opening(contact=contact, contact_external_id=by, conversation=conversation, external_id=name)


async def contact_of(ground: Ground, conversation: Conversation) -> Contact:
    """Return the contact as a turn reads it."""
    await ground.say(conversation.id)
    [lease] = await ground.store.claim(ANNA, ground.now, 1)
    work = await ground.store.read_work(lease)
    await ground.store.release(lease, None)
    return work.contact


async def test_a_contact_is_created_at_first_and_found_from_then_on(ground: Ground) -> None:
    first = await ground.store.open_conversation(opening("one"))

    later = await ground.store.open_conversation(opening("two", Contact(id=ContactId("ctc_new"))))

    assert later.contact_id == first.contact_id == LI.id
    assert await contact_of(ground, later) == LI


async def test_one_contact_may_be_known_to_two_connections(ground: Ground) -> None:
    await ground.store.open_conversation(opening("one"))
    somebody = Contact(id=LI.id, name="someone")

    on_the_phone = await ground.store.open_conversation(
        opening("two", somebody, by="+86 1", connection_id=PHONE)
    )

    assert await contact_of(ground, on_the_phone) == LI


async def test_the_same_external_ids_on_two_connections_are_two_contacts(ground: Ground) -> None:
    han = Contact(id=ContactId("ctc_han"))
    elsewhere = opening("one", han, connection_id=PHONE, id=ConversationId("cnv_9"))

    opened = [await ground.store.open_conversation(each) for each in (opening("one"), elsewhere)]

    assert [one.contact_id for one in opened] == [LI.id, han.id]
    assert opened[0].id != opened[1].id


async def test_many_who_open_one_conversation_at_once_get_the_same(ground: Ground) -> None:
    people = [Contact(id=ContactId(f"ctc_{number}")) for number in range(12)]
    wanted = [opening("one", one, id=ConversationId(f"cnv_{one.id}")) for one in people]

    opened = await asyncio.gather(*map(ground.store.open_conversation, wanted))

    assert len({(one.id, one.contact_id) for one in opened}) == 1
    assert opened[0] in [one.conversation for one in wanted]


async def test_many_conversations_of_one_newcomer_are_of_the_same_contact(ground: Ground) -> None:
    wanted = [opening(str(number), Contact(id=ContactId(f"ctc_{number}"))) for number in range(12)]

    opened = await asyncio.gather(*map(ground.store.open_conversation, wanted))

    assert len({one.contact_id for one in opened}) == 1
    assert len({one.id for one in opened}) == 12


@pytest.mark.parametrize("conversation", [FULL, NEW])
async def test_a_conversation_comes_back_as_it_was_opened(ground: Ground, conversation: Conversation) -> None:
    wanted = opening("one", base=conversation, id=conversation.id)

    opened = await ground.store.open_conversation(wanted)
    again = await ground.store.open_conversation(opening("one", id=ConversationId("cnv_9")))

    assert opened == again == conversation
    assert await ground.store.conversation(SHOP, conversation.id) == conversation


async def test_a_conversations_id_cannot_be_used_twice(ground: Ground) -> None:
    await ground.store.open_conversation(opening("one"))
    han = Contact(id=ContactId("ctc_han"))

    with pytest.raises(Conflict, match="another conversation's"):
        await ground.store.open_conversation(opening("two", han, by="han", id=ConversationId("cnv_one")))

    opened = await ground.store.open_conversation(opening("three", Contact(id=ContactId("ctc_3")), by="han"))
    assert opened.contact_id == "ctc_3"


async def test_a_conversation_is_not_opened_from_another_workspace(ground: Ground) -> None:
    await ground.store.open_conversation(opening("one"))

    with pytest.raises(NotFound, match="no connection con_widget in workspace wsp_other"):
        await ground.store.open_conversation(opening("one", workspace_id=OTHER, id=ConversationId("cnv_3")))


async def test_a_contact_is_not_known_in_another_workspace(ground: Ground) -> None:
    await ground.store.open_conversation(opening("one"))

    with pytest.raises(NotFound, match="no connection con_widget in workspace wsp_other"):
        await ground.store.open_conversation(opening("two", workspace_id=OTHER))


async def test_the_id_of_another_workspaces_contact_cannot_be_used(ground: Ground) -> None:
    await ground.store.open_conversation(opening("one"))
    foreign = msgspec.structs.replace(NEW, connection_id=ConnectionId("con_foreign"), workspace_id=OTHER)

    with pytest.raises(Conflict, match="another contact's"):
        await ground.store.open_conversation(opening("two", base=foreign))

    honest = Contact(id=ContactId("ctc_honest"))
    opened = await ground.store.open_conversation(opening("two", honest, base=foreign))
    assert opened.contact_id == honest.id


async def test_who_loses_the_race_on_postgres_leaves_no_contact_behind(migrated_postgres: str) -> None:
    wanted = [opening(str(number), Contact(id=ContactId(f"ctc_{number}"))) for number in range(12)]

    async with postgres_ground(migrated_postgres, FakeClock()) as ground:
        await asyncio.gather(*map(ground.store.open_conversation, wanted))

    connection = await asyncpg.connect(migrated_postgres)
    contacts = await connection.fetchval("select count(*) from contact")
    await connection.close()
    assert contacts == 1


async def test_a_value_that_postgres_cannot_keep_is_the_callers_matter(migrated_postgres: str) -> None:
    contact = Contact(id=ContactId("ctc_1"), name="a secret \0 name")

    async with postgres_ground(migrated_postgres, FakeClock()) as ground:
        with pytest.raises(InvalidInput, match="cannot keep this value") as caught:
            await ground.store.open_conversation(opening("one", contact))

    assert "secret" not in str(caught.value)
