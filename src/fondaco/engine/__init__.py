"""One turn, one file a stage: context, route, answer, guard, outcome."""

from fondaco.engine.answerer import Answerer
from fondaco.engine.handover import Shop, TeamOptions, Wish, compose
from fondaco.engine.turn import Outcome, Turn

__all__ = ["Answerer", "Outcome", "Shop", "TeamOptions", "Turn", "Wish", "compose"]
