"""How sure the server is of who writes, and what it binds to a call because of it."""

from __future__ import annotations

from dataclasses import dataclass

from fondaco.domain import events as ev
from fondaco.domain.tools import Verification
from fondaco.engine.context import TurnContext
from fondaco.engine.draft import Trace
from fondaco.tools import Binding, CodeOptions

_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Standing:
    """Everything that the episode and this turn have shown of who writes; no word of it is from the text."""

    context: TurnContext
    trace: Trace
    code: CodeOptions | None  #: None where nothing sends codes

    def level_of(self, subject: str) -> Verification:
        """Return how sure it is that this very person writes, whatever a code has shown on top of it."""
        here = [
            event.level
            for event in self._verified(subject)
            if event.level is not Verification.CODE  # that a code came back is a matter of its own
        ]
        return max([self.context.level_of(subject), *here], key=list(Verification).index)

    def is_coded(self, subject: str, at_ms: int) -> bool:
        """Return whether a code of this person came back and counts at that time.

        A code without a match or a signature below it counts for nothing.
        """
        level = self.level_of(subject)
        if self.code is None or level is Verification.NONE:
            return False
        if self.code.signed_is_enough and level is Verification.SIGNED:
            return True
        if any(event.level is Verification.CODE for event in self._verified(subject)):
            return True
        came_ms = self.context.coded_at_ms.get(subject)
        return came_ms is not None and at_ms < came_ms + self.code.proven_minutes * _MINUTE_MS

    def binding(
        self, subject: str, at_ms: int, *, message: str | None = None, challenge: str = ""
    ) -> Binding:
        """Return what a call is bound to that is made for this person, as things stand at that time."""
        context, work = self.context, self.context.work
        return Binding(
            turn_id=context.turn_id,
            workspace_id=work.conversation.workspace_id,
            contact_id=work.contact.id,
            language=context.language,
            verification=self.level_of(subject),
            subject=subject,
            by_code=self.is_coded(subject, at_ms),
            challenge=challenge,
            message=context.question if message is None else message,
        )

    def _verified(self, subject: str) -> list[ev.IdentityVerified]:
        return [
            event
            for event in self.trace.events
            if isinstance(event, ev.IdentityVerified) and event.subject == subject and subject
        ]
