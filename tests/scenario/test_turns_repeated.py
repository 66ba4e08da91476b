"""Commands that come twice, and identities that the shop itself vouches for."""

from __future__ import annotations

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.changes import Committed, changed
from fondaco.domain.ids import CallId, MessageId
from fondaco.domain.people import SYSTEM
from fondaco.domain.tools import ParameterSource, Verification
from fondaco.engine.local.reading import read_values
from tests.scenario.turns_house import LIN, ORDER_NUMBER, PROOF, SHOP, Talk, talk

SHORT_ORDER_NUMBER = msgspec.structs.replace(ORDER_NUMBER, answer_pattern=r"(?<!\d)(\d{5})(?!\d)")


async def vouch(shop: Talk, subject: str) -> None:
    base = await shop.current()
    vouched = ev.IdentityVerified(
        subject=subject, scope="signed", call_id=CallId(""), level=Verification.SIGNED
    )
    assert await shop.store.commit(changed(base, (vouched,), shop.clock.now_ms())) is Committed.DONE


async def test_a_note_under_one_id_is_written_once() -> None:
    shop = await talk()
    await shop.ask("Hello")
    message_id = MessageId("msg_of_the_program")

    await shop.desk.add_note(SHOP, shop.conversation.id, LIN, "Regular", message_id)
    await shop.desk.add_note(SHOP, shop.conversation.id, LIN, "Regular", message_id)

    assert [note.text for note in await shop.all_of(ev.NoteAdded)] == ["Regular"]


async def test_a_second_handback_changes_nothing() -> None:
    shop = await talk()
    await shop.ask("Hello")
    await shop.desk.take_over(SHOP, shop.conversation.id, LIN)

    first = await shop.desk.hand_back(SHOP, shop.conversation.id, LIN)
    second = await shop.desk.hand_back(SHOP, shop.conversation.id, LIN)

    assert second == first


async def test_a_second_resolve_changes_nothing() -> None:
    shop = await talk()
    await shop.ask("Hello")

    first = await shop.desk.resolve(SHOP, shop.conversation.id, SYSTEM)
    second = await shop.desk.resolve(SHOP, shop.conversation.id, SYSTEM)

    assert second == first


async def test_whom_the_shop_vouches_for_in_the_middle_needs_no_proof() -> None:
    shop = await talk()
    await shop.ask("Hello")
    await vouch(shop, "mira")

    answer = await shop.ask("Where is my order RI-10001?")

    assert answer.text.startswith("Your order RI-10001 is on its way.")
    assert shop.tools["identify"].calls == []


async def test_whom_the_shop_vouches_for_learns_nothing_of_other_peoples_orders() -> None:
    shop = await talk()
    await shop.ask("Hello")
    await vouch(shop, "mira")

    answer = await shop.ask("Where is my order RI-20001?")

    assert answer.awaiting is not None
    assert "RI-20001" not in answer.text


async def test_what_the_shop_vouched_for_ends_with_the_episode() -> None:
    shop = await talk()
    await shop.ask("Hello")
    await vouch(shop, "mira")
    await shop.desk.resolve(SHOP, shop.conversation.id, SYSTEM)

    answer = await shop.ask("Where is my order RI-10001?")

    assert answer.text.startswith("To keep your data safe")


def test_a_bare_number_is_taken_for_what_was_asked_for() -> None:
    parameters = (SHORT_ORDER_NUMBER, PROOF)

    assert read_values("10001", parameters, wanted="order_number") == {"order_number": "RI-10001"}
    assert read_values("10001, 10115", parameters, wanted="order_number") == {
        "order_number": "RI-10001",
        "proof": "10115",
    }


def test_a_bare_number_that_nobody_asked_for_is_no_order_number() -> None:
    assert read_values("10001", (SHORT_ORDER_NUMBER, PROOF)) == {"proof": "10001"}
    assert SHORT_ORDER_NUMBER.source is ParameterSource.MESSAGE
