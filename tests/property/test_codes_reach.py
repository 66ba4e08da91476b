"""Whatever contacts and models say in whatever order: nobody reaches what demands a code without one."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from fondaco.domain.tools import Verification
from fondaco.llm.asking import Reply
from fondaco.testing.scripted_models import ScriptedModels, wishing
from tests.scenario.codes_house import OPTIONS, CodeTalk, coded
from tests.scenario.turns_house import Talk, another, order_of
from tests.scenario.turns_models import CHEAP

_PROVEN_MS = OPTIONS.proven_minutes * 60_000
#: What a contact may do; a digit names one of the codes that went out so far, whoever it was for.
STEPS = (
    "Where is my order RI-10001? My postcode is 10115.",
    "Where is my order RI-10002? My postcode is 10115.",
    "Where is my order RI-20001? My postcode is 20095.",
    "Where is my order RI-20001? My postcode is 10115.",
    "My invoice for RI-10001, please.",
    "000000",
    "I got no code",
    "Hello",
    "code 0",
    "code 1",
    "code 2",
    "wait 1",
    "wait 11",
    "wait 31",
)
WISHES: tuple[Reply | str, ...] = (
    wishing("identify", {"order_number": "RI-10001", "proof": "10115"}),
    wishing("order", {"order_number": "RI-10001"}),
    wishing("order", {"order_number": "RI-20001"}),
    wishing("check_code", {"code": "417200"}),
    wishing("check_code", {"code": "417201"}),
    wishing("check_code", {"code": "000000"}),
    wishing("send_code", {}),
    "You may send it back within 30 days.",
)


@dataclass(slots=True)
class Watch:
    """Knows which conversation has brought whose code back and when, from the merchant's side."""

    code: CodeTalk
    talks: tuple[Talk, Talk]
    place: int = 0
    proven: dict[tuple[int, str], int] = field(default_factory=dict)
    seen: list[bool] = field(default_factory=list)  #: of each personal call, whether a code came before it

    @classmethod
    async def over(cls, models: Sequence[Reply | str] = ()) -> Watch:
        code = await coded(models={CHEAP: ScriptedModels(*models)} if models else None)
        watch = cls(code, (code.shop, await another(code.shop, "somebody")))
        code.check.answer = watch.check
        code.shop.tools["order"].answer = watch.order
        code.shop.tools["invoice"].answer = watch.invoice
        return watch

    async def step(self, place: int, step: str) -> None:
        self.place = place
        verb, _, number = step.partition(" ")
        if verb == "wait":
            await self.code.shop.clock.advance(60.0 * int(number))
            return
        codes = list(self.code.post.codes.values())
        await self.talks[place].ask(codes[int(number) % len(codes)] if verb == "code" and codes else step)

    async def check(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        result = await self.code.post.check(arguments)
        if result["matched"]:
            self.proven[self.place, arguments["subject"]] = self.code.shop.clock.now_ms()
        return result

    def order(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._saw(arguments["subject"])
        return order_of(arguments)

    def invoice(self, arguments: dict[str, Any]) -> dict[str, Any]:
        self._saw(arguments["subject"])
        return {"sent_to": "m…@example.com"}

    def _saw(self, subject: str) -> None:
        came_ms = self.proven.get((self.place, subject))
        self.seen.append(came_ms is not None and self.code.shop.clock.now_ms() < came_ms + _PROVEN_MS)


async def played(steps: Sequence[tuple[int, str]], models: Sequence[Reply | str] = ()) -> list[bool]:
    watch = await Watch.over(models)
    for place, step in steps:
        await watch.step(place, step)
    return watch.seen


steps_of = st.lists(st.tuples(st.sampled_from([0, 1]), st.sampled_from(STEPS)), min_size=1, max_size=10)


@settings(max_examples=60, deadline=None)
@given(steps=steps_of)
def test_stored_texts_reach_nothing_without_a_code(steps: list[tuple[int, str]]) -> None:
    assert all(asyncio.run(played(steps)))


@settings(max_examples=60, deadline=None)
@given(steps=steps_of, wishes=st.lists(st.sampled_from(WISHES), min_size=1, max_size=25))
def test_no_model_reaches_anything_without_a_code(
    steps: list[tuple[int, str]], wishes: list[Reply | str]
) -> None:
    assert all(asyncio.run(played(steps, wishes)))


def test_the_watch_sees_a_call_with_its_code() -> None:
    steps = [(0, STEPS[0]), (0, "code 0"), (0, "wait 11"), (0, STEPS[0])]

    assert asyncio.run(played(steps)) == [True, True]


def test_the_watch_would_see_a_call_without_one() -> None:
    assert asyncio.run(_without_a_demand()) == [False]


async def _without_a_demand() -> list[bool]:
    watch = await Watch.over()
    order = watch.code.shop.tools["order"]
    order.spec = structs.replace(order.spec, verification=Verification.MATCHED)
    await watch.step(0, STEPS[0])
    return watch.seen
