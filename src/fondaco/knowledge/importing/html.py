"""HTML pages: what stands in the middle of them, with questions where the page asks some."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

from bs4 import BeautifulSoup, UnusualUsageWarning
from bs4.element import NavigableString, PreformattedString, Tag
from bs4.exceptions import ParserRejectedMarkup

from fondaco.knowledge.importing.draft import Imported, ImportProblem, Origin
from fondaco.knowledge.importing.markdown import path_of
from fondaco.knowledge.importing.sections import Block, drafts_of

_DROPPED = "script style noscript template nav header footer aside form svg iframe button dialog".split()
_ASKING = {"summary", "dt"}
_HEADING = re.compile(r"h[1-6]")
_PARAGRAPHS = set(
    "p li div section article main body details dd blockquote pre table tr ul ol dl figure address hr "
    "h1 h2 h3 h4 h5 h6 summary dt html td th figcaption fieldset".split()
)
_SPACE = re.compile(r"\s+")
#: A question in <summary> or <dt> lies below every heading, so that the next heading ends its answer.
_BELOW_HEADINGS = 7


def parse_html(text: str, origin: Origin) -> Imported:
    """Return an entry for each question (``dl``, ``details``, headings that ask) and one page of the rest.

    Scripts, navigation, headers, footers and forms are dropped; ``main`` or ``article`` is preferred.
    """
    try:
        soup = _parsed(text)
        title = soup.title.get_text() if soup.title else ""
        for dropped in soup.find_all(_DROPPED):
            dropped.decompose()
        blocks = list(_blocks(soup.find("main") or soup.find("article") or soup.body or soup))
    except (ParserRejectedMarkup, AssertionError, RecursionError, ValueError) as error:
        reason = f"this HTML cannot be read ({type(error).__name__})"
        return Imported(problems=(ImportProblem(file=origin.name, reason=reason),))
    heading = next((block.text for block in blocks if block.level == 1), "") or _flat(title)
    rest = [block for block in blocks if block.level != 1]
    return Imported(drafts=tuple(drafts_of(rest, origin, path=path_of(origin), title=heading)))


def _parsed(text: str) -> BeautifulSoup:
    with warnings.catch_warnings():
        # A file that holds no markup at all, or XML, is read as it is; whoever imports sees what came of it.
        warnings.simplefilter("ignore", UnusualUsageWarning)
        return BeautifulSoup(text, "html.parser")


def _blocks(root: Tag) -> Iterator[Block]:
    """Yield the texts between two borders of paragraphs, each with the element that it stands in."""
    words: list[str] = []
    holder: Tag = root
    for node in root.descendants:
        if isinstance(node, Tag) and (node.name in _PARAGRAPHS or node.name == "br"):
            yield from _block(words, holder)
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            nearest = _holder(node, root)
            if nearest is not holder:
                yield from _block(words, holder)
                holder = nearest
            words.append(str(node))
    yield from _block(words, holder)


def _holder(node: NavigableString, root: Tag) -> Tag:
    return next((parent for parent in node.parents if parent.name in _PARAGRAPHS), root)


def _block(words: list[str], holder: Tag) -> Iterator[Block]:
    text = _flat("".join(words))
    words.clear()
    if not text:
        return
    asks = holder.name in _ASKING
    level = int(holder.name[1]) if _HEADING.fullmatch(holder.name) else 0
    shown = f"- {text}" if holder.name == "li" else text
    yield Block(text=shown, level=_BELOW_HEADINGS if asks else level, line=holder.sourceline or 1, asks=asks)


def _flat(text: str) -> str:
    return _SPACE.sub(" ", text).strip()
