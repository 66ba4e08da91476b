"""PostgreSQL's driver, which is installed only where somebody wants PostgreSQL."""

from __future__ import annotations

import importlib
from types import ModuleType

from fondaco.domain.errors import ConfigurationError


def asyncpg_driver() -> ModuleType:
    """Return asyncpg.  Raises ConfigurationError where it is not installed."""
    try:
        return importlib.import_module("asyncpg")
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            "PostgreSQL needs its driver, which is not installed; install fondaco[postgres]."
        ) from error
