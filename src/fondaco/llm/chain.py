"""Which targets may be asked, in which order: the operator's chains, less what a filter leaves out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from fondaco.domain.errors import ConfigurationError
from fondaco.llm.options import LlmOptions, ModelOptions, ProviderOptions
from fondaco.llm.profiles import BASE_URLS, profile_for
from fondaco.llm.targets import ProviderKind, Target

Named = TypeVar("Named", ProviderOptions, ModelOptions)


class Chains(msgspec.Struct, frozen=True, kw_only=True):
    """The cheap and the strong targets, first choice first."""

    cheap: tuple[Target, ...] = ()
    strong: tuple[Target, ...] = ()
    left_out: tuple[str, ...] = ()  #: targets that a rule of residency excludes, with the reason

    @property
    def all(self) -> tuple[Target, ...]:
        """Every target once."""
        return tuple({target.name: target for target in (*self.cheap, *self.strong)}.values())

    def named(self, name: str) -> Target | None:
        """Return the target of this name; None where no chain has it."""
        return next((target for target in self.all if target.name == name), None)


def chains_of(options: LlmOptions) -> Chains:
    """Build the chains that the settings describe.  Raises ConfigurationError."""
    targets = targets_of(options)
    for name in (*options.chains.cheap, *options.chains.strong):
        if name not in targets:
            raise ConfigurationError(
                f"llm.chains names {name!r}, but there is no such model; "
                f"declared are: {', '.join(sorted(targets)) or 'none'}."
            )
    cheap, left_out = _within_rules(options, [targets[name] for name in options.chains.cheap])
    strong, more = _within_rules(options, [targets[name] for name in options.chains.strong])
    named = (*options.chains.cheap, *options.chains.strong)
    if named and not (cheap or strong):
        raise ConfigurationError(
            "llm.regions and llm.retentions leave no model to ask: " + "; ".join((*left_out, *more)) + "."
        )
    return Chains(cheap=cheap, strong=strong, left_out=tuple(dict.fromkeys((*left_out, *more))))


def targets_of(options: LlmOptions) -> dict[str, Target]:
    """Return every declared model by name, whether or not a chain has it.  Raises ConfigurationError."""
    providers = _by_name("llm.providers", options.providers)
    models = _by_name("llm.models", options.models)
    return {name: _target(model, providers) for name, model in models.items()}


def capable(
    targets: Sequence[Target], *, input_tokens: Callable[[Target], int], output_tokens: int
) -> tuple[Target, ...]:
    """Return the targets whose window has room for a prompt and its answer, in the same order.

    ``input_tokens`` says what the prompt takes at one of them: one that takes no tools is offered none, and
    is told in words what was looked up, so it may be asked wherever the operator has put it.
    """
    return tuple(
        target for target in targets if input_tokens(target) + output_tokens <= target.context_tokens
    )


def _by_name(where: str, named: Iterable[Named]) -> dict[str, Named]:
    found: dict[str, Named] = {}
    for one in named:
        if one.name in found:
            raise ConfigurationError(f"{where}: two are named {one.name!r}; rename one of them.")
        found[one.name] = one
    return found


def _target(model: ModelOptions, providers: dict[str, ProviderOptions]) -> Target:
    provider = providers.get(model.provider)
    if provider is None:
        raise ConfigurationError(
            f"llm.models {model.name!r} names the provider {model.provider!r}, which is not declared; "
            f"declared are: {', '.join(sorted(providers)) or 'none'}."
        )
    return Target(
        name=model.name,
        provider=provider.name,
        kind=provider.kind,
        base_url=_base_url(provider),
        model=model.model,
        profile=profile_for(provider.kind, model.model, stream=model.stream, tools=model.tools),
        credential=provider.name if provider.key else "",
        price=model.price or f"{provider.kind.value}/{model.model}",
        region=provider.region,
        retention=provider.retention,
        context_tokens=model.context_tokens,
        max_output_tokens=model.max_output_tokens,
    )


def _base_url(provider: ProviderOptions) -> str:
    if provider.base_url:
        if not provider.base_url.startswith(("http://", "https://")):
            raise ConfigurationError(
                f"llm.providers {provider.name!r}: base_url must begin with https:// or http://."
            )
        if "@" in provider.base_url:
            # What stands before it is a secret, so the message must not repeat it.
            raise ConfigurationError(
                f"llm.providers {provider.name!r}: base_url must hold no name and no password; use key."
            )
        if "?" in provider.base_url or "#" in provider.base_url:
            raise ConfigurationError(
                f"llm.providers {provider.name!r}: base_url must end before its ? or #, since paths are put "
                "behind it; a key belongs into key."
            )
        return provider.base_url.rstrip("/")
    if provider.kind is ProviderKind.COMPATIBLE:
        raise ConfigurationError(
            f"llm.providers {provider.name!r}: a compatible provider needs its base_url, "
            "such as http://127.0.0.1:8000/v1."
        )
    return BASE_URLS[provider.kind]


def _within_rules(options: LlmOptions, targets: list[Target]) -> tuple[tuple[Target, ...], tuple[str, ...]]:
    """Split off what may not be sent what contacts write; a target without a tag is not known to comply."""
    kept: list[Target] = []
    left_out: list[str] = []
    for target in targets:
        if options.regions and target.region not in options.regions:
            left_out.append(f"{target.name} processes in {target.region or 'an unknown region'}")
        elif options.retentions and target.retention not in options.retentions:
            left_out.append(f"{target.name} keeps texts for {target.retention or 'an unknown time'}")
        else:
            kept.append(target)
    return tuple(kept), tuple(left_out)
