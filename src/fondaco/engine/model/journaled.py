"""One model step that is paid once: journalled when it is over, found again after a crash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import msgspec

from fondaco.domain import events as ev
from fondaco.domain.errors import ModelError
from fondaco.domain.ids import TurnId
from fondaco.domain.turns import Step
from fondaco.domain.usage import AttemptNote
from fondaco.engine.draft import Trace
from fondaco.llm.answering import Answered, Ask, AsksModels, Listener, total_pico
from fondaco.llm.asking import Prompt, Reply
from fondaco.tools.caller import Journal


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What the journal holds of a step."""

    prompt: str  #: digest of what was asked; another question is another step
    reply: Reply
    target: str
    provider: str
    attempts: tuple[AttemptNote, ...]


@dataclass(slots=True)
class Steps:
    """The model requests of one turn."""

    models: AsksModels
    rung: str  #: who answers, so that the strong chain's steps are not taken for the cheap one's
    turn_id: TurnId
    journal: Journal
    trace: Trace

    async def take(self, ask: Ask, listener: Listener | None) -> tuple[Reply, str]:
        """Return the reply and the provider that gave it.  Raises ModelError, LeaseLost.

        A step that was finished before a crash is neither paid nor asked again, as long as nothing has
        been written since that would change its prompt.
        """
        key, digest = f"model:{self.rung}:{ask.scope.step}", _digest(ask.prompt)
        step = self.journal.find(self.turn_id, key)
        kept = None if step is None else _read(step)
        if kept is None or kept.prompt != digest:
            kept = await self._asked(ask, listener, digest)
            data = msgspec.to_builtins(kept)
            await self.journal.write(Step(turn_id=self.turn_id, key=key, data=data))
        self._note(ask.scope.step, kept.attempts, kept)
        return kept.reply, kept.provider

    async def _asked(self, ask: Ask, listener: Listener | None, digest: str) -> _Kept:
        try:
            answered: Answered = await self.models.ask(ask, listener)
        except ModelError as error:
            self._note(ask.scope.step, error.attempts, None)
            raise
        return _Kept(
            prompt=digest,
            reply=answered.reply,
            target=answered.target.name,
            provider=answered.target.provider,
            attempts=answered.attempts,
        )

    def _note(self, number: int, attempts: tuple[AttemptNote, ...], kept: _Kept | None) -> None:
        currency = attempts[0].currency if attempts else "USD"
        self.trace.add(
            ev.ModelAsked(
                turn_id=self.turn_id,
                step=number,
                target=kept.target if kept else "",
                served_model=kept.reply.served_model if kept else "",
                finish=kept.reply.finish.value if kept else "",
                attempts=attempts,
                cost_pico=total_pico(attempts),
                currency=currency,
            )
        )


def _read(step: Step) -> _Kept | None:
    """Return what the journal holds; None where another version wrote it in another form."""
    try:
        return msgspec.convert(step.data, _Kept)
    except msgspec.ValidationError:
        return None


def _digest(prompt: Prompt) -> str:
    prompt = msgspec.structs.replace(prompt, stable=0, stable_tokens=0)  # which nobody is told
    return hashlib.sha256(msgspec.json.encode(prompt)).hexdigest()[:32]
