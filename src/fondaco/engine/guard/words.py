"""The words of the guard: a value as a text has it, and a fact that may prove it."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from fondaco.domain.evidence import EvidenceSource


class Kind(StrEnum):
    """What a value is, and how its normal form is written."""

    AMOUNT = "amount"  #: money: ``129.9 EUR``, a plain decimal without needless zeros and the ISO 4217 code
    NUMBER = "number"  #: a count or a measure: ``3``, ``2.5 kg``
    PERCENT = "percent"  #: a share: ``19 %``
    #: ``2026-11-24``; without a year ``--11-24``; a month ``2026-11`` or ``--11``, a year ``2026``, a day
    #: ``---24``; with a weekday beside it on which it does not fall ``2026-11-24/5``
    DATE = "date"
    TIME = "time"  #: an hour of the day: ``14:30``
    #: ISO 8601: ``P3D``, ``PT2H30M``; weeks as days, years as months; working days as ``P3BD``
    DURATION = "duration"
    #: a name with digits, such as an order or a tracking number: letters and digits alone, in capitals;
    #: the end of one that is not shown whole has dots in front: ``…1784``
    ID = "id"
    EMAIL = "email"  #: in small letters
    URL = "url"  #: without ``https://``, ``www.`` and a slash at the end, the host in small letters
    PHONE = "phone"  #: digits alone, ``+`` in front where it was written
    STATE = "state"  #: a word of a closed list of a tool, such as ``shipped``; denied it is ``!shipped``


class Value(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One value of a text."""

    kind: Kind
    readings: tuple[str, ...]  #: normal forms; more than one where the spelling leaves it open (03/04/2026)
    written: str  #: as it stands in the text
    begin: int  #: its place in the text, in characters
    end: int


class Fact(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One value that stands in a source, so that it is proven."""

    kind: Kind
    normal: str
    source: EvidenceSource
    reference: str  #: id of the tool call or of the article; name of the setting; ``message``
    field: str = ""  #: path inside the tool result, such as ``items.0.price``
    record: str = ""  #: the one thing it belongs to, such as ``call_9:items.0``; empty: none
