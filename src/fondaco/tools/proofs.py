"""Bounds how often somebody may guess at one proof, whatever conversation the guesses come from."""

from __future__ import annotations

from collections import OrderedDict

from fondaco.domain.ids import TurnId, WorkspaceId
from fondaco.kit.clock import Clock

_HOUR_MS = 3_600_000
_SCOPES = 10_000  # at some 200 bytes each; the one that was guessed at longest ago is forgotten first


class ProofLimit:
    """Counts proofs of one scope, such as an order number, that were not right within the last hour.

    A limit within one episode alone would begin anew with every conversation.  The count lives in this
    process: a restart forgets it, and each further process allows as many again.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._guesses: OrderedDict[tuple[WorkspaceId, str], dict[TurnId, int]] = OrderedDict()

    def admits(self, workspace_id: WorkspaceId, scope: str, turn_id: TurnId, limit: int) -> bool:
        """Return whether the turn may try a proof, and count it as wrong until ``proven`` says otherwise.

        A turn that begins again is counted once.
        """
        now_ms = self._clock.now_ms()
        guesses = {
            turn: at_ms
            for turn, at_ms in self._guesses.pop((workspace_id, scope), {}).items()
            if at_ms > now_ms - _HOUR_MS
        }
        admitted = turn_id in guesses or len(guesses) < limit
        if admitted:
            guesses[turn_id] = now_ms
        self._guesses[workspace_id, scope] = guesses
        if len(self._guesses) > _SCOPES:
            self._guesses.popitem(last=False)
        return admitted

    def proven(self, workspace_id: WorkspaceId, scope: str, turn_id: TurnId) -> None:
        """Take the turn's proof out of the count: it was right."""
        self._guesses.get((workspace_id, scope), {}).pop(turn_id, None)
