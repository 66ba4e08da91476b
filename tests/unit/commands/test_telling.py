from __future__ import annotations

from fondaco.commands.telling import attempts_of, told_of
from fondaco.domain import events as ev
from fondaco.domain.ids import TurnId
from fondaco.domain.usage import AttemptNote, Provenance, Usage

BROKEN = AttemptNote(
    target="cheap",
    provider="shop",
    ended_as="broken",
    message="lost",
    then="B",
    duration_ms=120.4,
    usage=Usage(input=900, output=4),
    provenance=Provenance.ESTIMATED,
    cost_pico=190_000_000,
    possibly_billed=True,
)
ANSWERED = AttemptNote(
    target="second",
    provider="shop",
    ended_as="answered",
    duration_ms=61,
    usage=Usage(input=900, output=22),
    provenance=Provenance.REPORTED,
    cost_pico=193_000_000,
)
UNASKED = AttemptNote(target="cheap", provider="shop", ended_as="open_circuit")


def asked(target: str, *attempts: AttemptNote) -> ev.ModelAsked:
    cost = sum(one.cost_pico for one in attempts)
    return ev.ModelAsked(
        turn_id=TurnId("trn_1"), step=1, target=target, served_model="m-1", attempts=attempts, cost_pico=cost
    )


def test_a_step_says_who_answered_and_what_all_attempts_cost() -> None:
    assert told_of(asked("second", BROKEN, ANSWERED)) == "model second (m-1): 0.000383 USD"


def test_a_step_that_nobody_answered_says_so() -> None:
    assert told_of(asked("", UNASKED)) == "no model answered: 0.00 USD"


def test_every_attempt_has_its_line() -> None:
    lines = list(attempts_of(asked("second", UNASKED, BROKEN, ANSWERED)))

    assert lines == [
        "cheap: open_circuit after 0 ms",
        "cheap: broken after 120 ms; 900 tokens in, 4 out; 0.00019 USD (estimated, perhaps billed); lost; B",
        "second: answered after 61 ms; 900 tokens in, 22 out; 0.000193 USD (reported)",
    ]
