"""What proves a value, and the verdict on a text."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from fondaco.domain.ids import CallId


class EvidenceSource(StrEnum):
    """Where a value of a text was found."""

    TOOL = "tool"  #: a field of a tool result
    ARTICLE = "article"  #: the text of a cited article
    CONTACT = "contact"  #: the contact's own words; proves only that they said so
    ACTION = "action"  #: an action that was proposed or carried out: exactly what, how much, on what
    SHOP = "shop"  #: the shop's settings, such as opening hours and promised times


class Evidence(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One value as it stands in the text, and the place that proves it."""

    written: str  #: the value as the contact reads it, such as ``24. November 2026``
    value: str  #: the value as the source gave it, such as ``2026-11-24``
    source: EvidenceSource
    reference: str  #: id of the tool call or of the article; name of the setting
    field: str = ""  #: path inside the tool result, such as ``promised_on``


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The guard's judgement on a finished text."""

    passed: bool
    evidence: tuple[Evidence, ...] = ()
    findings: tuple[str, ...] = ()  #: why it did not pass; empty when it did


class SlotValue(msgspec.Struct, frozen=True, kw_only=True):
    """A slot of a stored text, bound to one field of one tool result."""

    slot: str  #: as it stands in the stored text, such as ``shipment.promised_on|date``
    written: str
    value: str
    call_id: CallId
    field: str
