"""Lets a small model that invents answer for the demo shop, and counts what of it reaches a contact."""

from fondaco.lab.invent.command import main

__all__ = ["main"]
