"""Attacks that are known to get through, with the reason; an entry that holds by now is to be deleted."""

from __future__ import annotations

KNOWN: dict[str, str] = {}
