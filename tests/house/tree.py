"""The files of this repository, as the house tests read them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = {
    ".py",
    ".md",
    ".html",
    ".js",
    ".css",
    ".sql",
    ".toml",
    ".yml",
    ".yaml",
    ".json",
    ".jsonl",
    ".txt",
    ".sh",
}
#: The house tests name what is forbidden, so they are not read themselves.
OWN = "tests/house/"


def tracked(*folders: str) -> list[Path]:
    """Return the files that git keeps, below these folders if any are named."""
    # A checkout often belongs to another account than the one that tests it.
    git = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--", *folders]
    listed = subprocess.run(git, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    paths = [ROOT / name for name in sorted(listed.split("\0")) if name]
    return [path for path in paths if path.is_file()]


def name_of(path: Path) -> str:
    """Return the path as it is written in a message."""
    return path.relative_to(ROOT).as_posix()


def texts(*folders: str) -> Iterator[tuple[str, str]]:
    """Yield name and content of each text file, the house tests aside."""
    for path in tracked(*folders):
        named_text = path.suffix in TEXT or not path.suffix
        if named_text and not name_of(path).startswith(OWN):
            yield name_of(path), path.read_text(encoding="utf-8", errors="replace")


def python(*folders: str) -> Iterator[tuple[str, str]]:
    """Yield name and content of each Python file."""
    for path in tracked(*folders):
        if path.suffix == ".py":
            yield name_of(path), path.read_text(encoding="utf-8")


def statements(source: str) -> list[ast.AST]:
    """Return every statement and every handler of a source, at whatever depth."""
    # No statement stands in an expression, and expressions are most of a tree. Nothing is kept: trees
    # of a thousand files would cost the collector of garbage more than to read them again.
    found: list[ast.AST] = [ast.parse(source)]
    for block in found:
        found += [
            one
            for part in vars(block).values()
            if isinstance(part, list)
            for one in part
            if isinstance(one, ast.stmt | ast.ExceptHandler | ast.match_case)
        ]
    return found


def own_lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function's body, its docstring aside."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    return (body[-1].end_lineno or body[-1].lineno) - body[0].lineno + 1 if body else 0
