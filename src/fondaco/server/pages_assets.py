"""The files that pages load: held in memory, compressed once, cached for ever under their hash."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from starlette.types import Scope

from fondaco.domain.errors import NotFound
from fondaco.server.answer import Answer, Header

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
#: A line that holds a comment and nothing else; our files have no text of several lines that looks like one.
_COMMENT = re.compile(rb"^[ \t]*(?://.*|/\*(?:(?!\*/).)*\*/)[ \t]*\n", re.MULTILINE)
_FOR_EVER = b"public, max-age=31536000, immutable"
_LOADER_SECONDS = 600
_WORTH_COMPRESSING = 400

WEB = Path(__file__).parent / "web"


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    body: bytes
    zipped: bytes
    media_type: str

    def answer(self, scope: Scope, headers: tuple[Header, ...]) -> Answer:
        """Return the file, compressed for whoever takes that."""
        accepted = dict(scope["headers"]).get(b"accept-encoding", b"")
        if b"gzip" not in accepted or len(self.body) < _WORTH_COMPRESSING:
            return Answer(status=200, body=self.body, media_type=self.media_type, headers=headers)
        zipped = (*headers, (b"content-encoding", b"gzip"), (b"vary", b"accept-encoding"))
        return Answer(status=200, body=self.zipped, media_type=self.media_type, headers=zipped)


class Assets:
    """All static files; their addresses hold one hash over all of them, so relative imports work."""

    def __init__(self, folder: Path = WEB / "static") -> None:
        self._files = {path.relative_to(folder).as_posix(): _load(path) for path in sorted(_kept(folder))}
        self.version = _hash(self._files)

    def address(self, name: str) -> str:
        """Return where a file is found.  Raises KeyError for one that does not exist."""
        if name not in self._files:
            raise KeyError(name)
        return f"/static/{self.version}/{name}"

    def bytes_of(self, name: str) -> bytes:
        """Return a file's content."""
        return self._files[name].body

    def names(self) -> tuple[str, ...]:
        """Return every file's name."""
        return tuple(self._files)

    def file(self, scope: Scope, version: str, name: str) -> Answer:
        """Return a file; a page of another version gets today's, uncached.  Raises NotFound."""
        asset = self._files.get(name)
        if asset is None:
            raise NotFound("There is no such file.", field="name")
        caching = _FOR_EVER if version == self.version else b"no-store"
        return asset.answer(scope, ((b"cache-control", caching),))

    def loader(self, scope: Scope) -> Answer:
        """Return the one file with a fixed address; any shop may load it."""
        asset = self._files["loader.js"]
        tag = f'"{hashlib.sha256(asset.body).hexdigest()[:16]}"'.encode()
        headers: tuple[Header, ...] = (
            (b"cache-control", b"public, max-age=%d" % _LOADER_SECONDS),
            (b"cross-origin-resource-policy", b"cross-origin"),
            (b"etag", tag),
        )
        known = dict(scope["headers"]).get(b"if-none-match", b"")
        return Answer(status=304, headers=headers) if tag in known else asset.answer(scope, headers)


def _kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.suffix in _TYPES]


def _load(path: Path) -> Asset:
    # Comments are for whoever reads the code; leaving them at home saves every visitor a seventh.
    body = path.read_bytes() if path.suffix == ".svg" else _COMMENT.sub(b"", path.read_bytes())
    return Asset(body, gzip.compress(body, mtime=0), _TYPES[path.suffix])


def _hash(files: dict[str, Asset]) -> str:
    digest = hashlib.sha256()
    for name, asset in files.items():
        digest.update(name.encode() + b"\0" + asset.body + b"\0")
    return digest.hexdigest()[:16]
