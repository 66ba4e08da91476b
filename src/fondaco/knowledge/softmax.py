"""Softmax regression in numpy: learns from the stored phrasings which entry a text belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fondaco.knowledge.lbfgs import minimise
from fondaco.knowledge.ngrams import SparseText

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SoftmaxRegression:
    """Weights per feature and class, and the log probabilities of the classes that they give a text."""

    weights: Matrix  #: features x classes
    bias: Matrix  #: classes

    def log_shares(self, vector: Matrix) -> Matrix:
        """Return the log probability of each class for a dense vector."""
        return _log_softmax(vector @ self.weights + self.bias)

    def sparse_log_shares(self, text: SparseText) -> Matrix:
        """Return the log probability of each class for a sparse text."""
        return _log_softmax(text.values @ self.weights[text.buckets] + self.bias)


def fit(
    rows: Matrix, labels: NDArray[np.int64], row_weights: Matrix, penalty: float, iterations: int
) -> SoftmaxRegression:
    """Return the regression of ``labels`` on ``rows``; deterministic.

    ``penalty`` is the L2 weight.  With fewer rows than features the fit runs in the space that the rows span,
    which gives the same weights for a fraction of the work (Hastie and Tibshirani, "Efficient quadratic
    regularization for expression arrays", 2004).
    """
    classes = int(labels.max()) + 1
    if len(rows) >= rows.shape[1]:
        solved = _solve(rows, labels, row_weights, classes, penalty, iterations)
        return SoftmaxRegression(solved[:-1], solved[-1])
    lower = _cholesky(rows)
    solved = _solve(lower.astype(np.float32), labels, row_weights, classes, penalty, iterations)
    dual = np.linalg.solve(lower.T, solved[:-1].astype(np.float64))
    return SoftmaxRegression((rows.T @ dual.astype(np.float32)).astype(np.float32), solved[-1])


def _cholesky(rows: Matrix) -> NDArray[np.float64]:
    gram = (rows @ rows.T).astype(np.float64)
    gram[np.diag_indices(len(rows))] += 1e-5  # equal phrasings make the matrix singular
    return np.asarray(np.linalg.cholesky(gram), dtype=np.float64)


def _solve(
    rows: Matrix,
    labels: NDArray[np.int64],
    row_weights: Matrix,
    classes: int,
    penalty: float,
    iterations: int,
) -> Matrix:
    each = np.arange(len(rows))

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        parameters = flat.reshape(-1, classes)
        logs = _log_softmax(rows @ parameters[:-1] + parameters[-1])
        value = -float(row_weights @ logs[each, labels])
        value += 0.5 * penalty * float(np.vdot(parameters[:-1], parameters[:-1]))
        errors = np.exp(logs)
        errors[each, labels] -= 1
        errors *= row_weights[:, None]
        gradient = np.vstack([rows.T @ errors + penalty * parameters[:-1], errors.sum(axis=0)[None, :]])
        return value, gradient.ravel().astype(np.float32)

    start = np.zeros((rows.shape[1] + 1) * classes, dtype=np.float32)
    return minimise(loss, start, iterations).reshape(-1, classes)


def _log_softmax(scores: Matrix) -> Matrix:
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)), dtype=np.float32)
