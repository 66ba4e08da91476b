"""Finds what must not leave: a model's markup, raw data, rules, notes, foreign links, hidden characters."""

from __future__ import annotations

import re
import unicodedata

import msgspec

from fondaco.engine.guard.links import Link, links_in, outside
from fondaco.engine.guard.overlaps import overlap
from fondaco.engine.guard.tongues import foreign_sentences
from fondaco.engine.guard.values.addresses import normal_url
from fondaco.kit.language import Language
from fondaco.kit.patterns import Patterns
from fondaco.llm.markup import markup_in

__all__ = ["Link", "Protected", "leaks_in", "links_in"]


class Protected(msgspec.Struct, frozen=True, kw_only=True):
    """What a reply must not repeat, and where it may lead."""

    system_texts: tuple[str, ...] = ()  #: the rules that a model was given
    notes: tuple[str, ...] = ()  #: internal notes and words of other contacts
    names: frozenset[str] = frozenset()  #: of tools and of their fields, such as ``hand_over``
    allowed_hosts: frozenset[str] = frozenset()  #: in small letters; hosts below them are allowed too
    allowed_links: frozenset[str] = frozenset()  #: whole addresses, as ``normal_url`` writes them


#: Characters that show nothing, or show other text in another order.
_HIDDEN = re.compile(
    "[\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\u2800\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\U000e0000-\U000e01ef]|(?<=[^\\W_])[\u200c\u200d](?=[^\\W_])"
)
_TAG = re.compile(r"<\s*[/!?]?\s*[a-z_](?![^<>]*(?:@|://))[^<>\n]{0,300}>?", re.IGNORECASE)
_FENCE = re.compile(
    r"```\s*(?:json|xml|ya?ml|python|py|tool\w*|js|javascript|html|sql|bash|\{|\[)", re.IGNORECASE
)
_DATA = re.compile(
    r"""[{\[,]\s*(?:"[\w$ .-]{1,60}"|'[\w$ .-]{1,60}')\s*:\s*\S"""
    r"""|\{\s*\w+\s*:\s*(?:true|false|null|none|"|'|-?\d|\{|\[)"""
    r"""|\[\s*(?:\{|"[^"\n]{0,80}"\s*[,\]]|'[^'\n]{0,80}'\s*[,\]]|(?:true|false|null|none)\s*[,\]])""",
    re.IGNORECASE,
)
_CALL = re.compile(r"\b[a-z]\w*(?:_\w+)+\s?\(|\b\w+\(\s*\w+\s*=\s*['\"\d{\[]|\b(?:print|await|return) \w+\(")
_SIXTY_FOUR = "[A-Za-z0-9+/]"  #: the signs of base 64
_BLOB = re.compile(
    r"\beyJ[\w-]{12,}|\b(?:sk|pk|rk|ghp|xox[abp])[-_][A-Za-z0-9_-]{16,}|\bAKIA[A-Z0-9]{16}\b"
    rf"|(?<![\w/+.:-])(?={_SIXTY_FOUR}{{0,200}}[a-z])(?={_SIXTY_FOUR}{{0,200}}[A-Z])"
    rf"(?={_SIXTY_FOUR}{{0,200}}\d){_SIXTY_FOUR}{{48,}}={{0,2}}"
    r"|(?<![\w-])[0-9a-f]{40,}(?![\w-])"
)
#: How a model begins to tell its rules, or whose turn it believes to be.
_RULES = re.compile(
    r"(?:^|[\n.!?。] ?)\W{0,3}(?:system|assistant|user|human|developer|systemnachricht|系统|系統|助手"
    r"|システム|アシスタント|시스템|어시스턴트)\s?(?:prompt|message|提示词?|プロンプト|프롬프트)?\s?:"
    r"|\bsystem[- ]?prompts?\b"
    r"|(?<!follow )(?<!after )\bmy (?:[a-z]+ )?(?:instructions|guidelines|prompt|directives|programming)\b"
    r"|\bmy (?:system |internal |own |basic )?rules\b"
    r"|\b(?:instructions|rules|guidelines|directives)(?: that| which)? i (?:was|am|have|must|follow|got)\b"
    r"|\btool results?\b|\bresults? of (?:the |my )?tools?\b"
    r"|\bi (?:was|am|have been) (?:instructed|told|programmed|configured|prompted) (?:to|not|that|never)\b"
    r"|\bmeine[nrm]? (?:\w+ )?(?:system)?(?:anweisung|vorgabe|instruktion|richtlinie|regel|prompt)\w*"
    r"|\b(?:regeln|anweisungen|vorgaben|instruktionen),? (?:die|denen|nach denen|an die) (?:ich|mir|mich)\b"
    r"|\bmir (?:wurde|ist|hat man) (?:vorgegeben|aufgetragen|vorgeschrieben|beigebracht|eingegeben)\b"
    r"|\bwerkzeug-?ergebnis\w*|\btool-?ergebnis\w*|\bergebnis\w* (?:von|aus|der|meiner) (?:werkzeug|tool)\w*"
    r"|\bich (?:wurde|bin) (?:angewiesen|instruiert|programmiert)\b"
    r"|\bsystem(?:anweisung|instruktion|-?nachricht)(?:en)?\b"
    r"|系统提示词?|系统指令|我被(?:指示|设定|编程|要求|告知)|工具(?:的|返回的)?结果"
    r"|(?:我|助手)(?:的|被给予的|收到的|得到的|遵循的|内部的?)(?:内部)?(?:指令|系统规则|提示词?|规则|设定|准则)"
    r"|(?:根据|按照)我的(?:指令|规则|设定|提示|准则)"
    r"|システムプロンプト|システム(?:の)?指示|ツールの?(?:実行)?結果"
    r"|(?:私|わたし|当方)(?:へ|に与えられた|に対する|に課された|が従う|の受けた)?の?(?:指示|ルール|命令|規則|プロンプト|内部規定)"
    r"|(?:と|よう)(?:に)?(?:指示|設定|プログラム|命令)されて(?:い|おり)"
    r"|시스템 ?(?:프롬프트|지시|명령)|도구 ?(?:실행 ?)?결과"
    r"|(?<![가-힣])(?:제|나의|저의|저에게 주어진|제게 주어진|제가 받은) ?(?:내부 ?)?"
    r"(?:지침|지시 ?사항|규칙|프롬프트|명령)"
    r"|(?:하라|하도록|말라|말도록)(?:고|는)? ?지시(?:를)? ?받"
    r"|(?:하도록|않도록) ?(?:설정|프로그래밍|지시)되",
    re.IGNORECASE,
)
_TELLS_RULES = Patterns((_RULES,))  # most texts do not, and this says so cheaply
_MAY_BE_DATA = re.compile(r"[{}\[\]<>‹〈`(]")
_LONG_WORD = re.compile(r"[\w+/=-]{20}")


def leaks_in(text: str, language: Language, protected: Protected) -> tuple[str, ...]:
    """Return what must not leave, in words for operators; nothing where the text may go out."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", _HIDDEN.sub("", text))
    return (
        *_hidden(text),
        *_machine_words(plain),
        *_told_rules(plain),
        *_repeated(text, protected),
        *(_link_finding(one) for one in links_in(plain) if _leads_astray(one, protected)),
        *(f"{one!r} is not in {language.value}" for one in foreign_sentences(text, language)),
    )


def _first(pattern: re.Pattern[str], text: str) -> tuple[re.Match[str], ...]:
    match = pattern.search(text)
    return () if match is None else (match,)


def _told_rules(text: str) -> tuple[str, ...]:
    if not _TELLS_RULES.found(text):
        return ()
    return tuple(f"{one.group().strip()!r} tells of the rules of a model" for one in _first(_RULES, text))


def _hidden(text: str) -> tuple[str, ...]:
    if text.isascii():
        return ()
    return tuple(f"U+{ord(one.group()):04X} hides text" for one in _first(_HIDDEN, text))


def _machine_words(text: str) -> tuple[str, ...]:
    """Return what only machines write to each other."""
    blobs = _first(_BLOB, text) if _LONG_WORD.search(text) else ()
    found = [f"{one.group()[:24]!r} is raw data" for one in blobs]
    if _MAY_BE_DATA.search(text) is None:
        return tuple(found)
    markup = markup_in(text)
    found += [f"{one!r} is markup of a model" for one in markup]
    if not markup:
        found += [f"{one.group()!r} is a tag that a channel may run" for one in _first(_TAG, text)]
    for pattern in (_FENCE, _DATA, _CALL):
        found += [f"{one.group()!r} is raw data" for one in _first(pattern, text)]
    return tuple(found)


def _repeated(text: str, protected: Protected) -> list[str]:
    found = [
        f"{stretch!r} repeats the rules that a model was given"
        for one in protected.system_texts
        if (stretch := overlap(text, one))
    ]
    found += [
        f"{stretch!r} repeats an internal text" for one in protected.notes if (stretch := overlap(text, one))
    ]
    if "_" in text and protected.names:
        written = set(re.findall("[a-z0-9_]+", text.lower()))
        found += [f"{name!r} is an internal name" for name in sorted(protected.names & written)]
    return found


def _leads_astray(link: Link, protected: Protected) -> bool:
    if not outside(link, protected.allowed_hosts):
        return False
    return link.loads or normal_url(link.written) not in protected.allowed_links


def _link_finding(link: Link) -> str:
    if link.loads:
        return f"{link.written!r} is an image, which tells its host who reads it"
    if link.host:
        return f"{link.written!r} leads to {link.host}, which is not among the allowed hosts"
    return f"{link.written!r} is a link that runs or loads something"
