"""Settings of the models: providers, models, chains, deadlines, budgets."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from fondaco.domain.usage import BudgetPeriod, BudgetScope
from fondaco.llm.targets import ProviderKind


class ProviderOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An address at which models are asked, and what is known about it."""

    name: str  #: yours, used everywhere else
    kind: ProviderKind = ProviderKind.COMPATIBLE
    base_url: str = ""  #: empty: the kind's own address; a compatible one must say it
    key: str = ""  #: where the secret is: ``env:NAME`` or ``file:/path``; empty: none is sent
    region: str = ""  #: where it processes what it is sent, such as ``eu``
    retention: str = ""  #: how long it keeps that, such as ``none`` or ``30d``
    connect_seconds: float = 3.0
    event_seconds: float = 15.0  #: longest silence between two events of a stream; blank lines are silence
    requests_per_minute: int = 0  #: 0: learnt from the provider's headers alone
    tokens_per_minute: int = 0  #: input and output together; 0: learnt
    in_flight: int = 1_000  #: requests at once


class ModelOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model at one provider."""

    name: str  #: yours, used in chains and reports
    provider: str
    model: str  #: the provider's name for it
    price: str = ""  #: key in the price file; empty: ``KIND/MODEL``
    context_tokens: int = 128_000
    max_output_tokens: int = 8_192
    tools: bool = True
    stream: bool = True


class ChainOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which models are asked, in this order; the cheap and the strong one are the two that routes choose."""

    cheap: tuple[str, ...] = ()
    strong: tuple[str, ...] = ()


class DeadlineOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a contact waits at most, whatever happens behind the scenes, in seconds."""

    first_token_seconds: float = 8.0  #: until the first words of an answer that is kept
    answer_seconds: float = 40.0  #: until the whole answer, all steps and tools included
    characters_a_second: float = 4.0  #: a stream that stays below this pace for long is given up; 0: never


class RetryOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How stubbornly one model is asked again before the next one is."""

    attempts: int = 3  #: at one model within one step
    base_ms: int = 200  #: first ceiling of the wait; doubles, with full jitter
    cap_ms: int = 4_000
    wait_at_most_ms: int = 2_000  #: a provider that asks for more is left for the next in the chain
    budget_share: float = 0.2  #: retries of one provider in proportion to its requests
    budget_floor: int = 10  #: retries that are always free to use


class BreakerOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a model is left alone for a while."""

    window_seconds: float = 30.0
    minimum: int = 10  #: fewer attempts in the window open nothing by their shares
    in_a_row: int = 4  #: fewer than that: so many failures in a row open it, however far apart; 0: never
    failure_share: float = 0.5
    slow_share: float = 0.8  #: of first tokens later than ``slow_first_token_ms``
    slow_first_token_ms: int = 6_000
    open_seconds: float = 5.0  #: doubles with every opening in a row; only ever extended
    open_cap_seconds: float = 120.0
    probes: int = 3  #: attempts let through at a time while it is tried again
    ramp_seconds: float = 20.0  #: over which traffic returns after the probes


class HedgeOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a second model is asked beside a slow first one; the first to speak answers."""

    after_ms: int = 0  #: 0: never
    share: float = 0.05  #: at most this part of the requests
    slow_share: float = 0.3  #: none while more than this part of all first tokens is slow


class BudgetOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A limit that no burst of requests can exceed: money is reserved before it is spent."""

    scope: BudgetScope = BudgetScope.WORKSPACE
    period: BudgetPeriod = BudgetPeriod.DAY
    limit: Decimal  #: in ``currency``
    connection: str = ""  #: for the scope ``channel``: of this connection alone; empty: of each one


class LlmOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything about models; without any the local assistant answers alone."""

    providers: tuple[ProviderOptions, ...] = ()
    models: tuple[ModelOptions, ...] = ()
    chains: ChainOptions = ChainOptions()
    deadlines: DeadlineOptions = DeadlineOptions()
    retries: RetryOptions = RetryOptions()
    breaker: BreakerOptions = BreakerOptions()
    hedge: HedgeOptions = HedgeOptions()
    budgets: tuple[BudgetOptions, ...] = ()
    currency: str = "USD"  #: of budgets; a price in another currency is refused
    prices: str = ""  #: a file whose prices replace or add to those that come with fondaco
    regions: tuple[str, ...] = ()  #: where contacts' words may be processed; empty: anywhere
    retentions: tuple[str, ...] = ()  #: how long they may be kept there; empty: however long
    strong_share: float = 0.05  #: of the turns that models answer; ``fondaco route calibrate`` aims at it
