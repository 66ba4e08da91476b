"""A tool that is one HTTP request to the merchant's system."""

from __future__ import annotations

from typing import Any

import msgspec

from fondaco.domain.tools import ToolSpec
from fondaco.kit.http import HttpClient
from fondaco.tools.http_calls import HttpRequest, filled, send
from fondaco.tools.options import HttpToolOptions, with_options


class HttpTool:
    """Sends the declared request and reads a JSON object from the answer; see ``http_calls.send``."""

    def __init__(
        self, options: HttpToolOptions, client: HttpClient, state_names: dict[str, dict[str, dict[str, str]]]
    ) -> None:
        self.origin = "configuration"
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

    def request(self, arguments: dict[str, Any], idempotency_key: str) -> HttpRequest:
        """Return what would be sent.  Raises ToolRefused."""
        options = self._options
        headers = {name: filled(text, arguments) for name, text in options.headers.items()}
        headers["Accept"] = "application/json"
        body = None
        if options.method != "GET":
            headers |= {"Content-Type": "application/json", "Idempotency-Key": idempotency_key}
            body = msgspec.json.encode({name: arguments[name] for name in options.body if name in arguments})
        url = filled(options.url, arguments, encode=True)
        return HttpRequest(method=options.method, url=url, headers=headers, body=body)

    async def run(self, arguments: dict[str, Any], idempotency_key: str) -> dict[str, Any]:
        """Send the request.  Raises ToolRefused, ToolFailed or ToolUncertain."""
        return await send(self._client, self.spec, self.request(arguments, idempotency_key))
