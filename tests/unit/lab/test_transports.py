"""How the comparison of HTTP libraries judges what it saw."""

from __future__ import annotations

from pathlib import Path

import pytest

from fondaco.lab.transports_faults import FAULTS, SCRIPTS, Truth
from fondaco.lab.transports_report import KEPT, Cancelled, Cost, Held, Met, Seen, figures, lines
from fondaco.lab.transports_wires import wire_of


def met(truth: Truth, seen: Truth, *, requests: int = 1, seconds: float = 0.0) -> Met:
    return Met(name="reset", truth=truth, seen=seen, error="E", seconds=seconds, requests=requests, flooded=0)


def missed(seen: Seen) -> list[str]:
    return [figure.name.removeprefix(f"{KEPT}, ") for figure in figures(seen) if figure.missed]


@pytest.mark.parametrize(
    ("row", "names"),
    [
        (met(Truth.UNKNOWN, Truth.UNKNOWN), []),
        (met(Truth.NOT_SENT, Truth.NOT_SENT), []),
        (met(Truth.UNKNOWN, Truth.NOT_SENT), ["faults: processed, taken for not sent"]),
        (met(Truth.UNKNOWN, Truth.ANSWERED), ["faults: processed, taken for not sent"]),
        (met(Truth.NOT_SENT, Truth.UNKNOWN), ["faults: not sent, and not told so"]),
        (met(Truth.ANSWERED, Truth.UNKNOWN), ["faults: not sent, and not told so"]),
        (met(Truth.UNKNOWN, Truth.UNKNOWN, requests=2), ["faults: sent more than once"]),
        (met(Truth.UNKNOWN, Truth.UNKNOWN, seconds=9.0), ["faults: ended after the deadline"]),
    ],
)
def test_what_a_caller_must_not_believe_misses_a_gate(row: Met, names: list[str]) -> None:
    assert missed(Seen(wire=KEPT, met=(row,))) == names


def test_a_connection_left_by_a_cancellation_misses_a_gate_on_either_side() -> None:
    row = Cancelled(
        name="cancelled", seconds=0.0, hung=0, swallowed=0, sockets_here=0, sockets_there=1, works=True
    )

    assert missed(Seen(wire=KEPT, cancelled=(row,))) == ["cancelled: connections left"]


def test_only_what_fondaco_runs_on_is_judged() -> None:
    seen = Seen(wire="other", met=(met(Truth.UNKNOWN, Truth.NOT_SENT),), bad_ends=3)

    assert [figure.gate for figure in figures(seen)] == [None] * 6


def test_cost_and_memory_are_told_in_milliseconds_and_kilobytes() -> None:
    cost = Cost(path="stream", in_flight=1_000, cpu_ms=0.5, wall_ms=1_600.0, per_second=600.0)
    seen = Seen(wire=KEPT, costs=(cost,), held=(Held(bytes_per_stream=20_000),))

    told = {figure.name: (figure.value, figure.unit) for figure in figures(seen)}

    assert told["fondaco, streamed answer, 1,000 in flight: CPU"] == (0.5, "ms")
    assert told["fondaco, open stream: memory"] == (20.0, "kB")


def test_a_line_names_what_each_wire_raised_and_marks_a_wrong_belief() -> None:
    right = Seen(wire="one", met=(met(Truth.UNKNOWN, Truth.UNKNOWN),))
    wrong = Seen(wire="two", met=(met(Truth.UNKNOWN, Truth.NOT_SENT),))

    assert lines([right, wrong]) == [
        "reset: one E, may have been processed, 0.00 s; two E, not sent (WRONG), 0.00 s."
    ]


def test_every_fault_that_reaches_a_script_names_one() -> None:
    assert {fault.path for fault in FAULTS if fault.path} <= SCRIPTS.keys()


def test_a_library_that_is_not_installed_is_missed_when_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.path", [str(tmp_path)])

    with pytest.raises(ModuleNotFoundError, match="pyreqwest"):
        wire_of("pyreqwest")
