"""Runs every task's true solution on a fresh database and compares all that is published about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fondaco.domain.tools import Effect
from fondaco.lab.gates import Figure, at_least, report
from fondaco.lab.tau.data import Task, TauData, WorldName
from fondaco.lab.tau.telling import Told
from fondaco.lab.tau.world import Fingerprints, World, changed_records

_SHOWN = 160  # characters of a result in a difference


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What became of one task."""

    task_id: int
    calls: int  #: that were carried out
    equal_results: int
    writes: int
    refused: int  #: calls whose published result is an error, too
    not_run: int  #: calls that end the published run
    records_equal: bool
    hash_equal: bool
    differences: tuple[str, ...]


def check_all(world: World, tasks: Iterable[Task]) -> list[Checked]:
    """Return what became of every task; the given world is left as it is."""
    prints = Fingerprints(world.tables)
    return [check(world, task, prints) for task in tasks]


def check(world: World, task: Task, prints: Fingerprints) -> Checked:
    """Return what became of one task on a fresh copy of the world."""
    mine = world.fresh()
    differences: list[str] = []
    run = equal = not_run = 0
    for action in task.actions:
        if action.result is None:
            not_run += 1
            continue
        run += 1
        result = mine.call(action.name, action.arguments)
        if result == action.result:
            equal += 1
        else:
            differences.append(f"{action.name}: {_difference(action.result, result)}")
    changed = changed_records(world.tables, mine.tables)
    differences += [f"record {name}" for name in _unequal(task, changed)]
    return Checked(
        task_id=task.task_id,
        calls=run,
        equal_results=equal,
        writes=sum(mine.tools[action.name].effect is Effect.WRITE for action in task.actions),
        refused=sum((action.result or "").startswith("Error") for action in task.actions),
        not_run=not_run,
        records_equal=changed == task.db_changed_records,
        hash_equal=prints.of(mine.tables, changed) == task.db_sha256_after,
        differences=tuple(differences),
    )


def _unequal(task: Task, changed: dict[str, dict[str, dict[str, object]]]) -> Iterator[str]:
    wanted = task.db_changed_records
    for table in sorted(wanted.keys() | changed.keys()):
        theirs, ours = wanted.get(table, {}), changed.get(table, {})
        for key in sorted(theirs.keys() | ours.keys()):
            if theirs.get(key) != ours.get(key):
                yield f"{table}/{key}: {_difference(str(theirs.get(key)), str(ours.get(key)))}"


def _difference(published: str, ours: str) -> str:
    """Return both texts from shortly before the first letter in which they differ."""
    pairs = zip(published, ours, strict=False)
    at = next(
        (place for place, (one, other) in enumerate(pairs) if one != other), min(len(published), len(ours))
    )
    begin = max(0, at - 40)
    return f"published {published[begin : begin + _SHOWN]!r}, ours {ours[begin : begin + _SHOWN]!r}"


def figures_of(name: WorldName, found: list[Checked]) -> list[Figure]:
    """Return the figures of one world, each in per cent of what is published, and how much that is."""
    tasks, calls = len(found), sum(one.calls for one in found)
    return [
        Figure(name=f"{name}: tasks", value=tasks),
        Figure(name=f"{name}: calls carried out", value=calls),
        Figure(name=f"{name}: of them writes", value=sum(one.writes for one in found)),
        Figure(name=f"{name}: of them refused, as published", value=sum(one.refused for one in found)),
        Figure(name=f"{name}: calls that only end the run", value=sum(one.not_run for one in found)),
        _all(f"{name}: equal results", sum(one.equal_results for one in found), calls),
        _all(f"{name}: equal changed records", sum(one.records_equal for one in found), tasks),
        _all(f"{name}: equal database hash", sum(one.hash_equal for one in found), tasks),
    ]


def _all(name: str, equal: int, of: int) -> Figure:
    return Figure(name=name, value=100 * equal / of if of else 0.0, unit="%", gate=at_least(100))


def report_truth(data: TauData, seed: int) -> Told:
    """Return what became of every task of both worlds.  Raises InvalidInput."""
    figures: list[Figure] = []
    lines: list[str] = []
    for name in WorldName:
        found = check_all(data.world(name), data.tasks(name))
        figures += figures_of(name, found)
        lines += [f"{name} task {one.task_id}: {text}" for one in found for text in one.differences]
    notes = (
        "Every published true solution, call by call on a fresh database.",
        "Equal: the result letter by letter, the changed records, and the hash of the whole database.",
    )
    return Told(report("The worlds against their published results", figures, seed, notes), tuple(lines))
