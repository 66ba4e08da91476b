"""A conversation that goes on for as many turns as a test wants, and every prompt that memory makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.articles import Passage
from fondaco.domain.conversation import Conversation
from fondaco.domain.earlier import EarlierEpisode
from fondaco.domain.ids import (
    CallId,
    ConnectionId,
    ContactId,
    ConversationId,
    EpisodeId,
    MessageId,
    WorkspaceId,
)
from fondaco.domain.people import ASSISTANT
from fondaco.domain.tools import CallState, Effect, Parameter, ToolCall, ToolSpec, Verification
from fondaco.domain.turns import Contact, Work
from fondaco.engine.context import TurnContext, build
from fondaco.engine.draft import Trace
from fondaco.engine.model.cutting import Writes
from fondaco.engine.model.prompting import Frames
from fondaco.engine.model.remembering import Memory, Remembered, Wanted
from fondaco.kit.language import Language
from fondaco.llm.asking import Entry, Prompt, Said, ToolAnswered, Wished
from fondaco.llm.estimates import Estimator
from fondaco.llm.targets import Profile, Protocol, ProviderKind, Target
from fondaco.memory.choosing import Chooser
from fondaco.memory.options import MemoryOptions, StrategyChoice
from fondaco.memory.recall import Meaning
from fondaco.tools import Toolbox

EPISODE = EpisodeId("epi_1")
MINUTE_MS = 60_000


ORDER = ToolSpec(
    name="order", description="Finds an order.", parameters=(Parameter(name="number", pattern=r"\d+"),)
)


@dataclass(frozen=True, slots=True)
class LookUp:
    """A tool that nobody calls: the log tells what it told."""

    spec: ToolSpec = ORDER

    async def run(self, arguments: dict[str, Any], idempotency_key: str) -> dict[str, Any]:
        raise AssertionError((arguments, idempotency_key))


TOOLBOX = Toolbox((LookUp(),))
#: What a cut is small in, so that a test of a few turns sees some.
SMALL = MemoryOptions(strategy=StrategyChoice.STEPPED, high_tokens=300, low_tokens=100)


def a_target(context_tokens: int = 128_000, *, tools: bool = True) -> Target:
    return Target(
        name="m",
        provider="p",
        kind=ProviderKind.OPENAI,
        base_url="http://127.0.0.1",
        model="gpt-4o",
        profile=Profile(protocol=Protocol.OPENAI_CHAT, tools=tools),
        context_tokens=context_tokens,
    )


class Turn(msgspec.Struct, frozen=True, kw_only=True):
    """What is said in one turn."""

    asked: tuple[str, ...]  #: messages in a row
    results: tuple[str, ...] = ()  #: what tools tell
    answered: str = "Yes."
    language: Language | None = None
    counted: bool = False  #: the tokens are stored with the messages


@dataclass(slots=True)
class Asked:
    """One prompt, and what was decided for it."""

    prompt: Prompt
    events: tuple[ev.Event, ...]
    left: int  #: that the turn may still add

    @property
    def cuts(self) -> list[ev.HistoryCut]:
        return [event for event in self.events if isinstance(event, ev.HistoryCut)]

    @property
    def plans(self) -> list[ev.MemoryPlanned]:
        return [event for event in self.events if isinstance(event, ev.MemoryPlanned)]

    @property
    def stable(self) -> tuple[Entry, ...]:
        """What begins the next prompt as well."""
        return self.prompt.history[: self.prompt.stable]

    @property
    def text(self) -> str:
        return msgspec.json.encode(self.prompt.history).decode()


@dataclass(slots=True)
class LongTalk:
    """Keeps the log, and asks memory for the prompt of each turn."""

    options: MemoryOptions = SMALL
    target: Target = field(default_factory=a_target)
    estimator: Estimator = field(default_factory=Estimator)
    passages: Sequence[Passage] = ()
    summaries: Writes | None = None
    toolbox: Toolbox = TOOLBOX
    name: str = "Mira"
    subject: str = ""  #: whom the shop has signed for
    past: Sequence[EarlierEpisode] = ()  #: what the contact wrote before, the latest first
    readings: int = 0  #: how often somebody looked at it
    meaning: Meaning | None = None
    records: list[ev.Recorded] = field(default_factory=list)
    at_ms: int = 0
    memory: Memory = field(init=False)
    frames: Frames = field(init=False)

    def __post_init__(self) -> None:
        self.forget()
        self.frames = Frames("Rialto", self.toolbox, with_changes=False, max_output_tokens=300)
        self.log(ev.EpisodeOpened(episode_id=EPISODE))

    def forget(self) -> None:
        """Begin with nothing in memory, as another process does."""
        self.memory = Memory(
            self.toolbox,
            self.estimator,
            Chooser(self.options),
            meaning=lambda: self.meaning,
            earlier=self._read_earlier,
        )

    async def _read_earlier(
        self, conversation: Conversation, since_ms: int, before_ms: int
    ) -> list[EarlierEpisode]:
        self.readings += 1
        assert conversation.id == "cnv_1"
        return [one for one in self.past if since_ms <= one.opened_at_ms < before_ms]

    async def have(self, turn: Turn) -> Asked:
        """Go through a turn, and return the prompt that it began with."""
        self.write(turn)
        asked = await self.ask()
        self.settle(turn, asked)
        return asked

    def write(self, turn: Turn) -> None:
        """Log what the contact writes."""
        for text in turn.asked:
            self.log(
                ev.MessageReceived(
                    message_id=MessageId(f"msg_{len(self.records)}"),
                    text=text,
                    language=turn.language,
                    tokens=self.estimator.count(text) if turn.counted else 0,
                )
            )

    async def ask(self) -> Asked:
        """Return the prompt of the turn that waits; asking twice changes nothing."""
        trace = Trace()
        remembered = await self.remember(trace)
        return Asked(remembered.prompt, trace.events, remembered.growth.left)

    async def remember(self, trace: Trace) -> Remembered:
        return await self.memory.remember(
            Wanted(
                context=self.context,
                trace=trace,
                targets=(self.target,),
                frames=self.frames,
                passages=self.passages,
                summaries=self.summaries,
            )
        )

    def settle(self, turn: Turn, asked: Asked) -> None:
        """Log what the turn came to, as it is settled."""
        turn_id = self.context.turn_id
        self.log(*asked.events, ev.ModelAsked(turn_id=turn_id, step=1, target="m"))
        for result in turn.results:
            self.log(ev.ToolCalled(turn_id=turn_id, call=self.call(result)))
        posted = ev.MessagePosted(
            message_id=MessageId(f"msg_{len(self.records)}"),
            author=ASSISTANT,
            text=turn.answered,
            turn_id=turn_id,
            tokens=self.estimator.count(turn.answered) if turn.counted else 0,
        )
        self.log(posted, ev.TurnSettled(turn_id=turn_id, outcome=ev.OutcomeKind.REPLY, duration_ms=1.0))

    @property
    def context(self) -> TurnContext:
        """The turn that waits."""
        conversation = Conversation(
            id=ConversationId("cnv_1"),
            workspace_id=WorkspaceId("wsp_1"),
            connection_id=ConnectionId("con_1"),
            contact_id=ContactId("ctc_1"),
            episode_id=EPISODE,
            last_seq=len(self.records),
            language=self._language(),
        )
        contact = Contact(id=conversation.contact_id, name=self.name, verified_subject=self.subject)
        work = Work(conversation=conversation, contact=contact, records=tuple(self.records))
        built = build(work, Language.EN)
        assert built is not None
        return built

    def _language(self) -> Language | None:
        told = [one.event.language for one in self.records if isinstance(one.event, ev.MessageReceived)]
        return next((one for one in reversed(told) if one), None)

    def call(self, result: str) -> ToolCall:
        """Return a call that told this."""
        number = len(self.records)
        return ToolCall(
            id=CallId(f"cal_{number:012}"),
            tool="order",
            arguments={"number": str(number)},
            effect=Effect.READ,
            idempotency_key=str(number),
            state=CallState.DONE,
            result={"told": result},
        )

    def log(self, *events: ev.Event) -> None:
        """Write events down, a minute apart."""
        for event in events:
            self.at_ms += MINUTE_MS
            self.records.append(
                ev.Recorded(seq=len(self.records) + 1, at_ms=self.at_ms, episode_id=EPISODE, event=event)
            )


def earlier_episode(name: str, at_ms: int, *events: ev.Event) -> EarlierEpisode:
    """Return an episode of another conversation, a minute between its events, resolved in the end."""
    opened, closed = ev.EpisodeOpened(episode_id=EpisodeId(f"epi_{name}")), ev.EpisodeClosed(by=ASSISTANT)
    records = tuple(
        ev.Recorded(seq=place + 1, at_ms=at_ms + place * MINUTE_MS, episode_id=opened.episode_id, event=event)
        for place, event in enumerate((opened, *events, closed))
    )
    return EarlierEpisode(
        conversation_id=ConversationId(f"cnv_{name}"), id=opened.episode_id, records=records
    )


def received(text: str, language: Language | None = None) -> ev.MessageReceived:
    return ev.MessageReceived(message_id=MessageId(f"msg_{text}"), text=text, language=language)


def proven(subject: str, scope: str, level: Verification = Verification.MATCHED) -> ev.IdentityVerified:
    return ev.IdentityVerified(subject=subject, scope=scope, call_id=CallId("cal_1"), level=level)


def orphans(history: Sequence[Entry]) -> list[str]:
    """Return the ids of wishes without an answer right behind them, and of answers without a wish."""
    lost: list[str] = []
    waiting: list[str] = []
    for entry in history:
        if isinstance(entry, ToolAnswered) and entry.wish_id in waiting:
            waiting.remove(entry.wish_id)
            continue
        lost += waiting + ([entry.wish_id] if isinstance(entry, ToolAnswered) else [])
        waiting = [wish.id for wish in entry.wishes] if isinstance(entry, Wished) else []
    return lost + waiting


HELLO = Turn(asked=("Where is my parcel?",), answered="It left our warehouse yesterday.")
LONGER = Turn(
    asked=("My name is Mira and my number is RI-7. " * 3,),
    results=("on its way",),
    answered="It arrives on Friday. " * 4,
)


def options(choice: StrategyChoice = StrategyChoice.STEPPED, **more: object) -> MemoryOptions:
    return msgspec.structs.replace(SMALL, strategy=choice, **more)


async def told(talk: LongTalk, turn: Turn, times: int) -> list[Asked]:
    return [await talk.have(turn) for _ in range(times)]


def words(asked: Asked) -> str:
    """Return the last words of a prompt."""
    last = asked.prompt.history[-1]
    assert isinstance(last, Said)
    return last.text


def kinds(asked: Asked) -> list[str]:
    return [ev.kind_of(event) for event in asked.events]
