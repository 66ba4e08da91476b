"""Attacks the demo shop with a model that obeys the attacker, and looks from outside at what took effect."""

from fondaco.lab.attacks.command import main

__all__ = ["main"]
