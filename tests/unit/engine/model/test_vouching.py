"""An earlier episode is told only where its own person writes."""

from __future__ import annotations

import pytest

from fondaco.domain.events import IdentityVerified
from fondaco.domain.ids import ContactId
from fondaco.domain.tools import Verification
from fondaco.domain.turns import Contact
from fondaco.engine.model.vouching import is_proven, is_signed, may_be_told, proofs_of
from tests.unit.engine.model.long_talk import proven

Events = tuple[IdentityVerified, ...]

VISITOR = Contact(id=ContactId("con_1"))
MIRA = Contact(id=ContactId("con_2"), verified_subject="mira")
MIRA_SIGNED = proven("mira", "signed", Verification.SIGNED)
LIN_SIGNED = proven("lin", "signed", Verification.SIGNED)
ORDER_7 = proven("cust_1", "RI-7")
ORDER_8 = proven("cust_1", "RI-8")
ORDER_9_OF_ANOTHER = proven("cust_2", "RI-9")
SEVEN_OF_ANOTHER = proven("cust_2", "RI-7")


def code(subject: str, sending: str) -> IdentityVerified:
    return proven(subject, sending, Verification.CODE)


@pytest.mark.parametrize(
    ("contact", "running", "earlier", "told"),
    [
        pytest.param(VISITOR, (), (), False, id="nobody has proven anything"),
        pytest.param(VISITOR, (), (ORDER_7,), False, id="only the earlier one was proven"),
        pytest.param(VISITOR, (ORDER_7,), (), False, id="only the running one is proven"),
        pytest.param(VISITOR, (ORDER_7,), (ORDER_7,), True, id="the same order was proven in both"),
        pytest.param(VISITOR, (ORDER_8,), (ORDER_7,), False, id="another order was proven"),
        pytest.param(VISITOR, (SEVEN_OF_ANOTHER,), (ORDER_7,), False, id="the order is another person's now"),
        pytest.param(VISITOR, (ORDER_7, ORDER_8), (ORDER_7,), True, id="one order more was proven"),
        pytest.param(
            VISITOR, (ORDER_7,), (ORDER_7, ORDER_9_OF_ANOTHER), False, id="somebody else was there, too"
        ),
        pytest.param(VISITOR, (code("a", "s2"),), (code("a", "s1"),), True, id="a code came back in both"),
        pytest.param(VISITOR, (code("b", "s2"),), (code("a", "s1"),), False, id="a code of somebody else"),
        pytest.param(MIRA, (), (), True, id="the shop signs for the contact"),
        pytest.param(MIRA, (), (ORDER_7,), True, id="the shop signs, whatever was proven besides"),
        pytest.param(MIRA, (), (LIN_SIGNED,), False, id="the shop signed for somebody else then"),
        pytest.param(MIRA, (LIN_SIGNED,), (), False, id="the shop signs for somebody else now"),
        pytest.param(MIRA, (LIN_SIGNED, ORDER_7), (ORDER_7,), False, id="no order outweighs a signature"),
        pytest.param(MIRA, (LIN_SIGNED, MIRA_SIGNED), (MIRA_SIGNED,), True, id="the last signature counts"),
        pytest.param(VISITOR, (MIRA_SIGNED,), (MIRA_SIGNED,), True, id="the shop signed in both"),
        pytest.param(VISITOR, (MIRA_SIGNED,), (), False, id="it was not signed then"),
        pytest.param(VISITOR, (MIRA_SIGNED,), (LIN_SIGNED,), False, id="it was signed for another one then"),
        pytest.param(
            VISITOR, (MIRA_SIGNED,), (LIN_SIGNED, MIRA_SIGNED), False, id="for two, one after another"
        ),
    ],
)
def test_an_earlier_episode_is_told_to_its_own_person_alone(
    contact: Contact, running: Events, earlier: Events, told: bool
) -> None:
    assert may_be_told(contact, proofs_of(running), proofs_of(earlier)) is told


@pytest.mark.parametrize(
    ("contact", "running", "is_known", "signs"),
    [
        pytest.param(VISITOR, (), False, False, id="a visitor"),
        pytest.param(VISITOR, (ORDER_7,), True, False, id="a visitor with an order"),
        pytest.param(VISITOR, (MIRA_SIGNED,), True, False, id="a visitor whom the shop signs for"),
        pytest.param(MIRA, (), True, True, id="a contact of the shop's"),
        pytest.param(MIRA, (LIN_SIGNED,), True, False, id="somebody else at the same screen"),
    ],
)
def test_nothing_is_read_of_somebody_unknown_and_no_card_written(
    contact: Contact, running: Events, is_known: bool, signs: bool
) -> None:
    assert is_proven(contact, proofs_of(running)) is is_known
    assert is_signed(contact, proofs_of(running)) is signs
