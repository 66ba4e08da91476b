from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondaco.demo.erp.faults import BadFault, Fault, parse_fault


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("delay=2", Fault(delay_seconds=2.0)),
        ("delay=0.25, reset", Fault(delay_seconds=0.25, reset=True)),
        ("status=503", Fault(status=503)),
        ("after=500", Fault(status_after=500)),
        ("truncated", Fault(truncated=True)),
    ],
)
def test_a_fault_is_asked_for_in_words(text: str, fault: Fault) -> None:
    parsed = parse_fault(text)

    assert parsed == fault


@pytest.mark.parametrize(
    "text",
    ["explode", "delay=", "delay=nan", "delay=-1", "delay=601", "status=200", "status=x", "after=200", ""],
)
def test_a_fault_that_is_not_understood_is_refused(text: str) -> None:
    with pytest.raises(BadFault):
        parse_fault(text)


@given(text=st.text(alphabet="delaystruncated=0123456789.,- ", max_size=40))
def test_any_wish_gives_a_fault_or_a_refusal(text: str) -> None:
    with suppress(BadFault):
        fault = parse_fault(text)

        assert 0 <= fault.delay_seconds <= 600
        assert fault.status is None or 400 <= fault.status <= 599
