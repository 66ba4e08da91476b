"""``python -m fondaco.lab.turn``: what a durable turn costs, and how long a contact waits for it.

A real server in a process of its own answers from about a thousand phrasings, asks a merchant system over
HTTP for orders, keeps everything on disk, and posts each answer to the shop's address.  Contacts in this
process post messages with an API key and wait for the answers.  Everything stays on this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import process_time
from urllib.parse import parse_qs, urlsplit

import uvicorn

from fondaco.domain.articles import Article
from fondaco.domain.errors import FondacoError
from fondaco.kit.chance import SeededChance
from fondaco.kit.clock import SystemClock
from fondaco.kit.http import HttpClient
from fondaco.knowledge import KnowledgeIndex, load_embedder
from fondaco.lab.gates import Figure, Report, exit_code, render_table, report, to_json
from fondaco.lab.turn_load import Contacts, ShopAddress
from fondaco.lab.turn_measure import Bench, Database, Plan, Wave, measure
from fondaco.lab.turn_processes import PYTHON, Watched, answers, demand_proc, free_port, started
from fondaco.lab.turn_shop import (
    MIX,
    OPTIONS,
    Kind,
    Questions,
    bench_articles,
    choose_questions,
    count_phrasings,
)
from fondaco.testing.postgres_server import ServerNotStartedError, passing_server

SEED = 7
SERVE = (PYTHON, "-c", "from fondaco.cli import main; main()")

_FULL = Plan(
    waves=(Wave(1, 40, 3, gated=False), Wave(100, 600, 3), Wave(1_000, 1_000, 2)),
    open_conversations=10_000,
    replayed=2_000,
    replays=5,
)
_FULL_POSTGRES = Plan(
    waves=(Wave(1, 40, 3, gated=False), Wave(100, 400, 3), Wave(1_000, 1_000, 1)),
    open_conversations=0,
    replayed=2_000,
    replays=5,
)
_QUICK = Plan(
    waves=(Wave(1, 10, 2, gated=False), Wave(100, 150, 2), Wave(1_000, 1_000, 1)),
    open_conversations=0,
    replayed=300,
    replays=1,
    warming=Wave(16, 16, 2, gated=False),
)
_QUICK_POSTGRES = replace(_QUICK, waves=_QUICK.waves[:2])  # opening a thousand takes longest
_ECHOED = 2_000
_WHAT = (
    "A turn: POST with an API key, message stored, search or tools, settling write, signed delivery.",
    "Latency: from the POST to the arrival of the answer at the shop's address.",
    "Each contact writes again as soon as it is answered, so that many in flight wait for each other.",
    "CPU: of the whole server process; contacts, merchant system and PostgreSQL have processes of their own.",
    "The gates were set on a core that adds ten million numbers in 0.5 s.",
)


def run(
    *, as_json: bool = False, gates_on: bool = True, quick: bool = False, serve: Sequence[str] = SERVE
) -> int:
    """Measure, print, and return 1 where a gate is missed and gates count, or nothing could be measured.

    ``serve`` is the command line of ``fondaco``.
    """
    loop_factory = uvicorn.Config(app="", loop="auto").get_loop_factory()
    try:
        demand_proc()
        with (
            tempfile.TemporaryDirectory(prefix="fondaco-turn-") as folder,
            asyncio.Runner(loop_factory=loop_factory) as runner,
        ):
            found = runner.run(_measured(Path(folder), serve, quick=quick))
    except FondacoError as failed:
        print(failed, file=sys.stderr)
        return 1
    print(to_json(found) if as_json else render_table(found))
    return exit_code(found, gates_on=gates_on)


async def _measured(folder: Path, serve: Sequence[str], *, quick: bool) -> Report:
    clock, chance = SystemClock(), SeededChance(SEED)
    core_at_first_seconds = core_seconds()
    articles = bench_articles(clock, chance)
    questions, search_ms = _questions(articles, 8 if quick else 40)
    async with HttpClient(connections=200) as client:
        bench = Bench(
            plan=_QUICK if quick else _FULL,
            articles=articles,
            questions=questions,
            seed=SEED,
            clock=clock,
            client=client,
            folder=folder,
            serve=serve,
        )
        figures, notes = await _figures(bench, quick=quick)
    figures.append(Figure(name="search alone: CPU a question", value=search_ms, unit="ms"))
    name = "this core: CPU of ten million additions"
    figures.append(Figure(name=f"{name}, at the start", value=core_at_first_seconds, unit="s"))
    figures.append(Figure(name=f"{name}, at the end", value=core_seconds(), unit="s"))
    return report("What a durable turn costs", figures, SEED, [*notes, *_explanation(articles)])


async def _figures(bench: Bench, *, quick: bool) -> tuple[list[Figure], list[str]]:
    found = await measure(bench, Database("SQLite", f"sqlite:///{bench.folder / 'bench.db'}"))
    figures, notes = list(found.figures), list(found.notes)
    try:
        with passing_server() as url:
            other = replace(bench, plan=_QUICK_POSTGRES if quick else _FULL_POSTGRES)
            found = await measure(other, Database("PostgreSQL", url, _server_of(url)))
        figures, notes = figures + found.figures, notes + found.notes
    except ServerNotStartedError as reason:
        notes.append(f"PostgreSQL: not measured. {reason}")
    figures.append(await _echo(bench))
    return figures, notes


def _server_of(url: str) -> Watched:
    """Return the passing server, whose socket lies in its own folder."""
    [home] = parse_qs(urlsplit(url).query)["host"]
    return Watched(int(Path(home, "data", "postmaster.pid").read_text().split()[0]))


async def _echo(bench: Bench) -> Figure:
    """Return what the same POST costs where nothing is done with it."""
    port, log = free_port(), bench.folder / "echo.log"
    url = f"http://127.0.0.1:{port}"
    async with started([PYTHON, "-m", "fondaco.lab.turn_echo", str(port)], log) as server:
        await answers(bench.client, f"{url}/v1/health", bench.clock, log)
        contacts = Contacts(bench.client, ShopAddress(bench.clock), url, "none", bench.clock)
        before_ms = server.cpu_ms()
        await contacts.only_post("cnv_0", "Where is my order RI-10482?", _ECHOED)
        spent_ms = server.cpu_ms() - before_ms
    return Figure(name="bare Starlette echo: CPU a POST", value=spent_ms / _ECHOED, unit="ms")


def _questions(articles: Sequence[Article], wanted: int) -> tuple[Questions, float]:
    """Return what contacts will ask, and the CPU milliseconds that one search takes by itself."""
    index = KnowledgeIndex.build(articles, load_embedder(), OPTIONS)
    questions = choose_questions(articles, index, SeededChance(SEED), wanted)
    asked = questions.of_kind(Kind.ARTICLE)
    began = process_time()
    for language, text in asked:
        index.search(text, language)
    return questions, 1000 * (process_time() - began) / len(asked)


def core_seconds() -> float:
    """Return what plain work costs here and now: a core that is shared with others does less in its time."""
    began, total = process_time(), 0
    for number in range(10_000_000):
        total += number
    return process_time() - began


def _explanation(articles: Sequence[Article]) -> list[str]:
    whole = sum(MIX.values())
    mix = ", ".join(f"{100 * count // whole} % {kind.value}" for kind, count in MIX.items())
    phrasings = f"{len(articles)} articles with {count_phrasings(articles):,} stored questions"
    return [f"Messages: {mix}; {phrasings}.", *_WHAT]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as a command of its own."""
    parser = argparse.ArgumentParser(prog="python -m fondaco.lab.turn", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--no-gate", action="store_true", help="end with 0 whatever the figures")
    parser.add_argument("--quick", action="store_true", help="measure little, in about half a minute")
    parsed = parser.parse_args(arguments)
    return run(as_json=parsed.json, gates_on=not parsed.no_gate, quick=parsed.quick)


if __name__ == "__main__":
    sys.exit(main())
