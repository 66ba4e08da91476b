"""What the console shows of a conversation, decided without HTML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from fondaco.domain import events as ev
from fondaco.domain.access import Team, Teammate
from fondaco.domain.conversation import Conversation, Status
from fondaco.domain.ids import TurnId
from fondaco.domain.people import AssigneeKind, Author, AuthorKind
from fondaco.kit.language import Language
from fondaco.server.pages_actions import is_told


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who is who in a workspace, as one teammate sees it."""

    me: Teammate
    teammates: Mapping[str, str]
    teams: Mapping[str, str]

    @classmethod
    def of(
        cls, me: Teammate, teammates: Iterable[Teammate], teams: Iterable[Team], language: Language
    ) -> People:
        """Name everybody, teams in this language."""
        return cls(
            me=me,
            teammates={one.id: one.name for one in teammates},
            teams={one.id: one.names.get(language) or next(iter(one.names.values()), "") for one in teams},
        )


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence of the catalogue with its values."""

    word: str
    values: dict[str, str] = field(default_factory=dict)


def state_of(conversation: Conversation, people: People) -> Told:
    """Say who has to act; the sentence's name also chooses its colour."""
    who = conversation.assignee
    if conversation.status is Status.RESOLVED or who.kind is AssigneeKind.NOBODY:
        return Told("state.resolved")
    if who.kind is AssigneeKind.ASSISTANT:
        return Told("state.assistant")
    if who.kind is AssigneeKind.TEAM:
        return Told("state.team", {"team": people.teams.get(who.id, who.id)})
    if who.id == people.me.id:
        return Told("state.mine")
    return Told("state.teammate", {"name": people.teammates.get(who.id, who.id)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One conversation in the inbox."""

    id: str
    subject: str
    language: str
    state: Told
    waiting_since_ms: int | None
    updated_at_ms: int

    @classmethod
    def of(cls, conversation: Conversation, people: People) -> Row:
        """Describe a conversation."""
        return cls(
            id=conversation.id,
            subject=conversation.subject,
            language=conversation.language.value if conversation.language else "",
            state=state_of(conversation, people),
            waiting_since_ms=conversation.waiting_since_ms,
            updated_at_ms=conversation.updated_at_ms,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """What a teammate can do with a conversation now."""

    can_reply: bool
    can_take: bool
    can_return: bool
    can_resolve: bool

    @classmethod
    def of(cls, conversation: Conversation, me: Teammate) -> Controls:
        """Decide it as ``domain.lifecycle`` will."""
        is_open = conversation.status is Status.OPEN and conversation.episode_id is not None
        who = conversation.assignee
        mine = who.kind is AssigneeKind.TEAMMATE and who.id == me.id
        return cls(
            can_reply=is_open and not conversation.assistant_answers,
            can_take=is_open and not mine,
            can_return=is_open and mine,
            can_resolve=is_open,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing in the thread: a message, a note, or a line that tells what happened."""

    seq: int
    at_ms: int
    kind: str  #: ``contact``, ``assistant``, ``teammate``, ``system``, ``note`` or ``line``
    name: str = ""
    shown_as: str = ""  #: what the contact sees, where that is another name
    text: str = ""
    language: str = ""
    turn_id: str = ""
    citations: tuple[ev.Citation, ...] = ()
    offers: tuple[ev.Offer, ...] = ()
    told: Told | None = None


def items_of(records: Iterable[ev.Recorded]) -> list[Item]:
    """Return what the thread shows, oldest first."""
    found = (item_of(record) for record in records)
    return [item for item in found if item is not None]


def item_of(record: ev.Recorded) -> Item | None:
    """Return what the thread shows of an event; None for what only the *why* pane shows."""
    seq, at_ms = record.seq, record.at_ms
    match record.event:
        case ev.MessageReceived(text=text, language=language):
            return Item(seq=seq, at_ms=at_ms, kind="contact", text=text, language=_code(language))
        case ev.MessagePosted() as message:
            return _posted(record, message)
        case ev.NoteAdded(author=author, text=text):
            return Item(seq=seq, at_ms=at_ms, kind="note", name=author.name, text=text)
        case event:
            told = _line(event)
            return None if told is None else Item(seq=seq, at_ms=at_ms, kind="line", told=told)


def _posted(record: ev.Recorded, message: ev.MessagePosted) -> Item:
    name = message.author.name
    return Item(
        seq=record.seq,
        at_ms=record.at_ms,
        kind=message.author.kind.value,
        name=name,
        shown_as=message.shown_as if message.shown_as != name else "",
        text=message.text,
        language=_code(message.language),
        turn_id=message.turn_id or "",
        citations=message.citations,
        offers=message.offers,
    )


def _line(event: ev.Event) -> Told | None:
    match event:
        case ev.EpisodeOpened():
            return Told("event.opened")
        case ev.EpisodeClosed(by=by):
            return Told("event.closed", {"name": _named(by)})
        case ev.HandoffRequested(reason=reason):
            return Told("event.requested", {"reason": f"reason.{reason.value}"})
        case ev.AssigneeChanged(assignee=assignee, by=by) if assignee.kind is AssigneeKind.TEAMMATE:
            return Told("event.taken", {"name": _named(by)})
        case ev.HandoffReturned(teammate=teammate):
            return Told("event.returned", {"name": _named(teammate)})
        case _:
            return _rarer_line(event)


def _rarer_line(event: ev.Event) -> Told | None:
    match event:
        case ev.IdentityVerified(scope=scope):
            return Told("event.verified", {"scope": scope})
        case ev.VerificationFailed(scope=scope):
            return Told("event.unverified", {"scope": scope})
        case ev.CodeSent(sent_to=sent_to):
            return Told("event.coded", {"name": sent_to or "•••"})
        case ev.ActionMoved(action=action, by=by) if is_told(event):
            state, kind = f"progress.{action.state.value}", f"author.{by.kind.value}"
            told = {"tool": action.tool, "state": state, "name": by.name, "kind": kind}
            return Told("event.action", told)
        case ev.RatingGiven(stars=stars):
            return Told("event.rated", {"stars": str(stars)})
        case ev.DeliveryEnded(state=state, reason=reason):
            return Told("event.delivery", {"state": state, "reason": reason})
        case _:
            return None


def _named(author: Author) -> str:
    return author.name or (author.kind.value if author.kind is not AuthorKind.CONTACT else "contact")


def _code(language: Language | None) -> str:
    return language.value if language else ""


def turns_in(records: Iterable[ev.Recorded]) -> list[TurnId]:
    """Return the turns that these events belong to, in order."""
    found = (getattr(record.event, "turn_id", None) for record in records)
    return list(dict.fromkeys(turn for turn in found if turn))
