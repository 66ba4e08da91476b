"""What is asked of the simulator itself: its plan, its journal, its bills."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from fondaco.testing.provider.faults import Plan, explanations
from fondaco.testing.provider.messages import JSON, head
from fondaco.testing.provider.provider import Provider
from fondaco.testing.provider.wire.dialect import Received

#: Where the simulator's own paths begin.
PREFIX = "/simulator/"


class Control:
    """Answers requests for the simulator's own paths."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    def answer(self, method: str, received: Received) -> bytes:
        """Return a whole answer."""
        match method, received.path.removeprefix(PREFIX):
            case "GET", "journal":
                return self._journal(received.query)
            case "GET", "usage":
                return said(200, self._usage())
            case "GET", "plan":
                return said(200, self._provider.plan)
            case "POST", "plan":
                return self._follow(received.body)
            case "POST", "reset":
                self._provider.reset()
                return said(200, {"reset": True})
            case "GET", "faults":
                return said(200, explanations())
            case _:
                return said(404, {"error": f"There is no {method} {received.path}."})

    def _journal(self, query: Mapping[str, str]) -> bytes:
        after, most = query.get("after", "0"), query.get("most", "1000")
        if not (after.isdecimal() and most.isdecimal()):
            return said(400, {"error": "'after' and 'most' must be whole numbers."})
        return said(200, {"entries": self._provider.journal.entries(int(after), int(most))})

    def _usage(self) -> dict[str, Any]:
        journal = self._provider.journal
        return {
            "total": journal.total(),
            "bills": journal.bills(),
            "faults": journal.faults,
            "in_flight": journal.in_flight,
        }

    def _follow(self, body: bytes) -> bytes:
        try:
            self._provider.follow(msgspec.json.decode(body, type=Plan))
        except msgspec.DecodeError as error:
            return said(400, {"error": f"This is no plan: {error}"})
        return said(200, self._provider.plan)


def said(status: int, value: object) -> bytes:
    """Return a JSON answer."""
    body = msgspec.json.encode(value)
    return head(status, JSON, {}, len(body)) + body
