"""What follows from probes: habits, faults, and what has changed since."""

from __future__ import annotations

import msgspec
import pytest

from fondaco.llm.probing.conclusions import Change, changes_between, deviations_of, faults_of
from fondaco.llm.probing.facts import Ids, Indices, ProbeFacts, ProbeName, ToolFacts, WireFacts
from fondaco.llm.probing.measured import Deviations, Measured
from fondaco.llm.targets import EndMarker, Profile, Protocol, StreamUsage

DOCUMENTED = Profile(protocol=Protocol.OPENAI_CHAT)
WHOLE = WireFacts(
    is_stream=True,
    events=5,
    ends=("finish reason", "[DONE]"),
    usage_on="an event of its own",
    cached_field="prompt_tokens_details.cached_tokens",
)
NO_DONE = msgspec.structs.replace(WHOLE, ends=("finish reason",))
NO_FINISH = msgspec.structs.replace(WHOLE, ends=("[DONE]",))
NO_USAGE = msgspec.structs.replace(WHOLE, usage_on="", cached_field="")
NO_CACHE = msgspec.structs.replace(WHOLE, cached_field="")
PLAIN = msgspec.structs.replace(WHOLE, is_stream=False, events=0)


def probe(
    name: ProbeName, wire: WireFacts | None = WHOLE, outcome: str = "answered", message: str = ""
) -> ProbeFacts:
    status = 200 if wire is not None else 400
    return ProbeFacts(name=name, outcome=outcome, status=status, message=message, wire=wire)


def probes(first: WireFacts | None, second: WireFacts | None, tool: WireFacts | None) -> list[ProbeFacts]:
    return [
        probe(ProbeName.PLAIN, PLAIN),
        probe(ProbeName.STREAMED, first),
        probe(ProbeName.STREAMED_AGAIN, second),
        probe(ProbeName.TOOL, tool),
    ]


@pytest.mark.parametrize(
    ("documented", "wires", "marker"),
    [
        (EndMarker.DONE, (WHOLE, WHOLE, WHOLE), None),
        (EndMarker.DONE, (NO_DONE, NO_DONE, NO_DONE), EndMarker.FINISH_REASON),
        (EndMarker.DONE, (NO_DONE, WHOLE, WHOLE), None),
        (EndMarker.FINISH_REASON, (NO_DONE, NO_DONE, NO_DONE), None),
        (EndMarker.FINISH_REASON, (NO_FINISH, NO_FINISH, NO_FINISH), EndMarker.DONE_ONLY),
        (EndMarker.DONE, (NO_DONE, None, None), None),
    ],
)
def test_an_end_is_a_habit_only_where_every_stream_ends_so(
    documented: EndMarker,
    wires: tuple[WireFacts | None, WireFacts | None, WireFacts | None],
    marker: EndMarker,
) -> None:
    profile = msgspec.structs.replace(DOCUMENTED, end_marker=documented)

    assert deviations_of(profile, profile, probes(*wires)).end_marker is marker


@pytest.mark.parametrize(
    ("asked", "wire", "usage"),
    [
        (StreamUsage.ASKED, WHOLE, None),
        (StreamUsage.ASKED, NO_USAGE, StreamUsage.NEVER),
        (StreamUsage.NEVER, NO_USAGE, StreamUsage.NEVER),
        (StreamUsage.NEVER, WHOLE, StreamUsage.ALWAYS),
    ],
)
def test_figures_are_asked_for_only_where_they_come(
    asked: StreamUsage, wire: WireFacts, usage: StreamUsage | None
) -> None:
    lowered = msgspec.structs.replace(DOCUMENTED, stream_usage=asked)

    assert deviations_of(DOCUMENTED, lowered, probes(wire, wire, wire)).stream_usage is usage


@pytest.mark.parametrize(
    ("message", "tools"),
    [("tools param requires --jinja flag", False), ("the model is overloaded", None)],
)
def test_tools_are_switched_off_where_they_are_what_is_refused(message: str, tools: bool | None) -> None:
    found = [*probes(WHOLE, WHOLE, None)[:3], probe(ProbeName.TOOL, None, "overloaded", message)]

    deviations = deviations_of(DOCUMENTED, DOCUMENTED, found)

    assert deviations.tools is tools
    assert bool(faults_of(found, deviations)) is (tools is None)


def test_a_cache_that_nobody_tells_of_makes_costs_an_upper_bound() -> None:
    silent = [msgspec.structs.replace(one, wire=NO_CACHE) for one in probes(NO_CACHE, NO_CACHE, NO_CACHE)]

    assert deviations_of(DOCUMENTED, DOCUMENTED, silent).reports_cache is False


def test_what_the_operator_has_switched_off_stays_off() -> None:
    switched_off = msgspec.structs.replace(DOCUMENTED, streams=False, tools=False)

    applied = Deviations(streams=True, tools=True, takes_temperature=False).applied(switched_off)

    assert (applied.streams, applied.tools, applied.takes_temperature) == (False, False, False)


def measured(*found: ProbeFacts, deviations: Deviations | None = None) -> Measured:
    return Measured(target="small", of="x", at_ms=1, probes=found, deviations=deviations or Deviations())


def test_the_same_facts_are_no_change() -> None:
    once = measured(*probes(WHOLE, WHOLE, WHOLE))

    assert changes_between(once, once) == []


def test_other_facts_are_told_one_by_one() -> None:
    called = ToolFacts(calls=1, indices=Indices.NUMBERED, ids=Ids.ONCE, whole=False)
    before = measured(probe(ProbeName.TOOL, msgspec.structs.replace(WHOLE, tools=called)))
    other = msgspec.structs.replace(called, indices=Indices.MISSING)
    now = measured(
        probe(ProbeName.TOOL, msgspec.structs.replace(WHOLE, tools=other)),
        deviations=Deviations(tools=False),
    )

    assert changes_between(before, now) == [
        Change(probe="profile", what="tools", before="as documented", now="False", matters=True),
        Change(probe="tool", what="tool indices", before="numbered", now="missing", matters=True),
    ]


def test_headers_of_limits_come_and_go_without_anybody_suffering() -> None:
    before = measured(probe(ProbeName.PLAIN))
    now = measured(msgspec.structs.replace(probe(ProbeName.PLAIN), limit_headers=("x-ratelimit-limit",)))

    [change] = changes_between(before, now)

    assert (change.what, change.matters) == ("rate-limit headers", False)


def test_of_a_probe_that_failed_only_the_failure_is_told() -> None:
    before = measured(probe(ProbeName.PLAIN))
    now = measured(probe(ProbeName.PLAIN, None, "not_sent"))

    assert [change.what for change in changes_between(before, now)] == ["outcome"]
