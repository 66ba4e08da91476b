"""What it costs to lay a prompt out, at the beginning of an episode and after 500 turns."""

from __future__ import annotations

import asyncio
import gc
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from fondaco.domain import events as ev
from fondaco.domain.conversation import Conversation
from fondaco.domain.ids import (
    ConnectionId,
    ContactId,
    ConversationId,
    EpisodeId,
    MessageId,
    TurnId,
    WorkspaceId,
)
from fondaco.domain.people import ASSISTANT
from fondaco.domain.turns import Contact, Work
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Trace
from fondaco.engine.model.prompting import Frames
from fondaco.engine.model.remembering import Memory, Wanted
from fondaco.kit.language import Language
from fondaco.lab.gates import Figure, at_most, exit_code, render_table, report, to_json
from fondaco.llm.asking import Prompt
from fondaco.llm.estimates import Estimator
from fondaco.llm.targets import Profile, Protocol, ProviderKind, Target
from fondaco.llm.tokens import load_vocabularies
from fondaco.memory.choosing import Chooser
from fondaco.memory.options import MemoryOptions, StrategyChoice
from fondaco.tools import Toolbox

_LENGTHS = (10, 100, 500)
_TIMES = 21
_COLD_TIMES = 5
_MOST_MS = 1.0
_EPISODE = EpisodeId("epi_measured")
_ASKS = "I ordered a scarf and two cups last week, number RI-{number}, and only the cups came. Where is it? "
_ANSWERS = "The scarf of order RI-{number} left our warehouse yesterday and will be with you by Friday. " * 2
_TARGET = Target(
    name="measured",
    provider="nobody",
    kind=ProviderKind.OPENAI,
    base_url="http://127.0.0.1",
    model="gpt-4.1",
    profile=Profile(protocol=Protocol.OPENAI_CHAT),
    context_tokens=1_000_000,  # so that nothing is cut
)


def run(*, as_json: bool, gates_on: bool) -> int:
    """Measure, print, and return 1 where the gate is missed and gates count."""
    estimator = Estimator(load_vocabularies())
    figures = tuple(_figures(estimator))
    counted = "by the vocabulary o200k" if estimator.is_exact else "as they are guessed without vocabularies"
    notes = (
        "CPU of this process; each turn is new, and nothing is cut.",
        "Read anew: the episode had left the memory of the process.",
        f"Tokens are counted {counted}.",
    )
    found = report("What laying a prompt out costs", figures, 0, notes)
    print(to_json(found) if as_json else render_table(found))
    return exit_code(found, gates_on=gates_on)


def _figures(estimator: Estimator) -> Iterator[Figure]:
    episode = _Episode(estimator)
    for turns in _LENGTHS:
        asyncio.run(episode.go_on(turns - episode.turns))
        warm = asyncio.run(episode.go_on(_TIMES))
        gate = at_most(_MOST_MS) if turns == max(_LENGTHS) else None
        yield Figure(
            name=f"after {turns} turns, median", value=round(statistics.median(warm), 3), unit="ms", gate=gate
        )
    cold = asyncio.run(episode.anew(_COLD_TIMES))
    yield Figure(
        name=f"after {max(_LENGTHS)} turns, read anew", value=round(statistics.median(cold), 1), unit="ms"
    )


@dataclass(slots=True)
class _Episode:
    """An episode that grows by a turn at a time."""

    estimator: Estimator
    records: list[ev.Recorded] = field(default_factory=list)
    frames: Frames = field(init=False)
    memory: Memory = field(init=False)

    def __post_init__(self) -> None:
        toolbox, options = Toolbox(), MemoryOptions(strategy=StrategyChoice.APPEND)
        self.frames = Frames("Rialto", toolbox, with_changes=False, max_output_tokens=600)
        self.memory = Memory(toolbox, self.estimator, Chooser(options))

    @property
    def turns(self) -> int:
        """How many there were."""
        return sum(isinstance(record.event, ev.TurnSettled) for record in self.records)

    async def go_on(self, turns: int) -> list[float]:
        """Add turns, and return what each of their prompts took, in milliseconds of CPU."""
        taken = []
        for _ in range(turns):
            number = len(self.records)
            asked = ev.MessageReceived(
                message_id=MessageId(f"msg_{number}"), text=_ASKS.format(number=number)
            )
            self._log(asked)
            wanted = self._wanted()
            _, milliseconds = await self._timed(wanted)
            taken.append(milliseconds)
            turn_id = wanted.context.turn_id
            answer = ev.MessagePosted(
                message_id=MessageId(f"msg_{number}_a"), author=ASSISTANT, text=_ANSWERS.format(number=number)
            )
            self._log(*wanted.trace.events, ev.ModelAsked(turn_id=turn_id, step=1, target="measured"), answer)
            self._log(_settled(turn_id))
        return taken

    async def anew(self, times: int) -> list[float]:
        """Return what the next prompt takes where nothing is in memory, in milliseconds of CPU."""
        self._log(ev.MessageReceived(message_id=MessageId("msg_last"), text="And now?"))
        taken = []
        for _ in range(times):
            self.__post_init__()
            _, milliseconds = await self._timed(self._wanted())
            taken.append(milliseconds)
        return taken

    async def _timed(self, wanted: Wanted) -> tuple[Prompt, float]:
        gc.collect(0)
        began = time.process_time()
        remembered = await self.memory.remember(wanted)
        return remembered.prompt, 1000 * (time.process_time() - began)

    def _wanted(self) -> Wanted:
        return Wanted(
            context=self._context(), trace=Trace(), targets=(_TARGET,), frames=self.frames, passages=()
        )

    def _context(self) -> TurnContext:
        conversation = Conversation(
            id=ConversationId("cnv_measured"),
            workspace_id=WorkspaceId("wsp_measured"),
            connection_id=ConnectionId("con_measured"),
            contact_id=ContactId("ctc_measured"),
            episode_id=_EPISODE,
            last_seq=len(self.records),
        )
        contact = Contact(id=conversation.contact_id)
        work = Work(conversation=conversation, contact=contact, records=tuple(self.records))
        last = self.records[-1].event
        question = last.text if isinstance(last, ev.MessageReceived) else ""
        turn_id = TurnId(f"trn_{len(self.records)}")
        return TurnContext(turn_id=turn_id, work=work, question=question, language=Language.EN)

    def _log(self, *events: ev.Event) -> None:
        for event in events:
            seq = len(self.records) + 1
            self.records.append(ev.Recorded(seq=seq, at_ms=seq, episode_id=_EPISODE, event=event))


def _settled(turn_id: TurnId) -> ev.TurnSettled:
    return ev.TurnSettled(turn_id=turn_id, outcome=ev.OutcomeKind.REPLY, duration_ms=1.0)
