"""What open conversations take, as it is measured and printed."""

from __future__ import annotations

import json

import msgspec
import pytest

from fondaco.lab.memory.command import main
from fondaco.lab.memory.hot import report_of
from fondaco.lab.memory.hot_plan import Held, HotPlan
from fondaco.lab.memory.hot_words import Orders, Words, order_of

_PLAN = HotPlan(conversations=2, turns=1, seed=7)
_HELD = Held(
    base_bytes=10**8,
    bytes=4 * 10**8,
    held=2,
    turn_cpu_ms=0.1,
    hot_prompts=[["a", "b", "c"]],
    anew_prompts=[["a", "b", "c"]],
)


def test_three_processes_hold_forget_and_read_the_same_conversations(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ended = main(["--hot", "--conversations", "5", "--json"])

    told = json.loads(capsys.readouterr().out)
    figures = {figure["name"].strip(): figure["value"] for figure in told["figures"]}
    assert ended == 0
    assert figures["hot where all may be"] == 5
    assert figures["prompts compared"] == 15
    assert figures["cuts in their conversations"] > 0
    assert figures["different where made by another process"] == 0


def test_a_prompt_that_another_process_makes_otherwise_misses_the_gate() -> None:
    found = report_of(_PLAN, _HELD, [["a", "b", "C"]], _HELD)

    assert [figure.name.strip() for figure in found.figures if figure.missed] == [
        "different where made by another process"
    ]


def test_more_memory_than_promised_misses_the_gate() -> None:
    held = msgspec.structs.replace(_HELD, bytes=4 * 10**8 + 10**6)

    found = report_of(_PLAN, held, _HELD.hot_prompts, _HELD)

    assert [figure.value for figure in found.figures if figure.missed] == [301.0]


def test_the_same_seed_says_the_same_and_another_one_something_else() -> None:
    words = Words()

    said, again, other = (list(words.of(3, 10, seed)) for seed in (7, 7, 8))

    assert said == again
    assert said != other


async def test_an_order_is_the_same_whenever_it_is_looked_up() -> None:
    found = await Orders().run({"order_number": "RI-10482"}, "key")

    assert found == order_of("RI-10482")
    assert found["order_number"] == "RI-10482"
