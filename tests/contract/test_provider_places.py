"""Where the simulator can be reached, and where on purpose it cannot; in this process and in another."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import ssl
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from fondaco.domain.errors import ConfigurationError
from fondaco.testing.provider.certificates import TlsKind
from fondaco.testing.provider.faults import Fault
from fondaco.testing.provider.running import Setup, apart
from fondaco.testing.provider.script import Answer, Rule
from fondaco.testing.provider.simulator import ProviderSimulator
from tests.contract.provider_support import always, ask_openai, get, openai


async def connect(address: str, trusted: Path | None = None) -> None:
    place = urlsplit(address)
    context = ssl.create_default_context(cafile=trusted) if place.scheme == "https" else None
    _, writer = await asyncio.open_connection(place.hostname, place.port or 80, ssl=context)
    writer.close()
    await writer.wait_closed()


async def test_a_dead_address_refuses() -> None:
    async with ProviderSimulator() as simulator:
        with pytest.raises(ConnectionRefusedError):
            await connect(simulator.dead_address())


async def test_an_unanswered_address_lets_wait() -> None:
    async with ProviderSimulator() as simulator:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(connect(simulator.unanswered_address()), 0.1)


async def test_an_unresolvable_address_is_nobodys() -> None:
    async with ProviderSimulator() as simulator:
        host = urlsplit(simulator.unresolvable_address()).hostname

    with pytest.raises(socket.gaierror):
        await asyncio.get_running_loop().getaddrinfo(host, 80)


async def test_a_taken_port_is_named() -> None:
    async with ProviderSimulator() as simulator:
        port = urlsplit(simulator.address).port or 0
        with pytest.raises(ConfigurationError, match=f"port {port}"):
            async with ProviderSimulator(port=port):
                pass


async def test_a_certificate_of_a_trusted_authority_is_accepted(tmp_path: Path) -> None:
    pytest.importorskip("cryptography", reason="makes the certificates")
    authority = tmp_path / "authority.pem"

    async with ProviderSimulator() as simulator:
        await connect(await simulator.tls_address(TlsKind.TRUSTED, authority), authority)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        (TlsKind.SELF_SIGNED, "self-signed certificate"),
        (TlsKind.EXPIRED, "certificate has expired"),
        (TlsKind.OTHER_HOST, "IP address mismatch"),
    ],
)
async def test_a_bad_certificate_is_refused(kind: TlsKind, reason: str, tmp_path: Path) -> None:
    pytest.importorskip("cryptography", reason="makes the certificates")
    authority = tmp_path / "authority.pem"

    async with ProviderSimulator() as simulator:
        address = await simulator.tls_address(kind, authority)
        with pytest.raises(ssl.SSLCertVerificationError, match=reason):
            await connect(address, authority)


async def test_it_runs_in_a_process_of_its_own() -> None:
    setup = Setup(
        plan=always(Fault.SERVER_ERROR, first=1), rules=(Rule(pattern="order", text="On its way."),)
    )

    async with apart(setup) as address:
        heard = [await ask_openai(address, openai()) for _ in range(2)]
        usage = await get(address, "/simulator/usage")

    assert [one.status for one in heard] == [500, 200]
    assert heard[1].json["choices"][0]["message"]["content"] == "On its way."
    assert usage["total"]["billed"] == 1


async def test_another_process_replays_a_recording() -> None:
    async with apart(Setup(recording=(Answer(text="Good morning!"),))) as address:
        heard = await ask_openai(address, openai())

    assert heard.json["choices"][0]["message"]["content"] == "Good morning!"


async def test_the_command_prints_its_addresses_and_serves() -> None:
    command = (sys.executable, "-m", "fondaco", "simulate", "provider", "--json", "--fault", "overloaded:1")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    addresses = json.loads(await process.stdout.readline())

    heard = await ask_openai(addresses["openai"].removesuffix("/v1"), openai())
    process.send_signal(signal.SIGTERM)

    assert heard.status == 529
    assert set(addresses) == {"address", "openai", "anthropic", "gemini"}
    assert await process.wait() == 0
