"""A start that cannot succeed: one line that says why and what to do, an exit code, and nothing changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.scenario.cli_desk import CliDesk, Ran
from tests.scenario.whole_server import INSIDES

EMPTY = "[server]\nport = 0\n[knowledge]\nembeddings = false\n"
USAGE, STORAGE = 2, 3


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CliDesk:
    monkeypatch.chdir(tmp_path)
    Path("fondaco.toml").write_text(EMPTY)
    return CliDesk(capsys)


def demand_one_line(ran: Ran, code: int, *told: str) -> None:
    """Fail unless a command ended with this code and one line that says all of this."""
    assert (ran.code, ran.out, ran.err.count("\n")) == (code, "", 1), ran.err
    assert ran.err.startswith("fondaco: ")
    assert ran.err.rstrip()[-1] in ".?"
    assert [word for word in told if word not in ran.err] == [], ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"[server]\nname = '\xff'\n", ("bad.toml line 2", "save the file as UTF-8")),
        (b"[server\n", ("bad.toml is not valid TOML", "line 1, column 8")),
        (b"[server]\nport = 1\nport = 2\n", ("bad.toml is not valid TOML", "line 3")),
        (b"\0\0\0\0", ("bad.toml is not valid TOML", "line 1")),
        (b"[sever]\nport = 1\n", ("bad.toml line 1", "sever is no setting; did you mean server?")),
        (b"[server]\nport = 'x'\n", ("bad.toml line 2", "write a whole number, such as 8080")),
        (b"[server]\nport = 99999999999999999999\n", ("server.port", "write a")),
        (b"server = 1\n", ("bad.toml line 1", "server", "write")),
        (b"[storage]\nurl = 'sqlite:///:memory:'\n", ("unknown form", "write sqlite:///path")),
        (
            b"[storage]\nurl = '${NOBODY_SETS_ME}'\n",
            ("NOBODY_SETS_ME", "set NOBODY_SETS_ME before the start"),
        ),
        (b"a = " + b"[" * 5_000 + b"]" * 5_000, ("bad.toml",)),
    ],
    ids=[
        "encoding",
        "no TOML",
        "twice",
        "NUL",
        "unknown table",
        "wrong type",
        "huge number",
        "no table",
        "memory",
        "variable",
        "deep",
    ],
)
def test_a_configuration_that_cannot_be_read_is_told_with_its_place(
    desk: CliDesk, content: bytes, told: tuple[str, ...]
) -> None:
    Path("bad.toml").write_bytes(content)

    ran = desk.run("serve", "--config", "bad.toml")

    demand_one_line(ran, USAGE, *told)
    assert sorted(file.name for file in Path().iterdir()) == ["bad.toml", "fondaco.toml"]


@pytest.mark.parametrize("command", [("serve",), ("keys", "list"), ("migrate",), ("conversations", "list")])
@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("sqlite:///fondaco.toml/fondaco.db", ("The folder fondaco.toml", "make it yourself")),
        ("sqlite:////proc/nobody/fondaco.db", ("The folder /proc/nobody", "make it yourself")),
        ("sqlite:///folder.db", ("folder.db is a folder", "name another file in storage.url")),
        ("sqlite:///letter.db", ("letter.db is damaged or no database", "restore it from the last backup")),
        ("sqlite:///newer.db", ("newer.db has schema 99", "nothing was changed. Install the newer fondaco")),
    ],
    ids=["file as folder", "no right", "folder as file", "no database", "newer"],
)
def test_a_database_that_cannot_be_used_is_named_and_left_alone(
    desk: CliDesk, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], url: str, told: tuple[str, ...]
) -> None:
    Path("folder.db").mkdir()
    Path("letter.db").write_bytes(b"this is a letter, not a database" * 100)
    with closing(sqlite3.connect("newer.db")) as newer:
        newer.execute("create table future (value text)")
        newer.execute("pragma user_version = 99")
    before = {name: Path(name).read_bytes() for name in ("letter.db", "newer.db")}
    monkeypatch.setenv("FONDACO_STORAGE__URL", url)

    ran = desk.run(*command)

    demand_one_line(ran, STORAGE, *told)
    assert {name: Path(name).read_bytes() for name in before} == before
    assert INSIDES.search(ran.err.replace(url, "").encode()) is None


def test_a_demo_without_a_place_is_told(desk: CliDesk) -> None:
    ran = desk.run("serve", "--demo", "--data", "fondaco.toml/demo")

    demand_one_line(
        ran, STORAGE, "The folder fondaco.toml/demo cannot be made", "name another one with --data"
    )


@pytest.mark.parametrize("suffix", [".md", ".csv", ".jsonl", ".html"])
def test_a_file_that_is_no_text_stores_nothing_and_is_named(desk: CliDesk, suffix: str) -> None:
    Path(f"bad{suffix}").write_bytes(b"\xff\xfe\0")

    ran = desk.run("import", f"bad{suffix}")

    assert ran.code == 1
    assert ran.out.startswith("0 created, 0 updated, 0 unchanged.\n")
    assert ran.err.startswith(f"Not imported: bad{suffix}")
    assert ran.err.count("\n") == 1
