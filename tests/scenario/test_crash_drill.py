"""A short round of the crash drill; ``fondaco drill crash`` runs the long one."""

from __future__ import annotations

import pytest

from fondaco.lab.crash import Database, Plan, run
from fondaco.lab.gates import exit_code, render_table


def short(database: Database, dsn: str = "") -> Plan:
    return Plan(
        database=database,
        kills=4,
        conversations=4,
        dsn=dsn,
        kills_in_round=3,
        takeover_share=0.2,
        latest_kill_seconds=0.6,
        patience_seconds=40,
    )


@pytest.mark.timeout(120)
async def test_nothing_is_lost_or_doubled_when_the_server_is_killed_on_sqlite() -> None:
    report = await run(short(Database.SQLITE))

    assert exit_code(report, gates_on=True) == 0, render_table(report)


@pytest.mark.timeout(120)
async def test_nothing_is_lost_or_doubled_when_one_of_two_workers_is_killed_on_postgresql(
    postgres_database: str,
) -> None:
    report = await run(short(Database.POSTGRES, postgres_database))

    assert exit_code(report, gates_on=True) == 0, render_table(report)
