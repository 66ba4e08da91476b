"""Finds in a long episode the old turns that a question needs; no language model and no network.

A turn is scored by several views, of its own words and of what stood around it; the scores are brought to one
scale and added up; the best turns are taken until the budget is full.  ``fondaco lab memory`` prints how well
that works.
"""

from fondaco.memory.recall.filling import Recalled, fill, floor_start
from fondaco.memory.recall.fusion import recall, score
from fondaco.memory.recall.gate import looks_back, means_earlier
from fondaco.memory.recall.learning import lacking, learn, texts_of, wordings_of
from fondaco.memory.recall.past import Past
from fondaco.memory.recall.question import Question, ask
from fondaco.memory.recall.shelf import PastShelf
from fondaco.memory.recall.turns import PastTurn, from_atom
from fondaco.memory.recall.vectors import Meaning
from fondaco.memory.recall.weights import WEIGHTS, Weights

__all__ = [
    "WEIGHTS",
    "Meaning",
    "Past",
    "PastShelf",
    "PastTurn",
    "Question",
    "Recalled",
    "Weights",
    "ask",
    "fill",
    "floor_start",
    "from_atom",
    "lacking",
    "learn",
    "looks_back",
    "means_earlier",
    "recall",
    "score",
    "texts_of",
    "wordings_of",
]
