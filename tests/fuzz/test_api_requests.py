"""Whatever bytes reach the whole server, it answers properly or lets go, and never breaks."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fondaco.kit.text import clean_message
from tests.scenario.api_house import Reply
from tests.scenario.whole_server import API, WIDGET, Whole, demand_problem, let_go, open_whole

pytestmark = pytest.mark.asyncio(loop_scope="module")
MANY = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
)
NAMES = st.sampled_from(
    [
        "text",
        "choice",
        "language",
        "identity",
        "stars",
        "comment",
        "teammate_id",
        "contact",
        "external_id",
        "articles",
    ]
) | st.text(max_size=5)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4)
)
#: What means something to HTTP, so that it turns up more often than by chance.
PIECES = st.sampled_from(
    [
        *(
            b"GET ",
            b"POST ",
            b"/v1/conversations",
            b"/widget/v1/",
            b" HTTP/1.1",
            b" HTTP/9.9",
            b"\r\n",
            b"\r\n\r\n",
        ),
        *(
            b"Host: localhost\r\n",
            b"Content-Length: ",
            b"5",
            b"-1",
            b"99999999999999999999",
            b"Transfer-Encoding: chunked",
        ),
        *(
            b"Content-Type: application/json\r\n",
            b"Expect: 100-continue\r\n",
            b"0\r\n\r\n",
            b"\0",
            b": ",
            b"\x16\x03\x01",
        ),
    ]
) | st.binary(max_size=12)
PATHS = (
    "/v1/conversations",
    "/v1/conversations/{id}/messages",
    "/v1/conversations/{id}/rating",
    "/v1/conversations/{id}/replies",
    "/v1/conversations/{id}/takeover",
    "/v1/articles",
    f"/widget/v1/{WIDGET}/conversations",
    f"/widget/v1/{API}/conversations",
    "/widget/v1/identity",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whole(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Whole]:
    async with open_whole(tmp_path_factory.mktemp("whole")) as whole:
        yield whole
        await whole.still_answers()


def demand_proper(reply: Reply) -> None:
    """Fail unless an answer is a success or a proper refusal."""
    if reply.status >= 400:
        demand_problem(reply, reply.status, field=reply.json.get("field"))
    assert reply.status < 500


@MANY
@given(
    path=st.sampled_from(PATHS),
    body=st.binary(max_size=60) | VALUES.map(lambda value: json.dumps(value).encode()),
)
async def test_any_body_is_taken_or_refused(whole: Whole, path: str, body: bytes) -> None:
    conversation_id = await whole.open("fuzz")

    demand_proper(await whole.ask("POST", path.format(id=conversation_id), body))


@MANY
@given(text=st.text(max_size=40), choice=st.text(max_size=10))
async def test_any_text_is_kept_without_what_must_not_be_shown_or_refused(
    whole: Whole, text: str, choice: str
) -> None:
    conversation_id = await whole.open("texts")
    path = f"/v1/conversations/{conversation_id}/messages"

    reply = await whole.ask("POST", path, {"text": text, "choice": choice})
    read = await whole.ask("GET", f"{path}?after={reply.json.get('seq', 1) - 1}&limit=1")

    demand_proper(reply)
    kept = [one["text"] for one in read.json["items"]] if reply.status == 202 else []
    assert kept == [clean_message(text, 4_000)] * len(kept)
    assert len(kept) == (reply.status == 202)


@MANY
@given(
    start=st.sampled_from(
        ["/v1/conversations/", "/v1/articles/", "/v1/search?q=", "/widget/frame/", "/static/", "/console/"]
    ),
    rest=st.text(max_size=30) | st.binary(max_size=10).map(lambda raw: raw.decode("latin-1")),
)
async def test_any_address_leads_somewhere_or_nowhere(whole: Whole, start: str, rest: str) -> None:
    path = start + quote(rest, safe="/?&=%+", errors="replace")
    head = whole.head("GET", path, "Connection: close")

    heard = await whole.raw(head)

    assert heard[:9] == b"HTTP/1.1 "
    assert heard[9:10] in {b"2", b"3", b"4"}


@MANY
@given(pieces=st.lists(PIECES, max_size=12))
async def test_any_bytes_are_answered_or_let_go(whole: Whole, pieces: list[bytes]) -> None:
    reader, writer = await whole.connect()

    async with asyncio.timeout(10):
        writer.write(b"".join(pieces))
        writer.write_eof()
        heard = await reader.read()
        await let_go(writer)

    assert heard == b"" or heard[:10] in {b"HTTP/1.1 1", b"HTTP/1.1 2", b"HTTP/1.1 4"}
