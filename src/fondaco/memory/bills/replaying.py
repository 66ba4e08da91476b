"""Replays a conversation under one way of keeping its history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from fondaco.llm.costs import cost_of, is_upper_bound
from fondaco.memory.bills.history import Asked, History
from fondaco.memory.bills.prefixes import Part, Prefixes, Read
from fondaco.memory.planning.sheets import PriceSheet


class Policy(Protocol):
    """Lays a conversation's prompts out, one turn after the other; keeps what it has cut."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    def lay_out(self, asked: Asked) -> Sequence[Sequence[Part]]:
        """Return the next prompt, and one more where a tool brought old turns back; stable parts first."""
        ...

    def learn(self, asked: Asked, reads: Sequence[Read]) -> None:
        """Take note of how the provider read them."""
        ...


class Bill(msgspec.Struct, frozen=True, kw_only=True):
    """What the input of a conversation takes and costs under one policy."""

    policy: str
    requests: int
    input: int  #: tokens sent, found ones included
    found: int  #: tokens that the provider had read before
    cost_pico: int  #: 10⁻¹² of the currency
    currency: str
    is_upper_bound: bool  #: a price of these tokens is not published

    @property
    def mean_prompt(self) -> float:
        """Tokens of a prompt on average."""
        return self.input / self.requests if self.requests else 0.0

    @property
    def found_share(self) -> float:
        """Which part of the tokens the provider had read before."""
        return self.found / self.input if self.input else 0.0


def replay(history: History, policy: Policy, sheet: PriceSheet) -> list[Read]:
    """Return how the provider reads every prompt of a conversation under a policy."""
    prefixes = Prefixes(sheet.habit, [atom.tokens for atom in history.atoms])
    reads: list[Read] = []
    for asked in history.requests:
        found = [prefixes.read(parts) for parts in policy.lay_out(asked)]
        policy.learn(asked, found)
        reads += found
    return reads


def bill_of(history: History, policy: Policy, sheet: PriceSheet) -> Bill:
    """Return what a conversation's input costs under a policy, exactly, at the sheet's price."""
    return billed(policy.name, replay(history, policy, sheet), sheet)


def billed(name: str, reads: Sequence[Read], sheet: PriceSheet) -> Bill:
    """Return the bill of prompts that were read so."""
    usages = [read.usage(sheet.price.rates) for read in reads]
    return Bill(
        policy=name,
        requests=len(reads),
        input=sum(read.total for read in reads),
        found=sum(read.found for read in reads),
        cost_pico=sum(cost_of(usage, sheet.price) for usage in usages),
        currency=sheet.price.currency,
        is_upper_bound=any(is_upper_bound(usage, sheet.price) for usage in usages),
    )
