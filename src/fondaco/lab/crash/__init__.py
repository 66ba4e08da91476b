"""Kills the server at random moments under load, and judges from outside what everybody saw."""

from fondaco.lab.crash.plan import Database, Plan
from fondaco.lab.crash.run import run

__all__ = ["Database", "Plan", "run"]
