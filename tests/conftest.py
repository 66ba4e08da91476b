"""What every test stands on: PostgreSQL on request, and how hard hypothesis tries."""

from __future__ import annotations

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import HealthCheck, settings

_HERE = Path(__file__).parent
pytest_plugins = ["tests.postgres"]

# No deadline: a shared machine is slow now and then, and a test that measures time proves nothing.
settings.register_profile(
    "suite", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("suite"), derandomize=True, database=None)
settings.register_profile("deep", settings.get_profile("suite"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "suite"))


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Collect ten thousand tests without looking for garbage: they stay, and later looks pass them by."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


#: What waits for servers, pages and processes; everything else is quick and comes after it.
_WAITING = {"browser", "scenario", "contract"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what waits begin first, and take turns, so that no worker is left with a long module at the end."""
    modules = {room: list(dict.fromkeys(map(_module, found))) for room, found in _by_room(items).items()}
    places = {
        module: (room not in _WAITING, (number + 0.5) / len(found) if room in _WAITING else 0.0)
        for room, found in modules.items()
        for number, module in enumerate(found)
    }
    items.sort(key=lambda item: places[_module(item)])


def _by_room(items: list[pytest.Item]) -> dict[str, list[pytest.Item]]:
    rooms: dict[str, list[pytest.Item]] = {}
    for item in items:
        rooms.setdefault(item.path.relative_to(_HERE).parts[0], []).append(item)
    return rooms


def _module(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """Undo what a command has set for the log of the process, which the next test shares."""
    yield
    structlog.reset_defaults()
