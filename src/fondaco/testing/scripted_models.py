"""Models that say what a test tells them to."""

from __future__ import annotations

import msgspec

from fondaco.domain.errors import ModelError, NoModelAnswered
from fondaco.domain.usage import AttemptNote, Provenance, Usage
from fondaco.llm.answering import Answered, Ask, Listener
from fondaco.llm.asking import Finish, Reply, ToolWish
from fondaco.llm.profiles import profile_for
from fondaco.llm.targets import ProviderKind, Target

SCRIPTED = Target(
    name="scripted",
    provider="scripted",
    kind=ProviderKind.COMPATIBLE,
    base_url="http://127.0.0.1",
    model="scripted",
    profile=profile_for(ProviderKind.COMPATIBLE, "scripted"),
    price="free",
)
_COST_PICO = 1_000_000


class ScriptedModels:
    """``AsksModels``: gives these answers, one after the other, and remembers what was asked.

    An answer is a text, a whole ``Reply`` (see ``wishing``) or the error to raise.  Past the last one no
    model answers.
    """

    def __init__(self, *answers: str | Reply | ModelError) -> None:
        self._answers = list(answers)
        self.asked: list[Ask] = []

    async def ask(self, ask: Ask, listener: Listener | None = None) -> Answered:
        """Return the next answer; whoever listens hears its text first."""
        self.asked.append(ask)
        if not self._answers:
            raise NoModelAnswered(f"the script ends after {len(self.asked) - 1} answers")
        answer = self._answers.pop(0)
        if isinstance(answer, ModelError):
            raise answer
        reply = Reply(text=answer, finish=Finish.STOP) if isinstance(answer, str) else answer
        if listener is not None and reply.text:
            await listener.heard(reply.text)
        note = AttemptNote(
            target=SCRIPTED.name,
            provider=SCRIPTED.provider,
            ended_as="answered",
            usage=Usage(input=100, output=10),
            provenance=Provenance.REPORTED,
            cost_pico=_COST_PICO,
        )
        return Answered(reply=reply, target=SCRIPTED, attempts=(note,))


def wishing(name: str, arguments: dict[str, object] | str, *, wish_id: str = "wish_1") -> Reply:
    """Return the reply of a model that wishes for a tool; ``arguments`` as text go out as they are."""
    text = arguments if isinstance(arguments, str) else msgspec.json.encode(arguments).decode()
    return Reply(text="", wishes=(ToolWish(id=wish_id, name=name, arguments=text),), finish=Finish.TOOLS)
