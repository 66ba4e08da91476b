"""Has a model sum up what a cut hides; whatever goes wrong, the turn goes on without it."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from fondaco.domain.errors import ModelError
from fondaco.engine.model.journaled import Steps
from fondaco.engine.model.prompting import asks_for_a_person
from fondaco.engine.model.recalling import unmarked
from fondaco.kit.clock import Clock
from fondaco.llm.answering import Ask, Scope
from fondaco.llm.asking import Finish, Prompt, Reply, Said, Speaker
from fondaco.llm.targets import Target
from fondaco.memory.digests import Digest
from fondaco.memory.shortening import shortened

_STEP = 0  # before the first one that answers
_ASKED = (
    "[This is the shop, not the person.] Sum up this conversation so far in at most {words} words, in its "
    "own language, for a colleague who will go on with it and sees no more than your words: what the person "
    "wants and said of themselves, names, numbers and dates exactly as they stand there, what was found out, "
    "what was done or promised, what is still open. Facts only. Call no tool and answer nobody."
)
_WORDS_A_TOKEN = 0.6  # in the languages with the longest words


@dataclass(frozen=True, slots=True, kw_only=True)
class Summaries:
    """Asks the turn's own chain; budget, ledger and gates are those of every question to a model."""

    steps: Steps
    targets: tuple[Target, ...]
    scope: Scope
    clock: Clock
    seconds: float  #: longest wait; the contact waits as long
    whole_ms: float  #: of ``Clock.monotonic_ms``: when the turn's own answer has to be whole

    async def write(self, prompt: Prompt, tokens: int) -> Digest | None:
        """Return the summary in so many tokens at most; None where no model could give one."""
        asked = Said(by=Speaker.CONTACT, text=_ASKED.format(words=int(tokens * _WORDS_A_TOKEN)))
        prompt = msgspec.structs.replace(
            prompt, history=(*prompt.history, asked), max_output_tokens=tokens + tokens // 2
        )
        now_ms = self.clock.monotonic_ms()
        until_ms = min(now_ms + 1000 * self.seconds, (now_ms + self.whole_ms) / 2)
        ask = Ask(
            prompt=prompt,
            targets=self.targets,
            scope=msgspec.structs.replace(self.scope, step=_STEP, purpose="summary"),
            first_token_ms=until_ms,
            whole_ms=until_ms,
        )
        try:
            reply, _ = await self.steps.take(ask, None)
        except ModelError:
            return None
        return _digest(reply, tokens)


def _digest(reply: Reply, tokens: int) -> Digest | None:
    text = unmarked(reply.text.strip())
    if reply.finish is not Finish.STOP or reply.wishes or not text or asks_for_a_person(text):
        return None
    return Digest(text=shortened(text, tokens)[0], by=reply.served_model or "model")
