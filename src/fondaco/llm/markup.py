"""What a model writes for its own template and nobody else."""

from __future__ import annotations

import re

#: Names of elements that only templates of models and our own prompts have.
_ELEMENT = (
    r"(?:articles|tool[\s_]*calls?|tool[\s_]*(?:response|result|use|code)s?|functions?|function[\s_]*(?:calls?|results?)"
    r"|function=\w*|antml:\w+|invoke|parameters?|arguments|think(?:ing)?|reasoning|scratchpad|im_start|im_end|system"
    r"|sys|assistant|instructions?)"
)
#: What only a model's template or our own prompt writes: a tool call as text, marks of data, thoughts.
_MARKUP = re.compile(
    r"<\s*\|[^|>\n]{0,40}\|?\s*>"
    r"|[<‹〈]\s*[/|]?\s*" + _ELEMENT + r"(?:\s[^<>‹›〈〉\n]{0,80})?\s*/?\s*[>›〉]"
    r"|</?\s*(?:articles|tool_calls?|tool_response|function_calls?|function=|invoke|parameter|think|im_start|im_end)\b"
    r"|\[/?(?:TOOL_CALLS|INST|AVAILABLE_TOOLS|TOOL_RESULTS|SYSTEM_PROMPT)\]|<</?SYS>>|\[\[\s*tool"
    r'|\{\s*["\'](?:name|function|tool|tool_name|action)["\']\s*:\s*["\'][\w.-]+["\']\s*,'
    r'\s*["\'](?:arguments|parameters|args|input|action_input)["\']\s*:',
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[<\[{‹〈]")


def markup_in(text: str) -> list[str]:
    """Return every piece of such markup in a text; none of it is a word for a contact."""
    if _BRACKETS.search(text) is None:
        return []
    return [match.group() for match in _MARKUP.finditer(text)]
