"""``fondaco demo-erp``."""

from __future__ import annotations

import os
from pathlib import Path

import click

from fondaco.demo.erp.server import DEMO_TOKEN, TOKEN_VARIABLE, ErpOptions, run


@click.command("demo-erp")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", metavar="PORT", type=click.IntRange(0, 65_535), default=0, help="Port; a free one if left out."
)
@click.option(
    "--database",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("rialto-erp.sqlite3"),
    show_default=True,
    help="File of the merchant system.",
)
@click.option("--seed", type=int, default=7, show_default=True, help="Draws the orders.")
@click.option("--faults", is_flag=True, help="Obey the X-Fault header, for tests.")
def command(*, host: str, port: int, database: Path, seed: int, faults: bool) -> None:
    """Serve the demo shop's merchant system alone, until interrupted.

    FONDACO_DEMO_ERP_TOKEN names another token than the built-in one.
    """
    token = os.environ.get(TOKEN_VARIABLE) or DEMO_TOKEN
    run(ErpOptions(database_path=database, token=token, host=host, port=port, seed=seed, faults=faults))
