"""A circuit breaker as a pure state machine: time and chance are handed in, nothing waits.

    CLOSED ──too many failures or slow answers──▶ OPEN ──its deadline passes──▶ PROBING
       ▲                                           ▲ ▲                            │  │
       │                                           │ └───────a probe fails────────┘  │ enough good probes
       └──the ramp is over── RETURNING ──as above──┘                                 │
                                 ▲───────────────────────────────────────────────────┘

The window of rates with a minimum volume and the bounded number of trials follow resilience4j's
``CircuitBreaker``.  Deadlines that only move later, the ramp, the row of failures that opens without any
volume, and that a cancellation counts for nothing are ours.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from fondaco.kit.window import Totals, Window

_LEAST_SHARE = 0.1  # of the traffic, at the beginning of the ramp
_MOST_DOUBLINGS = 30


class Mode(StrEnum):
    """Who decides."""

    AUTO = "auto"  #: the machine
    OPEN = "open"  #: somebody has forbidden every attempt
    CLOSED = "closed"  #: somebody has allowed every attempt


class Phase(StrEnum):
    """Where the machine stands."""

    CLOSED = "closed"  #: everything is let through
    OPEN = "open"  #: nothing is, until a deadline
    PROBING = "probing"  #: a few at a time are, to see whether it works again
    RETURNING = "returning"  #: a growing part is


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """When a breaker opens and how it closes again; times in milliseconds."""

    window_ms: float = 30_000
    minimum: int = 10  #: fewer attempts in the window open nothing by their shares
    in_a_row: int = 4  #: fewer than that: so many failures in a row open it, however far apart; 0: never
    failure_share: float = 0.5
    slow_share: float = 0.8
    open_ms: int = 5_000  #: doubles with every opening in a row
    open_cap_ms: int = 120_000
    probes: int = 3  #: let through at a time
    proofs: int = 3  #: good probes that end the probing
    probe_ms: int = 60_000  #: a probe that says nothing for so long is given up
    ramp_ms: int = 20_000


class Permit(msgspec.Struct, frozen=True):
    """One attempt that was let through; goes back with what became of it."""

    opening: int  #: how often the breaker had opened until then
    probe: int = 0  #: number of the probe; 0: an ordinary attempt


class Refusal(msgspec.Struct, frozen=True):
    """One attempt that was not let through."""

    phase: Phase
    until_ms: int | None  #: when it is worth asking again; None: when somebody allows it


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """What several processes share of one breaker."""

    open_until_ms: int = 0
    recovered: int = 2  #: from the opening with that deadline: 0 not yet, 1 is returning, 2 is closed
    returning_since_ms: int = 0
    openings: int = 0  #: in a row
    why: str = ""
    mode: Mode = Mode.AUTO
    mode_at_ms: int = 0

    def merged(self, other: Snapshot) -> Snapshot:
        """Return what both know together, in whichever order and however often they are merged.

        The later deadline wins; of two with the same one, the further recovered; of two modes the newer.
        """
        ahead = max(self, other, key=_progress)
        manual = max(self, other, key=lambda one: (one.mode_at_ms, one.mode))
        return msgspec.structs.replace(ahead, mode=manual.mode, mode_at_ms=manual.mode_at_ms)


class Breaker:
    """Says of each attempt whether it may be made, and learns from what became of it.

    Every time is in milliseconds of one clock that the sharing processes agree on.  ``open_until_ms`` never
    decreases.  Memory does not grow with traffic.
    """

    __slots__ = (
        "_good",
        "_mode",
        "_mode_at_ms",
        "_opening",
        "_openings",
        "_phase",
        "_probe",
        "_probes",
        "_returning_since_ms",
        "_row",
        "_rules",
        "_slow",
        "_window",
        "open_until_ms",
        "version",
        "why",
    )

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._window = Window(rules.window_ms)
        self._phase = Phase.CLOSED
        self._mode = Mode.AUTO
        self._mode_at_ms = 0
        self._opening = 0  # counts all of them, to know a permit of an earlier one
        self._openings = 0  # in a row
        self._returning_since_ms = 0
        self._row = 0  # failures since the last answer; who is rarely asked never fills the window
        self._probe = 0
        self._probes: dict[int, int] = {}  # number → when it is given up
        self._good = 0  # probes of this probing that were answered
        self._slow = 0  # of them, those that were slow
        self.open_until_ms = 0
        self.version = 0  #: grows whenever the snapshot changes
        self.why = ""  #: what opened it last

    @property
    def mode(self) -> Mode:
        """Who decides."""
        return self._mode

    def phase(self, now_ms: int) -> Phase:
        """Return where the machine stands now, whatever somebody has set."""
        self._move_to(now_ms)
        return self._phase

    def totals(self, now_ms: int) -> Totals:
        """Return the counts of the window that ends now."""
        return self._window.totals(now_ms)

    def admit(self, now_ms: int, fraction: float) -> Permit | Refusal:
        """Let one attempt through or not; ``fraction`` in [0, 1) chooses which return during the ramp."""
        if self._phase is not Phase.CLOSED:
            self._move_to(now_ms)
        if self._mode is Mode.OPEN:
            return Refusal(self._phase, None)
        if self._phase is Phase.CLOSED or self._mode is Mode.CLOSED:
            return Permit(self._opening)
        if self._phase is Phase.RETURNING:
            return self._admit_share(now_ms, fraction)
        if self._phase is Phase.PROBING:
            return self._admit_probe(now_ms)
        return Refusal(Phase.OPEN, self.open_until_ms)

    def succeeded(self, permit: Permit, now_ms: int, *, slow: bool = False) -> None:
        """Learn that an attempt was answered, in good time or not."""
        self._move_to(now_ms)
        if permit.opening != self._opening:
            return
        if self._phase is Phase.PROBING:
            if self._probes.pop(permit.probe, None) is not None:
                self._prove(now_ms, slow=slow)
            return
        self._probes.pop(permit.probe, None)
        self._row = 0
        self._window.add(now_ms, slow=slow)
        if slow:
            self._judge(now_ms, "too many answers began too late")

    def failed(
        self, permit: Permit, now_ms: int, *, until_ms: int = 0, at_once: bool = False, why: str = ""
    ) -> None:
        """Learn that an attempt failed.

        Args:
            permit: what ``admit`` gave.
            now_ms: the time.
            until_ms: before this the other side wants no attempt; an open breaker stays open for so long.
            at_once: one such failure opens it.
            why: for people.
        """
        self._move_to(now_ms)
        if permit.opening != self._opening:
            if self._phase is Phase.OPEN:
                self._extend(until_ms)
            return
        if self._phase is Phase.PROBING:
            if self._probes.pop(permit.probe, None) is not None:
                self._open(now_ms, until_ms, why)
            return
        self._probes.pop(permit.probe, None)
        self._row += 1
        self._window.add(now_ms, failed=True)
        if at_once and self._mode is not Mode.CLOSED:
            self._open(now_ms, until_ms, why)
        else:
            self._judge(now_ms, why, until_ms)

    def cancelled(self, permit: Permit) -> None:
        """Take a permit back whose attempt says nothing about the other side."""
        self._probes.pop(permit.probe, None)

    def force(self, mode: Mode, now_ms: int) -> None:
        """Let somebody decide, or the machine again.  Forcing it closed also ends an opening for good."""
        self._mode, self._mode_at_ms = mode, max(now_ms, self._mode_at_ms + 1)
        self._row = 0  # whoever decided has seen those failures
        if mode is Mode.CLOSED:
            self._close()
        self.version += 1

    def snapshot(self) -> Snapshot:
        """Return what other processes should know."""
        return Snapshot(
            open_until_ms=self.open_until_ms,
            recovered=self._recovered,
            returning_since_ms=self._returning_since_ms,
            openings=self._openings,
            why=self.why,
            mode=self._mode,
            mode_at_ms=self._mode_at_ms,
        )

    def adopt(self, other: Snapshot) -> None:
        """Take over what another process knows better."""
        mine = self.snapshot()
        both = mine.merged(other)
        if both == mine:
            return
        self._mode, self._mode_at_ms = both.mode, both.mode_at_ms
        if _progress(both) != _progress(mine):
            self._take_over(both)
        self.version += 1

    @property
    def _recovered(self) -> int:
        return {Phase.CLOSED: 2, Phase.RETURNING: 1}.get(self._phase, 0)

    def _take_over(self, other: Snapshot) -> None:
        later = other.open_until_ms > self.open_until_ms
        if later:
            self._forget_attempts()
        if later or other.recovered > self._recovered:
            self._phase = (Phase.OPEN, Phase.RETURNING, Phase.CLOSED)[min(max(other.recovered, 0), 2)]
        self.open_until_ms = other.open_until_ms
        self._returning_since_ms = other.returning_since_ms
        self._openings = other.openings
        self.why = other.why

    def _move_to(self, now_ms: int) -> None:
        if self._phase is Phase.OPEN and now_ms >= self.open_until_ms:
            self._phase = Phase.PROBING
            self._good = self._slow = 0
        elif self._phase is Phase.RETURNING and now_ms - self._returning_since_ms >= self._rules.ramp_ms:
            self._phase = Phase.CLOSED
            self._openings = 0
            self.version += 1

    def _admit_share(self, now_ms: int, fraction: float) -> Permit | Refusal:
        ramp_ms = max(self._rules.ramp_ms, 1)
        share = (now_ms - self._returning_since_ms) / ramp_ms
        if fraction < max(share, _LEAST_SHARE):
            return Permit(self._opening)
        return Refusal(Phase.RETURNING, self._returning_since_ms + int(fraction * ramp_ms) + 1)

    def _admit_probe(self, now_ms: int) -> Permit | Refusal:
        for number in [number for number, until_ms in self._probes.items() if until_ms <= now_ms]:
            del self._probes[number]
        if len(self._probes) >= max(self._rules.probes, 1):
            return Refusal(Phase.PROBING, min(self._probes.values()))
        self._probe += 1
        self._probes[self._probe] = now_ms + self._rules.probe_ms
        return Permit(self._opening, self._probe)

    def _prove(self, now_ms: int, *, slow: bool) -> None:
        self._good += 1
        self._slow += slow
        if self._good < self._rules.proofs:
            return
        if self._slow >= self._rules.slow_share * self._good:
            self._open(now_ms, 0, "it answers again, but too slowly")
            return
        self._phase = Phase.RETURNING
        self._returning_since_ms = now_ms
        self._window.clear()
        self.version += 1

    def _judge(self, now_ms: int, why: str, until_ms: int = 0) -> None:
        """Open if the window or a row of failures says so; who has only just come back is trusted less."""
        if self._mode is Mode.CLOSED:
            return
        rules, totals = self._rules, self._window.totals(now_ms)
        minimum = rules.minimum if self._phase is Phase.CLOSED else min(rules.probes, rules.minimum)
        broken = totals.attempts >= minimum and totals.failure_share >= rules.failure_share
        slow = totals.answers >= minimum and totals.slow_share >= rules.slow_share
        # Where the shares can speak they decide: among many attempts, chance alone makes rows of failures.
        in_a_row = 0 < rules.in_a_row <= self._row and totals.attempts < minimum
        if (broken and totals.failures) or (slow and totals.slow) or in_a_row:
            self._open(now_ms, until_ms, why)

    def _open(self, now_ms: int, until_ms: int, why: str) -> None:
        own_ms = self._rules.open_ms << min(self._openings, _MOST_DOUBLINGS)
        self._openings += 1
        self._phase = Phase.OPEN
        self.why = why
        self._forget_attempts()
        # Later than the last one in any case: that is how other processes know it for a new opening.
        self._extend(max(now_ms + min(own_ms, self._rules.open_cap_ms), until_ms, self.open_until_ms + 1))

    def _extend(self, until_ms: int) -> None:
        if until_ms > self.open_until_ms:
            self.open_until_ms = until_ms
            self.version += 1

    def _close(self) -> None:
        self._phase = Phase.CLOSED
        self._openings = 0
        self._forget_attempts()

    def _forget_attempts(self) -> None:
        """Let nothing that was begun before now be counted."""
        self._opening += 1
        self._row = 0
        self._probes.clear()
        self._window.clear()


def _progress(snapshot: Snapshot) -> tuple[int, int, int, int, str]:
    return (
        snapshot.open_until_ms,
        snapshot.recovered,
        snapshot.returning_since_ms,
        snapshot.openings,
        snapshot.why,
    )
