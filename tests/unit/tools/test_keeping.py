"""What is kept of calls that prove who writes."""

from __future__ import annotations

from typing import Any

import pytest

from fondaco.domain.ids import CallId
from fondaco.domain.tools import CallState, Effect, ToolCall
from fondaco.tools import CodeOptions, VerifierOptions
from fondaco.tools.keeping import kept, masked

VERIFIER = VerifierOptions(tool="identify", code=CodeOptions(send_tool="send", check_tool="check"))


def call(tool: str, arguments: dict[str, Any], result: dict[str, Any] | None, error: str = "") -> ToolCall:
    return ToolCall(
        id=CallId("call_1"),
        tool=tool,
        arguments=arguments,
        effect=Effect.WRITE,
        idempotency_key="key",
        state=CallState.DONE,
        result=result,
        error=error,
    )


def test_a_code_that_was_tried_is_masked_wherever_it_stands() -> None:
    tried = call("check", {"code": "417200", "subject": "c"}, {"matched": True, "code": "417200"}, "417200?")

    shown = kept(tried, VERIFIER)

    assert shown.arguments == {"code": "•••", "subject": "c"}
    assert shown.result == {"matched": True}
    assert shown.error == "•••?"


def test_of_a_sending_only_the_masked_address_is_kept() -> None:
    sent = call("send", {"subject": "c"}, {"sent_to": "mira@example.com", "code": "417200", "sent": True})

    assert kept(sent, VERIFIER).result == {"sent_to": "m•••@example.com", "sent": True}


def test_what_has_no_result_stays_without() -> None:
    assert kept(call("send", {}, None), VERIFIER).result is None


@pytest.mark.parametrize("verifier", [None, VERIFIER, VerifierOptions(tool="identify")])
def test_every_other_call_is_kept_as_it_is(verifier: VerifierOptions | None) -> None:
    other = call("order", {"code": "SUMMER"}, {"state": "sent"})

    assert kept(other, verifier) == other


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("mira@example.com", "m•••@example.com"),
        ("+49 170 1234567", "•••67"),
        ("m***@example.com", "m***@example.com"),
        ("•••42", "•••42"),
        ("m…@example.com", "m…@example.com"),
        ("  m•••\n@example.com ", "m••• @example.com"),
        ("", ""),
        ("•" * 100, "•" * 60),
    ],
)
def test_an_address_is_masked_unless_it_is_already(address: str, shown: str) -> None:
    assert masked(address) == shown
