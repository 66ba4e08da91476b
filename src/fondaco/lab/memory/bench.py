"""Which methods a set is measured with, and what they have shown of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from fondaco.lab.gates import Figure
from fondaco.lab.memory.lists import share_of_lists
from fondaco.lab.memory.measure import SHARES, Tally, measure
from fondaco.lab.memory.methods import (
    Method,
    Prepared,
    Searched,
    Sliding,
    fused,
    fused_within,
    plain_bm25,
    without,
)
from fondaco.lab.memory.talks import DataSet
from fondaco.lab.memory.trimming import trimmed, version_of
from fondaco.memory.recall import Meaning, Weights

#: How many turns could be compared by meaning instead, what they find decides how many are.
_OTHER_BOUNDS = {128: "  128 turns compared", 256: "  256 turns compared", 1 << 30: "  all turns compared"}
WORDS, MEANING = "fondaco, words alone", "fondaco, with sentence vectors"


@dataclass(frozen=True, slots=True)
class Recalls:
    """What every method has shown of one set."""

    data: DataSet
    methods: tuple[str, ...]
    tally: Tally

    def figures(self) -> Iterator[Figure]:
        """Yield every cell of the tables."""
        for method in self.methods:
            for share in SHARES:
                name = f"{self.data.name}, {method}, {share:.0%}"
                yield Figure(name=f"{name}: all", value=self.tally.all_percent(method, share), unit="%")
                yield Figure(name=f"{name}: share", value=self.tally.part_percent(method, share), unit="%")
                yield Figure(name=f"{name}: tokens", value=self.tally.cost_percent(method, share), unit="%")


@dataclass(frozen=True, slots=True)
class Bench:
    """What sets are measured with."""

    peer: Path  #: Python that may have LangChain
    meaning: Meaning | None  #: None: by words alone

    def recalls(self, data: DataSet) -> Recalls:
        """Measure a set; LangChain too where it is there and questions are asked at the end."""
        return self._recalls(data, list(self._methods(data)))

    def views(self, data: DataSet) -> Recalls:
        """Measure what is lost without each single view."""
        with_meaning = self.meaning is not None
        whole = Searched("fondaco, all views", fused, with_meaning=with_meaning)
        fewer = [
            Searched(f"  without {view}", without(view), with_meaning=with_meaning)
            for view in Weights.__struct_fields__
        ]
        return self._recalls(data, [whole, *fewer])

    def _recalls(self, data: DataSet, methods: Sequence[Method]) -> Recalls:
        prepared = [Prepared(talk, self.meaning) for talk in data.talks]
        return Recalls(data, tuple(method.name for method in methods), measure(prepared, methods))

    def _methods(self, data: DataSet) -> Iterator[Method]:
        yield Sliding()
        if version_of(self.peer) and all(_asked_at_end(data)):
            yield trimmed(self.peer, data.talks, SHARES)
        yield Searched("BM25 over turns", plain_bm25, dates=False)
        yield Searched(WORDS, fused)
        best = self.meaning is not None
        if best:
            yield Searched(MEANING, fused, with_meaning=True)
            for most, named in _OTHER_BOUNDS.items():
                yield Searched(named, fused_within(most), with_meaning=True, most=most)
        yield Searched("  lists first", fused, with_meaning=best, lists=_share_of_lists(data))
        yield Searched("  last 512 tokens kept", fused, with_meaning=best, floor=True)


def _asked_at_end(data: DataSet) -> Iterator[bool]:
    return (asked.until == len(talk.turns) for talk in data.talks for asked in talk.asked)


def _share_of_lists(data: DataSet) -> float:
    return share_of_lists([asked.text for talk in data.talks for asked in talk.asked])
