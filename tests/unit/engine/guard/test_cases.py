"""What a turn's drafts are judged by is known before the first turn."""

from __future__ import annotations

import re

import pytest

from fondaco.domain.contracts import Contract
from fondaco.domain.errors import ConfigurationError
from fondaco.domain.tools import Effect, ToolSpec
from fondaco.engine.guard.cases import Cases, GuardOptions
from fondaco.testing.clock import FakeClock


def test_a_contract_that_claims_what_nobody_knows_is_refused_with_the_nearest_name() -> None:
    contract = Contract(claims=("refunded", "canceled"))
    spec = ToolSpec(name="cancel", description="", effect=Effect.WRITE, contract=contract)
    told = (
        "The contract of the tool cancel names the claim 'canceled', which is none; did you mean cancelled?"
    )

    with pytest.raises(ConfigurationError, match=re.escape(told)):
        Cases([spec], GuardOptions(), FakeClock())
