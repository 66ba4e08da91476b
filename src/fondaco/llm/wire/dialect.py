"""What every protocol must be able to do; none of it does I/O or knows the time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

import msgspec

from fondaco.llm.asking import Progress, Prompt, Reply
from fondaco.llm.failures import Failure
from fondaco.llm.targets import Target


class WireRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One POST, ready to be sent."""

    url: str
    headers: dict[str, str]
    body: bytes

    def __repr__(self) -> str:
        """Name neither the headers, where the key is, nor a word of what is asked."""
        return f"WireRequest(url={self.url!r}, {len(self.body)} bytes)"


class StreamReader(Protocol):
    """Reads one streamed answer as its bytes come, however they are cut."""

    @property
    def finished(self) -> bool:
        """Whether the provider's last event has come, so that nothing more is to be waited for."""
        ...

    def feed(self, piece: bytes) -> Iterator[Progress]:
        """Yield the progress that these bytes make; comments and blank lines make none.

        Raises ModelFailed for an error inside the stream, a malformed event or one that is too large.
        """
        ...

    def end(self) -> Reply:
        """Return the whole answer.  Raises ModelFailed (INCOMPLETE) where its end is not proved."""
        ...

    def so_far(self) -> Reply:
        """Return what has come, for the ledger of an answer that was broken off."""
        ...


class Dialect(Protocol):
    """One provider's protocol."""

    def request(self, prompt: Prompt, target: Target, secret: str, *, stream: bool) -> WireRequest:
        """Render the neutral prompt for this target; foreign reasoning and signatures are left out."""
        ...

    def reply(self, body: bytes, target: Target) -> Reply:
        """Read a plain answer.  Raises ModelFailed (BROKEN, or an error inside a 200)."""
        ...

    def stream(self, target: Target) -> StreamReader:
        """Return a reader for one streamed answer."""
        ...

    def failure(self, status: int, headers: Mapping[str, str], body: bytes, now_ms: int) -> Failure:
        """Classify an answer whose status is not 200; ``now_ms`` turns dates into waits."""
        ...
