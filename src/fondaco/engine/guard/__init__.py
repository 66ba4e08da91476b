"""Judges what is about to be said: every value proven, every claim done, nothing leaked."""

from fondaco.engine.guard.judging import judge

__all__ = ["judge"]
