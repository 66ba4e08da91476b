"""What a provider remembers of earlier prompts, and so charges less for."""

from __future__ import annotations

from itertools import accumulate

import msgspec

from fondaco.testing.provider.script import Ask
from fondaco.testing.provider.tokens import BYTES_A_TOKEN, count
from fondaco.testing.provider.wire.dialect import Spent

_HOUR_SECONDS = 3_600
#: Anthropic looks for an earlier cached beginning this many blocks before each mark.
_LOOK_BACK = 20


class CacheRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a provider caches; Anthropic's protocol follows its marks instead of the blocks."""

    block_tokens: int = 128  #: 0: nothing is cached
    minimum_tokens: int = 1_024  #: shorter beginnings are not cached
    lifetime_seconds: int = 300  #: since the last use
    entries: int = 200_000  #: remembered at most, of all keys together


class PrefixCache:
    """Remembers beginnings of prompts, each key's for itself and each model's for itself."""

    def __init__(self, rule: CacheRule) -> None:
        self._rule = rule
        self._until_ms: dict[int, float] = {}

    def spend(self, ask: Ask, now_ms: float) -> Spent:
        """Return the input tokens of a prompt, and remember it."""
        tokens = [count(part) for part in ask.parts]
        total = sum(tokens)
        if total < self._rule.minimum_tokens or self._rule.block_tokens <= 0:
            return Spent(input=total, output=0)
        if ask.marks:
            return self._marked(ask, list(accumulate(tokens, initial=0)), now_ms)
        cached = 0 if ask.wire == "anthropic" else self._automatic(ask, now_ms)
        return Spent(input=total, output=0, cache_read=min(cached, total))

    def _automatic(self, ask: Ask, now_ms: float) -> int:
        """Return how many tokens of whole blocks were known, and learn all of them."""
        joined = b"\0".join(ask.parts)
        size = self._rule.block_tokens * BYTES_A_TOKEN
        chain, known, unbroken = self._root(ask), 0, True
        for at in range(0, len(joined) - size + 1, size):
            chain = hash((chain, joined[at : at + size]))
            unbroken = unbroken and self._knows(chain, now_ms)
            known += unbroken
            self._learn(chain, now_ms, self._rule.lifetime_seconds)
        cached = known * self._rule.block_tokens
        return cached if cached >= self._rule.minimum_tokens else 0

    def _marked(self, ask: Ask, upto: list[int], now_ms: float) -> Spent:
        """Return what the marks of Anthropic's protocol read and write."""
        chains = list(accumulate(ask.parts, lambda chain, part: hash((chain, part)), initial=self._root(ask)))
        marks = [mark for mark in ask.marks if upto[mark.parts] >= self._rule.minimum_tokens]
        read = max((self._known_before(mark.parts, chains, now_ms) for mark in marks), default=0)
        written, at = {True: 0, False: 0}, upto[read]
        for mark in sorted(marks, key=lambda mark: mark.parts):
            written[mark.hour] += max(upto[mark.parts] - at, 0)
            at = max(at, upto[mark.parts])
            lifetime = _HOUR_SECONDS if mark.hour else self._rule.lifetime_seconds
            self._learn(chains[mark.parts], now_ms, lifetime)
        return Spent(
            input=upto[-1],
            output=0,
            cache_read=upto[read],
            cache_write_5m=written[False],
            cache_write_1h=written[True],
        )

    def _root(self, ask: Ask) -> int:
        return hash((ask.key, ask.model))

    def _known_before(self, parts: int, chains: list[int], now_ms: float) -> int:
        """Return after how many parts the longest known beginning ends."""
        earliest = max(parts - _LOOK_BACK, 1)
        return next((at for at in range(parts, earliest - 1, -1) if self._knows(chains[at], now_ms)), 0)

    def _knows(self, chain: int, now_ms: float) -> bool:
        return self._until_ms.get(chain, 0.0) > now_ms

    def _learn(self, chain: int, now_ms: float, lifetime_seconds: int) -> None:
        self._until_ms.pop(chain, None)  # so that it moves to the end of the line
        self._until_ms[chain] = now_ms + lifetime_seconds * 1000
        if len(self._until_ms) > self._rule.entries:
            del self._until_ms[next(iter(self._until_ms))]
