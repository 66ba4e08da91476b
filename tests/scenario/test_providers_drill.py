"""A short round of the drill of providers; ``fondaco drill providers`` runs the long one."""

from __future__ import annotations

import pytest

from fondaco.lab.gates import exit_code, render_table
from fondaco.lab.providers import crowd, matrix, storm
from fondaco.lab.providers.plan import Client, CrowdPlan, MatrixPlan, Mode, StormPlan
from fondaco.testing.provider.script import WireName


@pytest.mark.timeout(90)
async def test_contacts_get_one_whole_answer_whatever_breaks_at_the_provider() -> None:
    plan = MatrixPlan(rows=("cut", "all: wrong_key"), wires=(WireName.OPENAI,), modes=(Mode.STREAMED,))

    report = await matrix.run(plan)

    assert exit_code(report, gates_on=True) == 0, render_table(report)


@pytest.mark.timeout(60)
async def test_a_storm_against_a_limit_is_answered_within_the_deadline() -> None:
    plan = StormPlan(requests=260, seconds=0.2, clients=(Client.NAIVE, Client.OURS))

    report = await storm.run(plan)

    assert exit_code(report, gates_on=True) == 0, render_table(report)
    assert report.figures[0].value < 90, "without a limiter such a storm is not survived"


@pytest.mark.timeout(60)
async def test_a_chain_of_providers_that_fail_now_and_then_answers_everybody() -> None:
    plan = CrowdPlan(requests=400, in_flight=100, speed=50, availability=0.95, alone=False)

    report = await crowd.run(plan)

    assert exit_code(report, gates_on=True) == 0, render_table(report)
