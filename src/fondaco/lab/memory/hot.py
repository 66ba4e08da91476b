"""``fondaco lab memory --hot``: what open conversations take, and that forgetting one changes no prompt."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

import msgspec

from fondaco.lab.gates import Figure, Report, at_most, exit_code, render_table, report, to_json
from fondaco.lab.memory.hot_plan import Held, HotPlan
from fondaco.lab.turn_processes import demand_proc

T = TypeVar("T")

CONVERSATIONS, TURNS, SAMPLE, SEED = 10_000, 40, 100, 7
_PROCESS = "fondaco.lab.memory.hot_process"
_MEGABYTE = 1e6
_MOST_MEGABYTES = 300.0
_PROTOCOLS = 3
_NOTES = (
    "Resident memory of processes of their own, after a collection; the base has told five and forgotten.",
    "Every turn goes through the server's memory, its plans and cuts; the records are dropped, not counted.",
    "A turn: a message of the contact and an answer, in five languages, every fifth with a tool's result.",
    "Compared: the next prompt as OpenAI, Anthropic and Gemini are sent it, from a memory that holds all,",
    "from one that holds a single conversation, and from another process that has read the SQLite file.",
)


def run(
    *,
    as_json: bool,
    gates_on: bool,
    conversations: int = CONVERSATIONS,
    turns: int = TURNS,
    sample: int = SAMPLE,
    seed: int = SEED,
) -> int:
    """Measure, print, and return 1 where a gate is missed and gates count.

    Raises BenchFailed where there is no /proc, CalledProcessError where a measuring process fails.
    """
    demand_proc()
    plan = HotPlan(conversations=conversations, turns=turns, seed=seed)
    with TemporaryDirectory() as folder:
        file = str(Path(folder) / "held.sqlite3")
        whole = msgspec.structs.replace(plan, hot=conversations, sample=sample, file=file)
        held = _measured("hold", whole, Held)
        told = _measured("tell", whole, list[list[str]])
    found = report_of(plan, held, told, _measured("hold", plan, Held))
    print(to_json(found) if as_json else render_table(found))
    return exit_code(found, gates_on=gates_on)


def _measured(part: str, plan: HotPlan, kind: type[T]) -> T:
    command = [sys.executable, "-m", _PROCESS, part, msgspec.json.encode(plan).decode()]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603 - our own interpreter
    return msgspec.json.decode(done.stdout, type=kind)


def report_of(plan: HotPlan, held: Held, told: Sequence[Sequence[str]], usual: Held) -> Report:
    """Return what holding all takes and holding the usual number, and which prompts differ."""
    figures = (*_memory(plan, held, usual), *_equality(held, told))
    return report("What open conversations take", figures, plan.seed, _NOTES)


def _memory(plan: HotPlan, held: Held, usual: Held) -> Iterator[Figure]:
    beyond = held.bytes - held.base_bytes
    yield Figure(name=f"open conversations of {plan.turns} turns", value=plan.conversations)
    yield Figure(name="base process", value=held.base_bytes / _MEGABYTE, unit="MB")
    yield Figure(name="hot by the settings' defaults", value=usual.held)
    yield Figure(name="  beyond the base", value=(usual.bytes - usual.base_bytes) / _MEGABYTE, unit="MB")
    yield Figure(name="hot where all may be", value=held.held)
    yield Figure(name="  beyond the base", value=beyond / _MEGABYTE, unit="MB", gate=at_most(_MOST_MEGABYTES))
    yield Figure(name="  a conversation", value=beyond / max(1, held.held) / 1e3, unit="kB")
    yield Figure(name="CPU of a turn's prompt, mean", value=held.turn_cpu_ms, unit="ms")
    yield Figure(name="  its conversation read anew", value=held.anew_cpu_ms, unit="ms")


def _equality(held: Held, told: Sequence[Sequence[str]]) -> Iterator[Figure]:
    yield Figure(name="prompts compared", value=_PROTOCOLS * len(held.hot_prompts))
    yield Figure(name="  cuts in their conversations", value=held.cuts)
    for name, others in (("read anew", held.anew_prompts), ("made by another process", told)):
        different = _differing(held.hot_prompts, others)
        yield Figure(name=f"  different where {name}", value=different, gate=at_most(0))


def _differing(some: Sequence[Sequence[str]], others: Sequence[Sequence[str]]) -> int:
    """Return how many prompts are not the same in every byte; a missing one is another one."""
    pairs = zip(some, others, strict=True)
    return sum(one != other for these, those in pairs for one, other in zip(these, those, strict=True))
