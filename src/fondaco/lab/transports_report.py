"""What the parts of the comparison found, as figures and as one line a fault."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from fondaco.lab.gates import Figure, Gate, at_most
from fondaco.lab.transports_client import DEADLINE_SECONDS, GRACE_SECONDS, SEED
from fondaco.lab.transports_faults import Truth

KEPT = "fondaco"  #: the only wire that is judged: the others are what it was chosen from
STREAM_CPU_MS = 1.0  #: two thirds of what a durable turn may cost beyond its provider

__all__ = ["KEPT", "SEED", "Cancelled", "Cost", "Held", "Met", "Seen", "figures", "lines"]


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What a POST costs at one number in flight."""

    path: str  #: "answer" for a whole one, "stream" for one in events
    in_flight: int
    cpu_ms: float
    wall_ms: float
    per_second: float


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What an open stream holds."""

    bytes_per_stream: float


class Met(msgspec.Struct, frozen=True, kw_only=True):
    """How one fault ended."""

    name: str
    truth: Truth
    seen: Truth  #: what a caller had to believe
    error: str
    seconds: float
    requests: int  #: how often the server saw the request
    flooded: int  #: bytes of an endless body that the server got rid of

    @property
    def wrong(self) -> bool:
        """Whether a caller would send again what may have been processed, or take for whole what is not."""
        return self.truth is Truth.UNKNOWN and self.seen is not Truth.UNKNOWN

    @property
    def untold(self) -> bool:
        """Whether a caller could have sent again, and was not told so; or got no answer that came."""
        return self.truth is not Truth.UNKNOWN and self.seen is not self.truth

    @property
    def late(self) -> bool:
        """Whether it ended after its deadline."""
        return self.seconds > DEADLINE_SECONDS + GRACE_SECONDS


class Cancelled(msgspec.Struct, frozen=True, kw_only=True):
    """What one way of cancelling left behind."""

    name: str
    seconds: float
    hung: int  #: tasks that had not ended by the deadline
    swallowed: int  #: tasks that ended as if they had not been cancelled
    sockets_here: int
    sockets_there: int
    works: bool


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one wire."""

    wire: str
    costs: tuple[Cost, ...] = ()
    held: tuple[Held, ...] = ()
    met: tuple[Met, ...] = ()
    cancelled: tuple[Cancelled, ...] = ()
    bad_ends: int = 0  #: processes that died at their end


def figures(seen: Seen) -> list[Figure]:
    """Return the numbers of one wire; those of the kept one have gates."""
    made: list[Figure] = []

    def add(name: str, value: float, unit: str = "", limit: float | None = None) -> None:
        gate: Gate | None = at_most(limit) if limit is not None and seen.wire == KEPT else None
        made.append(Figure(name=f"{seen.wire}, {name}", value=value, unit=unit, gate=gate))

    _add_costs(seen, add)
    _add_faults(seen, add)
    _add_cancellations(seen, add)
    return made


_Add = Callable[[str, float, str, float | None], None]


def _add_costs(seen: Seen, add: _Add) -> None:
    for cost in seen.costs:
        streamed = cost.path == "stream"
        name = f"{'streamed' if streamed else 'whole'} answer, {cost.in_flight:,} in flight"
        judged = streamed and cost.in_flight > 1
        add(f"{name}: CPU", cost.cpu_ms, "ms", STREAM_CPU_MS if judged else None)
        add(f"{name}: wall", cost.wall_ms, "ms", None)
    for held in seen.held:
        add("open stream: memory", held.bytes_per_stream / 1_000, "kB", None)


def _add_faults(seen: Seen, add: _Add) -> None:
    if not seen.met:
        return
    add("faults: met", len(seen.met), "", None)
    add("faults: processed, taken for not sent", sum(met.wrong for met in seen.met), "", 0)
    add("faults: not sent, and not told so", sum(met.untold for met in seen.met), "", 0)
    add("faults: sent more than once", sum(met.requests > 1 for met in seen.met), "", 0)
    add("faults: ended after the deadline", sum(met.late for met in seen.met), "", 0)


def _add_cancellations(seen: Seen, add: _Add) -> None:
    for row in seen.cancelled:
        add(f"{row.name}: connections left", max(row.sockets_here, row.sockets_there), "", 0)
    if seen.cancelled:
        add("cancelled: calls that did not end", sum(row.hung for row in seen.cancelled), "", 0)
        add("cancelled: cancellations swallowed", sum(row.swallowed for row in seen.cancelled), "", 0)
        add("cancelled: no longer working after it", sum(not row.works for row in seen.cancelled), "", 0)
    add("processes that died at their end", seen.bad_ends, "", 0)


def lines(all_seen: Sequence[Seen]) -> list[str]:
    """Return one line a fault: what each wire raised, and what a caller had to believe."""
    names = dict.fromkeys(met.name for seen in all_seen for met in seen.met)
    return [f"{name}: {'; '.join(_told(name, all_seen))}." for name in names]


def _told(name: str, all_seen: Sequence[Seen]) -> list[str]:
    return [
        f"{seen.wire} {met.error}, {met.seen}{' (WRONG)' if met.wrong else ''}, {met.seconds:.2f} s"
        for seen in all_seen
        for met in seen.met
        if met.name == name
    ]
