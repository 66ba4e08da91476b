"""Who writes, who answers, and whose turn it is."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from fondaco.domain.ids import TeamId, TeammateId


class AuthorKind(StrEnum):
    """What kind of speaker a message has."""

    CONTACT = "contact"  #: the person who writes to the shop
    ASSISTANT = "assistant"  #: the AI that answers
    TEAMMATE = "teammate"  #: a human who answers
    SYSTEM = "system"  #: fondaco itself: notices, never an answer


class Author(msgspec.Struct, frozen=True, gc=False):
    """The true author; what a contact sees is ``shown_as`` of the message."""

    kind: AuthorKind
    id: str = ""
    name: str = ""


ASSISTANT = Author(AuthorKind.ASSISTANT)
SYSTEM = Author(AuthorKind.SYSTEM)


class AssigneeKind(StrEnum):
    """Who must answer next."""

    ASSISTANT = "assistant"  #: the assistant answers
    TEAM = "team"  #: waits for any teammate of a team
    TEAMMATE = "teammate"  #: one teammate answers
    NOBODY = "nobody"  #: nobody has to (resolved)


class Assignee(msgspec.Struct, frozen=True, gc=False):
    """The one who must answer; ``id`` names the team or the teammate."""

    kind: AssigneeKind
    id: str = ""

    @classmethod
    def team(cls, team_id: TeamId) -> Assignee:
        return cls(AssigneeKind.TEAM, team_id)

    @classmethod
    def teammate(cls, teammate_id: TeammateId) -> Assignee:
        return cls(AssigneeKind.TEAMMATE, teammate_id)


TO_ASSISTANT = Assignee(AssigneeKind.ASSISTANT)
TO_NOBODY = Assignee(AssigneeKind.NOBODY)
