"""Targets and failures for tests of what happens around a call."""

from __future__ import annotations

from fondaco.llm.failures import Failure, FailureClass
from fondaco.llm.targets import Profile, Protocol, ProviderKind, Target


def a_target(model: str = "gpt-4.1", provider: str = "openai", credential: str = "key") -> Target:
    return Target(
        name=f"{provider}-{model}",
        provider=provider,
        kind=ProviderKind.OPENAI,
        base_url="http://127.0.0.1",
        model=model,
        profile=Profile(protocol=Protocol.OPENAI_CHAT),
        credential=credential,
    )


def a_failure(kind: FailureClass, retry_after_ms: int | None = None) -> Failure:
    return Failure(kind=kind, message="it said no", retry_after_ms=retry_after_ms)
