"""What an answerer hands to the guard: a text with everything that it is made of."""

from __future__ import annotations

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.contracts import Action
from fondaco.domain.evidence import Evidence, SlotValue, Verdict
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.ids import CallId
from fondaco.domain.tools import ToolCall
from fondaco.kit.language import Language
from fondaco.knowledge import Search


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """A stored text that a draft quotes; the values in it are the shop's own."""

    article_id: str
    text: str


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An answer that nobody has judged yet, or the wish to hand over."""

    text: str = ""
    language: Language
    slots: tuple[SlotValue, ...] = ()
    sources: tuple[Source, ...] = ()
    citations: tuple[ev.Citation, ...] = ()
    offers: tuple[ev.Offer, ...] = ()
    awaiting: ev.Awaiting | None = None
    handoff: HandoffReason | None = None
    stated: tuple[Evidence, ...] = ()  #: values that the shop itself vouches for, such as a promised time
    calls: tuple[ToolCall, ...] = ()  #: what the text speaks of
    actions: tuple[Action, ...] = ()  #: what the text proposes, or says to be done
    invented: tuple[tuple[CallId, str], ...] = ()  #: what a model passed to a call and nobody had said
    stored: bool = False  #: the words are the shop's own or ours; a model's are not
    topic: str = ""  #: chooses the team of a handoff


def joined(first: Draft, second: Draft) -> Draft:
    """Return both drafts as one, one below the other; what the contact is asked is what the second asks."""
    return Draft(
        text="\n\n".join(text for text in (first.text, second.text) if text),
        language=first.language,
        slots=first.slots + second.slots,
        sources=first.sources + second.sources,
        citations=tuple(dict.fromkeys(first.citations + second.citations)),
        offers=second.offers,
        awaiting=second.awaiting,
        handoff=first.handoff or second.handoff,
        stated=first.stated + second.stated,
        calls=first.calls + second.calls,
        actions=first.actions + second.actions,
        invented=first.invented + second.invented,
        stored=first.stored and second.stored,
        topic=first.topic or second.topic,
    )


class Trace:
    """Collects what happened in a turn, in order, for the log and for the *why* pane."""

    def __init__(self) -> None:
        self._events: list[ev.Event] = []
        self.found: Search | None = None  #: what the search of this turn found, once somebody has searched
        self.began_ms: float | None = None  #: of ``Clock.monotonic_ms``: when a model was first asked
        self._judged: tuple[Draft, Verdict] | None = None

    def add(self, event: ev.Event) -> None:
        """Remember one more fact."""
        self._events.append(event)

    def judged(self, draft: Draft, verdict: Verdict) -> None:
        """Remember what the guard has said of this very draft, so that nobody has to ask again."""
        self._judged = (draft, verdict)

    def verdict_on(self, draft: Draft) -> Verdict | None:
        """Return what the guard has said of this very draft; None where it has not been asked last of it."""
        return self._judged[1] if self._judged is not None and self._judged[0] is draft else None

    @property
    def events(self) -> tuple[ev.Event, ...]:
        """What was remembered, oldest first."""
        return tuple(self._events)
