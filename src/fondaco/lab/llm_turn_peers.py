"""``python -m fondaco.lab.llm_turn_peers LIBRARY PLAN``: persisted turns by another library.

A turn here is one model call and the conversation kept in a SQLite file, as the library itself does it.
Nothing comes in over HTTP, is searched, judged or delivered.  It prints its result as JSON.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Protocol

import uvloop

from fondaco.kit.garbage import collect_rarely
from fondaco.lab.llm_client import Found, resident_bytes
from fondaco.lab.llm_peers import LangChain, OpenAiAgents, keep_quiet
from fondaco.lab.llm_work import ANSWER, QUESTION, SYSTEM

WARMING = 32  #: conversations before anything is measured


class Converses(Protocol):
    """One library that keeps conversations."""

    async def turn(self, conversation: str) -> str:
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

    async def turn(self, conversation: str) -> str:
        place = {"configurable": {"thread_id": conversation}}
        state = await self._graph.ainvoke({"messages": [("human", QUESTION)]}, place)
        return str(state["messages"][-1].content)


class Sessions:
    """openai-agents with its SQLite session."""

    def __init__(self, base_url: str, file: Path) -> None:
        self._library = import_module("agents")
        self._wire = OpenAiAgents(base_url)
        self._file = file

    async def turn(self, conversation: str) -> str:
        kept = self._library.SQLiteSession(conversation, self._file)
        answer = await self._wire.runner.run(self._wire.asker, QUESTION, session=kept)
        kept.close()
        return str(answer.final_output)


@asynccontextmanager
async def _opened(name: str, base_url: str, folder: Path) -> AsyncIterator[Converses]:
    if name == "openai-agents":
        yield Sessions(base_url, folder / "kept.db")
        return
    saver = import_module("langgraph.checkpoint.sqlite.aio").AsyncSqliteSaver
    async with saver.from_conn_string(str(folder / "kept.db")) as opened:
        yield Graph(base_url, opened)


async def _wave(peer: Converses, names: Iterator[str], in_flight: int) -> list[float]:
    latencies_ms: list[float] = []

    async def contact() -> None:
        for name in names:
            began = perf_counter()
            text = await peer.turn(name)
            latencies_ms.append(1_000 * (perf_counter() - began))
            if text != ANSWER:
                raise AssertionError(f"another answer was given: {text!r}")

    await asyncio.gather(*(contact() for _ in range(in_flight)))
    return latencies_ms


async def _measured(name: str, plan: Found) -> Found:
    collect_rarely()
    in_flight, turns = int(str(plan["in_flight"])), int(str(plan["turns"]))
    with tempfile.TemporaryDirectory(prefix="fondaco-llm-peer-") as folder:
        async with _opened(name, str(plan["base_url"]), Path(folder)) as peer:
            await _wave(peer, (f"warm-{number}" for number in range(WARMING)), WARMING)
            gc.collect()
            began, began_cpu = perf_counter(), process_time()
            latencies_ms = sorted(
                await _wave(peer, (f"conversation-{number}" for number in range(turns)), in_flight)
            )
            wall, cpu = perf_counter() - began, process_time() - began_cpu
    return {
        "turns": turns,
        "cpu_ms": 1_000 * cpu / turns,
        "p50_ms": latencies_ms[turns // 2],
        "p99_ms": latencies_ms[min(turns - 1, int(0.99 * turns))],
        "per_second": turns / wall,
        "resident_bytes": resident_bytes(),
    }


if __name__ == "__main__":
    keep_quiet()
    print(json.dumps(uvloop.run(_measured(sys.argv[1], json.loads(sys.argv[2])))), flush=True)
