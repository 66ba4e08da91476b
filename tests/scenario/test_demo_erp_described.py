"""The demo shop's merchant system, taken as tools from the document that it serves of itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
import pytest

from fondaco.demo.erp.server import running
from fondaco.domain.errors import ToolFailed
from fondaco.domain.tools import Effect, Parameter, ParameterSource, Verification
from fondaco.kit.http import HttpClient
from fondaco.tools.openapi.taking import openapi_tools
from fondaco.tools.openapi.tool import OpenApiTool
from fondaco.tools.options import SourceToolOptions, ToolSourceOptions
from tests.scenario.demo_erp import TOKEN, StillClock, options
from tests.scenario.test_demo_erp_changes import JONAS, RECEIVED

SUBJECT = Parameter(name="subject", source=ParameterSource.SERVER, server_value="subject")
CHOSEN = ("return_status", "preview_refund", "refund")


def chosen(operation: str) -> SourceToolOptions:
    return SourceToolOptions(
        operation=operation,
        verification=Verification.MATCHED,
        parameters=(SUBJECT,),
        effect=Effect.READ if operation == "preview_refund" else None,
    )


async def taken(address: str, folder: Path, client: HttpClient) -> dict[str, OpenApiTool]:
    path = folder / "rialto.json"
    async with aiohttp.ClientSession(address) as http, http.get("/openapi.json") as response:
        path.write_bytes(await response.read())
    source = ToolSourceOptions(
        openapi=str(path),
        base_url=address,
        headers={"Authorization": f"Bearer {TOKEN}", "X-Customer-Ref": "{subject}"},
        tools=tuple(map(chosen, CHOSEN)),
    )
    return {tool.spec.name: tool for tool in openapi_tools(source, client, lambda _: {}, "tool_sources[0]")}


async def test_a_refund_is_previewed_made_once_and_seen(tmp_path: Path) -> None:
    asked: dict[str, Any] = {"order_number": RECEIVED, "subject": JONAS}
    wanted = asked | {"amount": {"amount_minor": 2_500, "currency": "EUR"}}

    async with running(options(tmp_path), StillClock()) as address, HttpClient() as client:
        tools = await taken(address, tmp_path, client)
        told = await tools["preview_refund"].run(wanted, "key-0")
        done = await tools["refund"].run(wanted, "key-1")
        again = await tools["refund"].run(wanted, "key-1")
        seen = await tools["return_status"].run(asked, "key-2")

    assert {name: tool.spec.effect for name, tool in tools.items()} == {
        "return_status": Effect.READ,
        "preview_refund": Effect.READ,
        "refund": Effect.WRITE,
    }
    assert (told["allowed"], told["amount"]) == (True, wanted["amount"])
    assert done == again
    assert seen["refund"] == wanted["amount"]


async def test_more_than_was_paid_fails_for_good(tmp_path: Path) -> None:
    asked = {"order_number": RECEIVED, "subject": JONAS, "amount": {"amount_minor": 10**7, "currency": "EUR"}}

    async with running(options(tmp_path), StillClock()) as address, HttpClient() as client:
        tools = await taken(address, tmp_path, client)
        with pytest.raises(ToolFailed, match="409"):
            await tools["refund"].run(asked, "key-1")
