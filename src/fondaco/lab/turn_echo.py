"""``python -m fondaco.lab.turn_echo PORT``: the least that a POST can cost, to compare a turn with.

A bare Starlette handler under the same server that reads the body, decodes it and sends it back.
"""

from __future__ import annotations

import sys

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


async def _echo(request: Request) -> Response:
    said = msgspec.json.decode(await request.body(), type=dict[str, str])
    return Response(msgspec.json.encode(said), 202, media_type="application/json")


async def _health(_: Request) -> Response:
    return Response(b"{}")


def main(port: int) -> None:
    """Echo until told to stop."""
    routes = [
        Route("/v1/conversations/{conversation_id}/messages", _echo, methods=["POST"]),
        Route("/v1/health", _health),
    ]
    uvicorn.run(
        Starlette(routes=routes),
        port=port,
        http="httptools",
        log_config=None,
        access_log=False,
        lifespan="off",
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
