"""Keys of providers: read where the operator says they are, shown to nobody."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from fondaco.domain.errors import ConfigurationError
from fondaco.llm.options import ProviderOptions


class Secrets:
    """The providers' keys by provider name; its text form names no secret."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = dict(values)

    def __repr__(self) -> str:
        return f"Secrets of {', '.join(sorted(self._values)) or 'nobody'}"

    def of(self, provider: str) -> str:
        """Return the provider's key; empty where it needs none."""
        return self._values.get(provider, "")


def read_secrets(
    providers: Iterable[ProviderOptions], environment: Mapping[str, str] | None = None
) -> Secrets:
    """Read every provider's key from where its setting ``key`` says.  Raises ConfigurationError."""
    known = os.environ if environment is None else environment
    return Secrets({one.name: _read(one, known) for one in providers if one.key})


def _read(provider: ProviderOptions, environment: Mapping[str, str]) -> str:
    place, _, name = provider.key.partition(":")
    match place:
        case "env":
            secret = environment.get(name, "")
            missing = f"the environment variable {name} is not set"
        case "file":
            secret, missing = _from_file(name)
        case _:
            # The value may be the key itself, so the message must not repeat it.
            raise ConfigurationError(
                f"llm.providers {provider.name!r}: key must say where the key is, "
                "as env:NAME or file:/path; a key does not belong into the settings."
            )
    secret = secret.strip()
    if not secret:
        raise ConfigurationError(f"llm.providers {provider.name!r}: {missing}.")
    if not (secret.isascii() and secret.isprintable()):
        raise ConfigurationError(
            f"llm.providers {provider.name!r}: the key at {provider.key} holds characters "
            "that no header can carry; store the bare key."
        )
    return secret


def _from_file(name: str) -> tuple[str, str]:
    try:
        return Path(name).read_text("utf-8"), f"the file {name} is empty"
    except (OSError, UnicodeDecodeError) as error:
        return "", f"the file {name} cannot be read ({error})"
