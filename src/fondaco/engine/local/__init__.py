"""The assistant without a model: stored texts, and values that only tools can put into them."""

from fondaco.engine.local.assistant import LocalAssistant
from fondaco.engine.local.finding import Finder
from fondaco.engine.local.librarian import Librarian
from fondaco.engine.local.library import Library, Shelf

__all__ = ["Finder", "Librarian", "Library", "LocalAssistant", "Shelf"]
