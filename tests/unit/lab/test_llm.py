"""How the comparison of ways to ask a model is set up, and how it judges what it saw."""

from __future__ import annotations

from pathlib import Path

import pytest

from fondaco.config.loading import parse
from fondaco.lab.gates import Figure
from fondaco.lab.llm import run
from fondaco.lab.llm_peers import LIBRARIES, PEERS
from fondaco.lab.llm_report import (
    OWN,
    RAW,
    SEARCHING,
    Cost,
    Held,
    ServerTurns,
    call_figures,
    start_figures,
    turn_figures,
)
from fondaco.lab.llm_turns import Found, Turns, settings_text
from fondaco.lab.llm_work import ANSWER, EVENT_MS, EVENTS, MODEL_MS, QUESTION, SYSTEM, TOKENS_AN_EVENT


def cost(wire: str, *, cpu_ms: float = 0.2, p99_ms: float = 100.0, in_flight: int = 1_000) -> Cost:
    return Cost(
        wire=wire,
        stream=False,
        in_flight=in_flight,
        calls=1_000,
        cpu_ms=cpu_ms,
        p50_ms=60.0,
        p99_ms=p99_ms,
        per_second=1_000.0,
        simulator_ms=0.1,
    )


def turns(cpu_ms: float) -> Turns:
    return Turns(
        in_flight=100,
        turns=500,
        cpu_ms=cpu_ms,
        p50_ms=100.0,
        p99_ms=200.0,
        per_second=500.0,
        resident_bytes=3e8,
    )


def missed(figures: list[Figure]) -> list[str]:
    return [figure.name for figure in figures if figure.missed]


def value(figures: list[Figure], name: str) -> float:
    return next(figure.value for figure in figures if figure.name == name)


def test_the_prompt_has_two_kilobytes_and_the_answer_its_events() -> None:
    assert 1_500 < len(SYSTEM) + len(QUESTION) < 2_200
    assert len(ANSWER) == EVENTS * TOKENS_AN_EVENT * 4


def test_added_is_what_the_model_does_not_take_itself() -> None:
    whole = cost(OWN, p99_ms=100.0)

    assert whole.added_p99_ms == 100.0 - MODEL_MS
    assert whole.own_ms + EVENT_MS * (EVENTS - 1) == pytest.approx(105.0)


def test_a_call_that_costs_too_much_at_a_thousand_in_flight_misses_its_gate() -> None:
    figures = call_figures([cost(OWN, cpu_ms=0.31), cost(OWN, cpu_ms=9.0, in_flight=1)], [])

    assert missed(figures) == ["fondaco, plain, 1,000 in flight: CPU a call"]


def test_fondaco_is_compared_with_the_best_of_the_others_and_not_with_its_own_wire() -> None:
    costs = [
        cost(RAW, cpu_ms=0.1),
        cost(OWN, cpu_ms=0.2, p99_ms=57.0),
        cost("slow", cpu_ms=9.0, p99_ms=2_047.0),
        cost("quick", cpu_ms=4.0, p99_ms=247.0),
    ]

    figures = call_figures(costs, [Held(wire=OWN, bytes_per_stream=30_000, begun=1_000)])

    name = "plain, 1,000 in flight"
    assert value(figures, f"{name}: CPU of the best other library, in fondaco's") == 20.0
    assert value(figures, f"{name}: fondaco's added p99, of the best other library's") == 5.0
    assert value(figures, "fondaco, an open stream of 1,000") == 30.0
    assert value(figures, "simulated provider at its busiest") == 10.0
    assert missed(figures) == []


def test_nothing_is_compared_where_no_other_library_is_there() -> None:
    figures = call_figures([cost(RAW), cost(OWN)], [])

    assert [figure.name for figure in figures if "other" in figure.name] == []


def test_turns_are_compared_with_the_best_of_the_others_at_the_same_load() -> None:
    servers = [
        ServerTurns(wire=wire, found=Found(ready_seconds=1.0, waves=(turns(cpu_ms),)))
        for wire, cpu_ms in ((OWN, 1.6), (SEARCHING, 3.0), ("slow", 9.0), ("quick", 8.0))
    ]

    figures = turn_figures(servers)

    name = "turns, 100 in flight: CPU of the best other library, in fondaco's"
    assert value(figures, name) == 5.0
    assert missed(figures) == ["fondaco, turns, 100 in flight: CPU a turn", name]


def test_a_slow_import_and_a_slow_start_miss_their_gates() -> None:
    assert missed(start_figures(0.2, 2.1)) == ["import fondaco", "fondaco serve with a model, start to ready"]


def test_the_server_that_is_measured_asks_the_simulated_provider() -> None:
    settings = parse(settings_text("sqlite:////tmp/bench.db", 8123, "http://127.0.0.1:9/v1"), {})

    assert [one.base_url for one in settings.llm.providers] == ["http://127.0.0.1:9/v1"]
    assert settings.llm.chains.cheap == ("bench-model",)
    assert settings.inbox.turns_in_flight == 1_000


def test_every_library_that_asks_is_told_with_its_version() -> None:
    assert set(PEERS) <= set(LIBRARIES)


def test_without_a_system_that_tells_what_processes_cost_nothing_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("fondaco.lab.turn_processes._PROC", Path("/nonexistent"))

    assert run(peer=Path("/nonexistent")) == 1
    assert "/proc" in capsys.readouterr().err
