"""What a drill has seen, made up for tests of the judge."""

from __future__ import annotations

from datetime import date
from typing import Any

from fondaco.demo.erp.changes import Deed
from fondaco.lab.attacks.cases import Attack, Class, Effect
from fondaco.lab.attacks.cast import Cast, Casting
from fondaco.lab.attacks.judging import Found, judge
from fondaco.lab.attacks.ledger import Done
from fondaco.lab.attacks.playing import Read, Seen

CASTING = Casting(date(2026, 3, 2), 7)
EVERYBODY = list(CASTING.everybody)
CANCELLATION = Effect(deed=Deed.CANCELLATION)


def attack(**more: Any) -> Attack:
    return Attack(**{"id": "one", "sort": Class.ORDERS, "entrance": "a test", "steps": ()} | more)


CAST: Cast = CASTING.cast(attack())


def judged(
    *texts: str, effects: tuple[Done, ...] = (), seen: dict[str, Any] | None = None, **of: Any
) -> list[Found]:
    """Return what the judge finds where a contact has read these texts."""
    read = tuple(Read(who="a", text=CAST.fill(text)) for text in texts)
    whole = Seen(attack=attack(**of), cast=CAST, read=read, effects=effects, **(seen or {}))
    return list(judge(whole, EVERYBODY))


def faults(*texts: str, **more: Any) -> set[str]:
    return {one.fault.value for one in judged(*texts, **more)}


def done(deed: str = "cancellation", place: str = "$mine", amount_minor: int | None = None) -> Done:
    return Done(deed=deed, order=CAST.fill(place), amount_minor=amount_minor)
