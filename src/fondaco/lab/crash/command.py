"""``fondaco drill crash``: its arguments and what it prints."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Sequence

from fondaco.lab.crash.plan import Database, Plan
from fondaco.lab.crash.run import run
from fondaco.lab.gates import Report, exit_code, render_table, to_json


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the drill on each database that is asked for; return 1 when anything happened that may not."""
    options = _parser().parse_args(arguments)
    chosen = list(Database) if options.database == "both" else [Database(options.database)]
    reports = [_drilled(database, options) for database in chosen]
    if options.json:
        print("[" + ",\n".join(to_json(report) for report in reports) + "]")
    else:
        print("\n\n".join(render_table(report) for report in reports))
    return max(exit_code(report, gates_on=not options.no_gate) for report in reports)


def _drilled(database: Database, options: argparse.Namespace) -> Report:
    plan = Plan(
        database=database,
        kills=options.kills,
        conversations=options.conversations,
        seed=options.seed,
        dsn=options.dsn,
    )
    return asyncio.run(run(plan, _tell))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fondaco drill crash",
        description="Kill the server at random moments under load, and judge from outside what contacts, "
        "the merchant's system and the channel saw.",
    )
    parser.add_argument("--kills", type=int, default=200, help="kills on each database (default 200)")
    parser.add_argument("--conversations", type=int, default=12, help="contacts who write at once")
    parser.add_argument(
        "--database",
        choices=["both", *(one.value for one in Database)],
        default="both",
        help="where to drill",
    )
    parser.add_argument("--dsn", default="", help="an empty PostgreSQL database; else one is started")
    parser.add_argument("--seed", type=int, default=7, help="draws the moments")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    parser.add_argument("--no-gate", action="store_true", help="end with 0 whatever was counted")
    return parser


def _tell(line: str) -> None:
    """Show progress without touching what is printed for programs."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
