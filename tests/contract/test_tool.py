"""What holds of every kind of tool: of this process, over HTTP, from a document, of an MCP server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from aiohttp import web
from aiohttp.test_utils import TestServer

from fondaco.domain.errors import ToolError, ToolFailed, ToolUncertain
from fondaco.domain.tools import Effect, Parameter
from fondaco.kit.http import HttpClient
from fondaco.tools import HttpTool, HttpToolOptions, SourceToolOptions, Tool, ToolSourceOptions, tool
from fondaco.tools.openapi.taking import openapi_tools
from fondaco.tools.schemas import Schemas
from tests.contract.mcp_support import chosen, http_server, opened, stdio

Make = Callable[[Effect], Awaitable[Tool]]
NUMBER = Parameter(name="number", schema={"type": "string"})
DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "paths": {
        "/parcel": {
            "post": {
                "operationId": "parcel",
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["number"],
                                "properties": {"number": {"type": "string"}},
                            }
                        }
                    },
                },
                "responses": {"200": {"description": ""}},
            }
        }
    },
}


async def parcel(number: str) -> dict[str, Any]:
    if number == "gone":
        raise LookupError(number)
    return {"number": number, "state": "sent", "count": 1}


async def answered(request: web.Request) -> web.Response:
    told = await request.json()
    if told["number"] == "gone":
        return web.Response(status=500, text="Traceback")
    return web.json_response(await parcel(told["number"]))


async def address_of(stack: AsyncExitStack) -> str:
    shop = web.Application()
    shop.router.add_post("/parcel", answered)
    server = await stack.enter_async_context(TestServer(shop))
    return str(server.make_url("")).rstrip("/")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def servers() -> AsyncIterator[dict[str, Make]]:
    """Give the tools of two MCP servers, which take a second to start."""
    both = (
        chosen("parcel", name="read", effect=Effect.READ),
        chosen("parcel", name="write", effect=Effect.WRITE),
    )
    async with http_server() as address, AsyncExitStack() as stack:
        found = await stack.enter_async_context(opened(stdio(*both)))
        source = ToolSourceOptions(mcp_url=address, tools=both)
        over_http = await stack.enter_async_context(opened(source))

        async def of_server(effect: Effect) -> Tool:
            return found[effect.value]

        async def of_server_over_http(effect: Effect) -> Tool:
            return over_http[effect.value]

        yield {"mcp over stdio": of_server, "mcp over http": of_server_over_http}


@pytest_asyncio.fixture(
    params=["python", "http", "openapi", "mcp over stdio", "mcp over http"], loop_scope="module"
)
async def make(
    request: pytest.FixtureRequest, tmp_path: Path, servers: dict[str, Make]
) -> AsyncIterator[Make]:
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(HttpClient())

        async def of_process(effect: Effect) -> Tool:
            return tool("Tells.", effect=effect)(parcel)

        async def over_http(effect: Effect) -> Tool:
            options = HttpToolOptions(
                name="parcel",
                description="Tells.",
                url=f"{await address_of(stack)}/parcel",
                method="POST",
                body=("number",),
                parameters=(NUMBER,),
                effect=effect,
            )
            return HttpTool(options, client, {})

        async def of_document(effect: Effect) -> Tool:
            path = tmp_path / "shop.json"
            path.write_bytes(msgspec.json.encode(DOCUMENT))
            source = ToolSourceOptions(
                openapi=str(path),
                base_url=await address_of(stack),
                tools=(SourceToolOptions(operation="parcel", effect=effect),),
            )
            [found] = openapi_tools(source, client, lambda _: {}, "tool_sources[0]")
            return found

        kinds: dict[str, Make] = {
            "python": of_process,
            "http": over_http,
            "openapi": of_document,
            **servers,
        }
        yield kinds[request.param]


@pytest.mark.asyncio(loop_scope="module")
async def test_a_tool_says_what_it_takes_and_gives_an_object(make: Make) -> None:
    found = await make(Effect.READ)

    result = await found.run({"number": "7"}, "call_1")

    assert result == {"number": "7", "state": "sent", "count": 1}
    assert next(one.required for one in found.spec.parameters if one.name == "number")
    assert Schemas(found.spec).argument_fault({"number": 7}) != ""
    assert Schemas(found.spec).result_fault(result) == ""


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("effect", "error"), [(Effect.READ, ToolFailed), (Effect.WRITE, ToolUncertain)], ids=["read", "write"]
)
async def test_what_goes_wrong_leaves_a_doubt_only_where_something_may_have_changed(
    make: Make, effect: Effect, error: type[ToolError]
) -> None:
    found = await make(effect)

    with pytest.raises(error):
        await found.run({"number": "gone"}, "call_1")
