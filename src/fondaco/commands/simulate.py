"""``fondaco simulate``."""

from __future__ import annotations

from collections.abc import Sequence

import click
import msgspec

from fondaco.commands.printing import say, say_table
from fondaco.domain.errors import InvalidInput
from fondaco.testing.provider.faults import Fault, FaultRule, Plan, availability, explanations
from fondaco.testing.provider.limits import Limits
from fondaco.testing.provider.presets import PRESETS, SimulatorOptions
from fondaco.testing.provider.running import Setup, run
from fondaco.testing.provider.script import WireName
from fondaco.testing.provider.simulator import ProviderSimulator


@click.group("simulate")
def command() -> None:
    """Stand in for services that an installation talks to."""


@command.command("provider")
@click.option(
    "--port", metavar="PORT", type=click.IntRange(0, 65_535), default=0, help="Port; a free one if left out."
)
@click.option(
    "--preset", type=click.Choice(list(PRESETS)), help="Latency, availability, cache of a provider."
)
@click.option(
    "--fault",
    "faults",
    metavar="NAME[:SHARE]",
    multiple=True,
    help="Let this share of the requests fail so, all of them if left out; may be repeated.",
)
@click.option("--seed", type=int, default=7, show_default=True, help="Draws latencies and faults.")
@click.option("--rpm", metavar="COUNT", type=click.IntRange(0), default=0, help="Requests a minute and key.")
@click.option("--tpm", metavar="COUNT", type=click.IntRange(0), default=0, help="Tokens a minute and key.")
@click.option(
    "--list-faults",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=lambda context, _option, wanted: _say_faults(context) if wanted else None,
    help="Print the catalogue of faults and leave.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def provider(
    *,
    port: int,
    preset: str | None,
    faults: Sequence[str],
    seed: int,
    rpm: int,
    tpm: int,
    as_json: bool,
) -> None:
    """Serve a simulated model provider until interrupted: OpenAI, Anthropic and Gemini on one port.

    It answers any key and model: it quotes the articles that it is given, repeats other words, and calls
    tools when a number is mentioned.

    Beside the model's paths there are GET /simulator/journal, /simulator/usage and /simulator/faults,
    GET and POST /simulator/plan, and POST /simulator/reset.
    """
    chosen = PRESETS[preset] if preset else None
    options = msgspec.structs.replace(
        chosen.options if chosen else SimulatorOptions(),
        limits=Limits(requests_per_minute=rpm, tokens_per_minute=tpm),
    )
    usual = availability(chosen.availability) if chosen else Plan()
    plan = Plan(rules=(*(_rule(fault) for fault in faults), *usual.rules))
    setup = Setup(port=port, seed=seed, options=options, plan=plan)
    run(setup, _say_json if as_json else _say)


def _rule(text: str) -> FaultRule:
    """Raises InvalidInput if there is no such fault or the share is none."""
    name, _, share = text.partition(":")
    try:
        rule = FaultRule(fault=Fault(name), share=float(share or 1))
    except ValueError as error:
        raise InvalidInput(
            f"--fault {text!r} is not understood; write NAME or NAME:SHARE as in cut:0.05. "
            "`fondaco simulate provider --list-faults` names them.",
            field="fault",
        ) from error
    if not 0 <= rule.share <= 1:
        raise InvalidInput(f"--fault {text!r}: the share must be from 0 to 1.", field="fault")
    return rule


def _addresses(simulator: ProviderSimulator) -> dict[str, str]:
    return {wire.value: simulator.base_url(wire) for wire in WireName}


def _say(simulator: ProviderSimulator) -> None:
    say(f"provider simulator on {simulator.address}")
    say_table(("protocol", "base address"), list(_addresses(simulator).items()))


def _say_json(simulator: ProviderSimulator) -> None:
    line = msgspec.json.encode({"address": simulator.address, **_addresses(simulator)})
    click.echo(line.decode())


def _say_faults(context: click.Context) -> None:
    for fault, meaning in explanations().items():
        say(f"{fault.value:18} {meaning}")
    context.exit()
