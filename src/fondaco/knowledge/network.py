"""The network of the packaged sentence encoder, with the share of every word piece worked out once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Places = NDArray[np.int64]

# How many neighbouring pieces a filter reads at once, and how many of them come before its own.
_FILTERS = ((2, 0), (3, 1), (5, 2))
_REACH = 2  # the furthest neighbour that any filter reads
_WIDTH = 256  # numbers that a filter reads and gives a piece
_EMBEDDED = 512  # numbers that a piece is embedded as
_SEEN = _EMBEDDED + len(_FILTERS) * _WIDTH
_KNOWN = _SEEN + sum(read for read, _ in _FILTERS) * _WIDTH
_TABLES = 17  # the embeddings were quantised in so many tables, each with a scale of its own
_MOST_PIECES = 4_096  # 15 kB each; five languages of one shop need about three thousand
_GROUP_PIECES = 384  # so many at once stay in the processor's cache


class Weights(Protocol):
    """What the package holds: quantised embeddings, projection, two layers of filters, dense layers."""

    table: NDArray[np.uint8]
    scale: Matrix
    lo: Matrix
    proj_W: Matrix  # noqa: N815 - the package's name
    proj_b: Matrix
    ln_g_all: Matrix
    ln_b_all: Matrix
    w1: Sequence[Matrix]
    b1: Sequence[Matrix]
    w2: Sequence[Matrix]
    b2: Sequence[Matrix]
    ln_g: Matrix
    ln_b: Matrix
    cnn_W: Matrix  # noqa: N815 - the package's name
    cnn_b: Matrix
    d0: Matrix
    d1: Matrix
    d2: Matrix
    d3: Matrix
    p1: Matrix
    p3: Matrix
    eps: float


class PieceRows:
    """What every word piece brings into a sentence, whatever stands around it.

    A row holds the piece's embedding, its projection, and what the first layer's filters make of it at each
    of the places that they read: that layer is linear in its neighbours, so a sentence only adds rows up.
    This is more than half of the network's work, and the same few thousand pieces come again and again.
    """

    def __init__(self, weights: Weights, most: int) -> None:
        self._weights = weights
        self._most = most  #: from so many rows on it forgets them all and begins anew
        self._first = [_side_by_side(layer) for layer in weights.w1]
        self._rows: dict[int, int] = {}
        self._forget(0)

    def _forget(self, needed: int) -> None:
        self._rows = {}
        self.table = np.zeros((max(needed, self._most) + 1, _KNOWN), dtype=np.float32)

    def find(self, pieces: Sequence[int]) -> Places:
        """Return the position of each piece's row in ``table``; row 0 is that of no piece."""
        new = set(pieces) - self._rows.keys()
        if len(self._rows) + len(new) >= len(self.table):
            new = set(pieces)
            self._forget(len(new))
        if new:
            self._learn(sorted(new))
        rows = self._rows
        return np.array([rows[piece] for piece in pieces], dtype=np.int64)

    def _learn(self, pieces: list[int]) -> None:
        weights, numbers = self._weights, np.array(pieces)
        table = numbers % _TABLES
        rows = np.empty((len(pieces), _KNOWN), dtype=np.float32)
        rows[:, :_EMBEDDED] = weights.table[numbers] * weights.scale[table, None] + weights.lo[table, None]
        projected = _levelled(rows[:, :_EMBEDDED] @ weights.proj_W + weights.proj_b, weights.eps)
        projected = projected * weights.ln_g_all + weights.ln_b_all
        rows[:, _EMBEDDED:_SEEN] = projected
        read = zip(np.split(projected, len(_FILTERS), axis=1), self._first, strict=True)
        rows[:, _SEEN:] = np.hstack([seen @ first for seen, first in read])
        start = len(self._rows) + 1
        self.table[start : start + len(pieces)] = rows
        self._rows.update(zip(pieces, range(start, start + len(pieces)), strict=True))


class SentenceNetwork:
    """Turns sentences, each given as the numbers of its word pieces, into vectors of length 1.

    The network is the convolutional one of Yang et al., "Multilingual Universal Sentence Encoder for Semantic
    Retrieval" (2019), with the weights that the package holds.  Not safe for several threads at once.
    """

    def __init__(self, weights: Weights, most_pieces: int = _MOST_PIECES) -> None:
        self._weights = weights
        self._pieces = PieceRows(weights, most_pieces)

    def encode(self, sentences: Sequence[Sequence[int]]) -> Matrix:
        """Return one row per sentence; none of them may be empty."""
        return np.vstack([self._encoded(group) for group in _groups(sentences)])

    def _encoded(self, group: Sequence[Sequence[int]]) -> Matrix:
        lengths = np.array([len(sentence) for sentence in group])
        found = self._pieces.find(list(chain.from_iterable(group)))
        sentence = np.repeat(np.arange(len(group)), lengths)
        # Sentences lie behind each other with room between them, so that no filter reads into the next one.
        places = np.arange(len(found)) + _REACH * (sentence + 1)
        seen = self._filtered(found, places, _REACH * (len(group) + 1))
        summed = _sum_of_levelled(seen, sentence, len(group), self._weights.eps)
        return self._read(summed, lengths[:, None].astype(np.float32))

    def _filtered(self, found: Places, places: Places, room: int) -> Matrix:
        """Return what is seen of each piece: its embedding and what each kind of filter makes of it."""
        weights = self._weights
        rows = np.zeros(len(found) + room, dtype=np.int64)
        rows[places] = found
        around = np.zeros((len(rows), _WIDTH), dtype=np.float32)
        seen = self._pieces.table[found, :_SEEN]
        known = _SEEN
        for number, (read, before) in enumerate(_FILTERS):
            own = seen[:, _EMBEDDED + number * _WIDTH :][:, :_WIDTH]
            window = places[:, None] + np.arange(-before, read - before)
            first = self._added(rows[window], known)
            own += np.maximum(first + weights.b1[number], 0)
            around[places] = own
            second = around[window].reshape(len(found), -1) @ weights.w2[number]
            own += np.maximum(second + weights.b2[number], 0)
            known += read * _WIDTH
        return seen

    def _added(self, rows: Places, known: int) -> Matrix:
        """Return the sum of what the neighbours bring, each at its place of the filter."""
        table = self._pieces.table
        parts = [table[:, known + at * _WIDTH :][row, :_WIDTH] for at, row in enumerate(rows.T)]
        total = parts[0]
        for part in parts[1:]:
            total += part
        return total

    def _read(self, seen: Matrix, lengths: Matrix) -> Matrix:
        """Return the vectors of sentences by the sum of what is seen of their pieces."""
        weights = self._weights
        summed = (seen * weights.ln_g + lengths * weights.ln_b) @ weights.cnn_W + lengths * weights.cnn_b
        mean = summed / np.sqrt(lengths)
        first = np.maximum(mean @ weights.d0, 0) @ weights.d1
        first = np.maximum(first + mean @ weights.p1, 0)
        last = np.tanh(first @ weights.p3 + np.maximum(first @ weights.d2, 0) @ weights.d3)
        return np.asarray(last / np.linalg.norm(last, axis=1, keepdims=True), dtype=np.float32)


def _groups(sentences: Sequence[Sequence[int]]) -> Iterator[Sequence[Sequence[int]]]:
    begin = pieces = 0
    for number, sentence in enumerate(sentences):
        if number > begin and pieces + len(sentence) > _GROUP_PIECES:
            yield sentences[begin:number]
            begin, pieces = number, 0
        pieces += len(sentence)
    yield sentences[begin:]


def _side_by_side(layer: Matrix) -> Matrix:
    """Return a filter's weights with those for its places side by side instead of one below the other."""
    return np.hstack(np.split(layer, len(layer) // _WIDTH))


def _levelled(rows: Matrix, epsilon: float) -> Matrix:
    """Return every row with mean 0 and variance 1."""
    level = rows - rows.mean(axis=1, keepdims=True)
    return np.asarray(level / np.sqrt(np.square(level).mean(axis=1, keepdims=True) + epsilon))


def _sum_of_levelled(rows: Matrix, owner: Places, owners: int, epsilon: float) -> Matrix:
    """Return for each owner the sum of its rows, each brought to mean 0 and variance 1.

    One product does what would otherwise pass over all the rows four times.
    """
    mean = rows.mean(axis=1)
    variance = np.einsum("ij,ij->i", rows, rows) / rows.shape[1] - np.square(mean)
    share = np.zeros((owners, len(rows)), dtype=np.float32)
    share[owner, np.arange(len(rows))] = 1 / np.sqrt(variance + epsilon)
    return np.asarray(share @ rows - (share @ mean)[:, None])
