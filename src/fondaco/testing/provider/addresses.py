"""Addresses at which nobody answers."""

from __future__ import annotations

import socket


class DeadEnds:
    """Holds the sockets that such addresses need until it is closed."""

    def __init__(self) -> None:
        self._held: list[socket.socket] = []

    def refused(self) -> str:
        """Return an address that refuses connections: its port is taken, and nobody listens."""
        return _url(self._bound())

    def unanswered(self) -> str:
        """Return an address where connections wait for ever: the one place in its line is taken."""
        full = self._bound()
        full.listen(0)
        for _ in range(2):
            filling = self._bound()
            filling.setblocking(False)  # noqa: FBT003 - the socket module's own word
            filling.connect_ex(full.getsockname())
        return _url(full)

    def close(self) -> None:
        """Give the ports back."""
        for held in self._held:
            held.close()
        self._held.clear()

    def _bound(self) -> socket.socket:
        made = socket.socket()
        made.bind(("127.0.0.1", 0))
        self._held.append(made)
        return made


def _url(held: socket.socket) -> str:
    return f"http://127.0.0.1:{held.getsockname()[1]}"
