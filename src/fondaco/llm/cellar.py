"""Puts the cellar together: everything that asking models takes, from the settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client import CollectorRegistry

from fondaco.domain.costs import Ledger
from fondaco.domain.ports import SharedNotes
from fondaco.kit.chance import Chance
from fondaco.kit.clock import Clock
from fondaco.kit.http import HttpClient
from fondaco.kit.ids import IdMaker
from fondaco.kit.lateness import LoopLateness
from fondaco.llm.breaker_sync import BreakerSync
from fondaco.llm.breakers import BreakerBoard
from fondaco.llm.chain import Chains, chains_of
from fondaco.llm.client import ModelClient
from fondaco.llm.estimates import Estimator
from fondaco.llm.gauges import StandingGauges
from fondaco.llm.gear import Gear
from fondaco.llm.hedging import HedgeGauge
from fondaco.llm.limiter import Limiters
from fondaco.llm.meters import ModelMeters
from fondaco.llm.neighbours import Neighbours
from fondaco.llm.options import LlmOptions
from fondaco.llm.overview import Overseer
from fondaco.llm.price_files import load_prices
from fondaco.llm.prices import PriceBook, demand_prices
from fondaco.llm.probing.measured import Measured, as_measured
from fondaco.llm.purse import Purse
from fondaco.llm.retry_budget import RetryBudgets
from fondaco.llm.secrets import read_secrets
from fondaco.llm.sharing import Sharing
from fondaco.llm.tokens import Vocabularies


@dataclass(frozen=True, slots=True, kw_only=True)
class Cellar:
    """Every model that may be asked, and how."""

    chains: Chains
    client: ModelClient
    gear: Gear
    sync: Sharing
    prices: PriceBook
    overseer: Overseer


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the cellar stands on."""

    http: HttpClient
    ledger: Ledger
    notes: SharedNotes
    clock: Clock
    chance: Chance
    ids: IdMaker
    metrics: CollectorRegistry
    process: str = "alone"  #: what tells this process from others that ask
    old_names: bool = False  #: metrics of OpenTelemetry go out under the names before, too
    measured: Mapping[str, Measured] = field(default_factory=dict)  #: by target: what probes have shown
    vocabularies: Vocabularies = field(default_factory=Vocabularies)


def build_cellar(options: LlmOptions, around: Surroundings) -> Cellar | None:
    """Return the cellar; None where no chain names a model.  Nothing is asked and nothing is sent.

    Raises ConfigurationError for a chain, a key or a price that is missing.
    """
    chains = as_measured(chains_of(options), around.measured)
    if not chains.all:
        return None
    prices = load_prices(Path(options.prices) if options.prices else None, options.currency)
    demand_prices(prices, chains.all, options.currency, around.clock.now_ms())
    gear = _gear(options, around, prices, chains)
    around.metrics.register(StandingGauges(gear.board, gear.limiters, chains.all))
    return Cellar(
        chains=chains,
        client=ModelClient(gear),
        gear=gear,
        sync=_sharing(gear, around),
        prices=prices,
        overseer=Overseer(chains, gear.board, prices, gear),
    )


def _sharing(gear: Gear, around: Surroundings) -> Sharing:
    notes, clock = around.notes, around.clock
    neighbours = Neighbours(around.process, gear.limiters, notes, clock)
    return Sharing(BreakerSync(gear.board, notes, clock), neighbours)


def _gear(options: LlmOptions, around: Surroundings, prices: PriceBook, chains: Chains) -> Gear:
    clock, estimator = around.clock, Estimator(around.vocabularies)
    asked = {target.provider for target in chains.all}
    return Gear(
        options=options,
        http=around.http,
        secrets=read_secrets(one for one in options.providers if one.name in asked),
        board=BreakerBoard(options.breaker, clock, around.chance, targets=chains.all),
        limiters=Limiters(options.providers, clock),
        retries=RetryBudgets(options.retries, clock),
        hedges=HedgeGauge(clock),
        purse=Purse(around.ledger, prices, estimator, options.budgets, clock, around.ids),
        estimator=estimator,
        meters=ModelMeters(around.metrics, old_names=around.old_names),
        clock=clock,
        chance=around.chance,
        lateness=LoopLateness(clock),
    )
