"""What every store decides alike."""

from __future__ import annotations

import msgspec
import pytest

from fondaco.domain.conversation import Status
from fondaco.domain.deliveries import Delivery, DeliveryState
from fondaco.domain.ids import ConnectionId, ConversationId, DeliveryId, MessageId, WorkspaceId
from fondaco.domain.people import AssigneeKind
from fondaco.storage.rules import (
    SendingPlan,
    Unfinished,
    burst_due_ms,
    counted,
    plan_sending,
    required_terms,
)

NOW = 1_000
EPOCH = 4

READY = Delivery(
    id=DeliveryId("dlv_1"),
    workspace_id=WorkspaceId("wsp_1"),
    conversation_id=ConversationId("cnv_1"),
    connection_id=ConnectionId("con_1"),
    message_id=MessageId("msg_1"),
    seq=1,
    text="On its way",
    by_assistant=True,
    epoch=EPOCH,
    due_at_ms=NOW,
)
LATER = msgspec.structs.replace(READY, due_at_ms=NOW + 1)
OLD = msgspec.structs.replace(READY, epoch=EPOCH - 1)
OLD_LATER = msgspec.structs.replace(LATER, epoch=EPOCH - 1)
TEAMMATES = msgspec.structs.replace(READY, by_assistant=False, epoch=EPOCH - 2)
SENDING = msgspec.structs.replace(OLD, state=DeliveryState.SENDING, attempts=1)
SENDING_NOW = msgspec.structs.replace(SENDING, epoch=EPOCH)
DOUBTFUL = msgspec.structs.replace(SENDING, outdated=True)


@pytest.mark.parametrize(
    ("unfinished", "plan"),
    [
        ([], SendingPlan()),
        ([(READY, False)], SendingPlan((), READY)),
        ([(READY, True)], SendingPlan()),
        ([(LATER, False)], SendingPlan()),
        ([(LATER, False), (READY, False)], SendingPlan()),
        ([(SENDING, True), (READY, False)], SendingPlan()),
        ([(SENDING, False), (READY, False)], SendingPlan((), DOUBTFUL)),
        ([(SENDING_NOW, False)], SendingPlan((), SENDING_NOW)),
        ([(OLD, False)], SendingPlan((OLD,), None)),
        ([(OLD, False), (OLD_LATER, False), (TEAMMATES, False)], SendingPlan((OLD, OLD_LATER), TEAMMATES)),
        ([(OLD_LATER, False), (TEAMMATES, False)], SendingPlan((OLD_LATER,), TEAMMATES)),
        ([(OLD, False), (LATER, False)], SendingPlan((OLD,), None)),
        ([(OLD_LATER, False), (LATER, False)], SendingPlan()),
        ([(OLD_LATER, False), (SENDING, True), (READY, False)], SendingPlan()),
        ([(TEAMMATES, False), (OLD, False)], SendingPlan((), TEAMMATES)),
    ],
)
def test_the_first_that_may_be_said_leaves_and_what_may_not_is_voided(
    unfinished: list[tuple[Delivery, bool]], plan: SendingPlan
) -> None:
    entries = [Unfinished(delivery, held) for delivery, held in unfinished]

    assert plan_sending(entries, EPOCH, NOW) == plan


@pytest.mark.parametrize(
    ("at_ms", "due_ms"), [(0, 500), (400, 900), (1_500, 2_000), (1_501, 2_000), (9_000, 2_000)]
)
def test_a_burst_ends_four_windows_after_its_first_message(at_ms: int, due_ms: int) -> None:
    assert burst_due_ms(at_ms=at_ms, burst_ms=500, since_ms=0) == due_ms


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("围巾", ["围巾"]),
        ("红色围巾", ["红色", "色围", "围巾"]),
        ("退", ["退"]),
        ("Red, RED scarf!", ["red", "scarf"]),
        ("Rückgabe", ["ruec", "ueck", "eckg", "ckga", "kgab", "gabe"]),
        ('?!* "', []),
    ],
)
def test_what_is_asked_with_is_each_word_once(text: str, terms: list[str]) -> None:
    assert required_terms(text) == terms


def test_only_open_conversations_are_counted_by_their_assignee() -> None:
    found = counted(
        [
            (Status.OPEN, AssigneeKind.TEAM, 2),
            (Status.OPEN, AssigneeKind.ASSISTANT, 3),
            (Status.RESOLVED, AssigneeKind.NOBODY, 7),
        ]
    )

    assert (found[Status.OPEN], found[Status.RESOLVED]) == (5, 7)
    assert (found[AssigneeKind.TEAM], found[AssigneeKind.ASSISTANT], found[AssigneeKind.NOBODY]) == (2, 3, 0)
