"""A tool that is one HTTP request to the merchant's system."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import msgspec

from fondaco.domain.errors import ToolFailed, ToolRefused, ToolUncertain
from fondaco.domain.tools import Effect, ToolSpec
from fondaco.kit.http import HttpAnswer, HttpClient, NoAnswer, NotSent
from fondaco.tools.options import HttpToolOptions, with_options
from fondaco.tools.schemas import NOT_FOUND

_PLACE = re.compile(r"\{(\w+)\}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
#: What is wrong is this request and not the system (RFC 9110, 15.5; 422 is 15.5.21).
_ABOUT_THE_CALL = frozenset({400, 405, 409, 410, 412, 413, 414, 415, 422})


class HttpTool:
    """Sends the declared request and reads a JSON object from the answer.

    404 is a result (``{"found": false}``): the merchant knows no such thing, or not for this person.
    """

    def __init__(
        self, options: HttpToolOptions, client: HttpClient, state_names: dict[str, dict[str, dict[str, str]]]
    ) -> None:
        self._options = options
        self._client = client
        spec = ToolSpec(
            name=options.name,
            description=options.description,
            parameters=options.parameters,
            effect=options.effect,
            state_names=state_names,
            definitions=options.definitions,
            result_schema=options.result_schema,
        )
        self.spec = with_options(spec, options)

    async def run(self, arguments: dict[str, Any], idempotency_key: str) -> dict[str, Any]:
        """Send the request.  Raises ToolRefused, ToolFailed or ToolUncertain."""
        options = self._options
        headers = {name: _filled(text, arguments) for name, text in options.headers.items()}
        headers["Accept"] = "application/json"
        body = None
        if options.method != "GET":
            headers |= {"Content-Type": "application/json", "Idempotency-Key": idempotency_key}
            body = msgspec.json.encode({name: arguments[name] for name in options.body if name in arguments})
        try:
            answer = await self._client.request(
                options.method,
                _filled(options.url, arguments, encode=True),
                headers=headers,
                body=body,
                timeout_seconds=options.timeout_seconds,
            )
        except NotSent as error:
            raise ToolFailed(f"{options.name}: {error}") from error
        except NoAnswer as error:
            raise self._doubt(str(error)) from error
        return self._read(answer)

    def _read(self, answer: HttpAnswer) -> dict[str, Any]:
        if answer.status == 404:
            return dict(NOT_FOUND)
        if answer.status >= 500:
            raise self._doubt(f"status {answer.status}", _wait_seconds(answer))
        if not 200 <= answer.status < 300:
            raise ToolFailed(
                f"{self._options.name}: status {answer.status}",
                is_final=answer.status in _ABOUT_THE_CALL,
                wait_seconds=_wait_seconds(answer),
            )
        try:
            return msgspec.json.decode(answer.body, type=dict[str, Any])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._doubt(f"the answer is no JSON object ({error})") from error

    def _doubt(self, reason: str, wait_seconds: float = 0.0) -> ToolFailed | ToolUncertain:
        message = f"{self._options.name}: {reason}"
        if self._options.effect is Effect.READ:
            return ToolFailed(message, wait_seconds=wait_seconds)
        return ToolUncertain(message)


def _wait_seconds(answer: HttpAnswer) -> float:
    """Return what ``Retry-After`` asks for in seconds (RFC 9110, 10.2.3); a date counts for nothing."""
    told = answer.headers.get("Retry-After", "")
    return float(told) if told.isascii() and told.isdecimal() else 0.0


def _filled(template: str, arguments: dict[str, Any], *, encode: bool = False) -> str:
    """Return the template with its places filled, so that no value can add a header or leave its place."""

    def value(match: re.Match[str]) -> str:
        text = str(arguments.get(match.group(1), ""))
        return _in_address(match.group(1), text) if encode else _CONTROL.sub("", text)

    return _PLACE.sub(value, template)


def _in_address(name: str, text: str) -> str:
    # Dots need no encoding, so these two would climb up the path however they are written (RFC 3986, 5.2.4).
    if text in (".", ".."):
        raise ToolRefused(f"{name} is {text!r}, which is no value for an address.")
    return quote(text, safe="")
