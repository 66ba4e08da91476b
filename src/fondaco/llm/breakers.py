"""Which targets may be asked just now: a breaker for each of them and each group of failures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec
import structlog

from fondaco.kit.breaker import Breaker, Mode, Phase, Refusal, Snapshot
from fondaco.kit.breaker import Permit as Pass
from fondaco.kit.chance import Chance
from fondaco.kit.clock import Clock
from fondaco.llm.breaker_groups import GROUPS, LONGEST_MS, FailureGroup, explained, rules_for
from fondaco.llm.breaker_views import BreakerView, in_plain_words
from fondaco.llm.failures import Failure
from fondaco.llm.options import BreakerOptions
from fondaco.llm.targets import Target

log = structlog.get_logger(__name__)

_MOST_TARGETS = 256
_LONGEST_SHARED_MS = 2 * max(LONGEST_MS.values())
_PROBES_TELL_MS = 500  # by then the probes under way have often said how it is
_HARDEST_FIRST = {Phase.OPEN: 3, Phase.PROBING: 2, Phase.RETURNING: 1, Phase.CLOSED: 0}


class Denied(msgspec.Struct, frozen=True, kw_only=True):
    """A target that is not asked now."""

    reason: str  #: for operators
    retry_at_ms: int | None  #: wall clock; None: when somebody allows it again
    group: FailureGroup


class BreakerKey(msgspec.Struct, frozen=True, array_like=True):
    """What one breaker is for."""

    provider: str
    credential: str
    model: str  #: empty where the failure concerns every model of the key
    group: FailureGroup


@dataclass(slots=True, eq=False)
class _Kept:
    key: BreakerKey
    breaker: Breaker
    shared_version: int = 0


@dataclass(slots=True, eq=False)
class _Lane:
    """The breakers of one target, the hardest first; the last one, of reachability, holds what is forced."""

    target: Target
    breakers: tuple[_Kept, ...]

    @property
    def reach(self) -> Breaker:
        return self.breakers[-1].breaker


class Permit:
    """One attempt that may be made.  What is told first counts; the rest is ignored."""

    __slots__ = ("_board", "_passes", "_target")

    def __init__(self, board: BreakerBoard, target: Target, passes: list[tuple[_Kept, Pass]]) -> None:
        self._board = board
        self._target = target
        self._passes = passes

    def succeeded(self, first_token_ms: float | None = None) -> None:
        """The target answered, its first token so long after it was asked (None: it does not stream)."""
        self._board.learn_success(self._taken(), first_token_ms)

    def failed(self, failure: Failure) -> None:
        """The attempt failed; a failure of the request's own, or of ours, counts for nothing."""
        self._board.learn_failure(self._target, self._taken(), failure)

    def cancelled(self) -> None:
        """Nobody wants the answer any more, which says nothing about the target."""
        for kept, permit in self._taken():
            kept.breaker.cancelled(permit)

    def _taken(self) -> list[tuple[_Kept, Pass]]:
        passes, self._passes = self._passes, []
        return passes


class BreakerBoard:
    """Says whether a target may be asked, and remembers how it fared.  Keeps a bounded number of targets."""

    def __init__(
        self,
        options: BreakerOptions,
        clock: Clock,
        chance: Chance,
        *,
        targets: Iterable[Target] = (),
        most_targets: int = _MOST_TARGETS,
    ) -> None:
        self._options = options
        self._clock = clock
        self._chance = chance
        self._most_targets = most_targets
        self._lanes: dict[tuple[str, str, str], _Lane] = {}
        self._breakers: dict[BreakerKey, _Kept] = {}
        for target in targets:
            self._lane(target)

    def may_ask(self, target: Target) -> Permit | Denied:
        """Return the permit for one attempt, or why there is none."""
        lane, now_ms, fraction = self._lane(target), self._clock.now_ms(), self._chance.fraction()
        forced = lane.reach.mode is Mode.CLOSED
        passes: list[tuple[_Kept, Pass]] = []
        for kept in lane.breakers[-1:] if forced else lane.breakers:
            answer = kept.breaker.admit(now_ms, fraction)
            if isinstance(answer, Refusal):
                for earlier, permit in passes:
                    earlier.breaker.cancelled(permit)
                return self._denied(lane, kept, answer)
            passes.append((kept, answer))
        return Permit(self, target, passes)

    def states(self) -> list[BreakerView]:
        """Return how every known target stands, for people."""
        now_ms = self._clock.now_ms()
        return [self._view(lane, now_ms) for lane in self._lanes.values()]

    def state_of(self, target: Target) -> BreakerView:
        """Return how one target stands, for people."""
        view = self._view(self._lane(target), self._clock.now_ms())
        return msgspec.structs.replace(view, target=target.name)  # two names may stand for one model

    def force(self, target: Target, mode: Mode) -> None:
        """Forbid or allow a target by hand, or leave it to the breakers again.

        ``Mode.CLOSED`` also forgets why it was left alone; back at ``Mode.AUTO`` it starts afresh.
        """
        lane, now_ms = self._lane(target), self._clock.now_ms()
        lane.reach.force(mode, now_ms)
        if mode is Mode.CLOSED:
            for kept in lane.breakers[:-1]:
                kept.breaker.force(Mode.CLOSED, now_ms)
                kept.breaker.force(Mode.AUTO, now_ms)

    def slow_share(self) -> float:
        """Return the part of all first tokens in the window that came late, over all targets."""
        now_ms = self._clock.now_ms()
        totals = [lane.reach.totals(now_ms) for lane in self._lanes.values()]
        answers = sum(one.answers for one in totals)
        return sum(one.slow for one in totals) / answers if answers else 0.0

    def learn_success(self, passes: list[tuple[_Kept, Pass]], first_token_ms: float | None) -> None:
        """Count an answer; called by its permit."""
        now_ms = self._clock.now_ms()
        late = first_token_ms is not None and first_token_ms > self._options.slow_first_token_ms
        for kept, permit in passes:
            if kept.key.group is FailureGroup.REACH:
                kept.breaker.succeeded(permit, now_ms, slow=late)
            elif permit.probe:  # one failure opens these, so what else is answered is not worth counting
                kept.breaker.succeeded(permit, now_ms)

    def learn_failure(self, target: Target, passes: list[tuple[_Kept, Pass]], failure: Failure) -> None:
        """Count a failure where it belongs; called by its permit."""
        group = None if failure.ours else GROUPS.get(failure.kind)
        for kept, permit in passes:
            if kept.key.group is group:
                self._fail(target, kept, permit, failure)
            else:
                kept.breaker.cancelled(permit)

    def take_changes(self) -> list[tuple[str, bytes]]:
        """Return what other processes have not been told yet, as keys and snapshots, once."""
        now_ms = self._clock.now_ms()
        changed = [kept for kept in self._breakers.values() if self._is_news(kept, now_ms)]
        for kept in changed:
            kept.shared_version = kept.breaker.version
        return [(_name(kept.key), msgspec.json.encode(kept.breaker.snapshot())) for kept in changed]

    def untell(self, key: str) -> None:
        """Take back that others were told: the change could not be shared."""
        kept = self._kept_named(key)
        if kept is not None:
            kept.shared_version = -1

    def adopt(self, key: str, data: bytes) -> None:
        """Learn what another process knows; what it does not know yet is told with the next changes.

        A note that this version cannot read, or whose deadline is absurd, is ignored.
        """
        kept = self._kept_named(key)
        try:
            snapshot = msgspec.json.decode(data, type=Snapshot)
        except msgspec.DecodeError:
            return
        now_ms = self._clock.now_ms()
        if kept is None or snapshot.open_until_ms > now_ms + _LONGEST_SHARED_MS:
            return
        kept.breaker.adopt(snapshot)
        knows_more = kept.breaker.snapshot() != snapshot
        kept.shared_version = -1 if knows_more else kept.breaker.version

    def _is_news(self, kept: _Kept, now_ms: int) -> bool:
        kept.breaker.phase(now_ms)  # a ramp that is over is a change too
        return kept.shared_version != kept.breaker.version

    def _fail(self, target: Target, kept: _Kept, permit: Pass, failure: Failure) -> None:
        now_ms, group = self._clock.now_ms(), kept.key.group
        wait_ms = min(failure.retry_after_ms or 0, LONGEST_MS[group])
        version = kept.breaker.version
        kept.breaker.failed(
            permit,
            now_ms,
            until_ms=now_ms + wait_ms if wait_ms else 0,
            at_once=group is not FailureGroup.REACH,
            why=explained(group, failure),
        )
        if kept.breaker.version != version and kept.breaker.phase(now_ms) is Phase.OPEN:
            seconds = round((kept.breaker.open_until_ms - now_ms) / 1000, 1)
            tell = log.error if group in {FailureGroup.CREDENTIAL, FailureGroup.MODEL} else log.warning
            tell("model left alone", target=target.name, seconds=seconds, why=kept.breaker.why)

    def _denied(self, lane: _Lane, kept: _Kept, refusal: Refusal) -> Denied:
        now_ms, until_ms = self._clock.now_ms(), refusal.until_ms
        if until_ms is not None and refusal.phase is Phase.PROBING:
            until_ms = min(until_ms, now_ms + _PROBES_TELL_MS)
        words = in_plain_words(kept.breaker, now_ms)
        why = f" ({kept.breaker.why})" if kept.breaker.why else ""
        return Denied(reason=f"{lane.target.name} {words}{why}", retry_at_ms=until_ms, group=kept.key.group)

    def _view(self, lane: _Lane, now_ms: int) -> BreakerView:
        # ``max`` takes the first of equals: of two that are open, the one that is harder to mend.
        worst = max(lane.breakers, key=lambda kept: _HARDEST_FIRST[kept.breaker.phase(now_ms)])
        if lane.reach.mode is not Mode.AUTO:
            worst = lane.breakers[-1]
        breaker, totals = worst.breaker, lane.reach.totals(now_ms)
        phase = breaker.phase(now_ms)
        return BreakerView(
            target=lane.target.name,
            provider=lane.target.provider,
            model=lane.target.model,
            mode=breaker.mode,
            phase=phase,
            state=in_plain_words(breaker, now_ms),
            attempts=totals.attempts,
            failure_share=totals.failure_share,
            slow_share=totals.slow_share,
            open_until_ms=breaker.open_until_ms if phase is Phase.OPEN else None,
            why=breaker.why if phase is not Phase.CLOSED else "",
        )

    def _lane(self, target: Target) -> _Lane:
        place = (target.provider, target.credential, target.model)
        lane = self._lanes.get(place)
        if lane is None:
            if len(self._lanes) >= self._most_targets:
                self._forget_one()
            lane = self._lanes[place] = _Lane(
                target,
                tuple(self._kept(key) for key in _keys(target.provider, target.credential, target.model)),
            )
        return lane

    def _kept(self, key: BreakerKey) -> _Kept:
        kept = self._breakers.get(key)
        if kept is None:
            kept = self._breakers[key] = _Kept(key, Breaker(rules_for(key.group, self._options)))
        return kept

    def _kept_named(self, name: str) -> _Kept | None:
        """Return the breaker of this shared key, a new one where there is room for it."""
        try:
            key = msgspec.json.decode(name, type=BreakerKey)
        except msgspec.DecodeError:
            return None
        if key not in self._breakers and len(self._breakers) >= len(FailureGroup) * self._most_targets:
            return None
        return self._kept(key)

    def _forget_one(self) -> None:
        """Forget the target that has been known longest, one that is asked as usual if there is any."""
        now_ms = self._clock.now_ms()
        usual = (place for place, lane in self._lanes.items() if _is_usual(lane, now_ms))
        lane = self._lanes.pop(next(usual, next(iter(self._lanes))))
        used = {kept.key for other in self._lanes.values() for kept in other.breakers}
        for kept in lane.breakers:
            if kept.key not in used:
                self._breakers.pop(kept.key, None)


def _keys(provider: str, credential: str, model: str) -> Iterator[BreakerKey]:
    for group in FailureGroup:
        concerned = "" if group is FailureGroup.CREDENTIAL else model
        yield BreakerKey(provider, credential, concerned, group)


def _name(key: BreakerKey) -> str:
    return msgspec.json.encode(key).decode()


def _is_usual(lane: _Lane, now_ms: int) -> bool:
    return all(
        kept.breaker.mode is Mode.AUTO and kept.breaker.phase(now_ms) is Phase.CLOSED
        for kept in lane.breakers
    )
