"""``fondaco tools``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import click
import msgspec

from fondaco.app import opened_toolbox
from fondaco.commands.demo_shop import merchant_system
from fondaco.commands.place import NOWHERE, Place, wait_for, with_place
from fondaco.commands.printing import progress, say, say_json, say_table
from fondaco.domain.contracts import Contract
from fondaco.domain.errors import NotFound
from fondaco.domain.tools import Parameter, ParameterSource
from fondaco.kit.chance import SystemChance
from fondaco.kit.clock import SystemClock
from fondaco.kit.http import HttpClient
from fondaco.tools import Tool, Toolbox
from fondaco.tools.http_calls import HttpRequest
from fondaco.tools.trial import Trial, Trials
from fondaco.tools.views import Previews, ToolView, masked, tried_with, view_of


@click.group("tools")
def command() -> None:
    """Show, check and try the tools that the assistant may call."""


@command.command("list")
@with_place
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(*, place: Place, as_json: bool) -> None:
    """List the tools, wherever they come from, without the headers that may hold secrets."""
    views = wait_for(_views(place))
    if as_json:
        say_json(views)
        return
    rows = [
        (
            one.name,
            one.effect,
            one.verification,
            "" if one.contract is None else _in_force(one.contract),
            ", ".join(one.fallback),
            " ".join(p.name for p in one.parameters),
            one.origin,
        )
        for one in views
    ]
    say_table(("name", "effect", "verification", "contract", "fallback", "parameters", "from"), rows)


@command.command("show")
@click.argument("name")
@with_place
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(*, name: str, place: Place, as_json: bool) -> None:
    """Describe one tool: parameters, contract, verification, fallbacks, and where it comes from."""
    view = wait_for(_view(place, name))
    if as_json:
        say_json(view)
        return
    say(f"{view.name}: {view.description}")
    for title, text in _facts(view):
        say(f"  {title}: {text}")
    say_table(
        ("parameter", "filled by", "required", "schema"),
        [(one.name, _filled_by(one), one.required, _written(one)) for one in view.parameters],
    )


@command.command("dry-run")
@click.argument("name")
@with_place
@click.option("--argument", "given", multiple=True, metavar="NAME=VALUE", help="An argument; once for each.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def dry_run(*, name: str, place: Place, given: tuple[str, ...], as_json: bool) -> None:
    """Check arguments and show the request that would be sent, with secrets masked.  Sends nothing."""
    shown = wait_for(_would_send(place, name, _pairs(given)))
    if as_json:
        say_json(shown)
        return
    if isinstance(shown, HttpRequest):
        say(f"{shown.method} {shown.url}")
        for header, value in shown.headers.items():
            say(f"{header}: {value}")
        if shown.body is not None:
            say(shown.body.decode())
    else:
        say(msgspec.json.encode(shown).decode())
    say("The arguments are right.  Nothing was sent.")


@command.command("test")
@click.argument("name", required=False, default="")
@with_place
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def test(*, name: str, place: Place, as_json: bool) -> int:
    """Call the tools that only look something up, or one of them, with the examples of the settings."""
    with progress("Calling tools"):
        trials = wait_for(_tried(place, name))
    if as_json:
        say_json(trials)
    else:
        rows = [
            (one.tool, one.example, "passed" if one.passed else "failed", one.duration_ms, _told(one))
            for one in trials
        ]
        say_table(("tool", "example", "result", "ms", "what came"), rows)
    return 0 if all(one.passed for one in trials) else 1


@asynccontextmanager
async def _toolbox(place: Place, erp_address: str = NOWHERE) -> AsyncIterator[Toolbox]:
    async with (
        HttpClient() as client,
        opened_toolbox(place.settings(erp_address), client) as toolbox,
    ):
        yield toolbox


async def _views(place: Place) -> list[ToolView]:
    async with _toolbox(place) as toolbox:
        return [view_of(_named(toolbox, spec.name), toolbox) for spec in toolbox.specs]


async def _view(place: Place, name: str) -> ToolView:
    async with _toolbox(place) as toolbox:
        return view_of(_named(toolbox, name), toolbox)


async def _would_send(place: Place, name: str, given: dict[str, str]) -> HttpRequest | dict[str, object]:
    async with _toolbox(place) as toolbox:
        tool = _named(toolbox, name)
        arguments = tried_with(tool.spec, toolbox, given)
        if isinstance(tool, Previews):
            return masked(tool.request(arguments, "call_dry_run"), arguments)
        return {"tool": name, "arguments": arguments}


async def _tried(place: Place, name: str) -> list[Trial]:
    async with AsyncExitStack() as stack:
        address = await merchant_system(stack, place) or NOWHERE
        toolbox = await stack.enter_async_context(_toolbox(place, address))
        trials = Trials(toolbox, SystemClock(), SystemChance())
        if name:
            _named(toolbox, name)
        return [one for tool in trials.tools(name) for one in await trials.run(tool)]


def _named(toolbox: Toolbox, name: str) -> Tool:
    tool = toolbox.get(name)
    if tool is None:
        there = ", ".join(spec.name for spec in toolbox.specs) or "none"
        raise NotFound(f"There is no tool {name}; there are: {there}.")
    return tool


def _pairs(given: Sequence[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in given]
    for name, sign, _ in pairs:
        if not sign:
            raise click.UsageError(f"Write --argument {name}=value.")
    return {name: value for name, _, value in pairs}


def _facts(view: ToolView) -> list[tuple[str, str]]:
    times = f"{view.timeout_seconds:g} s, {view.attempts} attempts"
    limits = f"{view.at_once} at once" + (f", {view.calls_per_minute} a minute" * bool(view.calls_per_minute))
    facts = [
        ("from", view.origin),
        ("effect", view.effect.value + (", under its key" * view.idempotent)),
        ("verification", view.verification.value + (" (it proves who writes)" * view.proves)),
        ("time", times),
        ("limits", limits),
        ("fields", ", ".join(f"{name} ({kind.value})" for name, kind in view.fields.items()) or "none"),
    ]
    if view.contract is None:
        kept = f", then the last known value of {view.last_known_seconds} s" * bool(view.last_known_seconds)
        facts.append(("where it fails", (", ".join(view.fallback) or "nothing else is asked") + kept))
        return [*facts, ("examples", str(view.examples))]
    return [*facts, ("contract", _in_force(view.contract)), ("limits of it", _limits(view.contract))]


def _in_force(contract: Contract) -> str:
    asked = [
        "dry run" if contract.dry_run else "in force",
        f"risk {contract.risk.value}",
        "confirmed by the contact" if contract.confirm else "unconfirmed",
    ]
    if contract.approve:
        asked.append("approved")
    elif contract.approve_above_minor is not None:
        asked.append(f"approved above {contract.approve_above_minor} {contract.currency} minor")
    return ", ".join(asked)


def _limits(contract: Contract) -> str:
    limits = [
        f"{one.count if one.count is not None else 'any number'} of "
        f"{one.amount_minor if one.amount_minor is not None else 'any'} minor "
        f"per {one.per.value} in {one.window_seconds} s"
        for one in contract.limits
    ]
    single = [] if contract.most_minor is None else [f"{contract.most_minor} minor in a single action"]
    return "; ".join([*single, *limits]) or "none"


def _filled_by(parameter: Parameter) -> str:
    if parameter.source is ParameterSource.SERVER:
        return f"server ({parameter.server_value})"
    if parameter.source is ParameterSource.TEXT:
        return "the whole message"
    return "pattern or model" if parameter.pattern else "model"


def _written(parameter: Parameter) -> str:
    return msgspec.json.encode(parameter.schema).decode() if parameter.schema else "text"


def _told(trial: Trial) -> str:
    return trial.why or ", ".join(trial.fields)
