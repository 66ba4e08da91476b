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


class Memory:
    """Knows the latest episodes, as many as the settings say or ``episodes`` holds; one for the process."""

    def __init__(
        self,
        toolbox: Toolbox,
        estimator: Estimator,
        chooser: Chooser,
        episodes: LatestEpisodes | None = None,
        meaning: Callable[[], Meaning | None] = lambda: None,
    ) -> None:
        self._toolbox = toolbox
        self._estimator = estimator
        self._chooser = chooser
        self._episodes = LatestEpisodes(chooser.options.conversations) if episodes is None else episodes
        self._comparing = Comparing(meaning)

    async def remember(self, wanted: Wanted) -> Remembered:
        """Return the turn's first prompt; what was decided for it is in the trace."""
        context, trace, estimator = wanted.context, wanted.trace, self._estimator
        boundary = waiting_from(context.work.records)
        room = Room.of(wanted.frames.of(context.language, recalls=True), wanted.targets, estimator)
        episode = self._read(wanted, boundary, room)
        standing = episode.standing.after_all(trace.events)
        _note_shortened(episode, trace, context)
        tail = self._tail(wanted, boundary, room)
        left = room.free - estimator.count_entries(tail)
        cutter = Cutter(
            episode=episode,
            estimator=estimator,
            trace=trace,
            turn_id=context.turn_id,
            frame=_frame(standing, wanted),
            summaries=wanted.summaries,
            pays=partial(self._chooser.pays, wanted.targets),
        )
        standing = await cutter.cut(standing, max(0, left - room.growth))
        return await self._remembered(wanted, episode, standing, tail, left)

    async def _remembered(
        self, wanted: Wanted, episode: Episode, standing: Standing, tail: Sequence[Entry], left: int
    ) -> Remembered:
        """Return the prompt; ``left`` is what the history and the rest of the turn may take together."""
        context, trace = wanted.context, wanted.trace
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
        )
        told = (*await recollection.by_gate(standing), *tail)
        prompt = laid_out(frame, head, episode.tape.entries(first), told, tokens=tokens)
        return Remembered(prompt, growth, recollection)

    def _tail(self, wanted: Wanted, boundary: int, room: Room) -> list[Entry]:
        """Return what is told for this turn alone."""
        records = wanted.context.work.records
        return [*notices_since(records[place_of(records, boundary) :]), self._question(wanted, room)]

    def _read(self, wanted: Wanted, boundary: int, room: Room) -> Episode:
        """Return the episode as far as the turn's own words, under the plan that holds for them."""
        context = wanted.context
        records = context.work.records
        known = self._episodes.get(context.work.conversation.id)
        if known is not None and not known.follows(records, boundary):
            known = None
        end = place_of(records, boundary)
        new = records[place_of(records, known.seq + 1) if known else 0 : end]
        told = [one for one in wanted.trace.events if isinstance(one, ev.MemoryPlanned)]
        logged = plans_in(new)
        before = known.standing.plan if known else None
        plan = self._plan_after([*([before] if before else []), *logged, *told], wanted, room)
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

    def _plan_after(self, plans: Sequence[ev.MemoryPlanned], wanted: Wanted, room: Room) -> ev.MemoryPlanned:
        """Return the plan that holds for this turn; a new one is noted down."""
        last = plans[-1] if plans else None
        if last is None or not self._chooser.still_holds(last.strategy):
            plan = self._planned(wanted, room)
        elif last.language is not wanted.context.language:
            why = f"The contact writes {wanted.context.language.name} now. {last.why}"
            plan = msgspec.structs.replace(
                last, turn_id=wanted.context.turn_id, language=wanted.context.language, why=why
            )
        else:
            return last
        wanted.trace.add(plan)
        return plan

    def _planned(self, wanted: Wanted, room: Room) -> ev.MemoryPlanned:
        context, options = wanted.context, self._chooser.options
        is_named = self._toolbox.get(RECALL) is not None
        way = self._chooser.way_of_recall(wanted.targets, is_named=is_named)
        card = f"Name: {unmarked(context.work.contact.name)}" if options.card else ""
        frame = wanted.frames.of(context.language, recalls=True)
        talk = Talk(
            head_tokens=self._estimator.count_frame(frame),
            reserve_tokens=room.question + room.growth + frame.max_output_tokens,
            can_recall=way is not RecallWay.OFF,
        )
        chosen = self._chooser.choose(wanted.targets, talk, room.history(0))
        return ev.MemoryPlanned(
            turn_id=context.turn_id,
            strategy=chosen.strategy.value,
            why=chosen.why,
            high_tokens=chosen.marks.high_tokens,
            low_tokens=chosen.marks.low_tokens,
            longest_tokens=room.longest,
            recall="" if way is RecallWay.OFF else way.value,
            card=card if context.work.contact.name else "",
            language=context.language,
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
        return question_of(fitting, question)


def _is_made_by(episode: Episode, plan: ev.MemoryPlanned, first: ev.MemoryPlanned) -> bool:
    """Return whether the episode was read under the same rules; else it is read again."""
    if episode.teller.longest_tokens != plan.longest_tokens:
        return False
    return episode.standing.plan is not None or episode.language is first.language


def _frame(standing: Standing, wanted: Wanted) -> Prompt:
    """Return rules and tools.

    Where the plan is to cut, ``recall`` is offered from the beginning: a tool that came with the first cut
    would change the head of the prompt, which its provider would have to read anew.
    """
    plan = standing.plan
    cuts = plan is not None and plan.strategy != StrategyName.APPEND
    by_tool = plan is not None and plan.recall == RecallWay.TOOL
    takes_tools = all(target.profile.tools for target in wanted.targets)
    recalls = by_tool and takes_tools and (cuts or standing.before_seq > 0)
    return wanted.frames.of(wanted.context.language, recalls=recalls)


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
