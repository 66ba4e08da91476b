"""What the tools' tests have in common: a journal in memory, bindings, and a tool that does as it is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from fondaco.domain.ids import ContactId, TurnId, WorkspaceId
from fondaco.domain.tools import Effect, Parameter, ParameterSource, ToolSpec, Verification
from fondaco.domain.turns import Step
from fondaco.kit.language import Language
from fondaco.tools import Binding

TURN = TurnId("trn_1")
NUMBER = Parameter(name="number", pattern=r"\d+")
SUBJECT = Parameter(name="subject", source=ParameterSource.SERVER, server_value="subject")
CONTACT = Parameter(name="contact_id", source=ParameterSource.SERVER, server_value="contact_id")
MESSAGE = Parameter(name="message", source=ParameterSource.TEXT)


@dataclass(slots=True)
class MemoryJournal:
    """Keeps every step that was written, in order."""

    steps: dict[tuple[TurnId, str], Step] = field(default_factory=dict)
    written: list[Step] = field(default_factory=list)

    def find(self, turn_id: TurnId, key: str) -> Step | None:
        return self.steps.get((turn_id, key))

    async def write(self, step: Step) -> None:
        self.steps[step.turn_id, step.key] = step
        self.written.append(step)


class Crash(BaseException):
    """The process dies."""


@dataclass(slots=True)
class Scripted:
    """A tool that gives its answers one after the other; an exception is raised."""

    spec: ToolSpec
    answers: Iterator[dict[str, Any] | BaseException]
    calls: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    wait: Callable[[], Awaitable[object]] | None = None

    async def run(self, arguments: dict[str, Any], idempotency_key: str) -> dict[str, Any]:
        self.calls.append(arguments)
        self.keys.append(idempotency_key)
        if self.wait is not None:
            await self.wait()
        answer = next(self.answers)
        if isinstance(answer, BaseException):
            raise answer
        return answer


def spec(
    *parameters: Parameter,
    effect: Effect = Effect.READ,
    idempotent: bool = False,
    attempts: int = 2,
    timeout_seconds: float = 5.0,
    verification: Verification = Verification.NONE,
) -> ToolSpec:
    return ToolSpec(
        name="parcel",
        description="Tells.",
        parameters=parameters or (NUMBER,),
        effect=effect,
        idempotent=idempotent,
        attempts=attempts,
        timeout_seconds=timeout_seconds,
        verification=verification,
    )


def scripted(declared: ToolSpec, *answers: dict[str, Any] | BaseException) -> Scripted:
    return Scripted(declared, iter(answers))


def binding(
    *, subject: str = "", message: str = "", verification: Verification = Verification.NONE
) -> Binding:
    return Binding(
        turn_id=TURN,
        workspace_id=WorkspaceId("wsp_1"),
        contact_id=ContactId("con_mira"),
        language=Language.EN,
        verification=verification,
        subject=subject,
        message=message,
    )
