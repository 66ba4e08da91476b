"""How every model stands, for the people who run the shop: state, limits, price; never a secret."""

from __future__ import annotations

from datetime import date

import msgspec

from fondaco.kit.breaker import Mode, Phase
from fondaco.llm.breakers import BreakerBoard
from fondaco.llm.chain import Chains
from fondaco.llm.gear import Gear
from fondaco.llm.limiter import LimiterView
from fondaco.llm.prices import Price, PriceBook, price_key
from fondaco.llm.targets import Target


class ChainPlace(msgspec.Struct, frozen=True, kw_only=True):
    """Where a model stands in a chain."""

    chain: str  #: cheap or strong
    place: int  #: 1 is asked first


class PriceView(msgspec.Struct, frozen=True, kw_only=True):
    """The price in force."""

    key: str
    version: str  #: as the ledger names it
    currency: str
    checked: date | None  #: when somebody last compared it with its source; null where nothing is charged
    is_stale: bool  #: nobody has compared it for long, or its last day is over


class Traffic(msgspec.Struct, frozen=True, kw_only=True):
    """What the process that was asked has seen of a model itself."""

    attempts: int  #: in the breaker's window
    failure_share: float
    slow_share: float  #: of the answers in the window
    typical_ms: float | None  #: for an answer, on average lately; null before the first
    limiter: LimiterView


class ProviderView(msgspec.Struct, frozen=True, kw_only=True):
    """One model at one provider."""

    target: str  #: the operator's name for it
    provider: str
    model: str  #: the provider's name for it
    chains: list[ChainPlace]
    region: str
    retention: str
    mode: Mode
    phase: Phase
    state: str  #: in plain words
    open_until_ms: int | None  #: null: it is not left alone
    why: str  #: what it is left alone for; empty where it is asked as usual
    price: PriceView | None  #: null: none is known
    traffic: Traffic | None  #: null where another process asks the models


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """Every model that can be asked, and those that a rule leaves out."""

    items: list[ProviderView]
    left_out: list[str]  #: with the reason


class Overseer:
    """Tells how the models stand.  Without ``gear``, what other processes have told is all that is known."""

    def __init__(
        self, chains: Chains, board: BreakerBoard, prices: PriceBook, gear: Gear | None = None
    ) -> None:
        self._chains = chains
        self._board = board
        self._prices = prices
        self._gear = gear

    def overview(self, now_ms: int) -> Overview:
        """Return how everything stands now."""
        stale = {price.key for price in self._prices.stale_prices(now_ms)}
        return Overview(
            items=[self._view(target, now_ms, stale) for target in self._chains.all],
            left_out=list(self._chains.left_out),
        )

    def priced(self, name: str, now_ms: int) -> tuple[Target, Price] | None:
        """Return a model and its price now; None where there is no such model, or no price."""
        target = self._chains.named(name)
        price = None if target is None else self._prices.price_if_known(price_key(target), now_ms)
        return None if target is None or price is None else (target, price)

    def force(self, name: str, mode: Mode, now_ms: int) -> ProviderView | None:
        """Forbid or allow a model by hand, or leave it to its breakers; None where there is no such model."""
        target = self._chains.named(name)
        if target is None:
            return None
        self._board.force(target, mode)
        stale = {price.key for price in self._prices.stale_prices(now_ms)}
        return self._view(target, now_ms, stale)

    def _view(self, target: Target, now_ms: int, stale: set[str]) -> ProviderView:
        state = self._board.state_of(target)
        gear = self._gear
        traffic = None
        if gear is not None:
            traffic = Traffic(
                attempts=state.attempts,
                failure_share=state.failure_share,
                slow_share=state.slow_share,
                typical_ms=round(gear.typical_ms(target), 1) or None,
                limiter=gear.limiters.of(target).view(),
            )
        return ProviderView(
            target=target.name,
            provider=target.provider,
            model=target.model,
            chains=self._places(target),
            region=target.region,
            retention=target.retention,
            mode=state.mode,
            phase=state.phase,
            state=state.state,
            open_until_ms=state.open_until_ms,
            why=state.why,
            price=self._price(target, now_ms, stale),
            traffic=traffic,
        )

    def _places(self, target: Target) -> list[ChainPlace]:
        chains = {"cheap": self._chains.cheap, "strong": self._chains.strong}
        return [
            ChainPlace(chain=chain, place=place)
            for chain, targets in chains.items()
            for place, one in enumerate(targets, start=1)
            if one.name == target.name
        ]

    def _price(self, target: Target, now_ms: int, stale: set[str]) -> PriceView | None:
        key = price_key(target)
        price = self._prices.price_if_known(key, now_ms)
        if price is None:
            return None
        listing = next((one for one in self._prices.listing(key) if one.from_ms <= now_ms), None)
        return PriceView(
            key=key,
            version=price.version,
            currency=price.currency,
            checked=None if listing is None else listing.checked,
            is_stale=key in stale,
        )
