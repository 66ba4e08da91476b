"""How hard a question is, told by what a support desk knows and a gateway does not.

Every signal is between 0 (easy) and 1 (hard).  They add up as independent doubts do (noisy or), so one
strong sign is enough and no sum leaves the scale.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.tools import CallState
from fondaco.engine.context import TurnContext
from fondaco.kit.text import normalise
from fondaco.knowledge import Search

_LONG = 600  # characters from which length alone says that a message is not simple
_QUESTION_MARKS = re.compile(r"[?？]")
_SIMILAR = 0.6  # share of common letter pairs from which a message repeats an earlier one


class Weights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much each sign counts, 0 to 1."""

    unsure: float = 0.35  #: no stored question or passage is near
    foreign: float = 0.1  #: what was found is in another language than the question
    sensitive: float = 0.4  #: it concerns a topic that ``routing.sensitive_topics`` names
    repeated: float = 0.45  #: the contact asks again what was answered already
    failed: float = 0.4  #: a tool, a proof or an answer has failed in this episode
    several: float = 0.3  #: more than one question, or a long message
    long_episode: float = 0.2  #: many messages without an end


def signals(
    context: TurnContext, found: Search, sensitive_topics: Iterable[str], topic: str
) -> dict[str, float]:
    """Return every sign, 0 to 1."""
    events = [record.event for record in context.work.records]
    first = found.passages[0] if found.passages else None
    return {
        "unsure": 1.0 - found.plausible,
        "foreign": float(first is not None and first.language is not context.language),
        "sensitive": float(topic in set(sensitive_topics)),
        "repeated": _repeated(context, events),
        "failed": float(any(_failed(event) for event in events)),
        "several": _several(context.question),
        "long_episode": _saturating(sum(isinstance(event, ev.MessageReceived) for event in events) - 3, 8),
    }


def difficulty(signs: dict[str, float], weights: Weights) -> float:
    """Return 1 − Π(1 − weight · sign), which is 0 for no sign and never above 1."""
    doubts: Iterable[float] = (
        _within(getattr(weights, name)) * _within(sign) for name, sign in signs.items()
    )
    return round(1.0 - math.prod(1.0 - doubt for doubt in doubts), 4)


def _within(value: float) -> float:
    return min(1.0, max(0.0, value))


def _failed(event: ev.Event) -> bool:
    match event:
        case ev.ToolCalled(call=call):
            return call.state is not CallState.DONE
        case ev.VerdictGiven(passed=passed):
            return not passed
        case ev.VerificationFailed():
            return True
        case _:
            return False


def _several(question: str) -> float:
    marks = len(_QUESTION_MARKS.findall(question))
    return max(_saturating(marks - 1, 2), _saturating(len(question), _LONG))


def _saturating(count: float, full: float) -> float:
    return min(1.0, max(0.0, count / full))


def _repeated(context: TurnContext, events: Iterable[ev.Event]) -> float:
    """Return how much the question resembles an earlier message of this episode that was answered."""
    answered: list[str] = []
    waiting: list[str] = []
    for event in events:
        match event:
            case ev.MessageReceived(text=text):
                waiting.append(text)
            case ev.MessagePosted(answers=True):
                answered, waiting = [*answered, *waiting], []
            case _:
                pass
    if not answered:
        return 0.0
    asked = _pairs(context.question)
    nearest = max(_likeness(asked, _pairs(earlier)) for earlier in answered)
    return nearest if nearest >= _SIMILAR else 0.0


def _pairs(text: str) -> set[str]:
    plain = normalise(text).replace(" ", "")
    return {plain[place : place + 2] for place in range(len(plain) - 1)}


def _likeness(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0
