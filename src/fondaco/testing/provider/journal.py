"""What the simulator did and what it charges for it, to the token."""

from __future__ import annotations

import hashlib
from collections import deque
from functools import lru_cache
from itertools import islice

import msgspec

from fondaco.testing.provider.wire.dialect import Spent


class Entry(msgspec.Struct, kw_only=True, gc=False):
    """One request.  Its tokens are those that are charged, not those that were told."""

    number: int  #: the first request is 1
    id: str  #: as the answer's header has it
    at_ms: int
    wire: str = ""
    model: str = ""
    key: str = ""  #: fingerprint of the credential
    stream: bool = False
    status: int = 0  #: 0: no status was sent
    fault: str = ""
    input: int = 0
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    output: int = 0
    billed: bool = False
    bytes_sent: int = 0
    client_left: bool = False  #: the other side closed before the simulator was done
    first_byte_ms: float | None = None  #: since it came
    ended_ms: float | None = None  #: since it came; None: it is under way

    def charge(self, spent: Spent, output: int) -> None:
        """Charge the input, once, and so many output tokens more."""
        if not self.billed:
            self.billed = True
            self.input, self.cache_read = spent.input, spent.cache_read
            self.cache_write_5m, self.cache_write_1h = spent.cache_write_5m, spent.cache_write_1h
        self.output += output


class Bill(msgspec.Struct, kw_only=True):
    """What one key owes for one model."""

    key: str  #: its fingerprint
    model: str
    requests: int = 0  #: that came, refused ones too
    billed: int = 0  #: that are charged
    input: int = 0  #: includes what the cache read and wrote
    cache_read: int = 0
    cache_write_5m: int = 0
    cache_write_1h: int = 0
    output: int = 0

    def add(self, entry: Entry) -> None:
        """Add one request that is over."""
        self.requests += 1
        self.billed += entry.billed
        self.input += entry.input
        self.cache_read += entry.cache_read
        self.cache_write_5m += entry.cache_write_5m
        self.cache_write_1h += entry.cache_write_1h
        self.output += entry.output


class Journal:
    """Remembers the latest requests one by one, and the bill of all of them."""

    def __init__(self, kept: int) -> None:
        self._entries: deque[Entry] = deque(maxlen=kept)
        self._bills: dict[tuple[str, str], Bill] = {}
        self.in_flight = 0
        self.faults: dict[str, int] = {}  #: how many requests each fault has hit

    def begin(self, entry: Entry) -> None:
        """Note a request that has come."""
        self._entries.append(entry)
        self.in_flight += 1

    def end(self, entry: Entry) -> None:
        """Put what a request cost on the bill."""
        self.in_flight -= 1
        owed = self._bills.setdefault((entry.key, entry.model), Bill(key=entry.key, model=entry.model))
        owed.add(entry)
        if entry.fault:
            self.faults[entry.fault] = self.faults.get(entry.fault, 0) + 1

    def entries(self, after: int = 0, most: int = 1_000) -> list[Entry]:
        """Return the requests after a number, oldest first."""
        return list(islice((entry for entry in self._entries if entry.number > after), most))

    def bills(self) -> list[Bill]:
        """Return what every key owes for every model, for the requests that are over."""
        return list(self._bills.values())

    def total(self) -> Bill:
        """Return all bills added up."""
        whole = Bill(key="", model="")
        for bill in self._bills.values():
            for field in ("requests", "billed", "input", "cache_read", "cache_write_5m", "cache_write_1h"):
                setattr(whole, field, getattr(whole, field) + getattr(bill, field))
            whole.output += bill.output
        return whole


@lru_cache(maxsize=1_024)
def fingerprint(key: str) -> str:
    """Return by which name a credential appears in the journal; the credential itself never does."""
    return hashlib.sha256(key.encode()).hexdigest()[:12] if key else ""
