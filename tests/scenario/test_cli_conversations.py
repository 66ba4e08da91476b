"""What was said in the terminal can be listed, read and found, and is counted in the report."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.cli_desk import CliDesk

FAQ = "question,answer\nWhat does shipping cost?,Shipping is free.\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CliDesk:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FONDACO_KNOWLEDGE__EMBEDDINGS", "false")
    Path("faq.csv").write_text(FAQ)
    desk = CliDesk(capsys)
    desk.run("import", "faq.csv")
    return desk


def test_a_conversation_is_kept_with_everything_that_led_to_the_answer(desk: CliDesk) -> None:
    answered = desk.run("chat", "--message", "What does shipping cost?")

    (listed,) = desk.run("conversations", "list", "--json").json
    shown = desk.run("conversations", "show", listed["id"]).out
    (found,) = desk.run("conversations", "search", "free", "--json").json

    assert answered.out.startswith("Shipping is free.\n")
    assert "article faq#what-does-shipping-cost" in answered.out
    assert "contact: What does shipping cost?" in shown
    assert "guard: passed" in shown
    assert found["conversation_id"] == listed["id"]


def test_the_report_counts_who_was_answered_and_who_was_handed_over(desk: CliDesk) -> None:
    desk.run("chat", "--message", "What does shipping cost?")
    desk.run("chat", "--message", "I want to talk to a human, please")

    told = desk.run("report", "--json").json

    assert (told["episodes"], told["without_person"], told["handoffs"]) == (2, 1, {"asked_for": 1})


def test_what_a_conversation_shows_has_its_content(desk: CliDesk) -> None:
    desk.run("chat", "--message", "I want to talk to a human, please")
    (listed,) = desk.run("conversations", "list", "--json").json

    shown = desk.run("conversations", "show", listed["id"]).out

    assert "handoff to general: asked_for, promised by " in shown
    assert "assignee: team general, epoch 2, by " in shown
    assert "route: " in shown


def test_the_report_tells_with_each_rate_what_it_is_made_of(desk: CliDesk) -> None:
    desk.run("chat", "--message", "What does shipping cost?")
    desk.run("chat", "--message", "Hello")

    told = desk.run("report").out

    assert "answered without a person: 1 of 2 (50 %)\n    a reply cites an article" in told
    assert "neither: 1 of 2 (50 %)" in told


def test_the_same_contact_goes_on_with_the_same_conversation(desk: CliDesk) -> None:
    desk.run("chat", "--contact", "ann", "--message", "What does shipping cost?")
    desk.run("chat", "--contact", "ann", "--message", "Hello")

    assert len(desk.run("conversations", "list", "--json").json) == 1


def test_whoever_waits_for_a_person_is_told_so(desk: CliDesk) -> None:
    desk.run("chat", "--contact", "ann", "--message", "I want to talk to a human, please")

    again = desk.run("chat", "--contact", "ann", "--message", "Hello?")

    assert (again.code, again.err) == (0, "")
    assert again.out == "A person answers now; your message waits for them.\n"
