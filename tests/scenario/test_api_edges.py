"""The edges of HTTP: what cannot be read, is too much, too slow, or for somebody else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest
import pytest_asyncio

from fondaco.domain.conversation import Conversation
from fondaco.domain.errors import StorageBusy, StorageFull
from fondaco.domain.ids import ConversationId, WorkspaceId
from fondaco.server.asgi import build_asgi
from fondaco.server.options import Rate, ServerOptions
from fondaco.server.serve import listening
from fondaco.testing.clock import FakeClock
from fondaco.testing.memory_store import MemoryStore
from tests.scenario.api_house import QUICK_STREAMS, WIDE, House, make_parts, make_shop, open_house

pytestmark = pytest.mark.asyncio(loop_scope="module")
JSON = {"Content-Type": "application/json"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house() -> AsyncIterator[House]:
    options = ServerOptions(
        port=0, streams=QUICK_STREAMS, limits=WIDE, max_body_bytes=20_000, request_timeout_seconds=0.2
    )
    async with open_house(options) as house:
        yield house


async def post(house: House, data: bytes, headers: dict[str, str] = JSON) -> tuple[int, dict[str, object]]:
    """Send a message whose body is exactly these bytes."""
    path = f"/v1/conversations/{await house.open()}/messages"
    said = {"Authorization": f"Bearer {house.shop.key}", **headers}
    reply = await house.send("POST", path, said, data)
    assert reply.headers["Content-Type"] == "application/problem+json"
    return reply.status, reply.json


@pytest.mark.parametrize(
    ("data", "status", "field"),
    [
        (b"", 422, "text"),
        (b"{", 400, None),
        (b"\xff", 400, None),
        (b'{"text": "\xff"}', 400, None),
        (b'\xef\xbb\xbf{"text": "x"}', 400, None),
        (b"[" * 5_000, 422, None),
        (b'{"text": "\\ud800"}', 422, None),
        (b'{"text": "a\\u0000b"}', 422, "text"),
        (b'{"text": 1}', 422, "text"),
        (b'{"text": ""}', 422, "text"),
        (b'{"text": " \\n "}', 422, "text"),
        (b'{"text": "\\u200b"}', 422, "text"),
        (b"{}", 422, "text"),
        (b"[]", 422, None),
        (b'{"text": "x", "more": 1}', 422, "more"),
        (b'{"text": "%s"}' % (b"x" * 4_001), 422, "text"),
        (b'{"text": "%s"}' % (b"x" * 20_001), 413, None),
    ],
)
async def test_a_body_that_cannot_be_taken_is_refused_with_the_reason(
    house: House, data: bytes, status: int, field: str | None
) -> None:
    found, problem = await post(house, data)

    assert (found, problem.get("field")) == (status, field)
    assert problem["status"] == status
    assert str(problem["detail"]).endswith(".")


async def test_a_message_that_is_too_long_is_told_the_limit(house: House) -> None:
    _, problem = await post(house, json.dumps({"text": "x" * 4_001}).encode())

    assert "4000" in str(problem["detail"])


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
async def test_a_body_that_is_no_json_is_refused(house: House, kind: str) -> None:
    found, _ = await post(house, b'{"text": "x"}', {"Content-Type": kind})

    assert found == 415


async def test_an_idempotency_key_that_cannot_be_kept_is_refused(house: House) -> None:
    found, problem = await post(house, b'{"text": "x"}', JSON | {"Idempotency-Key": "x" * 256})

    assert (found, problem["field"]) == (422, "Idempotency-Key")


async def test_whoever_sends_too_slowly_is_let_go(house: House) -> None:
    path = f"/v1/conversations/{await house.open()}/messages"
    host, port = house.url.removeprefix("http://").split(":")
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {house.shop.key}\r\n"
        "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    )

    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(head.encode())
    heard = await reader.read()
    writer.close()
    await writer.wait_closed()

    assert heard.startswith(b"HTTP/1.1 408 ")
    assert b"connection: close" in heard.lower()


async def test_a_body_without_a_length_is_bounded_too(house: House) -> None:
    path = f"/v1/conversations/{await house.open()}/messages"
    said = {"Authorization": f"Bearer {house.shop.key}", **JSON}

    async def much() -> AsyncIterator[bytes]:
        yield b'{"text": "'
        yield b"x" * 30_000

    async with house.http.post(house.url + path, data=much(), headers=said) as answer:
        status = answer.status

    assert status == 413


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=x", "limit"),
        ("limit=1e99", "limit"),
        ("status=lost", "status"),
        ("limt=5", "limt"),
        ("limit=5&limit=6", None),
        ("contact_id=%00", "contact_id"),
        ("contact_id=%ff", None),
        ("cursor=%20", "cursor"),
    ],
)
async def test_a_query_out_of_bounds_is_refused_by_its_field(
    house: House, query: str, field: str | None
) -> None:
    reply = await house.ask("GET", f"/v1/conversations?{query}", key=house.shop.key)

    assert (reply.status, reply.json.get("field")) == (422, field)


@pytest.mark.parametrize("unknown", ["cnv_missing", "%00", "x" * 65, "..%2f", "ü"])
async def test_an_id_that_nothing_has_is_unknown(house: House, unknown: str) -> None:
    reply = await house.ask("GET", f"/v1/conversations/{unknown}", key=house.shop.key)

    assert (reply.status, reply.json["type"]) == (404, "urn:fondaco:problem:not-found")


@pytest.mark.parametrize("path", ["/nothing", "/v1", "/v1/conversations/", "/v1/openapi"])
async def test_a_path_that_leads_nowhere_says_so(house: House, path: str) -> None:
    reply = await house.ask("GET", path)

    assert (reply.status, reply.json["instance"]) == (404, path)
    assert reply.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
async def test_a_method_that_is_unknown_here_is_told_the_known_ones(house: House, method: str) -> None:
    reply = await house.ask(method, "/v1/conversations", key=house.shop.key)

    assert (reply.status, reply.headers["Allow"]) == (405, "GET, HEAD, OPTIONS, POST")


async def test_options_names_the_methods_and_allows_no_other_site(house: House) -> None:
    reply = await house.ask("OPTIONS", "/v1/conversations", headers={"Origin": "https://evil.example"})

    assert (reply.status, reply.headers["Allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    assert not [name for name in reply.headers if name.lower().startswith("access-control")]


async def test_head_answers_as_get_without_a_body(house: House) -> None:
    got = await house.ask("GET", "/v1/health")
    headed = await house.ask("HEAD", "/v1/health")

    assert (headed.status, headed.body) == (200, b"")
    assert headed.headers["Content-Length"] == str(len(got.body))


@pytest.mark.parametrize("path", ["/v1/health", "/nothing", "/v1/conversations", "/v1/openapi.json"])
async def test_every_answer_has_the_security_headers(house: House, path: str) -> None:
    reply = await house.ask("GET", path)

    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert reply.headers["Cache-Control"] == "no-store"
    assert "Server" not in reply.headers


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.nip.example:80"])
async def test_a_name_that_is_not_ours_is_refused(house: House, host: str) -> None:
    reply = await house.ask("GET", "/v1/health", headers={"Host": host})

    assert reply.status == 421


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "127.0.0.1:1", "[::1]:8080"])
async def test_loopback_names_are_ours(house: House, host: str) -> None:
    reply = await house.ask("GET", "/v1/health", headers={"Host": host})

    assert reply.status == 200


class Breaking(MemoryStore):
    """A store whose reader is broken."""

    error: Exception = RuntimeError("page 4711 is torn")

    async def conversation(self, workspace_id: WorkspaceId, conversation_id: ConversationId) -> Conversation:
        raise self.error


@pytest.mark.parametrize(
    ("error", "status"), [(RuntimeError("4711"), 500), (StorageBusy("4711"), 503), (StorageFull("4711"), 507)]
)
async def test_a_mistake_of_ours_is_told_without_its_insides(error: Exception, status: int) -> None:
    clock, log = FakeClock(), list[dict[str, object]]()
    store = Breaking(clock)
    store.error = error
    options = ServerOptions(port=0)
    parts = make_parts(clock, store, options, log)
    shop = await make_shop(parts, "rialto")

    async with listening(build_asgi(parts), options) as running, aiohttp.ClientSession() as http:
        said = {"Authorization": f"Bearer {shop.key}"}
        async with http.get(f"{running.url}/v1/conversations/cnv_1", headers=said) as answer:
            body, headers = await answer.read(), answer.headers

    assert json.loads(body)["status"] == answer.status == status
    assert b"4711" not in body
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert log[-1]["level"] == "error"


async def test_one_request_too_many_is_told_when_to_come_back() -> None:
    limits = replace(WIDE, address=Rate(per_minute=60, burst=2))
    async with open_house(ServerOptions(port=0, limits=limits)) as house:
        replies = [await house.ask("GET", "/v1/health") for _ in range(3)]
        await house.clock.advance(1)
        later = await house.ask("GET", "/v1/health")

    assert [one.status for one in replies] == [200, 200, 429]
    assert replies[2].headers["Retry-After"] == "1"
    assert later.status == 200


async def test_whoever_guesses_keys_is_slowed_down_and_nobody_else() -> None:
    limits = replace(WIDE, address=Rate(per_minute=1, burst=2))
    async with open_house(ServerOptions(port=0, limits=limits)) as house:
        guesses = [await house.ask("GET", "/v1/conversations", key="fk_guess") for _ in range(3)]
        honest = await house.ask("GET", "/v1/conversations", key=house.shop.key)

    assert [one.status for one in guesses] == [401, 401, 429]
    assert guesses[0].headers["WWW-Authenticate"].startswith("Bearer")
    assert honest.status == 200
