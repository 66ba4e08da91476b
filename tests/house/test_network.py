"""Tests reach this machine and no other."""

from __future__ import annotations

import asyncio
import socket

import pytest

DOCUMENTATION_ADDRESS = "192.0.2.1"  # RFC 5737: never anybody's


async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"hello")
    writer.close()
    await writer.wait_closed()


async def test_a_server_on_loopback_is_reached() -> None:
    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]

    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    heard = await reader.read()
    writer.close()
    await writer.wait_closed()
    server.close()

    assert heard == b"hello"


async def test_another_machine_is_out_of_reach() -> None:
    with pytest.raises(Warning, match="tried to use socket"):
        await asyncio.open_connection(DOCUMENTATION_ADDRESS, 80)


def test_another_machine_is_out_of_reach_without_asyncio_too() -> None:
    with socket.socket() as plain, pytest.raises(Warning, match="tried to use socket"):
        plain.connect((DOCUMENTATION_ADDRESS, 80))
