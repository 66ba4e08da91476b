"""What a model is told of an episode: who said what, and what tools were called and told in between."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.tools import ToolCall, ToolSpec
from fondaco.engine.model.showing import show
from fondaco.kit.language import Language
from fondaco.llm.asking import Entry, Said, Speaker, ToolAnswered, ToolWish, Wished
from fondaco.llm.estimates import ENTRY_TOKENS, Estimator
from fondaco.memory.atoms import Atom
from fondaco.memory.shortening import shortened
from fondaco.tools import Toolbox

_DIGEST = 12  # characters at the end of a call's id that tell it from all others of an episode
LONGEST_RESULT_TOKENS = 4_000  #: of one tool result; what is beyond is left out and said to be


@dataclass(slots=True)
class Teller:
    """Makes atoms of an episode's records, one after the other; calls of one request stay together.

    What it makes of a record depends on the ones before and on nothing else, so that a history only grows.
    """

    toolbox: Toolbox
    estimator: Estimator
    language: Language  #: of the turn at hand; tools' results are told in it
    longest_tokens: int  #: of one entry
    left_out: dict[int, int] = field(default_factory=dict)  #: seq to tokens of what was too long
    _together: list[tuple[ev.Recorded, ToolCall]] = field(default_factory=list)

    def take(self, record: ev.Recorded) -> list[Atom]:
        """Return the atoms that are complete with this record."""
        event = record.event
        if isinstance(event, ev.ToolCalled):
            self._together.append((record, event.call))
            return []
        if not isinstance(event, ev.MessageReceived | ev.MessagePosted):
            return self.flush() if isinstance(event, ev.ModelAsked | ev.TurnSettled) else []
        before = self.flush()
        if isinstance(event, ev.MessageReceived) and event.language is not None:
            self.language = event.language
        return [*before, self._said(record, event)]

    def flush(self) -> list[Atom]:
        """Return the calls that wait for what comes after them."""
        together, self._together = self._together, []
        known = [(call, tool.spec) for _, call in together if (tool := self.toolbox.get(call.tool))]
        if not known:
            return []
        first = together[0][0]
        entries = tuple(self._fitting(first.seq, entry) for entry in self._called(known))
        tokens = self.estimator.count_entries(entries)
        return [Atom(seq=first.seq, at_ms=first.at_ms, by=Speaker.ASSISTANT, entries=entries, tokens=tokens)]

    def _said(self, record: ev.Recorded, message: ev.MessageReceived | ev.MessagePosted) -> Atom:
        by = Speaker.CONTACT if isinstance(message, ev.MessageReceived) else Speaker.ASSISTANT
        said = self._fitting(record.seq, Said(by=by, text=unmarked(message.text)))
        is_stored = isinstance(said, Said) and said.text == message.text
        if message.tokens and self.estimator.is_exact and is_stored:
            tokens = ENTRY_TOKENS + message.tokens
        else:
            tokens = self.estimator.count_entries((said,))
        return Atom(seq=record.seq, at_ms=record.at_ms, by=by, entries=(said,), tokens=tokens)

    def _called(self, known: Sequence[tuple[ToolCall, ToolSpec]]) -> list[Entry]:
        """Return calls with what they told; of a proof of identity only whether it was right."""
        wishes = tuple(
            ToolWish(id=_id_of(call), name=call.tool, arguments=msgspec.json.encode(call.arguments).decode())
            for call, _ in known
        )
        answers = [
            ToolAnswered(
                wish_id=_id_of(call),
                name=call.tool,
                content=self._content(call, spec),
                failed=call.result is None,
            )
            for call, spec in known
        ]
        return [Wished(wishes=wishes), *answers]

    def _content(self, call: ToolCall, spec: ToolSpec) -> str:
        verifier, code = self.toolbox.verifier, self.toolbox.code
        if verifier is not None and call.tool == verifier.tool:
            return _proof(call, verifier.matched_field)
        if code is not None and call.tool == code.check_tool:
            return _proof(call, code.matched_field)
        return show(call, spec, self.language)

    def _fitting(self, seq: int, entry: Entry) -> Entry:
        fitting, left_out = fitted(entry, self.longest_tokens)
        if left_out:
            self.left_out[seq] = self.left_out.get(seq, 0) + left_out
        return fitting


def fitted(entry: Entry, most_tokens: int) -> tuple[Entry, int]:
    """Return the entry with words for so many tokens, and how many were left out; 0 where all are there."""
    match entry:
        case Said(text=text):
            told, left_out = shortened(text, most_tokens)
            return (msgspec.structs.replace(entry, text=told) if left_out else entry), left_out
        case ToolAnswered(content=content):
            told, left_out = shortened(content, min(most_tokens, LONGEST_RESULT_TOKENS))
            return (msgspec.structs.replace(entry, content=told) if left_out else entry), left_out
        case Wished():
            return entry, 0


def waiting_from(records: Sequence[ev.Recorded]) -> int:
    """Return from which event on the contact waits for an answer; what comes before is history."""
    first = records[-1].seq + 1 if records else 0
    for record in reversed(records):
        match record.event:
            case ev.MessageReceived():
                first = record.seq
            case ev.TurnSettled() | ev.MessagePosted(answers=True):
                break
            case _:
                pass
    return first


def notices_since(records: Iterable[ev.Recorded]) -> list[Entry]:
    """Return what the shop said while the contact waited, such as that a team has the message."""
    return [
        Said(by=Speaker.ASSISTANT, text=unmarked(record.event.text))
        for record in records
        if isinstance(record.event, ev.MessagePosted)
    ]


def _proof(call: ToolCall, field_name: str) -> str:
    proven = (call.result or {}).get(field_name) is True
    return msgspec.json.encode({"proven": proven}).decode()


def _id_of(call: ToolCall) -> str:
    """Return the name that the model gave its wish, or a short one of ours: providers bound its length."""
    return call.wish_id or f"call_{call.id[-_DIGEST:]}"


def unmarked(text: str) -> str:
    """Return the text without angle brackets: neither an article nor a contact begins or ends a marking."""
    return text.replace("<", "‹").replace(">", "›")
