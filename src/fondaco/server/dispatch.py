"""One request to one operation: let in, read, validate, act, answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.types import ASGIApp, Receive, Scope

from fondaco.domain.access import Visitor
from fondaco.domain.errors import ConfigurationError, InvalidInput, NotFound
from fondaco.server.access import Access, Everybody, Principal
from fondaco.server.answer import Answer
from fondaco.server.body import convert_query, decode, demand_json, read_body
from fondaco.server.door import address_of, owner_of
from fondaco.server.idempotency import Replies, read_key, request_hash
from fondaco.server.operation import AnyCall, AnyOperation, Call, Machinery, Nothing, Repeats
from fondaco.server.telemetry import observed_in

_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_NOTHING = Nothing()


class Performer:
    """Performs one operation; whatever can be prepared before the first request is."""

    def __init__(self, operation: AnyOperation, machinery: Machinery) -> None:
        _demand_owner(operation)
        self.operation = operation
        self.name = operation.name
        self.method = operation.method
        self.path = operation.path
        self.access: Access = operation.access
        self._machinery = machinery
        self._decoder = msgspec.json.Decoder(operation.body)
        self._encoder = msgspec.json.Encoder()
        self._key_pattern = re.compile(operation.key_pattern)
        self._replies = Replies(machinery.parts.registry, machinery.parts.clock)

    async def perform(self, scope: Scope, receive: Receive) -> ASGIApp:
        """Return the answer.  Raises FondacoError for whatever cannot be done."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        secret, principal = await self._let_in(scope, headers)
        takes_body = self.operation.takes_body
        query = self._query(scope["query_string"])
        raw, body = await self._body(headers, receive) if takes_body else (b"", _NOTHING)
        call = Call(
            machinery=self._machinery,
            operation=self.operation,
            principal=principal,
            path=scope["path_params"],
            query=query,
            body=body,
            headers=headers,
            address=address_of(scope),
            idempotency_key=read_key(headers, self._key_pattern) if takes_body else "",
            presented=secret,
        )
        return await self._act(call, raw)

    async def _let_in(self, scope: Scope, headers: Mapping[bytes, bytes]) -> tuple[str, Principal]:
        path: Mapping[str, str] = scope["path_params"]
        secret, principal = await self._machinery.door.let_in(
            self.access, scope["method"], headers, address_of(scope)
        )
        named = (
            principal.conversation_id if isinstance(principal, Visitor) else path.get("conversation_id", "")
        )
        observed_in(scope).note(owner_of(principal), named)
        _demand_ids(path)
        return secret, principal

    async def _act(self, call: AnyCall, raw: bytes) -> ASGIApp:
        if self.operation.is_raw:
            answer: ASGIApp = await self.operation.handler(call)
            return answer
        if self.operation.repeats is not Repeats.KEPT or not call.idempotency_key:
            return await self._finish(call)
        request = request_hash(self.operation.name, call.path, raw)
        return await self._replies.once(
            owner_of(call.principal), call.idempotency_key, request, lambda: self._finish(call)
        )

    async def _finish(self, call: AnyCall) -> Answer:
        result = await self.operation.handler(call)
        if isinstance(result, Answer):
            return result
        return Answer(status=self.operation.status, body=self._encoder.encode(result))

    def _query(self, query: bytes) -> Any:
        if not query and self.operation.query is Nothing:
            return _NOTHING
        try:
            pairs = parse_qsl(
                query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=50
            )
        except ValueError:
            raise InvalidInput("The query is no percent-encoded UTF-8, or has over 50 parameters.") from None
        return convert_query(pairs, self.operation.query)

    async def _body(self, headers: Mapping[bytes, bytes], receive: Receive) -> tuple[bytes, Any]:
        options = self._machinery.parts.options
        raw = await read_body(receive, headers, options.max_body_bytes, options.request_timeout_seconds)
        if raw or not self.operation.body_is_optional:
            demand_json(headers)
        return raw, decode(raw or b"{}", self._decoder)


def _demand_owner(operation: AnyOperation) -> None:
    """Raise ConfigurationError where answers would be kept for nobody in particular, and given to anybody."""
    kept = operation.takes_body and operation.repeats is Repeats.KEPT
    if kept and isinstance(operation.access, Everybody):
        raise ConfigurationError(f"{operation.name} is open to everybody; declare Repeats.OWN for it.")


def _demand_ids(path: Mapping[str, str]) -> None:
    """Raise NotFound for an id that nothing can have."""
    for name, value in path.items():
        if not _ID.fullmatch(value):
            raise NotFound(f"There is no such {name.removesuffix('_id')} in this workspace.", field=name)
