"""Hidden turns are found in other words where there is a sentence encoder."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import msgspec
import numpy as np

from fondaco.domain import events as ev
from fondaco.domain.ids import ConversationId
from fondaco.engine.draft import Trace
from fondaco.engine.model.comparing import Comparing
from fondaco.engine.model.episode import LatestEpisodes
from fondaco.memory.options import RecallWay
from fondaco.memory.recall import Past
from fondaco.memory.recall.meanings import MOST_COMPARED
from fondaco.memory.recall.vectors import Floats
from tests.unit.engine.model.long_talk import HELLO, LONGER, LongTalk, Turn, a_target, options, told
from tests.unit.engine.model.test_latest_episodes import episode_of
from tests.unit.memory.recall.turns_of import HOUR_MS
from tests.unit.memory.recall.turns_of import told as turns_told

DOG = Turn(asked=("Bruno chewed the blue scarf.",), answered="Poor scarf.")
SMALL = options(high_tokens=700, low_tokens=550, recall_share=0.01)
PETS = "Which pet was that?"


class Pets:
    """Knows that a dog's name and a pet are alike, and where it was asked."""

    dimensions = 2

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.threads: set[str] = set()

    def encode(self, texts: Sequence[str]) -> Floats:
        self.texts += texts
        self.threads.add(threading.current_thread().name)
        alike = [[1, 0] if "Bruno" in text or "pet" in text else [0, 1] for text in texts]
        return np.array(alike, dtype=np.float32)


async def a_long_talk(meaning: Pets | None) -> LongTalk:
    talk = LongTalk(options=SMALL, meaning=meaning)
    await told(talk, LONGER, 2)
    await talk.have(DOG)
    await told(talk, LONGER, 25)
    talk.write(HELLO)
    return talk


async def test_a_question_in_other_words_finds_the_turn_with_vectors_and_not_without() -> None:
    by_words, by_meaning = await a_long_talk(None), await a_long_talk(Pets())

    without = await (await by_words.remember(Trace())).recollection.by_tool(PETS)
    with_vectors = await (await by_meaning.remember(Trace())).recollection.by_tool(PETS)

    assert "Bruno" not in without
    assert "- person: Bruno chewed the blue scarf." in with_vectors


async def test_what_is_recalled_is_the_same_in_a_process_that_starts_anew() -> None:
    talk = await a_long_talk(Pets())
    await (await talk.remember(Trace())).recollection.by_tool("Friday")
    one, other = Trace(), Trace()

    told_here = await (await talk.remember(one)).recollection.by_tool(PETS)
    talk.forget()
    told_there = await (await talk.remember(other)).recollection.by_tool(PETS)

    assert told_here == told_there
    assert [event for event in one.events if isinstance(event, ev.TurnsRecalled)] == [
        event for event in other.events if isinstance(event, ev.TurnsRecalled)
    ]


async def test_nothing_is_embedded_before_something_is_recalled_and_then_only_what_is_hidden() -> None:
    pets = Pets()
    talk = await a_long_talk(pets)
    before = list(pets.texts)

    remembered = await talk.remember(Trace())
    await remembered.recollection.by_tool(PETS)
    once = len(pets.texts)
    await remembered.recollection.by_tool(PETS)

    assert before == []
    assert remembered.recollection.first < once < len(talk.records)
    assert len(pets.texts) - once == len(set(pets.texts[once:])) <= 2
    assert pets.threads == {"fondaco-recall"}


async def test_a_message_that_does_not_look_back_embeds_nothing() -> None:
    pets = Pets()
    gate = msgspec.structs.replace(SMALL, recall=RecallWay.GATE)
    talk = LongTalk(options=gate, target=a_target(tools=False), meaning=pets)
    new = [Turn(asked=(f"subject{number} " * 40,), answered=f"answer{number}") for number in range(25)]

    went = [await talk.have(turn) for turn in (DOG, *new)]
    unasked = list(pets.texts)
    asked = await talk.have(Turn(asked=("The blue scarf?",)))

    assert any(one.cuts for one in went)
    assert unasked == []
    assert [event.by for event in asked.events if isinstance(event, ev.TurnsRecalled)] == ["gate"]
    assert pets.texts


async def test_of_a_past_of_thousands_of_turns_no_more_is_embedded_than_a_turn_has_time_for() -> None:
    pets = Pets()
    past = Past(turns_told(*(f"It rained on day {day}." for day in range(3_000)), apart_ms=HOUR_MS))

    found = await Comparing(lambda: pets).recall(past, past.ask(PETS), 100, until=2_900)

    assert found.places
    assert len(past.meanings) == MOST_COMPARED


async def test_an_atom_with_a_vector_takes_the_room_of_two() -> None:
    kept, known = LatestEpisodes(10, 25), episode_of(10)
    kept.keep(ConversationId("one"), episode_of(10))
    kept.keep(ConversationId("two"), known)

    await Comparing(Pets).recall(known.past(), known.past().ask(PETS), 100, until=10)
    kept.keep(ConversationId("two"), known)

    assert known.size == 20
    assert kept.get(ConversationId("one")) is None
    assert kept.get(ConversationId("two")) is known
