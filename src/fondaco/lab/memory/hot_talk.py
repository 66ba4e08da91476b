"""An open conversation that the product's own memory makes a prompt of, turn by turn."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from time import process_time

from fondaco.domain import events as ev
from fondaco.domain.changes import Change, changed
from fondaco.domain.conversation import Conversation
from fondaco.domain.ids import (
    CallId,
    ConnectionId,
    ContactId,
    ConversationId,
    EpisodeId,
    MessageId,
    WorkspaceId,
)
from fondaco.domain.lifecycle import Inbound, receive
from fondaco.domain.people import ASSISTANT
from fondaco.domain.tools import CallState, Effect, ToolCall
from fondaco.domain.turns import Contact, Work, reply_id_of, turn_id_of, unanswered
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Trace
from fondaco.engine.model.episode import LatestEpisodes
from fondaco.engine.model.prompting import Frames
from fondaco.engine.model.remembering import Memory, Wanted
from fondaco.kit.language import Language
from fondaco.lab.memory.cost_sheets import SHARES, made_up
from fondaco.lab.memory.hot_words import FIND_ORDER, Orders, Spoken, language_of
from fondaco.llm.asking import Prompt
from fondaco.llm.estimates import Estimator
from fondaco.llm.profiles import dialect_for, profile_for
from fondaco.llm.targets import ProviderKind, Target
from fondaco.llm.tokens import load_vocabularies
from fondaco.memory.choosing import Chooser
from fondaco.memory.options import MemoryOptions
from fondaco.tools import Toolbox

WORKSPACE, CONNECTION = WorkspaceId("wsp_held"), ConnectionId("con_held")
_FIRST_MS = 1_764_000_000_000
_MINUTE_MS = 60_000
#: A sheet with known tokens at a quarter of the price: conversations of 40 turns are cut under it.
_SHEET = made_up()[SHARES.index(next(share for share in SHARES if share.denominator == 4))]

Write = Callable[[Change], Awaitable[None]]


def _target(kind: ProviderKind, model: str) -> Target:
    return Target(
        name=kind.value,
        provider=kind.value,
        kind=kind,
        base_url="http://127.0.0.1",
        model=model,
        profile=profile_for(kind, model),
        context_tokens=128_000,
    )


TARGETS = (
    _target(ProviderKind.OPENAI, "gpt-4.1"),
    _target(ProviderKind.ANTHROPIC, "claude-sonnet-4-5"),
    _target(ProviderKind.GEMINI, "gemini-2.5-flash"),
)


class Remembering:
    """A memory as the server has it, and how many conversations it holds."""

    def __init__(self, estimator: Estimator, conversations: int = 0) -> None:
        """Hold so many conversations; 0: as many as the settings say by default."""
        options, toolbox = MemoryOptions(), Toolbox((Orders(),))
        self._episodes = LatestEpisodes(conversations or options.conversations)
        self._memory = Memory(toolbox, estimator, Chooser(options, lambda _: _SHEET), self._episodes)
        self._frames = Frames("Rialto", toolbox, with_changes=False, max_output_tokens=600)
        self.turns = 0
        self.cpu_ms = 0.0  #: of laying these turns' prompts out

    @property
    def held(self) -> int:
        """How many conversations are hot."""
        return len(self._episodes)

    async def prompt(self, context: TurnContext, trace: Trace) -> Prompt:
        """Return the turn's first prompt; what was decided for it is in the trace."""
        wanted = Wanted(context=context, trace=trace, targets=TARGETS[:1], frames=self._frames, passages=())
        began = process_time()
        remembered = await self._memory.remember(wanted)
        self.cpu_ms += 1000 * (process_time() - began)
        self.turns += 1
        return remembered.prompt


def estimator() -> Estimator:
    """Return what counts tokens, as the server has it."""
    return Estimator(load_vocabularies())


@dataclass(slots=True)
class OpenTalk:
    """One conversation.  Its records are made on the fly; whoever lets go of the talk lets go of them."""

    number: int
    write: Write | None = None  #: where every change goes to
    base: Conversation = field(init=False)
    records: list[ev.Recorded] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.base = new_conversation(self.number)

    async def go_on(self, said: Iterable[Spoken], remembering: Remembering) -> None:
        """Have these turns."""
        for spoken in said:
            await self.ask(spoken)
            await self._answer(spoken, remembering)

    async def ask(self, spoken: Spoken) -> None:
        """Let the contact write."""
        place = len(self.records)
        inbound = Inbound(
            message_id=MessageId(f"msg_{self.number}_{place}"),
            text=spoken.asked,
            external_id=f"{self.number}_{place}",
            at_ms=self._now_ms(),
            new_episode_id=EpisodeId(f"epi_{self.number}"),
            language=language_of(self.number),
        )
        await self._take(receive(self.base, inbound))

    async def _answer(self, spoken: Spoken, remembering: Remembering) -> None:
        context, trace = context_of(self.base, tuple(self.records)), Trace()
        await remembering.prompt(context, trace)
        turn_id = context.turn_id
        asked = ev.ModelAsked(turn_id=turn_id, step=1, target="openai")
        posted = ev.MessagePosted(
            message_id=reply_id_of(turn_id), author=ASSISTANT, text=spoken.answered, turn_id=turn_id
        )
        settled = ev.TurnSettled(turn_id=turn_id, outcome=ev.OutcomeKind.REPLY, duration_ms=1.0)
        events = (*trace.events, asked, *self._called(context, spoken), posted, settled)
        await self._take(changed(self.base, events, self._now_ms()))

    def _called(self, context: TurnContext, spoken: Spoken) -> tuple[ev.Event, ...]:
        if spoken.result is None:
            return ()
        name = f"cal_{self.number}_{len(self.records):08}"
        call = ToolCall(
            id=CallId(name),
            tool=FIND_ORDER.name,
            arguments={"order_number": spoken.number},
            effect=Effect.READ,
            idempotency_key=name,
            state=CallState.DONE,
            result=spoken.result,
        )
        again = ev.ModelAsked(turn_id=context.turn_id, step=2, target="openai")
        return ev.ToolCalled(turn_id=context.turn_id, call=call), again

    async def _take(self, change: Change) -> None:
        if self.write is not None:
            await self.write(change)
        self.base = change.after
        self.records += change.records

    def _now_ms(self) -> int:
        return _FIRST_MS + _MINUTE_MS * len(self.records)


def new_conversation(number: int) -> Conversation:
    """Return a conversation in which nothing was said yet."""
    return Conversation(
        id=ConversationId(f"cnv_{number}"),
        workspace_id=WORKSPACE,
        connection_id=CONNECTION,
        contact_id=ContactId(f"ctc_{number}"),
    )


def context_of(conversation: Conversation, records: tuple[ev.Recorded, ...]) -> TurnContext:
    """Return the turn that waits at the end of these events."""
    messages = unanswered(records)
    return TurnContext(
        turn_id=turn_id_of(messages),
        work=Work(conversation=conversation, contact=Contact(id=conversation.contact_id), records=records),
        question="\n".join(message.text for message in messages),
        language=conversation.language or Language.EN,
    )


def rendered(prompt: Prompt) -> list[bytes]:
    """Return the prompt as each provider's protocol sends it."""
    return [
        dialect_for(target.profile.protocol).request(prompt, target, "", stream=False).body
        for target in TARGETS
    ]


async def prompt_bytes(
    remembering: Remembering, conversation: Conversation, records: tuple[ev.Recorded, ...]
) -> list[bytes]:
    """Return the next turn's prompt as it is sent."""
    return rendered(await remembering.prompt(context_of(conversation, records), Trace()))


def digest_of(bodies: Iterable[bytes]) -> list[str]:
    """Return what tells these bytes from any others."""
    return [sha256(body).hexdigest() for body in bodies]
