"""Kills the server at random moments under load, and judges from outside what everybody saw."""

from fondaco.lab.crash.command import main
from fondaco.lab.crash.plan import Database, Plan
from fondaco.lab.crash.run import run

__all__ = ["Database", "Plan", "main", "run"]
