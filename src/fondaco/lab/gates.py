"""How every drill and benchmark reports: figures with their gates, the machine, the seed and the commit.

A command prints a table for people, or JSON with ``--json``.  It ends with 1 when a figure misses its gate,
unless ``--no-gate`` says that figures are wanted and no judgement.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

import msgspec


class Bound(StrEnum):
    """On which side of its limit a figure has to be."""

    AT_LEAST = "at least"  #: the limit or more
    AT_MOST = "at most"  #: the limit or less


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """What a figure has to reach."""

    bound: Bound
    limit: float

    def holds(self, value: float) -> bool:
        """Return whether ``value`` is within the gate; a value that is no number never is."""
        return value >= self.limit if self.bound is Bound.AT_LEAST else value <= self.limit


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One measured number."""

    name: str
    value: float
    unit: str = ""
    gate: Gate | None = None

    @property
    def missed(self) -> bool:
        """Whether there is a gate and the value is outside of it."""
        return self.gate is not None and not self.gate.holds(self.value)


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """What the figures were measured on, without any name of the machine."""

    cpu: str
    cores: int
    memory_gigabytes: float
    python: str
    system: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a reader needs to believe or repeat a measurement."""

    title: str
    machine: Machine
    seed: int
    commit: str  #: of the checkout, "unknown" outside of one
    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = ()


def at_least(limit: float) -> Gate:
    """Return the gate that wants ``limit`` or more."""
    return Gate(bound=Bound.AT_LEAST, limit=limit)


def at_most(limit: float) -> Gate:
    """Return the gate that wants ``limit`` or less."""
    return Gate(bound=Bound.AT_MOST, limit=limit)


def report(title: str, figures: Sequence[Figure], seed: int, notes: Sequence[str] = ()) -> Report:
    """Return a report of ``figures`` with this machine and this checkout."""
    return Report(
        title=title,
        machine=this_machine(),
        seed=seed,
        commit=this_commit(),
        figures=tuple(figures),
        notes=tuple(notes),
    )


def this_machine() -> Machine:
    """Return what this program runs on."""
    pages, page_bytes = _system_value("SC_PHYS_PAGES"), _system_value("SC_PAGE_SIZE")
    return Machine(
        cpu=_cpu_model(),
        cores=os.cpu_count() or 1,
        memory_gigabytes=round(pages * page_bytes / 1e9, 1),
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
    )


def _system_value(name: str) -> int:
    return os.sysconf(name) if name in getattr(os, "sysconf_names", {}) else 0


def _cpu_model() -> str:
    described = Path("/proc/cpuinfo")
    if described.exists():
        for line in described.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def this_commit() -> str:
    """Return the short commit of the checkout that this file is part of, "+" behind it when files differ."""
    git, here = shutil.which("git"), Path(__file__).parent
    if git is None:
        return "unknown"
    commit = _git(git, here, "rev-parse", "--short", "HEAD")
    changed = _git(git, here, "status", "--porcelain", "--untracked-files=no")
    return f"{commit}{'+' if changed else ''}" if commit else "unknown"


def _git(git: str, folder: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603 - git by its full path, with fixed arguments
        [git, "-C", str(folder), *arguments], capture_output=True, text=True, check=False, timeout=20
    )
    return done.stdout.strip() if done.returncode == 0 else ""


def exit_code(found: Report, *, gates_on: bool) -> int:
    """Return 1 when gates count and a figure misses its own, else 0."""
    return int(gates_on and any(figure.missed for figure in found.figures))


def to_json(found: Report) -> str:
    """Return the report for machines; each figure says whether it missed its gate."""
    plain = msgspec.to_builtins(found)
    plain["figures"] = [msgspec.to_builtins(figure) | {"missed": figure.missed} for figure in found.figures]
    return msgspec.json.format(msgspec.json.encode(plain), indent=2).decode()


def render_table(found: Report) -> str:
    """Return the report for people."""
    machine = found.machine
    rows = [(figure.name, _number(figure), _verdict(figure)) for figure in found.figures]
    name_width = max((len(name) for name, _, _ in rows), default=0)
    value_width = max((len(value) for _, value, _ in rows), default=0)
    where = f"{machine.cpu}, {machine.cores} cores, {machine.memory_gigabytes} GB"
    made_by = f"Python {machine.python}, {machine.system}; seed {found.seed}, commit {found.commit}"
    lines = [found.title, f"{where}, {made_by}", ""]
    lines += [
        f"{name:<{name_width}}  {value:>{value_width}}  {verdict}".rstrip() for name, value, verdict in rows
    ]
    lines += ["", *found.notes] if found.notes else []
    return "\n".join(lines)


def _number(figure: Figure) -> str:
    digits = f"{figure.value:,.0f}" if abs(figure.value) >= 1000 else f"{figure.value:.3g}"
    exact = f"{figure.value:.1f}" if 10 <= abs(figure.value) < 1000 else digits
    return f"{exact} {figure.unit}".rstrip()


def _verdict(figure: Figure) -> str:
    if figure.gate is None:
        return ""
    wanted = f"{figure.gate.bound} {figure.gate.limit:g}"
    return f"MISSED ({wanted})" if figure.missed else f"ok ({wanted})"
