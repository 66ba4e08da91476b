"""Judges the words that a model passes to a tool: a proposal and a receipt will say them for the shop."""

from __future__ import annotations

from fondaco.engine.guard.cases import Case
from fondaco.engine.guard.claims import claims_in
from fondaco.engine.guard.disguises import disguised
from fondaco.engine.guard.leaks import leaks_in
from fondaco.kit.language import Language, detect


def unfit(text: str, language: Language, case: Case) -> str:
    """Return why words that the contact has not written may not stand in a proposal; empty where they may.

    A link, a sign that hides something, rules of a model or a deed that somebody claims would be read there
    as the shop's own words, whoever has put them into the model's mouth.  Addresses are in any language.
    """
    spoken = detect(text, hint=language).language
    found = [*leaks_in(text, spoken, case.protected)]
    found += [f"{word!r} has letters of another script" for word in disguised(text)]
    found += [f"{claim.written!r} claims a deed" for claim in claims_in(text, spoken)]
    return found[0] if found else ""
