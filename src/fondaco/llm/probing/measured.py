"""What was measured of a model is kept between runs, and goes before what is documented."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import msgspec

from fondaco.domain.ports import SharedNotes
from fondaco.llm.chain import Chains
from fondaco.llm.probing.facts import ProbeFacts
from fondaco.llm.targets import EndMarker, Profile, StreamUsage, Target

TOPIC = "profile"


class Deviations(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """In what a model differs from its documented profile; None where it does not."""

    streams: bool | None = None
    tools: bool | None = None
    end_marker: EndMarker | None = None
    stream_usage: StreamUsage | None = None
    output_limit_field: str | None = None
    takes_temperature: bool | None = None
    obfuscates: bool | None = None
    reports_cache: bool | None = None

    def told(self) -> dict[str, object]:
        """Return the fields that differ, with their values."""
        return {name: value for name, value in msgspec.structs.asdict(self).items() if value is not None}

    def applied(self, profile: Profile) -> Profile:
        """Return the profile with what was measured; what the operator has switched off stays off."""
        measured = msgspec.structs.replace(profile, **self.told())
        return msgspec.structs.replace(
            measured,
            streams=profile.streams and measured.streams,
            tools=profile.tools and measured.tools,
        )


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What one run of probes has shown of one model."""

    target: str
    of: str  #: ``fingerprint`` of what was asked
    at_ms: int
    probes: tuple[ProbeFacts, ...]
    deviations: Deviations = Deviations()


def fingerprint(target: Target) -> str:
    """Return a name for what is asked under a target's name, so that another is not taken for it."""
    asked = f"{target.kind.value}\n{target.base_url}\n{target.model}"
    return hashlib.sha256(asked.encode()).hexdigest()[:16]


async def read_measured(notes: SharedNotes) -> dict[str, Measured]:
    """Return what is kept, by target; what this version cannot read is left out.  Raises StorageError."""
    found: dict[str, Measured] = {}
    for note in await notes.notes(TOPIC, 0):
        try:
            found[note.key] = msgspec.json.decode(note.data, type=Measured)
        except msgspec.DecodeError:
            continue
    return found


async def keep_measured(notes: SharedNotes, measured: Measured) -> None:
    """Keep it in place of what was measured before.  Raises StorageError."""
    await notes.put_note(TOPIC, measured.target, msgspec.json.encode(measured), measured.at_ms)


async def forget_measured(notes: SharedNotes, target: str, now_ms: int) -> None:
    """Let the documented profile hold again.  Raises StorageError."""
    await notes.put_note(TOPIC, target, b"", now_ms)


def as_measured(chains: Chains, known: Mapping[str, Measured]) -> Chains:
    """Return the chains whose targets have the profiles that were measured of them."""

    def adapted(target: Target) -> Target:
        measured = known.get(target.name)
        if measured is None or measured.of != fingerprint(target):
            return target
        return msgspec.structs.replace(target, profile=measured.deviations.applied(target.profile))

    return msgspec.structs.replace(
        chains,
        cheap=tuple(map(adapted, chains.cheap)),
        strong=tuple(map(adapted, chains.strong)),
    )
