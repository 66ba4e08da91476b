"""What a simulated model is asked, and what it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from fondaco.testing.provider.shopkeeping import from_articles, from_result, is_of_a_shop, own_words
from fondaco.testing.provider.trouble import Trouble, TroubleKind


class WireName(StrEnum):
    """In which of the three protocols a request came."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"
    GEMINI = "gemini"


class Role(StrEnum):
    """Who said a line of the prompt."""

    SYSTEM = "system"
    USER = "user"  #: the protocols' word for whoever the model answers
    ASSISTANT = "assistant"
    TOOL = "tool"  #: a tool's result


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A tool call that the model makes, or has made."""

    name: str
    arguments: str  #: JSON
    id: str = ""  #: empty: the simulator gives it one
    pieces: tuple[str, ...] = ()  #: how a stream cuts the arguments; empty: evenly


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the prompt."""

    role: Role
    text: str = ""
    calls: tuple[Call, ...] = ()
    call_id: str = ""  #: of a tool's result: which call it answers


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """A tool that the model may call."""

    name: str
    schema: bytes  #: JSON Schema of its arguments, as it was sent

    @property
    def parameters(self) -> dict[str, Any]:
        """The schema, decoded; empty where none came."""
        return msgspec.json.decode(self.schema, type=dict[str, Any]) if self.schema else {}


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """Up to where the prompt shall be cached, in Anthropic's protocol."""

    parts: int  #: so many parts of the prompt lie before it
    hour: bool = False  #: for an hour instead of five minutes


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """One request, the same for all protocols."""

    wire: WireName
    model: str
    lines: tuple[Line, ...]
    parts: tuple[bytes, ...]  #: everything that counts as input, in the order in which it is cached
    tools: tuple[Offered, ...] = ()
    marks: tuple[Mark, ...] = ()
    stream: bool = False
    events: bool = True  #: a stream of server-sent events; False: Gemini's JSON array
    with_usage: bool = False  #: OpenAI: the stream shall end with its usage
    padded: bool = False  #: OpenAI: the stream may be padded against eavesdroppers
    max_output: int | None = None  #: tokens
    key: str = ""  #: the credential

    @property
    def last(self) -> Line:
        """The last line of the prompt."""
        return self.lines[-1]

    def offers(self, name: str) -> bool:
        """Return whether a tool of this name may be called."""
        return any(tool.name == name for tool in self.tools)


class Ending(StrEnum):
    """Why the model stops."""

    STOP = "stop"
    LENGTH = "length"  #: it ran into the limit of the output
    REFUSED = "refused"  #: the model declines, in the protocol's own way
    FILTERED = "filtered"  #: the provider's filter let nothing through


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the model says."""

    text: str = ""
    calls: tuple[Call, ...] = ()
    reasoning: str = ""  #: thought aloud before the text, where the protocol has a place for it
    ending: Ending = Ending.STOP
    pieces: tuple[str, ...] = ()  #: how a stream cuts the text; empty: evenly


#: Decides what is said.  Pure: the same request gets the same answer, however often it is repeated.
Script = Callable[[Ask], Answer]


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An answer and when it is given.  ``{name}`` in it stands for a named group of ``pattern``."""

    pattern: str = ""  #: regular expression that the last line must contain; empty: any
    role: Role | None = None  #: who must have said the last line
    offered: str = ""  #: a tool that must be offered
    text: str = ""
    call: str = ""  #: a tool to call
    arguments: dict[str, str] = msgspec.field(default_factory=dict[str, str])  #: of that call
    ending: Ending = Ending.STOP


def by_rules(rules: Sequence[Rule], otherwise: Script | None = None) -> Script:
    """Return a script that gives the answer of the first rule that fits."""
    compiled = [(re.compile(rule.pattern), rule) for rule in rules]
    fallback = otherwise or clerk

    def script(ask: Ask) -> Answer:
        for pattern, rule in compiled:
            found = pattern.search(ask.last.text)
            if (
                found
                and rule.role in {None, ask.last.role}
                and (not rule.offered or ask.offers(rule.offered))
            ):
                return _by_rule(rule, found.groupdict(""))
        return fallback(ask)

    return script


def recorded(answers: Sequence[Answer]) -> Script:
    """Return a script that replays a conversation's answers, each where the history has come to it.

    Which one is next is read from the prompt (how often the assistant has spoken), so that a repeated
    request gets the same answer again.  Past the end it is a server error that says so.
    """
    kept = tuple(answers)

    def script(ask: Ask) -> Answer:
        spoken = sum(line.role is Role.ASSISTANT for line in ask.lines)
        if spoken >= len(kept):
            raise Trouble(TroubleKind.SERVER_ERROR, f"The recording ends after {len(kept)} answers.")
        return kept[spoken]

    return script


#: What looks like a number of an order, an invoice or a shipment.
_REFERENCE = re.compile(r"\b[A-Z]{0,4}-?\d{4,}(?:-\d+)*\b")
_MOST_ECHOED = 400


def clerk(ask: Ask) -> Answer:
    """Look up what has a number, tell what a tool said, quote articles, and repeat everything else.

    If the last message has a number, the first offered tool is called whose required arguments are no more
    than the numbers that were written so far; they are handed over in the order in which they came.
    A prompt with articles, as fondaco's are, is answered with the first sentence of the first one.
    """
    said = ask.last.text
    asked = _asked_with_articles(ask)
    if ask.last.role is Role.TOOL:
        told = from_result(said, own_words(asked)) if asked else f"The tool says: {said[:_MOST_ECHOED]}"
        return Answer(text=told)
    call = _look_up(ask) if ask.tools and _REFERENCE.search(own_words(said)) else None
    if call:
        return Answer(calls=(call,))
    return Answer(text=from_articles(asked) if asked else f"You wrote: {said[:_MOST_ECHOED]}")


def _asked_with_articles(ask: Ask) -> str:
    """Return the last question that came with articles; empty where none did."""
    texts = (line.text for line in reversed(ask.lines) if line.role is Role.USER)
    return next((text for text in texts if is_of_a_shop(text)), "")


def _look_up(ask: Ask) -> Call | None:
    written = (own_words(line.text) for line in ask.lines if line.role is Role.USER)
    numbers = list(dict.fromkeys(number for text in written for number in _REFERENCE.findall(text)))
    for tool in ask.tools:
        required: list[str] = tool.parameters.get("required", [])
        if 0 < len(required) <= len(numbers):
            arguments = dict(zip(required, numbers, strict=False))
            return Call(name=tool.name, arguments=msgspec.json.encode(arguments).decode())
    return None


def _by_rule(rule: Rule, groups: dict[str, str]) -> Answer:
    def filled(text: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda hole: groups.get(hole[1], hole[0]), text)

    calls: tuple[Call, ...] = ()
    if rule.call:
        arguments = {name: filled(value) for name, value in rule.arguments.items()}
        calls = (Call(name=rule.call, arguments=msgspec.json.encode(arguments).decode()),)
    return Answer(text=filled(rule.text), calls=calls, ending=rule.ending)
