"""Articles from files: Markdown, tables, JSON lines and HTML pages, read by parsers that never raise."""

from fondaco.knowledge.importing.draft import ArticleDraft, Imported, ImportProblem, Origin, articles_from
from fondaco.knowledge.importing.files import SUFFIXES, read_articles, read_text
from fondaco.knowledge.importing.limits import Limits

__all__ = [
    "SUFFIXES",
    "ArticleDraft",
    "ImportProblem",
    "Imported",
    "Limits",
    "Origin",
    "articles_from",
    "read_articles",
    "read_text",
]
