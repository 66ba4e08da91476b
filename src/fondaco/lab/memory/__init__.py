"""Measures the memory of conversations: what is still in the prompt when it is needed."""

from fondaco.lab.memory.command import main

__all__ = ["main"]
