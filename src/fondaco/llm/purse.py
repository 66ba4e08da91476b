"""Who pays for a model call: money is set aside before it is spent, and every attempt is written down."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

import msgspec

from fondaco.domain.costs import Ledger
from fondaco.domain.errors import ConfigurationError, StorageError
from fondaco.domain.ids import EntryId
from fondaco.domain.usage import Budget, BudgetPeriod, BudgetScope, LedgerEntry, Provenance, Usage
from fondaco.kit.clock import Clock
from fondaco.kit.ids import IdMaker
from fondaco.llm.answering import Scope
from fondaco.llm.asking import Prompt, Reply
from fondaco.llm.costs import cost_of, is_upper_bound, rates_for, upper_cost
from fondaco.llm.estimates import Estimator
from fondaco.llm.options import BudgetOptions
from fondaco.llm.prices import PICO, Price, PriceBook, price_key
from fondaco.llm.targets import Target

#: No attempt lasts longer; a price that begins within this time is reckoned with.
HORIZON_MS = 600_000
#: Sums of 10⁻¹² of a currency have 63 bits.
LARGEST_LIMIT = 9_000_000

_DAY_MS = 86_400_000


class Billed(StrEnum):
    """Whether the provider charges for an attempt, as far as anybody knows."""

    YES = "yes"  #: it answered
    NO = "no"  #: it was never sent, or refused at the door
    PERHAPS = "perhaps"  #: it was sent, and broke off


class Ending(msgspec.Struct, frozen=True, kw_only=True):
    """How an attempt ended, for the ledger."""

    ended_as: str  #: ``answered`` or the class of the failure
    billed: Billed
    reply: Reply | None = None  #: the answer, or what had come of it
    duration_ms: float = 0.0
    first_token_ms: float | None = None


class Reserved(msgspec.Struct, frozen=True, kw_only=True):
    """Money that is set aside for one attempt; must be settled, however the attempt ends."""

    entry: LedgerEntry
    target: Target
    prompt: Prompt


class Refused(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing was set aside: a budget has no room for the most that the attempt can cost."""

    budget: str  #: its key, such as ``workspace:default:2026-11-22``
    cost_pico: int  #: what would have been needed
    currency: str

    def __str__(self) -> str:
        return (
            f"the budget {self.budget} has no room for another {spelled(self.cost_pico, self.currency)}; "
            "raise its limit in llm.budgets, or wait until its period is over"
        )


class Purse:
    """Sets money aside under every budget that concerns an attempt, and gives back what was not used."""

    def __init__(
        self,
        ledger: Ledger,
        prices: PriceBook,
        estimator: Estimator,
        budgets: Sequence[BudgetOptions],
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        self._ledger = ledger
        self._prices = prices
        self._estimator = estimator
        self._budgets = [(options, limit_pico(options.limit)) for options in budgets]
        self._clock = clock
        self._ids = ids
        self._taking_back: set[asyncio.Task[None]] = set()

    async def reserve(self, scope: Scope, attempt: int, target: Target, prompt: Prompt) -> Reserved | Refused:
        """Write an attempt down and set aside the most that it can cost, or do neither.

        Raises StorageError: where nothing can be written down, nothing may be asked.
        """
        now_ms = self._clock.now_ms()
        cost_pico, price = self._dearest(target, prompt, now_ms)
        entry = LedgerEntry(
            id=EntryId(self._ids.new("led")),
            workspace_id=scope.workspace_id,
            connection_id=scope.connection_id,
            conversation_id=scope.conversation_id,
            turn_id=scope.turn_id,
            step=scope.step,
            attempt=attempt,
            at_ms=now_ms,
            provider=target.provider,
            model=target.model,
            purpose=scope.purpose,
            cost_pico=cost_pico,
            currency=price.currency,
            price_version=price.version,
        )
        budgets = self.budgets_of(scope, now_ms)
        try:
            exceeded = await self._ledger.reserve(entry, budgets)
        except asyncio.CancelledError:
            self._take_back(entry, budgets)
            raise
        if exceeded is not None:
            return Refused(budget=exceeded, cost_pico=cost_pico, currency=price.currency)
        return Reserved(entry=entry, target=target, prompt=prompt)

    async def settle(self, reserved: Reserved, ending: Ending) -> LedgerEntry:
        """Write down what an attempt cost, and hold no more than that; safe to repeat.

        Raises StorageError.
        """
        entry = self.figures(reserved, ending)
        await self.write(entry)
        return entry

    async def write(self, entry: LedgerEntry) -> None:
        """Write an attempt's final figures down; safe to repeat.  Raises StorageError."""
        await self._ledger.settle(entry)

    async def drain(self) -> None:
        """Wait until everything is given back that was set aside for somebody who has gone away."""
        while self._taking_back:
            await asyncio.wait(self._taking_back)

    def budgets_of(self, scope: Scope, at_ms: int) -> tuple[Budget, ...]:
        """Return the budgets that concern an attempt, as they stand in the settings."""
        return tuple(
            Budget(key=budget_key(options, _whose(options, scope), at_ms), limit_pico=limit)
            for options, limit in self._budgets
            if options.scope is not BudgetScope.CHANNEL or options.connection in {"", scope.connection_id}
        )

    def _take_back(self, entry: LedgerEntry, budgets: tuple[Budget, ...]) -> None:
        """Free what was reserved for a caller who was cancelled meanwhile: nothing will be asked."""
        task = asyncio.create_task(self._undo(entry, budgets))
        self._taking_back.add(task)
        task.add_done_callback(self._taking_back.discard)

    async def _undo(self, entry: LedgerEntry, budgets: tuple[Budget, ...]) -> None:
        # Nobody heard whether the first one was written; a second one waits for it, and holds nothing twice.
        # Where that fails it stays held: too little to spend is the safe side.
        with contextlib.suppress(StorageError):
            if await self._ledger.reserve(entry, budgets) is None:
                await self._ledger.settle(_unasked(entry))

    def _dearest(self, target: Target, prompt: Prompt, at_ms: int) -> tuple[int, Price]:
        """Return the most that an attempt from now on can cost, and the price by which it does."""
        output = min(prompt.max_output_tokens, target.max_output_tokens)
        prices = self._prices.prices_between(price_key(target), at_ms, at_ms + HORIZON_MS)
        if all(price.is_free for price in prices):
            return 0, prices[0]
        tokens = self._estimator.upper_input(prompt, target)
        return max(((upper_cost(tokens, output, price), price) for price in prices), key=lambda one: one[0])

    def figures(self, reserved: Reserved, ending: Ending) -> LedgerEntry:
        """Return an attempt's entry as it will be written down; teaches the estimator what was reported."""
        entry = self._figures(reserved, ending)
        if entry.usage is not None and ending.billed is Billed.YES and _is_reported(entry):
            self._estimator.learn(reserved.prompt, reserved.target, entry.usage)
        return entry

    def _figures(self, reserved: Reserved, ending: Ending) -> LedgerEntry:
        entry = msgspec.structs.replace(
            reserved.entry,
            ended_as=ending.ended_as,
            possibly_billed=ending.billed is Billed.PERHAPS,
            served_model="" if ending.reply is None else ending.reply.served_model,
            duration_ms=ending.duration_ms,
            first_token_ms=ending.first_token_ms,
        )
        if ending.billed is Billed.NO:
            return msgspec.structs.replace(entry, cost_pico=0, provenance=Provenance.NOTHING)
        usage = _reported(ending.reply)
        if usage is not None and ending.billed is Billed.YES:
            return self._charged(entry, reserved.target, usage, Provenance.REPORTED)
        if ending.billed is Billed.PERHAPS and _is_silent(ending.reply):
            return msgspec.structs.replace(entry, provenance=Provenance.UPPER_BOUND)
        return self._charged(entry, reserved.target, self._estimated(reserved, ending), Provenance.ESTIMATED)

    def _estimated(self, reserved: Reserved, ending: Ending) -> Usage:
        """Return what was sent and what came, counted by us where the provider's figures are missing.

        Counted on the high side, so that no bill is higher than the books: where the provider's tokens are
        unknown, and where it may have made more of a broken-off answer than has reached us.
        """
        target, prompt, words = reserved.target, reserved.prompt, _words(ending.reply)
        most = max(prompt.max_output_tokens, self._estimator.expected(words, target))
        came = min(self._estimator.upper(words, target), most)
        usage = _reported(ending.reply)
        if usage is None:
            return Usage(input=self._estimator.upper_input(prompt, target), output=came)
        return msgspec.structs.replace(usage, output=max(usage.output, came))

    def _charged(
        self, entry: LedgerEntry, target: Target, usage: Usage, provenance: Provenance
    ) -> LedgerEntry:
        """Price usage at the dearer end of the attempt, since nobody says by which end a provider counts."""
        prices = self._prices.prices_between(price_key(target), entry.at_ms, self._clock.now_ms())
        cost_pico, price = max(((cost_of(usage, price), price) for price in prices), key=lambda one: one[0])
        bound = len(prices) > 1 or is_upper_bound(usage, price) or _hides_cache(target, usage, price)
        if provenance is Provenance.REPORTED and bound:
            provenance = Provenance.UPPER_BOUND
        return msgspec.structs.replace(
            entry, usage=usage, cost_pico=cost_pico, price_version=price.version, provenance=provenance
        )


def limit_pico(limit: Decimal) -> int:
    """Return a limit in 10⁻¹² of its currency.  Raises ConfigurationError."""
    if not limit.is_finite() or not 0 <= limit <= LARGEST_LIMIT:
        raise ConfigurationError(
            f"llm.budgets: {limit} is no limit; write an amount from 0 to {LARGEST_LIMIT} of llm.currency."
        )
    return int(limit * PICO)


def spelled(pico: int, currency: str) -> str:
    """Return an amount for people, such as ``0.004210 USD``; parts below a millionth are rounded."""
    return f"{Decimal(pico) / PICO:.6f} {currency}"


def _unasked(entry: LedgerEntry) -> LedgerEntry:
    return msgspec.structs.replace(
        entry, cost_pico=0, provenance=Provenance.NOTHING, ended_as="cancelled", possibly_billed=False
    )


def budget_key(options: BudgetOptions, whose: str, at_ms: int) -> str:
    """Return the key under which money of this budget is held for a workspace, connection or conversation."""
    return f"{options.scope.value}:{whose}:{_period(options.period, at_ms)}"


def _whose(options: BudgetOptions, scope: Scope) -> str:
    return {
        BudgetScope.WORKSPACE: scope.workspace_id,
        BudgetScope.CHANNEL: scope.connection_id,
        BudgetScope.CONVERSATION: scope.conversation_id,
    }[options.scope]


def _period(period: BudgetPeriod, at_ms: int) -> str:
    if period is BudgetPeriod.EVER:
        return period.value
    day = _day(at_ms // _DAY_MS)
    return day if period is BudgetPeriod.DAY else day[:7]


@lru_cache(maxsize=8)
def _day(number: int) -> str:
    """Return a day of the UTC calendar; it is asked for at every call, and changes once a day."""
    return datetime.fromtimestamp(number * (_DAY_MS // 1000), UTC).date().isoformat()


def _reported(reply: Reply | None) -> Usage | None:
    """Return the provider's figures if there are any and they can be true."""
    usage = None if reply is None else reply.usage
    return usage if usage is not None and usage.is_sound() else None


def _is_reported(entry: LedgerEntry) -> bool:
    return entry.provenance in {Provenance.REPORTED, Provenance.UPPER_BOUND}


def _is_silent(reply: Reply | None) -> bool:
    """Whether nothing came that tells how much the provider did."""
    return _reported(reply) is None and not _words(reply)


def _words(reply: Reply | None) -> str:
    """Return everything that a model wrote, tool calls and reasoning included."""
    if reply is None:
        return ""
    wishes = (part for wish in reply.wishes for part in (wish.name, wish.arguments))
    return "\n".join(part for part in (reply.text, reply.reasoning, *wishes) if part)


def _hides_cache(target: Target, usage: Usage, price: Price) -> bool:
    """Whether some input may have been cheaper than we know, since this provider does not tell."""
    rates = rates_for(price, usage.input)
    return (
        not target.profile.reports_cache and rates.cache_read is not None and rates.cache_read < rates.input
    )
