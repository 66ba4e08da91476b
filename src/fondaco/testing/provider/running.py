"""The simulator as a process of its own."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import msgspec
import uvloop

from fondaco.domain.errors import ConfigurationError
from fondaco.kit.processes import stop
from fondaco.testing.provider.faults import Plan
from fondaco.testing.provider.presets import SimulatorOptions
from fondaco.testing.provider.script import Answer, Rule, Script, by_rules, clerk, recorded
from fondaco.testing.provider.simulator import ProviderSimulator

_STOP_SECONDS = 5.0


class Setup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that a process of its own is told."""

    host: str = "127.0.0.1"
    port: int = 0
    seed: int = 7
    options: SimulatorOptions = SimulatorOptions()
    plan: Plan = Plan()
    rules: tuple[Rule, ...] = ()  #: what it answers; where none fits it looks up, quotes or repeats
    recording: tuple[Answer, ...] = ()  #: a conversation's answers to replay instead


def run(setup: Setup, announce: Callable[[ProviderSimulator], None]) -> None:
    """Serve until SIGINT or SIGTERM; ``announce`` is called once requests are taken.

    Raises ConfigurationError if the port is taken.
    """
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(setup, announce))


def main(arguments: list[str]) -> None:
    """Serve what the one argument says, a ``Setup`` as JSON, and print the address as the first line.

    Raises ConfigurationError if the port is taken or the argument is no setup.
    """
    try:
        setup = msgspec.json.decode(arguments[0] if arguments else "{}", type=Setup)
    except msgspec.DecodeError as error:
        raise ConfigurationError(f"The argument is no setup of a simulator: {error}") from error
    run(setup, lambda simulator: print(simulator.address, flush=True))  # noqa: T201 - the first line


@asynccontextmanager
async def apart(setup: Setup) -> AsyncIterator[str]:
    """Run the simulator in another process while the block runs, and yield its address.

    Raises ConfigurationError if it does not start.
    """
    command = (sys.executable, "-m", "fondaco.testing.provider", msgspec.json.encode(setup).decode())
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        output = process.stdout
        address = (await output.readline()).decode().strip() if output else ""
        if not address:
            raise ConfigurationError("The provider simulator did not start; its own message is above.")
        yield address
    finally:
        await stop(process, _STOP_SECONDS)


async def _serve(setup: Setup, announce: Callable[[ProviderSimulator], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    simulator = ProviderSimulator(
        _script(setup),
        plan=setup.plan,
        seed=setup.seed,
        options=setup.options,
        host=setup.host,
        port=setup.port,
    )
    async with simulator:
        announce(simulator)
        await stop.wait()


def _script(setup: Setup) -> Script:
    if setup.recording:
        return recorded(setup.recording)
    return by_rules(setup.rules, clerk) if setup.rules else clerk
