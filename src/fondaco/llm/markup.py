"""What a model writes for its own template and nobody else."""

from __future__ import annotations

import re

#: What only a model's template or our own prompt writes: a tool call as text, marks of data, thoughts.
_MARKUP = re.compile(
    r"<\|[^|>\n]{0,40}\|?>"
    r"|</?\s*(?:articles|tool_calls?|tool_response|function_calls?|function=|invoke|parameter|think|im_start|im_end)\b"
    r"|\[/?(?:TOOL_CALLS|INST|AVAILABLE_TOOLS)\]"
    r'|\{\s*"name"\s*:\s*"\w+"\s*,\s*"(?:arguments|parameters)"\s*:',
    re.IGNORECASE,
)


def markup_in(text: str) -> list[str]:
    """Return every piece of such markup in a text; none of it is a word for a contact."""
    return [match.group() for match in _MARKUP.finditer(text)]
