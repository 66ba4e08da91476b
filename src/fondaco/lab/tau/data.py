"""Reads the published data: worlds, tasks and recorded conversations."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from fondaco.domain.errors import InvalidInput
from fondaco.lab.tau.airline import AIRLINE_TABLES, airline_tools
from fondaco.lab.tau.retail import RETAIL_TABLES, retail_tools
from fondaco.lab.tau.world import Table, Tables, World, WorldTool

#: Beside the checkout, where no option and no variable names another place.
_BESIDE = Path(__file__).parents[4].parent / "shared" / "data" / "eval"


class WorldName(StrEnum):
    """The two published worlds."""

    RETAIL = "retail"  #: a shop
    AIRLINE = "airline"  #: flights and reservations


class Action(msgspec.Struct, frozen=True):
    """One call of a task's true solution, and what the published tool returned."""

    name: str
    arguments: dict[str, Any]
    result: str | None  #: None for a call that ends the published run before it is carried out


class Task(msgspec.Struct, frozen=True):
    """One task with its true solution."""

    task_id: int
    user_id: str
    actions: list[Action]
    db_sha256_after: str
    db_changed_records: Tables


class Function(msgspec.Struct, frozen=True):
    """What a recorded call names."""

    name: str
    arguments: str  #: JSON, as the model wrote it


class RecordedCall(msgspec.Struct, frozen=True):
    """One recorded tool call."""

    id: str
    function: Function


class RecordedMessage(msgspec.Struct, frozen=True):
    """One recorded message in OpenAI's chat format."""

    role: str
    content: str | None = None
    tool_calls: list[RecordedCall] | None = None
    tool_call_id: str = ""
    name: str = ""


class Conversation(msgspec.Struct, frozen=True):
    """One recorded conversation without its system message."""

    task_id: int
    trial: int
    reward: float
    messages: list[RecordedMessage]


class Published(msgspec.Struct, frozen=True):
    """A tool as the published schema describes it."""

    name: str
    description: str
    parameters: dict[str, Any]


class _PublishedTool(msgspec.Struct, frozen=True):
    function: Published


@dataclass(frozen=True, slots=True)
class _Source:
    tables: tuple[str, ...]
    tools: Callable[[], tuple[WorldTool, ...]]


_SOURCES = {
    WorldName.RETAIL: _Source(RETAIL_TABLES, retail_tools),
    WorldName.AIRLINE: _Source(AIRLINE_TABLES, airline_tools),
}


@dataclass(frozen=True, slots=True)
class TauData:
    """The directory of the published data."""

    folder: Path  #: with ``retail`` and ``airline`` in it

    def world(self, name: WorldName) -> World:
        """Return the world as it is before anybody did anything.  Raises InvalidInput."""
        source = _SOURCES[name]
        tables: Tables = {
            table: _decoded(self._file(name, f"db_{table}.json"), Table) for table in source.tables
        }
        return World(tables, source.tools())

    def tasks(self, name: WorldName) -> list[Task]:
        """Return the tasks with their true solutions.  Raises InvalidInput."""
        tasks: list[Task] = _rows(self._file(name, "tasks_even.jsonl"), list[Task])
        return tasks

    def schemas(self, name: WorldName) -> list[Published]:
        """Return the published schemas of the tools.  Raises InvalidInput."""
        tools: list[_PublishedTool] = _decoded(self._file(name, "tools.json"), list[_PublishedTool])
        return [tool.function for tool in tools]

    def conversations(self) -> list[Conversation]:
        """Return the recorded conversations of the airline world.  Raises InvalidInput."""
        rows: list[Conversation] = _rows(
            self._file(WorldName.AIRLINE, "trajectories_gpt4o_even.jsonl"), list[Conversation]
        )
        return rows

    def shown(self) -> list[str]:
        """Return the retail world's conversations, which were written down as they are read.

        Raises InvalidInput.
        """
        rows = _rows(self._file(WorldName.RETAIL, "conversations_fewshot_even.jsonl"), list[dict[str, str]])
        return [row["messages_display"] for row in rows]

    def _file(self, name: WorldName, file: str) -> bytes:
        path = self.folder / name.value / file
        try:
            return path.read_bytes()
        except OSError as error:
            raise InvalidInput(
                f"{name.value}/{file} is not in the evaluation data ({error.strerror})."
            ) from error


def find_data(option: Path | None = None) -> TauData | None:
    """Return the published data: the option's, $FONDACO_EVAL_DATA's, or what lies beside the checkout.

    None where there is none.
    """
    named = option or (Path(found) if (found := os.environ.get("FONDACO_EVAL_DATA")) else None)
    folder = (named or _BESIDE) / "tau_bench"
    return TauData(folder) if folder.is_dir() else None


def _rows(lines: bytes, kind: Any) -> Any:
    return _decoded(b"[" + b",".join(line for line in lines.splitlines() if line.strip()) + b"]", kind)


def _decoded(text: bytes, kind: Any) -> Any:
    try:
        return msgspec.json.decode(text, type=kind)
    except msgspec.DecodeError as error:
        raise InvalidInput(f"The evaluation data is not what it should be: {error}") from error
