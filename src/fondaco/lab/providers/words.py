"""What is asked in the drill, what each model answers, and what is stored: each text can be told apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from fondaco.testing.provider.faults import Fault
from fondaco.testing.provider.sabotage import spoilt_answer
from fondaco.testing.provider.script import Answer, Ask, Call, Role, Script, WireName

_NAMES = ("amber", "cedar", "coral", "ivory", "jade", "olive", "pearl", "slate", "topaz", "willow")
_LAMP = re.compile(r"the (\w+) lantern\?")
_SHELF = "shelf"
TOOL_QUESTION = "Could you check the shelf for"

STORED = (
    ("care", "How do I clean lacquer?", "Wipe lacquer with a soft dry cloth and keep it out of the sun."),
    ("wicks", "Which wick fits an oil lamp?", "A flat cotton wick fits every oil lamp that we sell."),
)
#: Nothing that is stored comes near these.
UNKNOWN = ("Where was the founder of your house born?", "Did your founder ever write poems?")


class House(StrEnum):
    """Which of the two models speaks."""

    FIRST = "first"
    SECOND = "second"


class Topic(StrEnum):
    """What contacts ask about."""

    LAMPS = "lamps"  #: only a model can answer
    TOOLS = "tools"  #: a model answers after two tool calls
    STORED = "stored"  #: a stored text answers where no model does
    UNKNOWN = "unknown"  #: a model answers, or else a person


@dataclass(frozen=True, slots=True)
class Question:
    """One message of a contact."""

    topic: Topic
    text: str
    place: int  #: which of the topic's questions it is


def question(topic: Topic, number: int) -> Question:
    """Return the question with this number."""
    match topic:
        case Topic.STORED:
            place = number % len(STORED)
            return Question(topic, STORED[place][1], place)
        case Topic.UNKNOWN:
            place = number % len(UNKNOWN)
            return Question(topic, UNKNOWN[place], place)
        case _:
            place = number % len(_NAMES)
            opening = "What can you tell me about" if topic is Topic.LAMPS else TOOL_QUESTION
            return Question(topic, f"{opening} the {_NAMES[place]} lantern?", place)


def answer_of(house: House, asked: str) -> str:
    """Return the whole answer of a model to a question."""
    found = _LAMP.search(asked)
    name = found[1] if found else "paper"
    if house is House.FIRST:
        return (
            f"The {name} lantern hangs beside our northern window. Its frame is bent by hand, and its glass "
            "is thick and a little uneven. Most people put it near the door. Greetings from the upper floor."
        )
    return (
        f"You find the {name} lantern under the southern stairs. Somebody polishes its brass now and then, "
        "so that it shines softly. It looks best in a garden. Regards from the cellar."
    )


@cache
def wrong_answers() -> tuple[str, ...]:
    """Return what a model says that answers wholly beside the question."""
    ask = Ask(wire=WireName.OPENAI, model="", lines=(), parts=())
    return tuple(spoilt_answer(fault, ask, Answer()).text for fault in (Fault.OTHER_LANGUAGE, Fault.HUGE))


def script_of(house: House) -> Script:
    """Return what a simulated model says: an answer of its own, after two tool calls where asked to check."""

    def script(ask: Ask) -> Answer:
        asked = next((line.text for line in reversed(ask.lines) if line.role is Role.USER), "")
        question = asked.rpartition("</articles>")[2]
        if TOOL_QUESTION in question and ask.last.role is not Role.TOOL and ask.offers(_SHELF):
            return Answer(calls=tuple(_check(item) for item in ("glass", "brass")))
        return Answer(text=answer_of(house, question))

    return script


def _check(item: str) -> Call:
    return Call(name=_SHELF, arguments=f'{{"item": "{item}"}}')
