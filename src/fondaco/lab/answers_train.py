"""Trains the shipped confidence of the local answerer on simulated knowledge bases.

A simulated knowledge base takes some entries and some phrasings of a public set; it is asked with other
questions of those entries (answerable), with questions of entries that were left out (near misses), and with
questions of another set (far off).  Features hold nothing of the subject, so the weights serve any shop.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from fondaco.kit.chance import Chance, SeededChance
from fondaco.kit.language import Language
from fondaco.knowledge.confidence import ConfidenceModel, LogisticModel
from fondaco.knowledge.embeddings import Embedder, Vectors, encode_cached
from fondaco.knowledge.features import features, rank
from fondaco.knowledge.lbfgs import minimise
from fondaco.knowledge.pages import PassageScorers, best_passages
from fondaco.knowledge.scorers import Evidence, PhrasingScorers
from fondaco.knowledge.units import shelve
from fondaco.lab.answers_data import UNANSWERABLE, Asked, article, entries_of, read_labelled, read_pages

_T = TypeVar("_T")

_SIMULATIONS = 120
_ANSWERABLE, _NEAR, _FAR = 120, 60, 60
_ENTRIES = (1, 2, 4, 8, 15, 25, 40, 60, 77)
_PHRASINGS = (1, 2, 3, 5, 8, 12, 20, 40, 80)
_PENALTY = 3.0

# CLINC150 asks about banking too; those questions are no far misses for Banking77.
_CLINC_BANKING = frozenset(
    """
    account_blocked application_status apr balance bill_balance bill_due cancel card_declined credit_limit
    credit_limit_change credit_score damaged_card direct_deposit exchange_rate expiration_date freeze_account
    improve_credit_score interest_rate international_fees international_visa min_payment new_card order_checks
    pay_bill pin_change redeem_rewards replacement_card_duration report_fraud report_lost_card rewards_balance
    routing spending_history transactions transfer travel_notification
    """.split()
)
# No shop stores entries for these: they are asked as far misses only.
_CLINC_SMALL_TALK = frozenset(
    """
    do_you_have_pets flip_coin fun_fact goodbye greeting how_old_are_you maybe meaning_of_life no roll_dice
    tell_joke thank_you time translate user_name weather what_are_your_hobbies what_is_your_name
    where_are_you_from who_made_you yes
    """.split()
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One simulated question: its features, and whether the first and one of the first three was right."""

    evidence: Evidence
    features: dict[str, float]
    first: bool
    three: bool


@dataclass(frozen=True, slots=True)
class Source:
    """A public set to draw knowledge bases from, and questions that none of them answers."""

    name: str
    questions: tuple[Asked, ...]
    far: tuple[str, ...]


class _Remembering:
    """An embedder that makes each vector once: simulated knowledge bases share their questions."""

    def __init__(self, inner: Embedder) -> None:
        self.name, self.dimensions = inner.name, inner.dimensions
        self._inner = inner
        self._cache: dict[str, Vectors] = {}

    def encode(self, texts: Sequence[str]) -> Vectors:
        return encode_cached(self._inner, texts, self._cache)


def sources(data: Path) -> list[Source]:
    """Return CLINC150 and Banking77, training parts only, each with the other's questions as far misses."""
    banking = read_labelled(data / "banking77" / "train.jsonl")
    clinc = read_labelled(data / "clinc150" / "train.jsonl")
    outside = read_labelled(data / "clinc150" / "oos_train.jsonl") + read_labelled(
        data / "clinc150" / "oos_val.jsonl"
    )
    off_topic = [question for question in clinc if question.key not in _CLINC_BANKING]
    small_talk = [question for question in clinc if _is_small_talk(question.key)]
    shops = [question for question in clinc if not _is_small_talk(question.key)]
    # The published outside questions are few; repeating them makes them a fair share of the draws.
    return [
        Source("Banking77", tuple(banking), _texts(off_topic + outside * 20)),
        Source("CLINC150", tuple(shops), _texts(small_talk + outside * 20 + banking[:3000])),
    ]


def _is_small_talk(key: str) -> bool:
    return key in _CLINC_SMALL_TALK or key.startswith("are_you_a")


def _texts(asked: Sequence[Asked]) -> tuple[str, ...]:
    return tuple(question.text for question in asked)


def simulate(source: Source, count: int, embedder: Embedder, chance: Chance) -> list[Sample]:
    """Return the samples of ``count`` knowledge bases drawn from ``source``."""
    by_key: dict[str, list[str]] = {}
    for question in source.questions:
        by_key.setdefault(question.key, []).append(question.text)
    return [sample for _ in range(count) for sample in _simulate_one(by_key, source.far, embedder, chance)]


def _simulate_one(
    by_key: dict[str, list[str]], far: Sequence[str], embedder: Embedder, chance: Chance
) -> list[Sample]:
    keys = _shuffled(sorted(by_key), chance)
    kept = keys[: _one_of(_ENTRIES, chance)]
    typical = _one_of(_PHRASINGS, chance)
    stored: list[Asked] = []
    answerable: list[Asked] = []
    for key in kept:
        texts = _shuffled(by_key[key], chance)
        wanted = max(1, round(typical * (0.4 + 1.2 * chance.fraction())))
        cut = min(wanted, len(texts) - 5)
        stored += [Asked(text, key) for text in texts[:cut]]
        answerable += [Asked(text, key) for text in texts[cut:]]
    near = [Asked(text, UNANSWERABLE) for key in keys[len(kept) :][:40] for text in by_key[key][:20]]
    asked = _shuffled(answerable, chance)[:_ANSWERABLE] + _shuffled(near, chance)[:_NEAR]
    asked += [Asked(far[chance.bits(40) % len(far)], UNANSWERABLE) for _ in range(_FAR)]
    return _samples(stored, asked, embedder)


def _samples(stored: Sequence[Asked], asked: Sequence[Asked], embedder: Embedder) -> list[Sample]:
    shelf = shelve(entries_of(stored), passage_characters=400)
    scorers = PhrasingScorers(shelf.phrasings, len(shelf.keys), embedder, None)
    vectors = embedder.encode([question.text for question in asked])
    found = []
    for question, near in zip(asked, scorers.near(vectors), strict=True):
        seen = scorers.view(question.text, near, words_count=True)
        for evidence in Evidence:
            views = replace(seen, evidence=evidence)
            ranking = rank(views)
            keys = [shelf.keys[entry] for entry in ranking.order[:3]]
            numbers = features(question.text, views, ranking, scorers)
            found.append(Sample(evidence, numbers, keys[0] == question.key, question.key in keys))
    return found


def fit_logistic(rows: Sequence[dict[str, float]], right: Sequence[bool]) -> LogisticModel:
    """Return the logistic regression of ``right`` on the named numbers, with an L2 penalty."""
    names = sorted(rows[0])
    matrix = np.array([[row[name] for name in names] for row in rows], dtype=np.float64)
    mean, spread = matrix.mean(axis=0), matrix.std(axis=0) + 1e-6
    scaled = np.hstack([(matrix - mean) / spread, np.ones((len(rows), 1))]).astype(np.float32)
    target = np.array(right, dtype=np.float32)

    def loss(at: NDArray[np.float32]) -> tuple[float, NDArray[np.float32]]:
        scores = scaled @ at
        value = float(np.logaddexp(0, scores).sum() - target @ scores) + 0.5 * _PENALTY * float(
            at[:-1] @ at[:-1]
        )
        gradient = scaled.T @ (1 / (1 + np.exp(-scores)) - target)
        gradient[:-1] += _PENALTY * at[:-1]
        return value, gradient.astype(np.float32)

    solved = minimise(loss, np.zeros(len(names) + 1, dtype=np.float32), iterations=300, tolerance=1e-7)
    return LogisticModel(
        bias=_short(solved[-1]),
        weights=_named(names, solved[:-1]),
        mean=_named(names, mean),
        spread=_named(names, spread),
    )


def _named(names: Sequence[str], values: NDArray[np.floating]) -> dict[str, float]:
    return {name: _short(value) for name, value in zip(names, values, strict=True)}


def _short(value: float) -> float:
    return float(f"{float(value):.5g}")


def passage_samples(
    stored: Sequence[str], asked: Sequence[Sequence[str]], embedder: Embedder | None, *, words_count: bool
) -> list[tuple[dict[str, float], bool]]:
    """Return features of the best three passages for each question, and whether they are right.

    ``asked`` has the questions of each passage.  Every second passage is left out of the index, so half of
    the questions have no right one.
    """
    kept = range(0, len(stored), 2)
    shelf = shelve([article(str(at), Language.EN, body=stored[at]) for at in kept], passage_characters=400)
    scorers = PassageScorers(shelf.passages, embedder, None)
    samples = []
    for position, question in ((at, text) for at, texts in enumerate(asked) for text in texts):
        near = scorers.near(embedder.encode([question]))[0] if embedder is not None else None
        views = scorers.view(question, near, words_count=words_count)
        best = best_passages(views, scorers.entry_of, limit=3)
        for unit, numbers in zip(best, scorers.features(views, best), strict=True):
            right = shelf.keys[shelf.passages[unit].entry] == str(position)
            samples.append((numbers, right))
    return samples


def train(data: Path, embedder: Embedder, seed: int = 7) -> ConfidenceModel:
    """Return the confidence trained on the public sets below ``data``; takes some minutes."""
    embedder = _Remembering(embedder)
    chance = SeededChance(seed)
    samples = [s for source in sources(data) for s in simulate(source, _SIMULATIONS // 2, embedder, chance)]
    return ConfidenceModel(
        recipe=_RECIPE,
        first={evidence: _fit_first(samples, evidence) for evidence in Evidence},
        three={evidence: _fit_three(samples, evidence) for evidence in Evidence},
        passage=_fit_passages(data, embedder),
    )


def _fit_first(samples: Sequence[Sample], evidence: Evidence) -> LogisticModel:
    chosen = [sample for sample in samples if sample.evidence is evidence]
    return fit_logistic([sample.features for sample in chosen], [sample.first for sample in chosen])


def _fit_three(samples: Sequence[Sample], evidence: Evidence) -> LogisticModel:
    chosen = [sample for sample in samples if sample.evidence is evidence]
    return fit_logistic([sample.features for sample in chosen], [sample.three for sample in chosen])


def _fit_passages(data: Path, embedder: Embedder) -> dict[Evidence, LogisticModel]:
    names = ("xquad_en", "xquad_de", "xquad_zh", "jaquad_ja")
    sets = {name: read_pages(data / "passages" / f"{name}.jsonl") for name in names}
    passages = {name: [passage for passage, _ in pages] for name, pages in sets.items()}
    asked = {name: [questions for _, questions in pages] for name, pages in sets.items()}
    drawn: dict[Evidence, list[tuple[dict[str, float], bool]]] = {evidence: [] for evidence in Evidence}
    for name in names:
        drawn[Evidence.BOTH] += passage_samples(passages[name], asked[name], embedder, words_count=True)
        drawn[Evidence.WORDS] += passage_samples(passages[name], asked[name], None, words_count=True)
    for name in ("xquad_de", "xquad_zh"):  # the same passages in the same order as in English
        drawn[Evidence.MEANING] += passage_samples(
            passages["xquad_en"], asked[name], embedder, words_count=False
        )
    return {
        evidence: fit_logistic([numbers for numbers, _ in rows], [right for _, right in rows])
        for evidence, rows in drawn.items()
    }


_RECIPE = (
    "python -m fondaco.lab.answers train --data DIR: `first` and `three` on simulated knowledge "
    "bases from the training parts of CLINC150 (CC BY 3.0) and Banking77 (CC BY 4.0); `passage` on "
    "XQuAD (CC BY-SA 4.0) and JaQuAD (CC BY-SA 3.0) with every second passage stored"
)


def write(model: ConfidenceModel, path: Path) -> None:
    """Write ``model`` as the package ships it."""
    path.write_bytes(msgspec.json.format(msgspec.json.encode(model, order="sorted"), indent=1) + b"\n")


def _one_of(values: Sequence[int], chance: Chance) -> int:
    return values[chance.bits(32) % len(values)]


def _shuffled(values: Sequence[_T], chance: Chance) -> list[_T]:
    keyed = [(chance.bits(62), position) for position in range(len(values))]
    return [values[position] for _, position in sorted(keyed)]
