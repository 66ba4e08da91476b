"""What the drill of providers does."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from fondaco.testing.provider.script import WireName


class Mode(StrEnum):
    """How answers are asked for."""

    STREAMED = "streamed"
    PLAIN = "plain"


class MatrixPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Which cells of the matrix are played, and how."""

    rows: tuple[str, ...] = ()  #: names of rows; empty: all
    wires: tuple[WireName, ...] = tuple(WireName)  #: protocols of the first provider
    modes: tuple[Mode, ...] = tuple(Mode)
    contacts: int = 4  #: who write at once in a cell, two messages each as long as a model answers
    beside: int = 2  #: cells that are played at once, each with a server process of its own
    seed: int = 7
    first_token_seconds: float = 3.0
    answer_seconds: float = 10.0  #: the deadline that every answer has to keep
    event_seconds: float = 1.5
    margin_seconds: float = 1.5  #: for the way there and back, beside other processes


class Client(StrEnum):
    """Who goes through the storm."""

    NAIVE = "naive"  #: the guide's first: no limit, no second try
    GUIDE = "guide's remedy"  #: the guide's second: a window and waits by chance
    OURS = "fondaco"  #: limiter, Retry-After and a queue within the deadline


class StormPlan(msgspec.Struct, frozen=True, kw_only=True):
    """More requests than a limit lets through, to three clients alike."""

    per_second: int = 100  #: what the provider lets through, no more than a second's worth at once
    seconds: float = 1.0  #: over which the requests come
    requests: int = 870  #: of which 200 pass by the limit alone, the guide's 23 %
    patience_seconds: float = 40.0  #: who is answered later is not answered
    clients: tuple[Client, ...] = tuple(Client)
    seed: int = 7


class CrowdPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Very many requests at once to the guide's four providers."""

    requests: int = 50_000  #: to each provider alone, and to all of them as a chain
    in_flight: int = 1_000
    speed: float = 1.0  #: the providers answer so many times faster; times are told as if they did not
    availability: float = 0.995  #: of each provider alone
    alone: bool = True  #: each provider is asked alone too, not only as a chain with the others
    seed: int = 7
