"""``python -m fondaco.demo.erp``: the merchant system on its own."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from fondaco.demo.erp.server import DEMO_TOKEN, TOKEN_VARIABLE, ErpOptions, run
from fondaco.domain.errors import FondacoError


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; return 1 with one line on standard error if that is impossible."""
    options = _options(arguments)
    try:
        run(options)
    except FondacoError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a command talks to people
        return 1
    return 0


def _options(arguments: Sequence[str] | None) -> ErpOptions:
    parser = argparse.ArgumentParser(prog="python -m fondaco.demo.erp", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 lets the system choose")
    parser.add_argument("--database", type=Path, default=Path("rialto-erp.sqlite3"))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--today", type=date.fromisoformat, help="hold this day, as YYYY-MM-DD")
    parser.add_argument("--faults", action="store_true", help="obey the X-Fault header")
    parsed = parser.parse_args(arguments)
    return ErpOptions(
        database_path=parsed.database,
        token=os.environ.get(TOKEN_VARIABLE) or DEMO_TOKEN,
        host=parsed.host,
        port=parsed.port,
        seed=parsed.seed,
        today=parsed.today,
        faults=parsed.faults,
    )


if __name__ == "__main__":
    sys.exit(main())
