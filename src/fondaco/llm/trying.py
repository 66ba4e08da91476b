"""One attempt with all its books: may it be made, is there room, who pays, what came of it."""

from __future__ import annotations

import msgspec

from fondaco.domain.usage import AttemptNote, LedgerEntry
from fondaco.llm.answering import Ask
from fondaco.llm.asking import Finish, Progress, Reply, without_tools
from fondaco.llm.attempt import Attempt, Deadlines
from fondaco.llm.breakers import Denied, Permit
from fondaco.llm.failures import Failure, FailureClass, ModelFailed
from fondaco.llm.gear import Gear
from fondaco.llm.limiter import Reservation
from fondaco.llm.markup import markup_in
from fondaco.llm.profiles import dialect_for, lowered
from fondaco.llm.purse import Billed, Ending, Refused, Reserved
from fondaco.llm.stage import Stage
from fondaco.llm.targets import Target
from fondaco.llm.wire.limits import seen_limits

_LEAST_FIRST_MS = 1_000.0  # for a first token, however little time the chain leaves
ANSWERED, CANCELLED = "answered", "cancelled"  #: how an attempt ended that did not fail


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """What came of an attempt."""

    target: Target
    result: Reply | Failure
    note: AttemptNote
    asks_for_less: bool = False  #: the request was refused for a part that is left out from now on


class Trying:
    """One attempt at one target."""

    def __init__(self, gear: Gear, ask: Ask, target: Target, number: int, behind: int) -> None:
        self._gear = gear
        self._ask = ask
        self._number = number  #: of the step's attempts, from 1
        self._behind = behind  #: how many further targets may still have to be asked
        profile = gear.profile_of(target)
        lowered = profile is not target.profile
        self.target = msgspec.structs.replace(target, profile=profile) if lowered else target
        self._prompt = ask.prompt if profile.tools else without_tools(ask.prompt)
        self.note: AttemptNote | None = None  #: what is known once it is over, cancelled ones included
        self._began_ms = 0.0

    async def run(self, stage: Stage) -> Ended:
        """Make the attempt; a failure is returned, never raised.  Raises StorageError."""
        self._began_ms = self._gear.clock.monotonic_ms()
        permit = self._gear.board.may_ask(self.target)
        if isinstance(permit, Denied):
            return self._not_asked(FailureClass.OPEN_CIRCUIT, permit.reason, permit.retry_at_ms)
        room: Reservation | None = None
        try:
            room = await self._room()
            reserved = await self._gear.purse.reserve(
                self._ask.scope, self._number, self.target, self._prompt
            )
        except ModelFailed as turned_away:
            permit.cancelled()
            return self._over(turned_away.failure, None)
        except BaseException:
            permit.cancelled()
            if room is not None:
                room.refund()
            raise
        if isinstance(reserved, Refused):
            permit.cancelled()
            room.refund()
            return self._not_asked(FailureClass.NO_BUDGET, str(reserved), None)
        return await self._asked(stage, permit, room, reserved)

    async def _room(self) -> Reservation:
        gear, ask = self._gear, self._ask
        tokens = gear.estimator.expected_input(self._prompt, self.target) + self._prompt.max_output_tokens
        limiter = gear.limiters.of(self.target)
        # Who is let in has to have the time for a first token still, or the request is paid for nothing.
        by_ms = min(self._first_by_ms(), ask.whole_ms) - _LEAST_FIRST_MS
        return limiter.take(tokens) or await limiter.reserve(tokens, by_ms)

    async def _asked(self, stage: Stage, permit: Permit, room: Reservation, reserved: Reserved) -> Ended:
        gear, target = self._gear, self.target
        attempt = Attempt(gear.http, dialect_for(target.profile.protocol), target, gear.clock, gear.lateness)
        secret = gear.secrets.of(target.provider)

        async def hear(progress: Progress) -> None:
            await stage.hear(self, progress)

        try:
            reply = await attempt.run(self._prompt, secret, self._deadlines(), hear)
        except ModelFailed as failed:
            # The books first: taking words back can be cancelled.
            failure = _without(secret, failed.failure)
            ended = self._failed(failure, attempt, permit, room, reserved)
            await stage.failed(self)
            return ended
        except BaseException:  # cancellation above all
            permit.cancelled()
            self._cancelled(attempt, room, reserved)
            raise
        permit.succeeded(attempt.silence_ms)
        gear.took(target, gear.clock.monotonic_ms() - self._began_ms)
        self._learn(attempt)
        useless = _useless(reply, target)
        ended_as = ANSWERED if useless is None else useless.kind.value
        entry = self._close(reserved, room, attempt, ended_as, Billed.YES, reply)
        ended = self._over(useless or reply, entry)
        if useless is not None:
            await stage.failed(self)
        return ended

    def _failed(
        self, failure: Failure, attempt: Attempt, permit: Permit, room: Reservation, reserved: Reserved
    ) -> Ended:
        permit.failed(failure)
        self._learn(attempt)
        if failure.kind is FailureClass.TOO_LONG:
            self._gear.estimator.was_too_long(self._prompt, self.target)
        self._pause(failure)
        less = lowered(self.target.profile, failure)
        if less is not None:
            self._gear.lower(self.target, less)
        billed = Billed.PERHAPS if failure.possibly_billed else Billed.NO
        entry = self._close(reserved, room, attempt, failure.kind.value, billed, attempt.so_far())
        return self._over(failure, entry, asks_for_less=less is not None)

    def _cancelled(self, attempt: Attempt, room: Reservation, reserved: Reserved) -> None:
        """Write down what an attempt may cost that nobody wants any more; no fault of the provider's."""
        billed = Billed.PERHAPS if attempt.sent else Billed.NO
        entry = self._close(reserved, room, attempt, CANCELLED, billed, attempt.so_far())
        self.note = self._noted(CANCELLED, "", entry)

    def _close(
        self,
        reserved: Reserved,
        room: Reservation,
        attempt: Attempt,
        ended_as: str,
        billed: Billed,
        reply: Reply | None,
    ) -> LedgerEntry:
        """Settle the limiter at once and the ledger beside what goes on."""
        ending = Ending(
            ended_as=ended_as,
            billed=billed,
            reply=reply,
            duration_ms=round(self._gear.clock.monotonic_ms() - self._began_ms, 1),
            first_token_ms=None if attempt.first_token_ms is None else round(attempt.first_token_ms, 1),
        )
        entry = self._gear.purse.figures(reserved, ending)
        if not attempt.sent:
            room.refund()
        elif billed is Billed.NO:
            room.settle(0)
        else:
            room.settle(room.tokens if entry.usage is None else entry.usage.input + entry.usage.output)
        self._gear.write_down(self._gear.purse.write(entry))
        return entry

    def _learn(self, attempt: Attempt) -> None:
        seen = seen_limits(attempt.headers, self._gear.clock.now_ms()) if attempt.headers else None
        if seen is not None:
            self._gear.limiters.of(self.target).learn(seen)

    def _pause(self, failure: Failure) -> None:
        if failure.kind is FailureClass.RATE_LIMITED and failure.retry_after_ms:
            at_ms = self._gear.clock.monotonic_ms() + failure.retry_after_ms
            self._gear.limiters.of(self.target).pause_until(at_ms)

    def _deadlines(self) -> Deadlines:
        options = self._gear.options
        provider = self._gear.provider_of(self.target)
        whole_ms = self._ask.whole_ms
        if not self.target.profile.streams:  # its silence tells nothing, so those behind it get a share
            whole_ms = self._began_ms + (whole_ms - self._began_ms) / (2 if self._behind else 1)
        return Deadlines(
            first_token_ms=self._first_by_ms(),
            whole_ms=whole_ms,
            event_ms=1000 * provider.event_seconds,
            connect_seconds=provider.connect_seconds,
            characters_a_second=options.deadlines.characters_a_second,
        )

    def _first_by_ms(self) -> float:
        """Return until when this target may be silent: half of what the contact still waits for.

        The last one of the chain has all of it.  Equal shares would take the first choice for dead
        wherever four are in line and the machine is busy.
        """
        left_ms = self._ask.first_token_ms - self._began_ms
        return self._began_ms + max(left_ms / (2 if self._behind else 1), _LEAST_FIRST_MS)

    def _not_asked(self, kind: FailureClass, why: str, retry_at_ms: int | None) -> Ended:
        wait_ms = None if retry_at_ms is None else max(0, retry_at_ms - self._gear.clock.now_ms())
        return self._over(Failure(kind=kind, message=why, retry_after_ms=wait_ms), None)

    def _over(
        self, result: Reply | Failure, entry: LedgerEntry | None, *, asks_for_less: bool = False
    ) -> Ended:
        if isinstance(result, Failure):
            self.note = self._noted(result.kind.value, result.message, entry)
        else:
            self.note = self._noted(ANSWERED, "", entry)
        return Ended(target=self.target, result=result, note=self.note, asks_for_less=asks_for_less)

    def _noted(self, ended_as: str, message: str, entry: LedgerEntry | None) -> AttemptNote:
        note = AttemptNote(
            target=self.target.name,
            provider=self.target.provider,
            ended_as=ended_as,
            message=message,
            duration_ms=round(self._gear.clock.monotonic_ms() - self._began_ms, 1),
        )
        if entry is None:
            return note
        return msgspec.structs.replace(
            note,
            first_token_ms=entry.first_token_ms,
            usage=entry.usage,
            provenance=entry.provenance,
            cost_pico=entry.cost_pico,
            currency=entry.currency,
            possibly_billed=entry.possibly_billed,
        )


def _useless(reply: Reply, target: Target) -> Failure | None:
    """Return what is wrong with a proper answer that holds nothing for the contact."""
    if reply.finish is Finish.REFUSED:
        return _paid(
            FailureClass.REFUSED, f"{target.name} declined ({reply.raw_finish or 'no reason given'})"
        )
    if not reply.wishes and not reply.text.strip():
        return _paid(FailureClass.EMPTY, f"{target.name} answered with nothing ({reply.raw_finish})")
    leaked = markup_in(reply.text)
    if leaked:
        return _paid(FailureClass.EMPTY, f"{target.name} wrote {leaked[0]!r} where words were expected")
    return None


def _without(secret: str, failure: Failure) -> Failure:
    """Return the failure without the key, should the provider have repeated it."""
    if not secret or secret not in failure.message:
        return failure
    return msgspec.structs.replace(failure, message=failure.message.replace(secret, "…"))


def _paid(kind: FailureClass, message: str) -> Failure:
    return Failure(kind=kind, message=message, status=200)
