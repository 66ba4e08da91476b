"""What the shop knows: articles, and the passages that are found in them."""

from __future__ import annotations

import msgspec

from fondaco.domain.ids import ArticleId, WorkspaceId
from fondaco.kit.language import Language


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """A text that replaces an article's body when a tool result has a certain value.

    ``when`` maps a slot (``order.state``) to the value it must have; every pair must hold.
    """

    when: dict[str, str]
    body: str


class Article(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the knowledge base, in one language.

    An article with ``questions`` is an entry of questions and an answer: ``body`` is sent word for word.
    Without questions it is a page: passages of ``body`` are found and quoted.
    A body may hold slots, ``{order.state}`` or ``{order.promised_on|date}``: the name of a tool,
    a field of its result, and how the value is written.  A slot is filled from a tool result only.
    """

    id: ArticleId
    workspace_id: WorkspaceId
    key: str  #: the same for one entry in all its languages; re-import finds it by (key, language)
    language: Language
    title: str
    body: str
    questions: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    rules: tuple[
        str, ...
    ] = ()  #: regular expressions (case-insensitive) that choose this entry before retrieval
    topic: str = ""
    source: str = ""  #: file or address that it was imported from
    version: int = 1


class Passage(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """A stretch of an article as it was found for a question, with how well it fits."""

    article_id: ArticleId
    key: str
    title: str
    language: Language
    text: str
    score: float  #: 0 to 1, higher fits better; comparable within one search only
    matched: str = ""  #: the stored question that was nearest, for the *why* pane
