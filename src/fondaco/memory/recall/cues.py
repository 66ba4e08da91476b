"""Words of the five languages by which a question tells what it is after; data, no code."""

from __future__ import annotations

from fondaco.kit.language_signs import SMALL_WORDS_DE, SMALL_WORDS_EN

#: What remains of "it's", "don't" and "they'll" where words are cut at the apostrophe.
_REMAINS = frozenset("d ll m re s t ve".split())
#: Small words that tell a language, and that a shop's contacts mean something by.
_MEANT = frozenset(
    """
    order late long work works working send used set show find keep heute gestern morgen bestellt schnell
    funktioniert bekomme bekommen finden zeige zeig brauche suche geben lange mal
    """.split()
)
#: Words that carry grammar and say nothing of the subject.
SMALL_WORDS = (SMALL_WORDS_EN | SMALL_WORDS_DE | _REMAINS) - _MEANT
#: Words that ask; in CJK they are part of a run and stay.
ASKING_WORDS = frozenset("what when where who whom whose which how why did does do has have had".split())

#: Names of months, as questions write them; the place in the list is the month.
MONTHS = (
    ("january", "januar", "jänner"),
    ("february", "februar", "feber"),
    ("march", "märz", "maerz"),
    ("april",),
    ("may", "mai"),
    ("june", "juni"),
    ("july", "juli"),
    ("august",),
    ("september",),
    ("october", "oktober"),
    ("november",),
    ("december", "dezember"),
)
#: Of these only the capital tells the month from the word.
MONTHS_BY_CAPITAL = frozenset({"may", "march"})

#: What speaks of an earlier occasion: English, German, Chinese, Japanese, Korean.
EARLIER_CUES = (
    r"\b(?:last time|the other day|previous(?:ly)?|(?:last|previous) (?:week|month|year))\b",
    r"\bearlier (?:chat|conversation|message|request|question)s?\b",
    r"\b(?:wrote|asked|told|said|mentioned)\b.{0,40}\b(?:before|earlier)\b",
    r"\b(?:(?:letzte[ns]?|vorige[ns]?|beim letzten) mal|neulich|kürzlich|damals)\b",
    r"\b(?:letzte|vorige|vergangene)[nrs]? (?:woche|monat|jahr)\b",
    r"\bfrühere[nmrs]? (?:anfrage|gespräch|nachricht)",
    r"\b(?:schon (?:mal|einmal)|bereits|zuvor|früher) (?:geschrieben|gefragt|gesagt|erwähnt|erzählt)\b",
    r"上次|上回|之前|以前|前几天|前些天|上周|上个?月|去年|曾经",
    r"前回|この前|この間|以前|先日|先週|先月|去年|昨年",
    r"지난 ?번|저번|이전에|예전|지난 ?주|지난 ?달|작년|전에",
)
