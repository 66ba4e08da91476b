"""The work of ``fondaco doctor provider``: probe, compare with the last time, keep, and say so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from fondaco.commands.place import Place, open_model_books
from fondaco.config import Settings
from fondaco.domain.errors import InvalidInput
from fondaco.domain.ids import WorkspaceId
from fondaco.kit.chance import SystemChance
from fondaco.kit.clock import SystemClock
from fondaco.kit.ids import IdMaker
from fondaco.llm.chain import targets_of
from fondaco.llm.estimates import Estimator
from fondaco.llm.price_files import load_prices
from fondaco.llm.prices import PriceBook, demand_prices
from fondaco.llm.probing.conclusions import Change, changes_between, deviations_of, faults_of
from fondaco.llm.probing.measured import (
    Measured,
    fingerprint,
    forget_measured,
    keep_measured,
    read_measured,
)
from fondaco.llm.probing.prober import Prober
from fondaco.llm.purse import Purse, spelled
from fondaco.llm.secrets import read_secrets
from fondaco.llm.targets import Target
from fondaco.storage.beside import Books


class Examined(msgspec.Struct, frozen=True, kw_only=True):
    """What the doctor found about one model."""

    measured: Measured
    faults: list[str]
    changes: list[Change]  #: since the last time; empty the first time
    is_first: bool
    is_kept: bool  #: False: too little worked to learn from it
    cost: str

    @property
    def is_well(self) -> bool:
        """Whether nothing failed and nothing that matters has changed."""
        return not self.faults and not any(change.matters for change in self.changes)


async def examine(place: Place, name: str, *, also_wrong_key: bool) -> list[Examined]:
    """Probe the model of this name, or every model of the provider of this name.

    Raises InvalidInput, ConfigurationError, BudgetUsedUp, StorageError.
    """
    async with open_model_books(place) as (settings, books):
        targets = _targets(settings, name)
        room = _Room(settings, books, targets)
        known = await read_measured(books.notes)
        return [
            await room.examine(one, known.get(one.name), also_wrong_key=also_wrong_key) for one in targets
        ]


async def forget(place: Place, name: str) -> list[str]:
    """Let the documented profiles hold again; return whose.  Raises InvalidInput, StorageError."""
    async with open_model_books(place) as (settings, books):
        names = [target.name for target in _targets(settings, name)]
        for one in names:
            await forget_measured(books.notes, one, SystemClock().now_ms())
        return names


class _Room:
    """What examining takes."""

    def __init__(self, settings: Settings, books: Books, targets: Sequence[Target]) -> None:
        options, self._clock = settings.llm, SystemClock()
        self._workspace_id = WorkspaceId(settings.workspace.id)
        self._providers = {one.name: one for one in options.providers}
        asked = {target.provider for target in targets}
        self._secrets = read_secrets(one for one in options.providers if one.name in asked)
        self._notes = books.notes
        prices: PriceBook = load_prices(Path(options.prices) if options.prices else None, options.currency)
        demand_prices(prices, targets, options.currency, self._clock.now_ms())
        ids = IdMaker(self._clock, SystemChance())
        self._purse = Purse(books.ledger, prices, Estimator(), options.budgets, self._clock, ids)

    async def examine(self, target: Target, before: Measured | None, *, also_wrong_key: bool) -> Examined:
        provider = self._providers[target.provider]
        secret = self._secrets.of(target.provider)
        prober = Prober(target, provider, secret, self._workspace_id, self._purse, self._clock)
        probes = await prober.probe(also_wrong_key=also_wrong_key)
        deviations = deviations_of(target.profile, prober.profile, probes)
        now = Measured(
            target=target.name,
            of=fingerprint(target),
            at_ms=self._clock.now_ms(),
            probes=probes,
            deviations=deviations,
        )
        if before is not None and before.of != now.of:
            before = None  # the name stands for something else today
        faults = faults_of(probes, deviations)
        if not faults:
            await keep_measured(self._notes, now)
        return Examined(
            measured=now,
            faults=faults,
            changes=[] if before is None else changes_between(before, now),
            is_first=before is None,
            is_kept=not faults,
            cost=spelled(sum(one.cost_pico for one in probes), probes[0].currency),
        )


def _targets(settings: Settings, name: str) -> list[Target]:
    targets = targets_of(settings.llm)
    if name in targets:
        return [targets[name]]
    found = [target for target in targets.values() if target.provider == name]
    if not found:
        known = sorted({*targets, *(target.provider for target in targets.values())})
        raise InvalidInput(
            f"No model and no provider has the name {name}; there are: {', '.join(known) or 'none'}."
        )
    return found
