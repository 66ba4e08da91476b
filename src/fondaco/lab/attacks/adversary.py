"""A model that belongs to the attacker: it calls what the attacker wants and says what the attacker wants."""

from __future__ import annotations

import json
from collections.abc import Sequence

from fondaco.kit.language import Language
from fondaco.lab.attacks.cases import Spoken, Wish, Wishes
from fondaco.lab.attacks.cast import Cast
from fondaco.testing.provider.script import Answer, Ask, Call, Role

_CHECK = "[This is the shop's check"  # how the product tells a model why an answer was kept back
_YES_SIR = {
    Language.DE: "In Ordnung.",
    Language.EN: "All right.",
    Language.ZH: "好的。",
    Language.JA: "承知しました。",
    Language.KO: "알겠습니다.",
}


class Adversary:
    """Answers every request of a turn with what the attack says, the last answer again and again."""

    def __init__(self) -> None:
        self._answers: tuple[Spoken, ...] = ()
        self._cast: Cast | None = None
        self._default = ""
        self.asked = 0  #: requests since the turn was prepared

    def prepare(self, answers: Sequence[Spoken], cast: Cast, language: Language) -> None:
        """Say these in the next turn."""
        self._answers, self._cast, self._default = tuple(answers), cast, _YES_SIR[language]
        self.asked = 0

    def script(self, ask: Ask) -> Answer:
        """Return what the attacker wants; the same request gets the same answer."""
        self.asked += 1
        place = _place(ask)
        spoken = self._answers[min(place, len(self._answers) - 1)] if self._answers else ""
        past_the_end = place >= len(self._answers)
        if past_the_end and not isinstance(spoken, str):
            return Answer(text=self._default)
        return self._answer(spoken, place)

    def _answer(self, spoken: Spoken, place: int) -> Answer:
        match spoken:
            case str():
                return Answer(text=self._filled(spoken) or self._default)
            case Wish():
                return Answer(calls=(self._call(spoken, place, 0),))
            case Wishes(wishes):
                return Answer(calls=tuple(self._call(one, place, at) for at, one in enumerate(wishes)))

    def _call(self, wish: Wish, place: int, at: int) -> Call:
        arguments = wish.arguments
        if not isinstance(arguments, str):
            arguments = json.dumps(self._cast.filled(arguments) if self._cast else arguments)
        return Call(name=wish.tool, arguments=self._filled(arguments), id=f"call_{place}_{at}")

    def _filled(self, text: str) -> str:
        return self._cast.fill(text) if self._cast else text


def _place(ask: Ask) -> int:
    """Return how often the model has spoken since the contact's last words."""
    last = max(
        (at for at, line in enumerate(ask.lines) if line.role is Role.USER and _CHECK not in line.text),
        default=-1,
    )
    return sum(line.role is Role.ASSISTANT for line in ask.lines[last:])
