"""``python -m fondaco.lab.llm_turn_peers LIBRARY PLAN``: a server in which another library has the turns.

It has the same door as fondaco's, in its barest form: a message comes in by POST, the library asks the model
and keeps the conversation in a SQLite file as it does by itself, and the answer goes to the shop's address
with a signature.  Nothing is authorised, searched, judged, paid for or sent a second time.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import uvicorn

from fondaco.kit.clock import SystemClock
from fondaco.kit.garbage import collect_rarely
from fondaco.kit.http import HttpClient
from fondaco.lab.llm_peers import LangChain, OpenAiAgents, keep_quiet
from fondaco.lab.llm_work import ANSWER, SYSTEM

_SECRET = b"opens nothing but this measurement"
_CLOCK = SystemClock()
_CONNECTIONS = 200  # to the shop's address, as fondaco's outbox has at most

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Converses(Protocol):
    """One library that keeps conversations."""

    async def turn(self, conversation: str, text: str) -> str:
        """Answer one message of a conversation and keep both."""
        ...


class Graph:
    """LangGraph: a graph of one node with its SQLite checkpointer."""

    def __init__(self, base_url: str, saver: Any) -> None:
        model, graph = LangChain(base_url).model, import_module("langgraph.graph")

        async def answer(state: dict[str, Any]) -> dict[str, Any]:
            return {"messages": [await model.ainvoke([("system", SYSTEM), *state["messages"]])]}

        # It reads annotations by their names in the module, which does not know the library's own.
        answer.__annotations__ = {}
        builder = graph.StateGraph(graph.MessagesState)
        builder.add_node("answer", answer)
        builder.add_edge(graph.START, "answer")
        builder.add_edge("answer", graph.END)
        self._graph = builder.compile(checkpointer=saver)

    async def turn(self, conversation: str, text: str) -> str:
        place = {"configurable": {"thread_id": conversation}}
        state = await self._graph.ainvoke({"messages": [("human", text)]}, place)
        return str(state["messages"][-1].content)


class Sessions:
    """openai-agents with its SQLite session."""

    def __init__(self, base_url: str, file: Path) -> None:
        self._library = import_module("agents")
        self._wire = OpenAiAgents(base_url)
        self._file = file

    async def turn(self, conversation: str, text: str) -> str:
        kept = self._library.SQLiteSession(conversation, self._file)
        answer = await self._wire.runner.run(self._wire.asker, text, session=kept)
        kept.close()
        return str(answer.final_output)


class Door:
    """Takes messages in over HTTP and sends answers out, and nothing else."""

    def __init__(self, peer: Converses, shop: HttpClient, shop_url: str) -> None:
        self._peer = peer
        self._shop = shop
        self._shop_url = shop_url
        self._numbers = count(1)
        self._under_way: set[asyncio.Task[None]] = set()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request: a conversation opened, a message taken, or how a conversation stands."""
        body = await _read(receive)
        parts = str(scope["path"]).strip("/").split("/")
        if parts[-1] == "messages":
            task = asyncio.create_task(self._answer(parts[-2], json.loads(body)["text"]))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            await _say(send, 202, {"taken": True})
            return
        opened = scope["method"] == "POST"
        name = f"conversation-{next(self._numbers)}" if opened else parts[-1]
        await _say(send, 201 if opened else 200, {"id": name, "assignee": {"kind": "assistant"}})

    async def _answer(self, conversation: str, text: str) -> None:
        answer = await self._peer.turn(conversation, text)
        if answer != ANSWER:
            raise AssertionError(f"another answer was given: {answer!r}")
        body = json.dumps({"conversation_id": conversation, "text": answer}).encode()
        name, at = f"msg-{next(self._numbers)}", str(_CLOCK.now_ms() // 1_000)
        signed = hmac.digest(_SECRET, f"{name}.{at}.".encode() + body, hashlib.sha256)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": at,
            "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
        }
        await self._shop.request("POST", self._shop_url, headers=headers, body=body)


async def _read(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = bool(message.get("more_body", False))
    return body


async def _say(send: Send, status: int, said: dict[str, object]) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(said).encode()})


@asynccontextmanager
async def _opened(name: str, base_url: str, folder: Path) -> AsyncIterator[Converses]:
    if name == "openai-agents":
        yield Sessions(base_url, folder / "kept.db")
        return
    saver = import_module("langgraph.checkpoint.sqlite.aio").AsyncSqliteSaver
    async with saver.from_conn_string(str(folder / "kept.db")) as opened:
        yield Graph(base_url, opened)


async def _serve(name: str, plan: dict[str, Any]) -> None:
    collect_rarely()
    with tempfile.TemporaryDirectory(prefix="fondaco-llm-peer-") as folder:
        async with (
            _opened(name, plan["base_url"], Path(folder)) as peer,
            HttpClient(connections=_CONNECTIONS) as shop,
        ):
            config = uvicorn.Config(
                Door(peer, shop, plan["shop_url"]),
                port=plan["port"],
                http="httptools",
                ws="none",
                lifespan="off",
                log_level="warning",
                access_log=False,
            )
            await uvicorn.Server(config).serve()


if __name__ == "__main__":
    import uvloop

    keep_quiet()
    uvloop.run(_serve(sys.argv[1], json.loads(sys.argv[2])))
