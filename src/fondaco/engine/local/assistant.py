"""Answers from stored texts: rules first, then retrieval; sure enough, an offer, or a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.articles import Article
from fondaco.domain.evidence import Evidence, EvidenceSource
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.tools import ParameterSource, ToolCall
from fondaco.engine.acting.acting import Acting
from fondaco.engine.ageing import age_note, with_age
from fondaco.engine.asking_code import CODE_WANTED, asked_again, renewed, wants_new_code
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Draft, Source, Trace
from fondaco.engine.local.by_values import best_for_values, continued_by_values
from fondaco.engine.local.filling import Ask, Filling, GiveUp, NothingThere, SpeaksForItself, parameters_of
from fondaco.engine.local.finding import Finder
from fondaco.engine.local.library import Library
from fondaco.engine.local.parting import Plan, behind, both_in_one, one_of_two, plan
from fondaco.engine.local.reading import read_values, several
from fondaco.engine.local.small_talk import chatted, said
from fondaco.engine.phrasebook import phrases
from fondaco.engine.slots import SlotMissing, choose_text, fill
from fondaco.knowledge import Decision, Search
from fondaco.tools import ToolCaller
from fondaco.tools.caller import Journal

_WORDS = re.compile(r"\w")
_OFFERS = 3
_OFFERS_IN_A_ROW = 2
_ANY_VALUE = "ask_value"  # names the value that it asks for
_TRIES = 3  # how often a question of ours may stay unanswered before a person takes over


class LocalAssistant:
    """The answerer that needs no model, no key and no network."""

    def __init__(self, finder: Finder, caller: ToolCaller, acting: Acting | None = None) -> None:
        self._finder = finder
        self._caller = caller
        self._acting = acting

    async def answer(self, context: TurnContext, journal: Journal, trace: Trace) -> Draft:
        """Return the stored answer that fits, up to three offers, or a handoff."""
        library = await self._finder.library()
        if wants_new_code(context):
            return await renewed(self._caller, context, journal, trace)
        small_talk = chatted(context)
        if small_talk is not None:
            return small_talk
        if not context.choice and not _WORDS.search(context.question):
            return said(context, "not_understood_emoji")
        key = self._chosen(context, library)
        if key is None:
            return await self._by_search(context, library, journal, trace)
        return await self._by_entry(key, context, library, journal, trace)

    def _chosen(self, context: TurnContext, library: Library) -> str | None:
        """Return the entry that is certain without searching: the clicked one, or the one that waits."""
        if context.choice:
            return context.choice
        if self._answers_our_question(context, library):
            return context.awaiting.entry if context.awaiting else None
        offered = _entries(context, library, context.offered)
        continued = continued_by_values(context.question, offered, self._caller.toolbox)
        return continued.key if continued is not None else None

    def _answers_our_question(self, context: TurnContext, library: Library) -> bool:
        waited = context.awaiting
        return waited is not None and waited.wants in self._told(context, waited, library)

    def _corrects(self, context: TurnContext, waited: ev.Awaiting, library: Library) -> bool:
        """Return whether the contact gives something anew that we had, such as another order number."""
        return bool(waited.filled.keys() & self._told(context, waited, library).keys())

    def _told(self, context: TurnContext, waited: ev.Awaiting, library: Library) -> dict[str, str]:
        entry = library.entry(waited.entry, context.language)
        parameters = parameters_of(entry, self._caller.toolbox, waited.wants) if entry is not None else ()
        # A tool that reads the whole message was told what was awaited, whatever the message says.
        in_full = {one.name for one in parameters if one.source is ParameterSource.TEXT} & {waited.wants}
        told = read_values(context.question, parameters, waited.wants)
        return told | dict.fromkeys(in_full, context.question)

    async def _by_search(
        self, context: TurnContext, library: Library, journal: Journal, trace: Trace
    ) -> Draft:
        search = await self._finder.find(context, trace)
        planned = await plan(self._finder, context, search, trace)
        if planned is not None:
            return await self._by_plan(planned, library, journal, trace)
        if search.decision is Decision.ANSWER:
            return await self._by_entry(search.passages[0].key, context, library, journal, trace)
        if context.awaiting is not None:
            if self._corrects(context, context.awaiting, library):
                return await self._by_entry(context.awaiting.entry, context, library, journal, trace)
            return _asked_again(context, context.awaiting)
        found = _entries(context, library, [passage.key for passage in search.passages])
        by_values = best_for_values(context.question, found, self._caller.toolbox)
        if by_values is not None:
            return await self._by_entry(by_values.key, context, library, journal, trace)
        return self._offer(context, library, search)

    async def _by_plan(self, planned: Plan, library: Library, journal: Journal, trace: Trace) -> Draft:
        drafts = [await self._by_entry(key, told, library, journal, trace) for key, told in planned.entries]
        if len(drafts) > 1:
            return both_in_one(*drafts)
        return one_of_two(drafts[0]) if planned.leaves_one else drafts[0]

    def _offer(self, context: TurnContext, library: Library, search: Search, without: str = "") -> Draft:
        found = [passage.key for passage in search.passages if passage.key != without][:_OFFERS]
        if search.decision is Decision.NONE or not found or _offered_enough(context, found):
            return Draft(language=context.language, handoff=HandoffReason.MISSING_KNOWLEDGE)
        words = phrases(context.language)
        offers = [ev.Offer(entry.key, entry.title) for entry in _entries(context, library, found)]
        person = ev.Offer(ev.PERSON_OFFER, words.say("offer_none"))
        return Draft(
            text=words.say("offer_intro"), language=context.language, offers=(*offers, person), stored=True
        )

    async def _by_entry(
        self, key: str, context: TurnContext, library: Library, journal: Journal, trace: Trace
    ) -> Draft:
        entry = library.entry(key, context.language)
        if entry is None:
            return Draft(language=context.language, handoff=HandoffReason.MISSING_KNOWLEDGE)
        acting = self._acting.work(context, journal, trace) if self._acting is not None else None
        filling = Filling(self._caller, context, journal, trace, entry, acting)
        draft = await self._filled(filling, library)
        return behind(draft, "several_numbers") if self._gives_several(context, entry) else draft

    def _gives_several(self, context: TurnContext, entry: Article) -> bool:
        """Return whether the contact asks about several records, of which a stored text tells one."""
        verifier = self._caller.toolbox.verifier
        scope = verifier.scope_parameter if verifier is not None else ""
        parameters = parameters_of(entry, self._caller.toolbox)
        return any(several(context.question, one) for one in parameters if one.name == scope)

    async def _filled(self, filling: Filling, library: Library) -> Draft:
        context, entry, trace = filling.context, filling.entry, filling.trace
        try:
            results = await filling.results()
            return self._compose(entry, results)
        except Ask as asked:
            return _asked(context, asked)
        except SpeaksForItself as action:
            return action.draft
        except GiveUp as given_up:
            return Draft(language=context.language, handoff=given_up.reason, topic=entry.topic)
        except SlotMissing:
            return Draft(language=context.language, handoff=HandoffReason.TOOL_FAILURE, topic=entry.topic)
        except NothingThere:
            search = await self._finder.find(context, trace)
            return self._offer(context, library, search, without=entry.key)

    def _compose(self, entry: Article, results: Mapping[str, ToolCall]) -> Draft:
        specs = {spec.name: spec for spec in self._caller.toolbox.specs}
        stored = choose_text(entry, results)
        text, slots = fill(stored, results, specs, entry.language)
        note = age_note(results.values(), entry.language)
        return Draft(
            text=with_age(text, note),
            language=entry.language,
            slots=slots,
            sources=(Source(article_id=entry.id, text=stored),),
            citations=(ev.Citation(entry.id, entry.key, entry.title),),
            stated=note.evidence if note else (),
            calls=tuple(results.values()),
            stored=True,
            topic=entry.topic,
        )


def _entries(context: TurnContext, library: Library, keys: Iterable[str]) -> list[Article]:
    """Return the entries of these keys that there are, in the same order."""
    found = (library.entry(key, context.language) for key in keys)
    return [entry for entry in found if entry is not None]


def _offered_enough(context: TurnContext, found: list[str]) -> bool:
    """Return whether an offer would only repeat the last one, or be the third in a row."""
    return context.offers_in_a_row >= _OFFERS_IN_A_ROW or set(found) <= set(context.offered)


def _asked(context: TurnContext, asked: Ask) -> Draft:
    if asked.awaiting.tries > _TRIES:
        return Draft(language=context.language, handoff=HandoffReason.MISSING_KNOWLEDGE)
    words, values = phrases(context.language), asked.values
    if asked.awaiting.sentence in words.sentences and asked.awaiting.sentence != _ANY_VALUE:
        text = words.say(asked.awaiting.sentence, **values)
    else:
        values = {"name": asked.awaiting.wants.replace("_", " ")}
        text = words.say(_ANY_VALUE, **values)
    return Draft(
        text=text, language=context.language, awaiting=asked.awaiting, stated=_stated(values), stored=True
    )


def _stated(values: Mapping[str, str]) -> tuple[Evidence, ...]:
    """Return the values of a sentence of ours, which the shop's own settings prove."""
    return tuple(
        Evidence(written=value, value=value, source=EvidenceSource.SHOP, reference=f"verification.{name}")
        for name, value in values.items()
    )


def _asked_again(context: TurnContext, waited: ev.Awaiting) -> Draft:
    if waited.wants == CODE_WANTED:
        return asked_again(context, waited)
    sentence = "ask_proof" if waited.sentence == "proof_wrong" else waited.sentence
    again = msgspec.structs.replace(waited, sentence=sentence, tries=waited.tries + 1)
    return _asked(context, Ask(again))
