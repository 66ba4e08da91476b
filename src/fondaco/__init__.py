"""fondaco: AI customer service that a company can trust."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fondaco.library import Answer, Fondaco, entry
    from fondaco.tools import tool

__all__ = ["Answer", "Fondaco", "entry", "tool"]


def __getattr__(name: str) -> Any:
    """Load the library when it is asked for: ``import fondaco`` alone costs nothing."""
    if name == "tool":
        from fondaco.tools import tool  # noqa: PLC0415

        return tool
    if name in __all__:
        from fondaco import library  # noqa: PLC0415

        return getattr(library, name)
    raise AttributeError(f"module 'fondaco' has no attribute {name!r}")
