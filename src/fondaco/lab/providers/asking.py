"""A cellar without a server above it: what asks models, against simulated providers."""

from __future__ import annotations

from collections.abc import Sequence

from prometheus_client import CollectorRegistry

from fondaco.domain.errors import ConfigurationError
from fondaco.domain.ids import ConnectionId, ConversationId, TurnId, WorkspaceId
from fondaco.kit.chance import Chance
from fondaco.kit.clock import Clock
from fondaco.kit.http import HttpClient
from fondaco.kit.ids import IdMaker
from fondaco.llm.answering import Ask, Scope
from fondaco.llm.asking import Prompt, Said, Speaker
from fondaco.llm.cellar import Cellar, Surroundings, build_cellar
from fondaco.llm.options import ChainOptions, LlmOptions, ModelOptions, ProviderOptions
from fondaco.testing.memory_ledger import MemoryLedger
from fondaco.testing.shared_notes import MemorySharedNotes

_RULE = "Facts come only from what stands here, and amounts, dates and names are copied letter by letter. "
_SYSTEM = (
    "You answer people who write to a shop. " + _RULE * 28
)  # 847 tokens with the question, as in the guide


def cellar_of(
    providers: Sequence[ProviderOptions],
    models: Sequence[ModelOptions],
    http: HttpClient,
    clock: Clock,
    chance: Chance,
) -> Cellar:
    """Return a cellar that asks these models in this order, with the settings that come with fondaco."""
    options = LlmOptions(
        providers=tuple(providers),
        models=tuple(models),
        chains=ChainOptions(cheap=tuple(model.name for model in models)),
    )
    around = Surroundings(
        http=http,
        ledger=MemoryLedger(),
        notes=MemorySharedNotes(),
        clock=clock,
        chance=chance,
        ids=IdMaker(clock, chance),
        metrics=CollectorRegistry(),
    )
    cellar = build_cellar(options, around)
    if cellar is None:
        raise ConfigurationError("The drill needs a model to ask; name one.")
    return cellar


def prompt_of(number: int) -> Prompt:
    """Return the question with this number."""
    asked = Said(by=Speaker.CONTACT, text=f"This is question {number:06d}: how do I care for lacquer?")
    return Prompt(system=_SYSTEM, history=(asked,), max_output_tokens=300)


def ask_of(number: int, cellar: Cellar, clock: Clock) -> Ask:
    """Return the question with this number to everybody in the cellar, with the usual deadlines."""
    now_ms, deadlines = clock.monotonic_ms(), cellar.gear.options.deadlines
    return Ask(
        prompt=prompt_of(number),
        targets=cellar.chains.cheap,
        scope=Scope(
            workspace_id=WorkspaceId("drill"),
            connection_id=ConnectionId("drill"),
            conversation_id=ConversationId(f"cnv_{number}"),
            turn_id=TurnId(f"trn_{number}"),
            step=1,
        ),
        first_token_ms=now_ms + 1000 * deadlines.first_token_seconds,
        whole_ms=now_ms + 1000 * deadlines.answer_seconds,
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of all values does not exceed; 0 for none."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0
