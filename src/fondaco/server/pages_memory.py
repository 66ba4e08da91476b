"""What a turn decided about the history that models are told, ready for the *why* pane."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from fondaco.domain import events as ev


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One decision: a sentence of the catalogue, its reason, and what was told."""

    word: str
    strategy: str = ""  #: names itself in the catalogue
    counts: dict[str, int] = field(default_factory=dict)
    why: str = ""  #: in English, for teammates
    text: str = ""  #: what models were told instead, or what was looked for
    places: tuple[str, ...] = ()  #: ids of the conversations that it came from


def moments_of(events: Iterable[ev.Event]) -> tuple[Moment, ...]:
    """Return what these events tell of memory, in their order."""
    return tuple(one for event in events for one in _moments(event))


def _moments(event: ev.Event) -> Iterator[Moment]:
    if isinstance(event, ev.TurnsRecalled) and event.earlier:
        places = tuple(dict.fromkeys(str(one.conversation_id) for one in event.earlier))
        counts = {"n": sum(len(one.seqs) for one in event.earlier), "tokens": event.tokens}
        yield Moment(word="why.memory_recalled_earlier", counts=counts, text=event.query, places=places)
        if not event.seqs:
            return
    moment = _moment(event)
    if moment is not None:
        yield moment


def _moment(event: ev.Event) -> Moment | None:
    match event:
        case ev.MemoryPlanned(strategy=strategy, why=why, card=card):
            return Moment(word="why.memory_planned", strategy=strategy, why=why, text=card)
        case ev.HistoryCut(hidden_tokens=hidden, kept_tokens=kept, why=why, digest=digest):
            return Moment(
                word="why.memory_cut", counts={"hidden": hidden, "kept": kept}, why=why, text=digest
            )
        case ev.PromptShortened(left_out_tokens=tokens):
            return Moment(word="why.memory_shortened", counts={"tokens": tokens})
        case ev.TurnsRecalled(seqs=seqs, tokens=tokens, query=query):
            return Moment(word="why.memory_recalled", counts={"n": len(seqs), "tokens": tokens}, text=query)
        case _:
            return None
