"""A short round of the lab of inventions; ``fondaco lab invent`` plays the long one."""

from __future__ import annotations

import pytest

from fondaco.kit.language import Language
from fondaco.lab.gates import exit_code, render_table
from fondaco.lab.invent.plan import Plan
from fondaco.lab.invent.reporting import reported
from fondaco.lab.invent.run import play


@pytest.mark.timeout(240)
async def test_nothing_that_a_model_invents_reaches_a_contact() -> None:
    plan = Plan(
        conversations=2,
        languages=(Language.EN,),
        messages=1,
        at_once=2,
        minutes=2,
        max_output_tokens=40,
        threads=2,
    )

    report = reported(await play(plan))

    assert exit_code(report, gates_on=True) == 0, render_table(report)
