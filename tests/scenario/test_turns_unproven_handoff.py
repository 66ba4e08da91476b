"""What a handoff tells the contact is judged like any other text."""

from __future__ import annotations

import pytest

from fondaco.domain import events as ev
from fondaco.engine import handover
from fondaco.engine.phrasebook import phrases
from fondaco.kit.language import Language
from tests.scenario.turns_house import SHOP, talk


async def test_a_promise_that_nothing_proves_is_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "_stated", lambda *_: ())
    shop = await talk()

    answer = await shop.ask("I want to talk to a person")

    assert answer.text == phrases(Language.EN).say("handoff_unpromised")
    [requested] = await shop.all_of(ev.HandoffRequested)
    assert requested.promised_at_ms is None
    [row] = await shop.store.handoffs(SHOP, only_open=True, limit=10)
    assert row.promised_at_ms is None
    assert [verdict.passed for verdict in await shop.all_of(ev.VerdictGiven)] == [False]
