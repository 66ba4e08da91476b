"""What is known of each kind of provider before anybody has asked it anything."""

from __future__ import annotations

import re

import msgspec

from fondaco.llm.failures import Failure, FailureClass
from fondaco.llm.targets import EndMarker, Profile, Protocol, ProviderKind, StreamUsage
from fondaco.llm.wire.anthropic import AnthropicMessages
from fondaco.llm.wire.dialect import Dialect
from fondaco.llm.wire.gemini import Gemini
from fondaco.llm.wire.openai import OpenAiChat

#: Where a kind of provider is, unless the operator says otherwise; a compatible one can be anywhere.
BASE_URLS = {
    ProviderKind.HOLYSHEEP: "https://api.holysheep.ai/v1",
    ProviderKind.OPENAI: "https://api.openai.com/v1",
    ProviderKind.DEEPSEEK: "https://api.deepseek.com",
    ProviderKind.ANTHROPIC: "https://api.anthropic.com",
    ProviderKind.GEMINI: "https://generativelanguage.googleapis.com",
}

_DIALECTS: dict[Protocol, Dialect] = {
    Protocol.OPENAI_CHAT: OpenAiChat(),
    Protocol.ANTHROPIC_MESSAGES: AnthropicMessages(),
    Protocol.GEMINI: Gemini(),
}

#: OpenAI's reasoning models take no temperature but their own.
_REASONS = re.compile(r"(?:.*/)?(?:o\d|gpt-5)")
#: From the third generation on Gemini refuses a function call without a thought signature.
_SIGNS = re.compile(r"(?:.*/)?gemini-(?:[3-9]|\d\d)")
#: Google's own stand-in for calls that were made by another model (its page on thought signatures).
_STAND_IN = "skip_thought_signature_validator"
#: ``name:tag`` is how Ollama names models; it may end a stream without any finish reason.
_OLLAMA = re.compile(r"[\w.-]+:[\w.-]+")

_COMPATIBLE = Profile(protocol=Protocol.OPENAI_CHAT, end_marker=EndMarker.FINISH_REASON)
_PROFILES = {
    ProviderKind.OPENAI: Profile(
        protocol=Protocol.OPENAI_CHAT, output_limit_field="max_completion_tokens", obfuscates=True
    ),
    ProviderKind.DEEPSEEK: Profile(protocol=Protocol.OPENAI_CHAT, echoes_reasoning=True),
    # No contract is published: cached tokens may be missing from its figures, and [DONE] from its streams.
    ProviderKind.HOLYSHEEP: msgspec.structs.replace(_COMPATIBLE, reports_cache=False),
    ProviderKind.COMPATIBLE: _COMPATIBLE,
    ProviderKind.ANTHROPIC: Profile(
        protocol=Protocol.ANTHROPIC_MESSAGES,
        end_marker=EndMarker.MESSAGE_STOP,
        stream_usage=StreamUsage.ALWAYS,
    ),
    ProviderKind.GEMINI: Profile(
        protocol=Protocol.GEMINI, end_marker=EndMarker.FINISH_REASON, stream_usage=StreamUsage.ALWAYS
    ),
}


def profile_for(kind: ProviderKind, model: str, *, stream: bool = True, tools: bool = True) -> Profile:
    """Return what one model at one kind of provider can do, as far as its documents say."""
    profile = msgspec.structs.replace(_PROFILES[kind], streams=stream, tools=tools)
    name = model.lower()
    if profile.protocol is Protocol.OPENAI_CHAT and _REASONS.match(name):
        profile = msgspec.structs.replace(profile, takes_temperature=False)
    if profile.protocol is Protocol.OPENAI_CHAT and "deepseek" in name:
        profile = msgspec.structs.replace(profile, echoes_reasoning=True)
    if profile.protocol is Protocol.GEMINI and _SIGNS.match(name):
        profile = msgspec.structs.replace(profile, signature_stand_in=_STAND_IN)
    if kind is ProviderKind.COMPATIBLE and _OLLAMA.fullmatch(name):
        profile = msgspec.structs.replace(profile, end_marker=EndMarker.DONE_ONLY)
    return profile


def lowered(profile: Profile, failure: Failure) -> Profile | None:
    """Return a profile that asks for less where the failure names what was too much, else None.

    Compatible providers refuse with 400 what they do not know; one further attempt with this profile
    is worth it, and every later request saves itself the refusal.
    """
    said = failure.message.lower()
    if failure.kind is not FailureClass.OUR_FAULT:
        return None
    if "stream_options" in said and profile.stream_usage is StreamUsage.ASKED:
        return msgspec.structs.replace(profile, stream_usage=StreamUsage.NEVER, obfuscates=False)
    if "include_obfuscation" in said and profile.obfuscates:
        return msgspec.structs.replace(profile, obfuscates=False)
    if "max_completion_tokens" in said or "max_tokens" in said:
        return _with_other_limit(profile, said)
    if "temperature" in said and profile.takes_temperature:
        return msgspec.structs.replace(profile, takes_temperature=False)
    return None


def dialect_for(protocol: Protocol) -> Dialect:
    """Return the reader and writer of a protocol; it keeps nothing, so one serves all."""
    return _DIALECTS[protocol]


def _with_other_limit(profile: Profile, said: str) -> Profile | None:
    """Return the profile with the other name of the output's limit, where the one in use is not known."""
    unknown = any(
        word in said for word in ("unsupported", "not supported", "unknown", "unrecognized", "extra")
    )
    if profile.protocol is not Protocol.OPENAI_CHAT or not unknown:
        return None
    other = "max_tokens" if profile.output_limit_field == "max_completion_tokens" else "max_completion_tokens"
    return msgspec.structs.replace(profile, output_limit_field=other)
