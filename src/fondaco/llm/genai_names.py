"""The names of OpenTelemetry's GenAI conventions that fondaco emits, all of them and only here.

They are still being renamed; these are those of ``docs/gen-ai/client-inference.md`` in
https://github.com/open-telemetry/semantic-conventions-genai as of November 2026, where the metrics have moved
from ``gen_ai.client.operation.*`` and ``gen_ai.client.token.*`` to ``gen_ai.client.inference.*``.
"""

from __future__ import annotations

from typing import Final

OPERATION: Final = "gen_ai.operation.name"
CHAT: Final = "chat"
EXECUTE_TOOL: Final = "execute_tool"  #: the operation of a tool call's span
TOOL: Final = "gen_ai.tool.name"
TOOL_CALL: Final = "gen_ai.tool.call.id"
PROVIDER: Final = "gen_ai.provider.name"
REQUEST_MODEL: Final = "gen_ai.request.model"
RESPONSE_MODEL: Final = "gen_ai.response.model"
FINISH_REASONS: Final = "gen_ai.response.finish_reasons"
MAX_TOKENS: Final = "gen_ai.request.max_tokens"
TEMPERATURE: Final = "gen_ai.request.temperature"
CONVERSATION: Final = "gen_ai.conversation.id"
USAGE: Final = "gen_ai.usage."  #: an attribute for each class of tokens, such as ``input_tokens``
ERROR_TYPE: Final = "error.type"
SERVER_ADDRESS: Final = "server.address"
SERVER_PORT: Final = "server.port"

DURATION: Final = "gen_ai.client.inference.duration"  #: seconds, of the operation with all retries
TIME_TO_FIRST: Final = "gen_ai.client.inference.time_to_first_chunk"  #: seconds
USED: Final = (
    "gen_ai.client.inference.usage."  #: a counter for each class of tokens, named as the attributes are
)
#: The names before, for dashboards that still know no others.
OLD_DURATION: Final = "gen_ai.client.operation.duration"
OLD_TOKENS: Final = "gen_ai.client.token.usage"
OLD_KIND: Final = "gen_ai.token.type"  #: ``input`` or ``output``

ERROR_FINISH: Final = "error"  #: finish reason of an answer that ended before its last event

#: fondaco's kinds of providers as the conventions name them; any other goes by the operator's name.
PROVIDERS: Final = {
    "openai": "openai",
    "anthropic": "anthropic",
    "gemini": "gcp.gemini",
    "deepseek": "deepseek",
}
