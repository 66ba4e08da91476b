"""What contacts ask in the measurement of a turn, how its storage is replayed, and how it is summed up."""

from __future__ import annotations

import os
from itertools import islice, pairwise

import pytest

from fondaco.config import parse
from fondaco.domain import events as ev
from fondaco.domain.ids import EpisodeId, MessageId, TurnId
from fondaco.domain.people import ASSISTANT
from fondaco.kit.chance import SeededChance
from fondaco.kit.language import Language
from fondaco.lab.turn_load import Load
from fondaco.lab.turn_processes import BenchFailed, Watched
from fondaco.lab.turn_shop import (
    MIX,
    WORKSPACE_ID,
    Kind,
    Questions,
    bench_articles,
    count_phrasings,
    settings_text,
)
from fondaco.lab.turn_storage import past_turns
from fondaco.testing.clock import FakeClock

TURN = TurnId("trn_1")
ENVIRON = {"RIALTO_ADDRESS": "http://127.0.0.1:9", "RIALTO_TOKEN": "token"}


def recorded(*events: ev.Event) -> list[ev.Recorded]:
    return [
        ev.Recorded(seq=seq, at_ms=0, episode_id=EpisodeId("epi_1"), event=event)
        for seq, event in enumerate(events, 1)
    ]


def received(text: str) -> ev.MessageReceived:
    return ev.MessageReceived(message_id=MessageId(f"msg_{text}"), text=text)


def posted(text: str) -> ev.MessagePosted:
    return ev.MessagePosted(message_id=MessageId(f"msg_{text}"), author=ASSISTANT, text=text)


def settled(outcome: ev.OutcomeKind) -> ev.TurnSettled:
    return ev.TurnSettled(turn_id=TURN, outcome=outcome, duration_ms=1.0)


def questions() -> Questions:
    return Questions(
        {
            language: {kind: [f"{language.value} {kind.value}"] for kind in Kind}
            for language in (Language.DE, Language.JA)
        }
    )


def test_the_shop_has_about_a_thousand_phrasings_in_five_languages() -> None:
    articles = bench_articles(FakeClock(), SeededChance(7))

    assert {article.language for article in articles} == set(Language)
    assert 900 <= count_phrasings(articles) <= 1_100


def test_the_server_s_settings_wait_for_no_burst_and_know_the_tools() -> None:
    settings = parse(settings_text("sqlite:////tmp/bench.db", 8123), ENVIRON)

    assert (settings.workspace.id, settings.inbox.burst_ms, settings.server.port) == (WORKSPACE_ID, 0, 8123)
    assert {"identify", "shipment"} <= {tool.name for tool in settings.tools}


def test_a_contact_keeps_to_one_language() -> None:
    scripts = list(islice(questions().scripts(SeededChance(7), turns=5), 50))

    spoken = [{text.split()[0] for text in script} for script in scripts]

    assert {frozenset(languages) for languages in spoken} == {frozenset({"de"}), frozenset({"ja"})}


def test_two_offers_never_follow_each_other() -> None:
    scripts = islice(questions().scripts(SeededChance(7), turns=20), 100)

    neighbours = [pair for script in scripts for pair in pairwise(script)]

    assert not [pair for pair in neighbours if pair[0].endswith("offer") and pair[1].endswith("offer")]


def test_the_same_seed_asks_the_same() -> None:
    once = list(islice(questions().scripts(SeededChance(3), turns=3), 20))
    again = list(islice(questions().scripts(SeededChance(3), turns=3), 20))

    assert once == again


def test_the_mix_is_counted_in_twentieths() -> None:
    assert sum(MIX.values()) == 20


def test_a_past_turn_is_a_message_with_all_up_to_its_settling() -> None:
    reply = posted("hello")
    records = recorded(ev.EpisodeOpened(episode_id=EpisodeId("epi_1")), received("hi"), reply)
    records += recorded(settled(ev.OutcomeKind.REPLY))

    [turn] = past_turns(records)

    assert (turn.message.text, turn.events) == ("hi", (reply, settled(ev.OutcomeKind.REPLY)))


@pytest.mark.parametrize("outcome", [ev.OutcomeKind.HANDOFF, ev.OutcomeKind.SILENCE])
def test_only_turns_that_replied_are_replayed(outcome: ev.OutcomeKind) -> None:
    records = recorded(received("hi"), posted("a person comes"), settled(outcome))

    assert list(past_turns(records)) == []


def test_a_turn_that_is_still_under_way_is_not_replayed() -> None:
    assert list(past_turns(recorded(received("hi"), posted("hello")))) == []


@pytest.mark.parametrize(("share", "expected_ms"), [(0.5, 51.0), (0.95, 96.0), (0.99, 100.0), (1.0, 100.0)])
def test_a_percentile_is_one_of_the_latencies(share: float, expected_ms: float) -> None:
    load = Load(wall_ms=2_000.0, latencies_ms=[float(number) for number in range(100, 0, -1)])

    assert load.percentile_ms(share) == expected_ms
    assert load.turns_per_second == 50.0


def test_the_cost_of_this_process_is_told() -> None:
    watched = Watched(os.getpid())

    assert watched.cpu_ms() > 0
    assert watched.resident_bytes() > 1_000_000


def test_a_process_that_has_ended_tells_nothing() -> None:
    beyond = 2**22 + 1  # above the highest number that Linux gives a process

    with pytest.raises(BenchFailed, match="has ended"):
        Watched(beyond).cpu_ms()
