"""What a provider charges for a history that it has read before, and what it does not say about that.

Caches of prefixes as their providers describe them:
https://developers.openai.com/api/docs/guides/prompt-caching (1,024 tokens, then steps of 128),
https://api-docs.deepseek.com/guides/kv_cache (units of 64 tokens, now the ends of earlier prompts, too),
https://ai.google.dev/gemini-api/docs/caching (2,048 tokens for the 2.5 models, 4,096 for later ones; what
the page says changes, so the most that it has said is taken for all),
https://platform.claude.com/docs/en/build-with-claude/prompt-caching (1,024 tokens, 4,096 for Haiku 4.5; only
what is marked, which tools, rules and the history are).
"""

from __future__ import annotations

import msgspec

from fondaco.llm.prices import Price, PriceBook, Rates, price_key
from fondaco.llm.targets import Protocol, ProviderKind, Target

#: Where nobody says what cached tokens cost, a fiftieth of the input is taken, the least that anybody asks:
#: a cut that pays at this price pays at every higher one.
CHEAPEST_SHARE = 50


class CacheHabit(msgspec.Struct, frozen=True, kw_only=True):
    """How a provider's cache of prefixes works."""

    block_tokens: int = 128  #: what is found again is a whole number of these
    minimum_tokens: int = 1_024  #: shorter beginnings are not kept

    def found(self, shared_tokens: int) -> int:
        """Return how many tokens of a shared beginning are found again."""
        if shared_tokens < self.minimum_tokens:
            return 0
        whole = shared_tokens // self.block_tokens * self.block_tokens
        return whole if whole >= self.minimum_tokens else 0

    def most_lost(self, shortest_tokens: int) -> int:
        """Return how many tokens of a shared beginning, at least so long, are not found again at most."""
        if shortest_tokens >= self.minimum_tokens + self.block_tokens:
            return self.block_tokens - 1
        return self.minimum_tokens + self.block_tokens - 1


class PriceSheet(msgspec.Struct, frozen=True, kw_only=True):
    """What the input of one model costs, and everything that a plan needs to know beside it."""

    target: str  #: the operator's name for the model
    price: Price
    habit: CacheHabit
    context_tokens: int  #: prompt and answer together
    new_pico: int  #: 10⁻¹² of the currency for a token of the history that is read for the first time
    again_pico: int  #: for one that was read before, as plans reckon
    unpublished: tuple[str, ...] = ()  #: what is not published, and what was taken instead

    @property
    def is_free(self) -> bool:
        """Whether no token of input costs anything."""
        return self.new_pico == 0

    @property
    def share(self) -> float:
        """What reading again costs, as a part of reading for the first time; 1 where nothing is kept."""
        return self.again_pico / self.new_pico if self.new_pico else 1.0


def price_sheet(target: Target, price: Price) -> PriceSheet:
    """Return the sheet of a model at the price of a moment; what nobody publishes is taken cautiously."""
    habit, unsaid = _habit(target)
    new, again, unknown = _prices(price.rates)
    return PriceSheet(
        target=target.name,
        price=price,
        habit=habit,
        context_tokens=target.context_tokens,
        new_pico=new,
        again_pico=again,
        unpublished=(*unsaid, *unknown),
    )


def sheet_at(book: PriceBook, target: Target, at_ms: int) -> PriceSheet | None:
    """Return the sheet of a model at a moment; None where its price is not known."""
    price = book.price_if_known(price_key(target), at_ms)
    return None if price is None else price_sheet(target, price)


def _habit(target: Target) -> tuple[CacheHabit, tuple[str, ...]]:
    if target.profile.protocol is Protocol.ANTHROPIC_MESSAGES:
        minimum = 4_096 if "haiku" in target.model.lower() else 1_024
        return CacheHabit(block_tokens=1, minimum_tokens=minimum), ()
    known = _HABITS.get(target.kind)
    return (known, ()) if known is not None else (CacheHabit(), (_NO_HABIT,))


#: Gemini's blocks are published nowhere; 128 are the largest that anybody has told of.
_HABITS = {
    ProviderKind.OPENAI: CacheHabit(block_tokens=128, minimum_tokens=1_024),
    ProviderKind.DEEPSEEK: CacheHabit(block_tokens=64, minimum_tokens=64),
    ProviderKind.GEMINI: CacheHabit(block_tokens=128, minimum_tokens=4_096),
}
_NO_HABIT = "how its cache works: taken as blocks of 128 tokens from 1,024 on"
_NO_PRICE = "what cached tokens cost: taken as a fiftieth of the input"


def _prices(rates: Rates) -> tuple[int, int, tuple[str, ...]]:
    """Return the price of new tokens, that of known ones, and what is not published."""
    new = max(rates.input, rates.cache_write_5m or 0)
    if rates.cache_read is None:
        return new, rates.input // CHEAPEST_SHARE, (_NO_PRICE,)
    return new, min(rates.cache_read, new), ()
