"""Finds what a text claims to have been done or promises to do, and what of it nothing backs.

"I have refunded you" is true when a refund was executed, "your order has been cancelled" also when a tool
reported it, "a colleague will call you" when the same outcome hands over.  Questions, offers, conditions,
instructions, rules of the shop and what the contact did are no claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import msgspec

from fondaco.engine.guard.claim_book import Book, By, ClaimKind, Entry, Frame, Result, Tense, book_of
from fondaco.engine.guard.disguises import has_letters_apart, undisguised
from fondaco.engine.guard.statements import Statement, statements
from fondaco.kit.language import Language
from fondaco.kit.text import normalise

__all__ = [
    "Backing",
    "By",
    "Claim",
    "ClaimKind",
    "Tense",
    "asks_for_a_yes",
    "claims_in",
    "kinds_named",
    "unbacked",
]


class Claim(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One act that a statement claims."""

    kind: ClaimKind
    tense: Tense
    by: By
    written: str  #: the whole statement
    begin: int  #: its place in the text
    end: int
    just_now: bool = False  #: it is said to have happened in this very conversation


class Backing(msgspec.Struct, frozen=True, kw_only=True):
    """What may make a claim true."""

    executed: frozenset[ClaimKind] = frozenset()  #: by actions of this episode that took effect
    reported: frozenset[ClaimKind] = frozenset()  #: by tool results about what the contact has with the shop
    published: frozenset[ClaimKind] = frozenset()  #: by cited passages: what the shop does for everybody
    cited: tuple[
        str, ...
    ] = ()  #: cited passages; a promise that stands there word for word is the shop's own
    handed_over: bool = False  #: the same outcome gives the conversation to a teammate
    told: tuple[tuple[int, int], ...] = ()  #: places of days and states in the text that tool results prove
    proposed: bool = False  #: the text asks the contact to agree before anything is done


class _Hit(msgspec.Struct, frozen=True, gc=False):
    entry: Entry
    begin: int
    end: int


_Act = tuple[Tense, By, ClaimKind]

#: An act that is as good as the one claimed.
_AS_GOOD = {
    ClaimKind.CREDITED: {ClaimKind.REFUNDED},
    ClaimKind.RETURNED: {ClaimKind.EXCHANGED, ClaimKind.REFUNDED},
    ClaimKind.EXCHANGED: {ClaimKind.SENT},
    ClaimKind.OPENED: {ClaimKind.RETURNED, ClaimKind.EXCHANGED, ClaimKind.BOOKED},
    ClaimKind.DELETED: {ClaimKind.CHANGED},
    ClaimKind.NOTIFIED: {ClaimKind.SENT},
}
#: So it is where a tool has only reported it.
_AS_GOOD_REPORTED = {
    ClaimKind.CREDITED: {ClaimKind.REFUNDED},
    ClaimKind.RETURNED: {ClaimKind.EXCHANGED, ClaimKind.REFUNDED},
    ClaimKind.EXCHANGED: {ClaimKind.SENT},
}
#: What a tool reports of the thing itself, and what makes nothing else true.
_OF_ANOTHER = {kind: frozenset({ClaimKind.SENT}) for kind in (ClaimKind.EXCHANGED, ClaimKind.NOTIFIED)}
#: True once anything at all was done.
_BY_ANY_ACT = frozenset({ClaimKind.ARRANGED, ClaimKind.CONFIRMED, ClaimKind.NOTED})
#: What comes with a handoff: the teammate sees the conversation.
_BY_HANDOFF = frozenset(
    {ClaimKind.HANDED_OVER, ClaimKind.CALLED, ClaimKind.NOTED, ClaimKind.NOTIFIED, ClaimKind.OPENED}
)
#: A rule of the shop makes no promise of these to one contact.
_NEVER_BY_RULE = frozenset(
    {ClaimKind.REFUNDED, ClaimKind.CREDITED, ClaimKind.DISCOUNTED, ClaimKind.EXTENDED, ClaimKind.CANCELLED}
)
#: What an assistant cannot promise under any condition, since nothing wakes it.
_NEEDS_WAKING = frozenset({ClaimKind.NOTIFIED, ClaimKind.CALLED})
#: These wait for nobody's yes.
_NEVER_PROPOSED = _NEEDS_WAKING | {ClaimKind.HANDED_OVER, ClaimKind.GUARANTEED}
_LATIN = frozenset({Language.DE, Language.EN})
_HANGUL = re.compile("[\uac00-\ud7a3]")
_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa]")
_HAN = re.compile("[\u4e00-\u9fff]")
_CLAUSE_END = re.compile(r"[,;:、–—](?!\d)")
_OMITTED = " ¦ "
_COMPOUND_LETTERS = 10
_REACH = 160  #: so many characters around a word may make a claim of it


def claims_in(text: str, language: Language) -> tuple[Claim, ...]:
    """Return what a text in ``language`` claims; a sentence in another script is read as of its own."""
    apart = has_letters_apart(text)
    return tuple(
        claim for statement in statements(text) for claim in _claims(statement, language, apart=apart)
    )


def unbacked(claims: Iterable[Claim], backing: Backing) -> tuple[Claim, ...]:
    """Return the claims that nothing backs; what is said of third parties is a matter of facts."""
    return tuple(one for one in claims if one.by is not By.THIRD and not _is_backed(one, backing))


def asks_for_a_yes(text: str, language: Language) -> bool:
    """Return whether a text asks the contact to agree, so that what it promises is only proposed."""
    return book_of(language).asks_yes.search(normalise(text).replace("’", "'")) is not None


def _is_backed(claim: Claim, backing: Backing) -> bool:
    if backing.handed_over and claim.kind in _BY_HANDOFF:
        return True
    if backing.proposed and claim.tense is Tense.PROMISED and claim.kind not in _NEVER_PROPOSED:
        return True
    if claim.kind is ClaimKind.HANDED_OVER:
        return any(claim.written in passage for passage in backing.cited)
    kinds = {claim.kind, *_AS_GOOD.get(claim.kind, ())}
    if kinds & backing.executed or (claim.kind in _BY_ANY_ACT and backing.executed):
        return True
    if claim.by is By.ASSISTANT and claim.kind is not ClaimKind.GUARANTEED:
        return False
    if _is_reported(claim, backing):
        return True
    if claim.tense is Tense.DONE:
        # What no word names is a report where a tool has told its day or state.
        return claim.kind is ClaimKind.ARRANGED and _tells(claim, backing)
    by_rule = claim.kind in backing.published and claim.kind not in _NEVER_BY_RULE
    return by_rule or any(claim.written in passage for passage in backing.cited)


def _is_reported(claim: Claim, backing: Backing) -> bool:
    """Return whether a tool has told of the deed; what has just been done, no tool has told of."""
    if claim.just_now and claim.tense is Tense.DONE and not _tells(claim, backing):
        return False
    kinds = {claim.kind, *_AS_GOOD_REPORTED.get(claim.kind, ())}
    return bool(kinds & backing.reported - _OF_ANOTHER.get(claim.kind, frozenset()))


def _tells(claim: Claim, backing: Backing) -> bool:
    """Return whether a claim tells a day or a state that a tool's result proves."""
    return any(claim.begin <= begin and end <= claim.end for begin, end in backing.told)


@lru_cache(maxsize=4_096)
def kinds_named(text: str, language: Language) -> frozenset[ClaimKind]:
    """Return every kind of act that a text speaks of in whatever way: a state, a field's name, a passage."""
    plain = normalise(text).replace("_", " ")
    return frozenset(
        entry.kind for hit in _hits(plain, book_of(language)) if (entry := hit.entry).kind is not None
    )


# A reply is judged as it grows, so its first sentences come again and again.
@lru_cache(maxsize=256)
def _claims(statement: Statement, language: Language, *, apart: bool) -> tuple[Claim, ...]:
    spoken = _language_of(statement.text, language)
    book = book_of(spoken)
    plain = normalise(statement.text).replace("’", "'")
    if spoken in _LATIN:
        plain = undisguised(plain, umlauts=spoken is Language.DE, apart=apart)
    plain = _asserted(plain, book)
    if not plain:
        return ()
    hits = list(_hits(plain, book))
    likely = book.results.within(plain)
    if not (hits or likely or any(one.is_in(plain) for one in book.unnamed)):
        return ()
    told, conditions = book.condition.subn(_OMITTED, book.denial.sub(_OMITTED, plain))
    if told != plain:
        hits = list(_hits(told, book))
    acts = [*_acts(told, hits, book)]
    acts = acts or [(one.tense, By.ASSISTANT, ClaimKind.ARRANGED) for one in book.unnamed if one.is_in(told)]
    kinds = {kind for _, _, kind in acts}
    acts += [one for one in _outcomes(told, likely, book) if one[2] not in kinds]
    if any(kind is not ClaimKind.ARRANGED for _, _, kind in acts):
        acts = [one for one in acts if one[2] is not ClaimKind.ARRANGED]
    if conditions:
        acts = [one for one in acts if _holds_anyway(one, plain, book)]
    just_now = bool(acts) and book.just_now.search(told) is not None
    return tuple(
        Claim(
            kind=kind,
            tense=tense,
            by=by,
            written=statement.text,
            begin=statement.begin,
            end=statement.end,
            just_now=just_now,
        )
        for tense, by, kind in dict.fromkeys(acts)
    )


def _acts(told: str, hits: list[_Hit], book: Book) -> Iterator[_Act]:
    last: Frame | None = None
    for hit in hits:
        last, kind = _framed(hit, told, hits, book, last)
        if last is not None and kind is not None:
            yield last.tense, last.by, kind


def _outcomes(told: str, likely: Iterable[Result], book: Book) -> Iterator[_Act]:
    for one in likely:
        kind = one.kind_in(told)
        if kind is not None and not (one.particular and book.general.search(told)):
            yield one.tense, one.by, kind


def _language_of(text: str, language: Language) -> Language:
    """Return the language in whose book a sentence is looked up: that of the reply, if its script is."""
    if text.isascii():
        return language if language in _LATIN else Language.EN
    if _HANGUL.search(text):
        return Language.KO
    if _KANA.search(text):
        return Language.JA
    if _HAN.search(text):
        return Language.JA if language is Language.JA else Language.ZH
    return language if language in _LATIN else Language.EN


def _asserted(plain: str, book: Book) -> str:
    """Return what a sentence asserts: of one that ends as a question, what stands before its last clause."""
    if not book.ends_asking.search(plain):
        return plain
    if book.asks.search(plain):
        return ""
    ends = [match.start() for match in _CLAUSE_END.finditer(plain)]
    return plain[: ends[-1]] if ends else ""


def _hits(plain: str, book: Book) -> Iterator[_Hit]:
    words = book.words
    for match in book.finder.finditer(plain):
        word = match.group()
        entries = words.get(word)
        if entries is None and book.endings and len(word) >= _COMPOUND_LETTERS:
            entries = _of_compound(word, book.language)
        for entry in entries or ():
            begin, end = match.span()
            if entry.left is not None and not entry.left.search(plain, max(0, begin - _REACH), begin):
                continue
            if entry.right is not None and not entry.right.search(plain[end : end + _REACH]):
                continue
            yield _Hit(entry, begin, end)


@lru_cache(maxsize=4_096)
def _of_compound(word: str, language: Language) -> tuple[Entry, ...]:
    book = book_of(language)
    return next((book.endings[word[-n:]] for n in book.lengths if word[-n:] in book.endings), ())


def _framed(
    hit: _Hit, told: str, hits: list[_Hit], book: Book, last: Frame | None
) -> tuple[Frame | None, ClaimKind | None]:
    """Return the frame that makes a claim of a word, and its kind; without one, the last frame goes on."""
    kind = hit.entry.kind or _kind_beside(hit, hits)
    if kind is None:
        return last, None
    before = told[max(0, hit.begin - _REACH) : hit.begin]
    for frame in book.frames.get(hit.entry.form, ()):
        if kind not in frame.kinds or not any(one in before for one in frame.needs):
            continue
        if frame.before is not None and not frame.before.search(before):
            continue
        if frame.after is not None and not frame.after.match(told, hit.end):
            continue
        if frame.particular and book.general.search(told):
            continue
        return frame, frame.says or kind
    goes_on = last is not None and book.goes_on.search(before)
    return last, kind if goes_on else None


def _kind_beside(hit: _Hit, hits: list[_Hit]) -> ClaimKind | None:
    """Return the kind of the noun that stands nearest to a word that says only that something was done."""
    nouns = [one for one in hits if one.entry.form == "noun" and one.entry.kind is not None]
    specific = [one for one in nouns if one.entry.kind is not ClaimKind.ARRANGED] or nouns
    nearest = min(specific, key=lambda one: abs(one.begin - hit.begin), default=None)
    return nearest.entry.kind if nearest is not None else None


def _holds_anyway(act: _Act, plain: str, book: Book) -> bool:
    """Return whether a sentence with a condition claims all the same."""
    tense, by, kind = act
    waits = book.contact_acts.search(plain) is not None
    if tense is Tense.DONE:
        return not waits or book.has_been.search(plain) is not None
    return kind in _NEEDS_WAKING and by is not By.THIRD and not waits
