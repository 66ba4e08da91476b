"""Measures the guard on replies that others recorded: what it stops rightly, wrongly and not at all."""

from fondaco.lab.guard.command import main

__all__ = ["main"]
