"""Finds where a text leads: links in every spelling that some channel makes clickable or loads."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import msgspec

from fondaco.engine.guard.values.dots import typed
from fondaco.engine.guard.values.folding import lower


class Link(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One link, image or bare domain."""

    written: str
    scheme: str  #: ``https`` where none is written
    host: str  #: in small letters, without port, user and final dot; empty where the link names none
    loads: bool = False  #: an image: whoever opens the message fetches it


#: Domains are told from the end of a sentence by what they end in.
_ENDS = (
    "com|net|org|info|biz|io|de|ch|eu|uk|co|cn|jp|kr|tw|hk|sg|fr|es|nl|pl|ru|su|ua|br|mx|au|nz|ca|cz|dk|se|fi|pt|gr|tr|ir"
    "|app|dev|shop|store|online|site|website|xyz|top|ai|tech|club|link|click|live|page|cc|tv|ly|gl|gle|ws|vip|icu|cloud"
    "|space|support|help|email|world|zone|mobi|name|pro|asia|berlin|gov|edu|int|example|test|localhost|onion|zip|mov"
)
#: Endings that are words too: only a path makes a domain of these.
_WORDS = "at|it|in|me|us|be|is|so|no|to|am|my|do|id|as"
_LABEL = "[A-Za-z0-9\u00df-\u024f\u0370-\u03ff\u0400-\u04ff-]"
_LINK = re.compile(
    r"!\[[^\]\n]{0,300}\]\s*(?:\(\s*<?(?P<image>[^)\s>]*)|\[)"
    r"|\]\(\s*<?(?P<target>[^)\s>]*)"
    r"|(?m:^\s{0,3}\[[^\]\n]{1,80}\]:\s*<?(?P<defined>\S+))"
    r"|(?P<run>(?:j\s*a\s*v\s*a|v\s*b)\s*s\s*c\s*r\s*i\s*p\s*t\s*:|(?<!\w)data:[a-z]+/[\w.+-]+[;,]\S*|(?<!\w)(?:file|blob):/\S*)"
    r"|(?P<full>(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{1,20}://[^\s<>\"'「」『』《》，。；！？、）)\]]+)"
    rf"|(?P<bare>(?<![A-Za-z0-9_@./-])(?:www\.{_LABEL}+(?:\.{_LABEL}+)*|(?:{_LABEL}+\.)+(?:{_ENDS})"
    rf"(?![A-Za-z0-9_@-]|\.{_LABEL}+@)|(?:{_LABEL}+\.)+(?:{_WORDS})(?=/\w))(?::\d+)?(?:/[^\s<>\"'，。；！？、）)\]]*)?)",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"\.(?=[A-Za-z]{2})")
_SCHEMES = re.compile(r":(?:/|(?<=data:)|(?<=t:)|(?<=t :))", re.IGNORECASE)
_AUTHORITY = re.compile(r"^(?:([a-z][a-z0-9+.-]*):)?(?://)?([^/\\?#]*)", re.IGNORECASE)
_DOTS = str.maketrans("。．｡", "...")


# The same articles and replies are looked at again and again.
@lru_cache(maxsize=256)
def links_in(text: str) -> tuple[Link, ...]:
    """Return every link of a text in order; addresses of e-mail are none."""
    plain = _typed(unicodedata.normalize("NFKC", text))
    if not _may_lead(plain):
        return ()
    return tuple(_link(match) for match in _LINK.finditer(plain) if not _is_word(match))


def _typed(text: str) -> str:
    """Return a text with the addresses that are spelt out in words as one would type them."""
    pieces: list[str] = []
    at = 0
    for begin, end, address in typed(lower(text)):
        pieces += (text[at:begin], address)
        at = end
    return "".join([*pieces, text[at:]]) if pieces else text


def _may_lead(text: str) -> bool:
    """Return whether a few quick looks find anything that a link could be made of."""
    if _DOTTED.search(text) is not None or "[" in text:
        return True
    return ":" in text and _SCHEMES.search(text) is not None


def outside(link: Link, allowed_hosts: frozenset[str]) -> bool:
    """Return whether a link leads elsewhere than to an allowed host or one below it, by https or http."""
    if link.scheme not in {"https", "http"} or link.loads:
        return link.scheme not in {"mailto", "tel"} or link.loads
    host = link.host
    return bool(host) and not any(host == one or host.endswith(f".{one}") for one in allowed_hosts)


def _is_word(match: re.Match[str]) -> bool:
    """Return whether it is only where a gap is missing after a sentence, as in ``Done.Info follows``."""
    bare = match.group("bare")
    return bool(bare) and "/" not in bare and bare[bare.rindex(".") + 1 :].istitle()


def _link(match: re.Match[str]) -> Link:
    place = match.group(match.lastgroup) if match.lastgroup else ""
    if match.lastgroup == "run":
        return Link(written=match.group(), scheme=re.sub(r"\W.*", "", place.replace(" ", "")), host="")
    parsed = _AUTHORITY.match(place)
    scheme, authority = parsed.groups() if parsed else (None, "")
    if match.lastgroup == "bare" or (scheme and place[len(scheme) + 1 :].isdecimal()):
        scheme, authority = None, re.split(r"[/\\?#]", place)[0]
    elif scheme is None and not place.startswith("//") and "." not in authority:
        authority = ""  # a place on the shop's own page
    host = authority.rpartition("@")[2].partition(":")[0].translate(_DOTS).rstrip(".").casefold()
    return Link(
        written=match.group(),
        scheme=(scheme or "https").casefold(),
        host=host,
        loads=match.group().startswith("!"),
    )
