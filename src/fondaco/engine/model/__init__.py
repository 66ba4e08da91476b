"""Answers by a language model that works with articles and tools, and is believed nothing unproven."""

from fondaco.engine.model.assistant import Helpers, ModelAssistant, ModelAssistantOptions
from fondaco.engine.model.remembering import Memory

__all__ = ["Helpers", "Memory", "ModelAssistant", "ModelAssistantOptions"]
