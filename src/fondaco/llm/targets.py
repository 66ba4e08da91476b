"""Where a model can be asked, and what that place can do."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class ProviderKind(StrEnum):
    """Whose protocol and habits an address has."""

    HOLYSHEEP = "holysheep"
    OPENAI = "openai"
    DEEPSEEK = "deepseek"
    ANTHROPIC = "anthropic"
    GEMINI = "gemini"
    COMPATIBLE = "compatible"  #: any other that speaks as OpenAI does: llama.cpp, vLLM, Ollama, a relay


class Protocol(StrEnum):
    """In which wire form it is spoken to."""

    OPENAI_CHAT = "openai_chat"
    ANTHROPIC_MESSAGES = "anthropic_messages"
    GEMINI = "gemini"


class EndMarker(StrEnum):
    """What proves that a stream is whole; whatever ends without it is incomplete."""

    DONE = "done"  #: ``data: [DONE]``
    FINISH_REASON = "finish_reason"  #: a finish reason is enough, ``[DONE]`` may be missing
    DONE_ONLY = "done_only"  #: ``[DONE]`` without any finish reason is accepted too, as Ollama sends it
    MESSAGE_STOP = "message_stop"  #: Anthropic's last event


class StreamUsage(StrEnum):
    """How a stream comes to report its usage."""

    ASKED = "asked"  #: ``stream_options.include_usage`` is sent
    ALWAYS = "always"  #: it comes by itself
    NEVER = "never"  #: it is estimated


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one model at one provider can do; a relay's differs from the model's home."""

    protocol: Protocol
    streams: bool = True
    tools: bool = True
    end_marker: EndMarker = EndMarker.DONE
    stream_usage: StreamUsage = StreamUsage.ASKED
    output_limit_field: str = "max_tokens"  #: or ``max_completion_tokens``
    takes_temperature: bool = True  #: reasoning models refuse a request that names one
    echoes_reasoning: bool = False  #: reasoning must go back with an open tool round
    obfuscates: bool = False  #: pads its stream unless told not to
    signature_stand_in: str = ""  #: goes with a call of another provider where each call must be signed
    reports_cache: bool = True  #: tells how many input tokens came from its cache


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One model at one provider, ready to be asked."""

    name: str  #: the operator's name for it, used in chains, prices, logs and reports
    provider: str  #: the operator's name for the provider
    kind: ProviderKind
    base_url: str  #: without a slash at the end
    model: str  #: the provider's name for it
    profile: Profile
    credential: str = ""  #: name of the secret, never the secret itself
    price: str = ""  #: key in the price file, such as ``openai/gpt-4.1``
    region: str = ""  #: where the provider processes what it is sent, such as ``eu``
    retention: str = ""  #: how long it keeps that, such as ``none`` or ``30d``
    context_tokens: int = 128_000
    max_output_tokens: int = 8_192
