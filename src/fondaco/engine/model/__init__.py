"""Answers by a language model that works with articles and tools, and is believed nothing unproven."""

from fondaco.engine.model.assistant import ModelAssistant, ModelAssistantOptions

__all__ = ["ModelAssistant", "ModelAssistantOptions"]
