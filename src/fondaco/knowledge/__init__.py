"""Articles in, passages out: index, search, cite."""

from fondaco.knowledge.embeddings import Embedder, EmbeddingCache, load_embedder
from fondaco.knowledge.index import KnowledgeIndex
from fondaco.knowledge.options import KnowledgeOptions
from fondaco.knowledge.passages import split_passages
from fondaco.knowledge.result import Decision, Search

__all__ = [
    "Decision",
    "Embedder",
    "EmbeddingCache",
    "KnowledgeIndex",
    "KnowledgeOptions",
    "Search",
    "load_embedder",
    "split_passages",
]
