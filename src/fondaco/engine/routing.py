"""Chooses between the local assistant, the cheap models, the strong models and a person."""

from __future__ import annotations

import msgspec

from fondaco.domain import events as ev
from fondaco.engine import route
from fondaco.engine.context import TurnContext
from fondaco.engine.difficulty import Weights, difficulty, signals
from fondaco.engine.draft import Trace
from fondaco.engine.local.finding import Finder
from fondaco.engine.local.small_talk import chatted
from fondaco.engine.route import Route
from fondaco.knowledge import Decision, Search

_AFFINITY = 0.1  # a conversation stays with its models unless another choice is clearly better


class RoutingOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From when on a question is too hard for the cheap models, and too easy for any."""

    strong_at: float = 0.65  #: difficulty, 0 to 1; ``fondaco route calibrate`` finds the value for a share
    local_at: float = 0.0  #: confidence from which a stored text answers without a model; 0: never
    sensitive_topics: tuple[str, ...] = ()  #: topics of articles whose questions count as hard
    weights: Weights = Weights()


class Router:
    """Decides for every turn, with reasons.  Without models the local assistant answers."""

    def __init__(self, options: RoutingOptions, finder: Finder, models: tuple[ev.RouteKind, ...]) -> None:
        self._options = options
        self._finder = finder
        self._models = models  #: the chains that there are, cheap first

    async def choose(self, context: TurnContext, trace: Trace) -> Route:
        """Return the route for a turn: who begins, and who goes on where that fails."""
        certain = route.choose(context)
        if certain.handoff is not None or not self._models:
            return certain
        if context.choice:
            return Route(
                kind=ev.RouteKind.LOCAL, reasons=("the contact chose an offer, which a stored text answers",)
            )
        if chatted(context) is not None:
            return Route(kind=ev.RouteKind.LOCAL, reasons=("small talk, which needs no model",))
        found = await self._finder.find(context, trace)
        if self._does_something(context, found):
            why = "the stored text for this does something, which no model may"
            return Route(kind=ev.RouteKind.LOCAL, reasons=(why,))
        if self._options.local_at and _settled(found, self._options.local_at):
            why = f"a stored text answers this for sure ({found.confidence:.0%})"
            return Route(kind=ev.RouteKind.LOCAL, reasons=(why,))
        return self._between_models(context, found)

    def _does_something(self, context: TurnContext, found: Search) -> bool:
        """Return whether the entry that we asked about, or that answers for sure, has an effect."""
        keys = [context.awaiting.entry] if context.awaiting is not None else []
        if found.decision is Decision.ANSWER:
            keys += [passage.key for passage in found.passages[:1]]
        return any(self._finder.needs_effect(key, context.language) for key in keys)

    def _between_models(self, context: TurnContext, found: Search) -> Route:
        topic = self._finder.topic_of(found, context.language)
        signs = signals(context, found, self._options.sensitive_topics, topic)
        score = difficulty(signs, self._options.weights)
        threshold, affinity = self._threshold(context)
        kind = ev.RouteKind.STRONG if score >= threshold else ev.RouteKind.CHEAP
        kind = kind if kind in self._models else self._models[0]
        others = tuple(other for other in self._models if other is not kind)
        shown = [f"{name} {sign:.2f}" for name, sign in signs.items() if sign > 0]
        reasons = (f"difficulty {score:.2f}, strong from {threshold:.2f}", *affinity, *shown)
        return Route(
            kind=kind,
            reasons=reasons,
            ladder=(kind, *others, ev.RouteKind.LOCAL),
            difficulty=score,
            signals=signs,
        )

    def _threshold(self, context: TurnContext) -> tuple[float, tuple[str, ...]]:
        """Return the threshold, moved towards the models whose cache holds this conversation already."""
        last = _last_route(context)
        if last is ev.RouteKind.STRONG:
            return self._options.strong_at - _AFFINITY, ("the strong models know this conversation",)
        if last is ev.RouteKind.CHEAP:
            return self._options.strong_at + _AFFINITY / 2, ("the cheap models know this conversation",)
        return self._options.strong_at, ()


def _settled(found: Search, local_at: float) -> bool:
    return found.decision is Decision.ANSWER and found.confidence >= local_at


def _last_route(context: TurnContext) -> ev.RouteKind | None:
    routes = [
        record.event.route for record in context.work.records if isinstance(record.event, ev.RouteChosen)
    ]
    return routes[-1] if routes else None
