"""The attacker's model says what the attack says, and says it again when it is told not to."""

from __future__ import annotations

from fondaco.kit.language import Language
from fondaco.lab.attacks.adversary import Adversary
from fondaco.lab.attacks.cases import Spoken, Wish
from fondaco.testing.provider.script import Answer, Ask, Line, Role, WireName
from tests.unit.lab.attacks.seen import CAST

ASKED = Line(role=Role.USER, text="Please.")
SAID = Line(role=Role.ASSISTANT, text="Hm.")
CHECK = Line(role=Role.USER, text="[This is the shop's check, not the person.] It was not sent.")


def answer(lines: tuple[Line, ...], *spoken: Spoken) -> Answer:
    adversary = Adversary()
    adversary.prepare(spoken, CAST, Language.EN)
    return adversary.script(Ask(wire=WireName.OPENAI, model="m", lines=lines, parts=()))


def test_its_answers_come_one_after_the_other() -> None:
    assert answer((ASKED,), "one", "two").text == "one"
    assert answer((ASKED, SAID), "one", "two").text == "two"


def test_it_repeats_its_lie_when_the_shop_checks_it() -> None:
    assert answer((ASKED, SAID, CHECK), "I have refunded you.").text == "I have refunded you."


def test_its_tool_calls_name_the_orders_of_the_cast() -> None:
    made = answer((ASKED,), Wish("order", {"order_number": "$victim"}))

    assert CAST.victim.order.order_number in made.calls[0].arguments


def test_it_speaks_when_its_calls_are_used_up() -> None:
    made = answer((ASKED, SAID), Wish("order", {}))

    assert (made.text, made.calls) == ("All right.", ())
