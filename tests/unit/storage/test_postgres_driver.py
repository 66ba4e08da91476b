"""Whoever names PostgreSQL without its driver is told what to install."""

from __future__ import annotations

import importlib
import sys

import pytest

from fondaco.domain.errors import ConfigurationError


def test_without_the_driver_the_error_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    monkeypatch.delitem(sys.modules, "fondaco.storage.postgres", raising=False)

    with pytest.raises(ConfigurationError, match=r"fondaco\[postgres\]"):
        importlib.import_module("fondaco.storage.postgres")
