"""Lays out what a model is told of an episode: the only place where histories of prompts are made.

Every decision, the plan and each cut, goes on the log with its turn.  So a prompt follows from the log, and
any process, after any eviction or crash, builds the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.articles import Passage
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Trace
from fondaco.engine.model.comparing import Comparing
from fondaco.engine.model.cutting import Cutter, Writes
from fondaco.engine.model.earlier import Earlier, ReadsEarlier
from fondaco.engine.model.episode import Episode, LatestEpisodes, Records, place_of, plans_in
from fondaco.engine.model.prompting import RECALL, Frames, question_of
from fondaco.engine.model.recalling import Teller, notices_since, unmarked, waiting_from
from fondaco.engine.model.recollecting import Recollection
from fondaco.engine.model.rooms import Growth, Room
from fondaco.kit.language import Language
from fondaco.llm.asking import Entry, Prompt
from fondaco.llm.estimates import Estimator
from fondaco.llm.targets import Target
from fondaco.memory.choosing import Chooser
from fondaco.memory.layout import laid_out
from fondaco.memory.options import RecallWay
from fondaco.memory.planning.planner import Talk
from fondaco.memory.planning.rules import Sizes
from fondaco.memory.recall import Meaning
from fondaco.memory.shortening import shortened
from fondaco.memory.standing import Standing
from fondaco.memory.strategies import StrategyName
from fondaco.tools import Toolbox

_LOOKS_BACK = "What the contact wrote in earlier conversations may come back."
_LOOKS_NOWHERE = "What anybody wrote in earlier conversations may not come back."
_PROVEN = "Who writes was proven anew."


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a turn wants to ask."""

    context: TurnContext
    trace: Trace
    targets: tuple[Target, ...]
    frames: Frames
    passages: Sequence[Passage]
    summaries: Writes | None = None  #: who sums up for a digest; None: extracts are told


@dataclass(frozen=True, slots=True)
class Remembered:
    """A prompt, and what the turn may still do with its episode."""

    prompt: Prompt
    growth: Growth
    recollection: Recollection


@dataclass(frozen=True, slots=True)
class _Turn:
    """What is wanted, and what it is measured by."""

    wanted: Wanted
    boundary: int  #: from this event on the contact waits for an answer; what comes before is history
    room: Room
    earlier: Earlier

    @property
    def own_records(self) -> Records:
        """The events since then."""
        records = self.wanted.context.work.records
        return records[place_of(records, self.boundary) :]


class Memory:
    """Knows the latest episodes, as many as the settings say or ``episodes`` holds; one for the process."""

    def __init__(
        self,
        toolbox: Toolbox,
        estimator: Estimator,
        chooser: Chooser,
        episodes: LatestEpisodes | None = None,
        meaning: Callable[[], Meaning | None] = lambda: None,
        earlier: ReadsEarlier | None = None,
    ) -> None:
        """``earlier`` reads other episodes of a contact; None: there is nobody who could."""
        self._toolbox = toolbox
        self._estimator = estimator
        self._chooser = chooser
        self._episodes = LatestEpisodes(chooser.options.conversations) if episodes is None else episodes
        self._comparing = Comparing(meaning)
        self._reads_earlier = earlier

    async def remember(self, wanted: Wanted) -> Remembered:
        """Return the turn's first prompt; what was decided for it is in the trace."""
        context, trace, estimator = wanted.context, wanted.trace, self._estimator
        turn = self._begun(wanted)
        episode = await self._read(turn)
        await _reconsider(episode, turn)
        standing = episode.standing.after_all(trace.events)
        _note_shortened(episode, trace, context)
        tail = self._tail(turn)
        left = turn.room.free - estimator.count_entries(tail)
        cutter = Cutter(
            episode=episode,
            estimator=estimator,
            trace=trace,
            turn_id=context.turn_id,
            frame=_frame(standing, wanted),
            summaries=wanted.summaries,
            pays=partial(self._chooser.pays, wanted.targets),
        )
        standing = await cutter.cut(standing, max(0, left - turn.room.growth))
        return await self._remembered(turn, episode, standing, tail, left)

    def _begun(self, wanted: Wanted) -> _Turn:
        context, days = wanted.context, self._chooser.options.earlier_days
        reads = self._reads_earlier if days else None
        longest = wanted.frames.of(recalls=True, earlier=True)
        return _Turn(
            wanted,
            waiting_from(context.work.records),
            Room.of(longest, wanted.targets, self._estimator),
            Earlier(context, wanted.trace, self._estimator, days, reads),
        )

    async def _remembered(
        self, turn: _Turn, episode: Episode, standing: Standing, tail: Sequence[Entry], left: int
    ) -> Remembered:
        """Return the prompt; ``left`` is what the history and the rest of the turn may take together."""
        wanted, context, trace = turn.wanted, turn.wanted.context, turn.wanted.trace
        frame, (head, taken) = _frame(standing, wanted), episode.head(standing, self._estimator)
        first = episode.tape.place_of(standing.before_seq)
        sizes = Sizes(
            head_tokens=self._estimator.count_frame(frame) + taken,
            kept_tokens=episode.tape.tokens(first),
            hidden_tokens=episode.tape.tokens(0, first),
        )
        tokens = taken + sizes.kept_tokens
        growth = Growth(self._estimator, context.turn_id, trace, max(0, left - tokens))
        recollection = Recollection(
            episode=episode,
            first=first,
            context=context,
            trace=trace,
            growth=growth,
            share=self._chooser.options.recall_share,
            affordable=partial(self._chooser.affordable, wanted.targets, context.work.records, sizes),
            comparing=self._comparing,
            keep=partial(self._episodes.keep, context.work.conversation.id, episode),
            earlier=turn.earlier if standing.plan is not None and standing.plan.earlier else None,
        )
        told = (*await recollection.by_gate(standing), *tail)
        prompt = laid_out(frame, head, episode.tape.entries(first), told, tokens=tokens)
        return Remembered(prompt, growth, recollection)

    def _tail(self, turn: _Turn) -> list[Entry]:
        """Return what is told for this turn alone."""
        return [*notices_since(turn.own_records), self._question(turn.wanted, turn.room)]

    async def _read(self, turn: _Turn) -> Episode:
        """Return the episode as far as the turn's own words, under the plan that holds for them."""
        context, boundary = turn.wanted.context, turn.boundary
        records = context.work.records
        known = self._episodes.get(context.work.conversation.id)
        if known is not None and not known.follows(records, boundary):
            known = None
        end = place_of(records, boundary)
        new = records[place_of(records, known.seq + 1) if known else 0 : end]
        told = [one for one in turn.wanted.trace.events if isinstance(one, ev.MemoryPlanned)]
        logged = plans_in(new)
        before = known.standing.plan if known else None
        plan = await self._plan_after([*([before] if before else []), *logged, *told], turn)
        first = before or (logged[0] if logged else plan)
        if known is None or not _is_made_by(known, plan, first):
            known, new = self._fresh(records, end, plan), records[:end]
        known.take(new)
        self._episodes.keep(context.work.conversation.id, known)
        return known

    def _fresh(self, records: Records, end: int, plan: ev.MemoryPlanned) -> Episode:
        first = next(iter(plans_in(records[:end])), plan)
        language = first.language or Language.EN
        teller = Teller(self._toolbox, self._estimator, language, plan.longest_tokens)
        return Episode(records[0].episode_id if records else None, language, teller)

    async def _plan_after(self, plans: Sequence[ev.MemoryPlanned], turn: _Turn) -> ev.MemoryPlanned:
        """Return the plan that holds for this turn; a new one is noted down."""
        last = plans[-1] if plans else None
        if last is not None and self._chooser.still_holds(last.strategy):
            return last
        plan = await self._planned(turn)
        turn.wanted.trace.add(plan)
        return plan

    async def _planned(self, turn: _Turn) -> ev.MemoryPlanned:
        wanted, room = turn.wanted, turn.room
        context = wanted.context
        is_named = self._toolbox.get(RECALL) is not None
        way = self._chooser.way_of_recall(wanted.targets, is_named=is_named)
        frame = wanted.frames.of(recalls=True)
        talk = Talk(
            head_tokens=self._estimator.count_frame(frame),
            reserve_tokens=room.question + room.growth + frame.max_output_tokens,
            can_recall=way is not RecallWay.OFF,
        )
        chosen = self._chooser.choose(wanted.targets, talk, room.history(0))
        earlier = way is not RecallWay.OFF and bool(await turn.earlier.episodes())
        return ev.MemoryPlanned(
            turn_id=context.turn_id,
            strategy=chosen.strategy.value,
            why=f"{chosen.why} {_LOOKS_BACK}" if earlier else chosen.why,
            high_tokens=chosen.marks.high_tokens,
            low_tokens=chosen.marks.low_tokens,
            longest_tokens=room.longest,
            recall="" if way is RecallWay.OFF else way.value,
            card=await turn.earlier.card() if self._chooser.options.card else "",
            language=context.language,
            earlier=earlier,
        )

    def _question(self, wanted: Wanted, room: Room) -> Entry:
        """Return the contact's words behind this turn's passages, as far as there is room for them."""
        context = wanted.context
        question, left_out = shortened(unmarked(context.question), room.question)
        if left_out:
            records = context.work.records
            waiting = records[place_of(records, waiting_from(records)) :]
            seqs = tuple(one.seq for one in waiting if isinstance(one.event, ev.MessageReceived))
            wanted.trace.add(ev.PromptShortened(turn_id=context.turn_id, seqs=seqs, left_out_tokens=left_out))
        fitting, left = [], room.question
        for passage in wanted.passages:
            left -= self._estimator.count(f"{passage.title}\n{passage.text}")
            if left < 0:
                break
            fitting.append(passage)
        return question_of(fitting, context.language, question)


async def _reconsider(episode: Episode, turn: _Turn) -> None:
    """Note a new plan down where a proof since the last one lets models be told more, or less."""
    context, trace = turn.wanted.context, turn.wanted.trace
    plan = episode.standing.after_all(trace.events).plan
    proofs = [one.seq for one in turn.own_records if isinstance(one.event, ev.IdentityVerified)]
    proven_seq = max(episode.proven_seq, *proofs, 0)
    if plan is None or proven_seq <= max(episode.planned_seq, episode.looked_seq):
        return
    earlier = bool(plan.recall) and bool(await turn.earlier.episodes())
    card = plan.card if plan.card and await turn.earlier.card() else ""
    if (earlier, card) == (plan.earlier, plan.card):
        if plan is episode.standing.plan:  # what is not on the log yet may never come there
            episode.looked_seq = proven_seq
        return
    why = f"{_PROVEN} {_LOOKS_BACK if earlier else _LOOKS_NOWHERE}"
    trace.add(msgspec.structs.replace(plan, turn_id=context.turn_id, earlier=earlier, card=card, why=why))


def _is_made_by(episode: Episode, plan: ev.MemoryPlanned, first: ev.MemoryPlanned) -> bool:
    """Return whether the episode was read under the same rules; else it is read again."""
    if episode.teller.longest_tokens != plan.longest_tokens:
        return False
    return episode.standing.plan is not None or episode.language is first.language


def _frame(standing: Standing, wanted: Wanted) -> Prompt:
    """Return rules and tools.

    Where the plan is to cut, or to look into earlier episodes, ``recall`` is offered from the beginning: a
    tool that came later would change the head of the prompt, which its provider would have to read anew.
    """
    plan = standing.plan
    cuts = plan is not None and plan.strategy != StrategyName.APPEND
    by_tool = plan is not None and plan.recall == RecallWay.TOOL
    takes_tools = all(target.profile.tools for target in wanted.targets)
    earlier = plan is not None and plan.earlier
    recalls = by_tool and takes_tools and (cuts or earlier or standing.before_seq > 0)
    return wanted.frames.of(recalls=recalls, earlier=recalls and earlier)


def _note_shortened(episode: Episode, trace: Trace, context: TurnContext) -> None:
    """Note down what the history tells in parts and no event has told of yet."""
    noted = {seq for one in trace.events if isinstance(one, ev.PromptShortened) for seq in one.seqs}
    new = {
        seq: tokens
        for seq, tokens in episode.teller.left_out.items()
        if seq not in episode.shortened and seq not in noted
    }
    if new:
        trace.add(
            ev.PromptShortened(
                turn_id=context.turn_id, seqs=tuple(sorted(new)), left_out_tokens=sum(new.values())
            )
        )
