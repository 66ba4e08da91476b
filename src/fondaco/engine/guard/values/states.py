"""Reads the named states that tools tell, such as shipped or refunded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import msgspec

from fondaco.domain.tools import ToolSpec
from fondaco.engine.guard.values.folding import fold, lower
from fondaco.engine.guard.values.page import Found, Page
from fondaco.engine.guard.words import Kind


class StateNames(msgspec.Struct, frozen=True):
    """The words for states in all languages, each with the state it names."""

    words: tuple[tuple[str, str], ...] = ()  #: (word, state); a word of two states has two entries

    @classmethod
    def of(cls, specs: Iterable[ToolSpec]) -> StateNames:
        """Return the state names of the tools, each once."""
        pairs = (
            (word, state)
            for spec in specs
            for states in spec.state_names.values()
            for state, names in states.items()
            for word in names.values()
            if word
        )
        return cls(tuple(dict.fromkeys(pairs)))


_REACH = 40
_NOT_BEFORE = re.compile(
    r"(?<![a-zäöüß])(?:not|never|yet to be|no longer|isn['’]t|hasn['’]t|wasn['’]t|aren['’]t|haven['’]t"
    r"|weren['’]t"
    r"|nicht|nie|niemals|kein(?:e|er|en|em|es)?|noch nicht)(?: [a-zäöüß]+){0,2} $"
    r"|(?:未|没有?|沒有?|尚未|还没有?|還沒有?|不|不是|并非|並非|不在|并不|并不是|미)$|(?<![가-힣])안 $"
)
#: What is still to come, what somebody had done before, and what comes back; a count: ``5 in stock``.
_ELSEWHEN = re.compile(r"\s(?:(?:zu )?werden|hatte[nt]?|back|zurück)(?![a-zäöüß])")
_COUNTED = re.compile(
    r"(?<![\w.-])\d{1,4}"
    r"(?: ?(?:stück|exemplare|artikel|(?:of )?(?:them|these|it)|pieces?|pcs|units?|items?|more)){0,2} $"
)
_NOT_BEHIND = re.compile(
    r"(?:は|が)?(?:さ|し)?(?:れ)?て?(?:は)?(?:い|お)?(?:り)?(?:ませ|な[いく])|では(?:あり|ござい|な)|じゃ(?:あり|な)"
    r"|(?:は|が)(?:あり|ござい)ませ"
    r"|[가-힣]{0,3}지\s?(?:는\s?)?(?:않|못)|\s?(?:상태)?[이가는]? ?아[니닙님]|\s?전(?:입|이)"
)
_NOT_SAID = re.compile(
    r"(?<![a-zäöüß])(?:will|would|can|could|may|might|must|should|shall|once|when|if"
    r"|until|before|as soon as|unless|whether"
    r"|wird|werden|werde|würde|würden|kann|können|soll|sollte|sollen|muss|müssen|darf|sobald|wenn|falls|ob|bis|bevor|lassen)"
    r"(?![a-zäöüß])[^.!?,;\n]{0,32}$|(?<![a-z])to (?:be )?$"
)


def read_states(page: Page, states: StateNames) -> list[Found]:
    """Return the states that a text claims; a denied one reads ``!shipped``, a wished one is none."""
    if not states.words:
        return []
    pattern, names = _compiled(states)
    found = []
    for match in pattern.finditer(page.low):
        name = match.group("word")
        before = page.low[max(0, match.start() - _REACH) : match.start()]
        said = names[name]
        if _NOT_BEFORE.search(before) or (name > "\u2fff" and _NOT_BEHIND.match(page.low, match.end())):
            said = tuple(f"!{state}" for state in said)
        elif _NOT_SAID.search(before) or _COUNTED.search(before) or _ELSEWHEN.match(page.low, match.end()):
            continue
        found.append(Found(Kind.STATE, said, *match.span()))
    return found


@lru_cache(maxsize=32)
def _compiled(states: StateNames) -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    names: dict[str, tuple[str, ...]] = {}
    for word, state in states.words:
        plain = " ".join(lower(fold(word).text).split())
        names[plain] = tuple(dict.fromkeys((*names.get(plain, ()), state)))
    words = sorted(names, key=len, reverse=True)
    # Latin words are matched whole; a German participle before its noun is inflected: die versandten Artikel.
    return re.compile(
        rf"(?:(?<![a-zäöüß\d])|(?=[\u2fff-\uffff]))(?P<word>{'|'.join(map(re.escape, words))})"
        r"(?:(?<=[\u2fff-\uffff])|(?:e[nmrs]?)?(?![a-zäöüß\d]))"
    ), names
