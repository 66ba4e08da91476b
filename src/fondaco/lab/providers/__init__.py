"""Breaks simulated providers under the running product, and repeats the guide's two experiments."""

from fondaco.lab.providers.command import main

__all__ = ["main"]
