"""fondaco inside a program of one's own: a few lines, and the answer comes with its evidence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from fondaco.domain.errors import FondacoError, InvalidInput
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.tools import FieldKind
from fondaco.kit.language import Language
from fondaco.library import Fondaco, entry
from fondaco.tools import tool


@tool("Tells where a parcel is.", patterns={"parcel": r"\bP\d{4}\b"}, fields={"due": FieldKind.DATE})
async def tracking(parcel: str) -> dict[str, object]:
    return {"due": "2026-11-24", "state": "late" if parcel == "P0002" else "on_time"}


@tool("Fails.", patterns={"parcel": r"\bP\d{4}\b"})
async def failing(parcel: str) -> dict[str, object]:
    raise ConnectionError(parcel)


pytestmark = pytest.mark.asyncio(loop_scope="module")

ENTRIES = (
    entry(
        "parcel",
        "Where is my parcel?",
        "When does my parcel arrive?",
        answer="It arrives on {tracking.due|date}.",
        variants={"tracking.state=late": "It is late and arrives on {tracking.due|date}."},
    ),
    entry("returns", "How do I return something?", answer="Send it back within 30 days."),
    entry("broken", "Is the warehouse on fire today?", answer="{failing.state}"),
    entry("returns", "Wie schicke ich etwas zurück?", answer="Innerhalb von 30 Tagen.", language=Language.DE),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shop() -> AsyncIterator[Fondaco]:
    async with Fondaco.open(ENTRIES, (tracking, failing)) as opened:
        yield opened


async def test_a_question_is_answered_with_its_evidence(shop: Fondaco) -> None:
    answer = await shop.ask("Where is my parcel? P0001", contact="anna")

    assert answer.text == "It arrives on 24 November 2026."
    assert [(one.written, one.value, one.field) for one in answer.evidence] == [
        ("24 November 2026", "2026-11-24", "due")
    ]
    assert answer.handoff is None


async def test_a_contact_goes_on_where_it_was_and_another_begins_anew(shop: Fondaco) -> None:
    asked = await shop.ask("Where is my parcel?", contact="mira")
    other = await shop.ask("How do I return something?", contact="harry")
    answer = await shop.ask("P0002", contact="mira")

    assert "parcel" in asked.text
    assert other.text == "Send it back within 30 days."
    assert answer.text == "It is late and arrives on 24 November 2026."


async def test_a_tool_that_raises_asks_a_person_and_the_next_question_says_so(shop: Fondaco) -> None:
    answer = await shop.ask("Is the warehouse on fire today? P0001", contact="lou")

    assert answer.handoff is HandoffReason.TOOL_FAILURE
    with pytest.raises(FondacoError, match="hand it back"):
        await shop.ask("How do I return something?", contact="lou")


@pytest.mark.parametrize("text", ["", " ", "x" * 4_001])
async def test_a_text_that_cannot_be_taken_is_refused(shop: Fondaco, text: str) -> None:
    with pytest.raises(InvalidInput):
        await shop.ask(text, contact="nobody")


async def test_many_contacts_are_answered_at_once(shop: Fondaco) -> None:
    asked = [shop.ask("How do I return something?", contact=f"contact {n}") for n in range(20)]

    answers = await asyncio.gather(*asked)

    assert {answer.text for answer in answers} == {"Send it back within 30 days."}


async def test_what_was_said_outlives_the_program(tmp_path: Path) -> None:
    async with Fondaco.open(ENTRIES, (tracking, failing), path=tmp_path / "shop.db") as first:
        await first.ask("Where is my parcel?")

    async with Fondaco.open(ENTRIES, (tracking, failing), path=tmp_path / "shop.db") as second:
        answer = await second.ask("P0001")

    assert answer.text == "It arrives on 24 November 2026."
