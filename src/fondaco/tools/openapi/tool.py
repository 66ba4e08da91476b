"""A tool that is one operation of an OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fondaco.domain.tools import ToolSpec
from fondaco.kit.http import HttpClient
from fondaco.tools.http_calls import HttpRequest, filled, places_of, send
from fondaco.tools.openapi.placing import Placed, body_of, headers_of, path_of, query_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the request of an operation is made."""

    method: str
    base_url: str
    path: str
    headers: Mapping[str, str]  #: templates of the operator's
    placed: tuple[Placed, ...]


class OpenApiTool:
    """Sends the operation's request and reads the JSON of the answer; see ``http_calls.send``."""

    def __init__(self, spec: ToolSpec, plan: Plan, client: HttpClient, origin: str = "openapi") -> None:
        self.origin = origin
        self.spec = spec
        self._plan = plan
        self._client = client

    def request(self, arguments: dict[str, Any], idempotency_key: str) -> HttpRequest:
        """Return what would be sent.  Raises ToolRefused."""
        plan = self._plan
        body = body_of(plan.placed, arguments)
        # No argument replaces what the operator says, such as a credential.
        own = {name.lower() for name in plan.headers}
        given = headers_of(plan.placed, arguments)
        headers = {"Accept": "application/json"}
        headers |= {name: text for name, text in given.items() if name.lower() not in own}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if plan.method not in ("GET", "HEAD"):
            headers["Idempotency-Key"] = idempotency_key
        headers |= {
            name: filled(text, arguments)
            for name, text in plan.headers.items()
            if all(place in arguments for place in places_of(text))
        }
        url = plan.base_url.rstrip("/") + path_of(plan.path, plan.placed, arguments)
        url += query_of(plan.placed, arguments)
        return HttpRequest(method=plan.method, url=url, headers=headers, body=body)

    async def run(self, arguments: dict[str, Any], idempotency_key: str) -> dict[str, Any]:
        """Send the request.  Raises ToolRefused, ToolFailed or ToolUncertain."""
        return await send(self._client, self.spec, self.request(arguments, idempotency_key), lists=True)
