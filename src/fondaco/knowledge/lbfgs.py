"""Minimises a smooth function of many numbers: limited-memory BFGS in a page of numpy."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float32]
#: Returns the value and the gradient at a point.
Smooth = Callable[[Numbers], tuple[float, Numbers]]

_ENOUGH_DECREASE = 1e-4  # Armijo's constant
_SHORTER = 0.4
_SHORTEST_STEP = 1e-4


@dataclass(frozen=True, slots=True)
class _Point:
    at: Numbers
    value: float
    gradient: Numbers


def minimise(
    function: Smooth, start: Numbers, iterations: int, memory: int = 8, tolerance: float = 1e-4
) -> Numbers:
    """Return a point near the minimum of ``function``; stops early when it hardly falls any more.

    Source: Nocedal and Wright, "Numerical Optimization" (2006), algorithms 7.4 and 7.5, with backtracking.
    """
    point = _Point(start, *function(start))
    history: deque[tuple[Numbers, Numbers]] = deque(maxlen=memory)
    for _ in range(iterations):
        lower = _step(function, point, _direction(point.gradient, history))
        moved, turned = lower.at - point.at, lower.gradient - point.gradient
        if np.vdot(moved, turned) > 1e-10:
            history.append((moved, turned))
        fell = point.value - lower.value
        point = lower if fell > 0 else point
        if fell < tolerance * max(1.0, abs(point.value)):
            break
    return point.at


def _direction(gradient: Numbers, history: deque[tuple[Numbers, Numbers]]) -> Numbers:
    uphill = gradient.copy()
    shares = []
    for moved, turned in reversed(history):
        share = np.vdot(moved, uphill) / np.vdot(turned, moved)
        uphill -= share * turned
        shares.append(share)
    if history:
        moved, turned = history[-1]
        uphill *= np.vdot(moved, turned) / np.vdot(turned, turned)
    else:
        uphill /= max(float(np.linalg.norm(gradient)), 1e-9)
    for (moved, turned), share in zip(history, reversed(shares), strict=True):
        uphill += moved * (share - np.vdot(turned, uphill) / np.vdot(turned, moved))
    return -uphill


def _step(function: Smooth, point: _Point, direction: Numbers) -> _Point:
    length = 1.0
    slope = float(np.vdot(point.gradient, direction))
    while True:
        at = point.at + np.float32(length) * direction
        value, gradient = function(at)
        if value <= point.value + _ENOUGH_DECREASE * length * slope or length < _SHORTEST_STEP:
            return _Point(at, value, gradient)
        length *= _SHORTER
