"""What is kept of a call that proves who writes: that it was made and how it ended, never the proof."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from fondaco.domain.tools import ToolCall
from fondaco.tools.options import CodeOptions, VerifierOptions

_MASK = "•••"
_IS_MASKED = re.compile(r"[•*…·●×]|\.\.|xx", re.IGNORECASE)
_LONGEST = 60  # letters of an address that is told
_LEFT = 2  # digits of a telephone number that are told


def kept(call: ToolCall, verifier: VerifierOptions | None) -> ToolCall:
    """Return the call as it is written down: a proof of identity is personal and needed no more."""
    if verifier is None:
        return call
    code = verifier.code
    if call.tool == verifier.tool:
        return _without(call, verifier.proof_parameter)
    if code is not None and call.tool == code.check_tool:
        return _answer_alone(_without(call, code.code_parameter), (code.matched_field,))
    if code is not None and call.tool == code.send_tool:
        return _sending(call, code)
    return call


def _without(call: ToolCall, secret: str) -> ToolCall:
    if secret not in call.arguments:
        return call
    said = str(call.arguments[secret])
    error = call.error.replace(said, _MASK) if said else call.error
    return msgspec.structs.replace(call, arguments=call.arguments | {secret: _MASK}, error=error)


def _answer_alone(call: ToolCall, fields: tuple[str, ...]) -> ToolCall:
    """Return the call with these fields of its result alone: a system may give the code back by mistake."""
    if call.result is None:
        return call
    told = {name: value for name, value in call.result.items() if name in fields}
    return msgspec.structs.replace(call, result=told)


def _sending(call: ToolCall, code: CodeOptions) -> ToolCall:
    told = _answer_alone(call, (code.sent_to_field, "sent", "found"))
    if told.result is None:
        return told
    address: Any = told.result.get(code.sent_to_field)
    hidden = masked(address) if isinstance(address, str) else ""
    return msgspec.structs.replace(told, result=told.result | {code.sent_to_field: hidden})


def masked(address: str) -> str:
    """Return an address or number of which only its owner can tell the rest: ``m•••@example.com``.

    One that is masked already stays as it is, on one line and not endless.
    """
    plain = " ".join(address.split())[:_LONGEST]
    if not plain or _IS_MASKED.search(plain):
        return plain
    name, at, host = plain.rpartition("@")
    return f"{name[:1]}{_MASK}{at}{host}" if at else f"{_MASK}{plain[-_LEFT:]}"
