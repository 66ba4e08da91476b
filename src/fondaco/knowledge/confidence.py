"""A trained probability that an answer is right, from numbers that know nothing of the subject.

The weights lie beside this file.  `python -m fondaco.lab.answers train --data DIR` makes them from simulated
knowledge bases drawn from two public sets (CLINC150 and Banking77) and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import msgspec

from fondaco.knowledge.scorers import Evidence


class LogisticModel(msgspec.Struct, frozen=True, kw_only=True):
    """A logistic regression by the names of its inputs; ``mean`` and ``spread`` bring them to one scale."""

    bias: float
    weights: dict[str, float]
    mean: dict[str, float]
    spread: dict[str, float]

    def probability(self, features: Mapping[str, float]) -> float:
        """Return the probability for ``features``; a name that is missing counts as its mean."""
        total = self.bias
        for name, weight in self.weights.items():
            value = features.get(name)
            if value is not None:
                total += weight * (value - self.mean[name]) / self.spread[name]
        return 1 / (1 + math.exp(-max(min(total, 30.0), -30.0)))


class ConfidenceModel(msgspec.Struct, frozen=True, kw_only=True):
    """For each kind of evidence: is the first right, one of the first three, a passage."""

    recipe: str  #: how and from what the weights were made
    first: dict[Evidence, LogisticModel]
    three: dict[Evidence, LogisticModel]
    passage: dict[Evidence, LogisticModel]


@cache
def shipped_confidence() -> ConfidenceModel:
    """Return the model that comes with the package."""
    stored = files("fondaco.knowledge").joinpath("confidence.json").read_bytes()
    return msgspec.json.decode(stored, type=ConfidenceModel)
