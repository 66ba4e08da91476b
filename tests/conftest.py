"""What every test stands on: PostgreSQL on request, and how hard hypothesis tries."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.postgres"]

# No deadline: a shared machine is slow now and then, and a test that measures time proves nothing.
settings.register_profile(
    "suite", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("suite"), derandomize=True, database=None)
settings.register_profile("deep", settings.get_profile("suite"), max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "suite"))


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """Undo what a command has set for the log of the process, which the next test shares."""
    yield
    structlog.reset_defaults()
