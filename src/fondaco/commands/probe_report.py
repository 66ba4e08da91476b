"""What ``fondaco doctor provider`` prints for people."""

from __future__ import annotations

from collections.abc import Iterator

from fondaco.commands.printing import say
from fondaco.commands.probe import Examined
from fondaco.llm.probing.conclusions import Change
from fondaco.llm.probing.facts import ProbeFacts, ProbeName, WireFacts


def show_examined(one: Examined) -> None:
    """Print what was found about one model."""
    say(one.measured.target)
    for probe in one.measured.probes:
        sign = "pass" if probe.answered != (probe.name is ProbeName.WRONG_KEY) else "note"
        sign = "FAIL" if any(fault.startswith(f"{probe.name.value}:") for fault in one.faults) else sign
        say(f"  {sign}  {probe.name.value}: {'; '.join(_told(probe))}")
    deviations = one.measured.deviations.told()
    say("  Differs from its documents: " + (_listed(deviations) or "in nothing"))
    for line in _since(one):
        say(f"  {line}")
    say(f"  The probes cost {one.cost}.")


def _told(probe: ProbeFacts) -> Iterator[str]:
    yield f"{probe.outcome} ({probe.status or 'no answer'})"
    yield from _words(probe)
    if probe.first_token_ms is not None:
        yield f"first token after {probe.first_token_ms:.0f} ms"
    if probe.wire is not None:
        yield from _wire(probe.wire)
    if probe.answered:
        yield from _surprising(probe)


def _words(probe: ProbeFacts) -> Iterator[str]:
    told = {
        "": probe.message,
        "served by ": probe.served_model,
        "understood only without: ": ", ".join(probe.refused_before),
        "limits in ": ", ".join(probe.limit_headers),
        "says how long to wait by ": probe.retry_told,
    }
    yield from (f"{what}{said}" for what, said in told.items() if said)


def _surprising(probe: ProbeFacts) -> Iterator[str]:
    if probe.name is ProbeName.TOOL and not (probe.wire and probe.wire.tools):
        yield "the offered tool was not called, so how calls come is unknown"
    if probe.name is ProbeName.WRONG_KEY:
        yield "any key opens it"


def _wire(wire: WireFacts) -> Iterator[str]:
    yield f"a stream of {wire.events} events" if wire.is_stream else "one whole answer"
    yield f"marks of its end: {', '.join(wire.ends) or 'none'}"
    yield f"usage on {wire.usage_on}" if wire.usage_on else "no usage"
    yield f"cached tokens in {wire.cached_field}" if wire.cached_field else "nothing about cached tokens"
    if wire.tools is not None:
        tools = wire.tools
        pieces = "whole" if tools.whole else "in pieces"
        yield f"tool calls: {tools.calls}, {pieces}, indices {tools.indices.value}, ids {tools.ids.value}"


def _since(one: Examined) -> Iterator[str]:
    if one.is_first:
        yield "Nothing was measured before."
    elif not one.changes:
        yield "Nothing has changed since the last time."
    for change in one.changes:
        yield _spelled(change)
    if one.is_kept:
        yield "Kept; servers go by it from their next start."
    else:
        yield "Not kept, since a probe failed; what was measured before still holds."


def _spelled(change: Change) -> str:
    sign = "CHANGED" if change.matters else "changed"
    return f"{sign}  {change.probe}, {change.what}: {change.before} → {change.now}"


def _listed(deviations: dict[str, object]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in deviations.items())
