"""Puts tool calls together from the pieces in which OpenAI-compatible streams send them.

By the protocol a piece names the ``index`` of its call and may lack everything else.  Providers differ: the
index is missing or always 0, the id comes once or every time, the name is repeated, a call comes whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from fondaco.llm.asking import ToolWish
from fondaco.llm.wire.history import WishIds, is_whole
from fondaco.llm.wire.openai_words import Call, signature_of


@dataclass(slots=True)
class _Open:
    index: int | None
    id: str
    name: str = ""
    arguments: list[str] = field(default_factory=list)
    signature: str = ""

    def text(self) -> str:
        return "".join(self.arguments)


class OpenCalls:
    """The tool calls of one answer, in the order in which they began."""

    def __init__(self) -> None:
        self._calls: list[_Open] = []

    def __bool__(self) -> bool:
        return bool(self._calls)

    def add(self, piece: Call) -> None:
        """Add a piece to the call to which it belongs, or begin a new one."""
        name = (piece.function.name if piece.function else None) or ""
        call = self._find(piece, name)
        if call is None:
            call = _Open(piece.index, piece.id or "")
            self._calls.append(call)
        call.id = call.id or piece.id or ""
        call.name = call.name or name  # never joined: some providers repeat it in every piece
        if piece.function is not None and piece.function.arguments is not None:
            given = piece.function.arguments
            call.arguments.append(given if isinstance(given, str) else msgspec.json.encode(given).decode())
        self.sign(signature_of(piece.extra_content), call)

    def sign(self, signature: str, call: _Open | None = None) -> None:
        """Keep a signature with its call, or with the last one where it came alone."""
        call = call or (self._calls[-1] if self._calls else None)
        if signature and call is not None:
            call.signature = signature

    def wishes(self, answer_id: str) -> tuple[ToolWish, ...]:
        """Return the calls as they are now, those without a name left out."""
        ids = WishIds(answer_id)
        return tuple(
            ToolWish(
                id=ids.neutral(call.id, call.name, call.text()),
                name=call.name,
                arguments=call.text() or "{}",
                signature=call.signature,
            )
            for call in self._calls
            if call.name
        )

    def nameless(self) -> bool:
        """Return whether a call came to nothing, since nobody said which tool it is for."""
        return any(not call.name for call in self._calls)

    def _find(self, piece: Call, name: str) -> _Open | None:
        if piece.index is not None:
            found = self._last(lambda call: call.index == piece.index)
            return None if found is not None and _is_another(found, piece, name) else found
        if piece.id:
            return self._last(lambda call: call.id == piece.id)
        last = self._calls[-1] if self._calls else None
        return None if last is not None and name and _is_over(last, name) else last

    def _last(self, fits: Callable[[_Open], bool]) -> _Open | None:
        return next((call for call in reversed(self._calls) if fits(call)), None)


def _is_another(call: _Open, piece: Call, name: str) -> bool:
    """Return whether a piece with a known index begins another call: relays that number every call 0."""
    return bool(name and piece.id and call.id and piece.id != call.id)


def _is_over(call: _Open, name: str) -> bool:
    """Return whether a piece that only has a name cannot belong to the call."""
    return bool(call.name) and (call.name != name or (bool(call.text()) and is_whole(call.text())))
