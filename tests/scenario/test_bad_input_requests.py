"""Whatever a program sends: a clear answer, nothing stored, and a server that goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import jwt
import pytest
import pytest_asyncio

from fondaco.kit.clock import SystemClock
from tests.scenario.whole_server import (
    IDENTITY_SECRET,
    OTHER_SECRET,
    OTHER_WIDGET,
    WIDGET,
    Whole,
    demand_problem,
    open_whole,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")
HOUR = 3_600
RIGHT_TO_LEFT = "\u202eהיכן ההזמנה שלי\u202c?\u200f"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whole(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Whole]:
    async with open_whole(tmp_path_factory.mktemp("whole")) as whole:
        yield whole
        await whole.still_answers()


async def demand_refused(
    whole: Whole, path: str, body: Any, status: int, *told: str, field: str | None = None
) -> None:
    """Post something and fail unless it is refused and leaves no trace."""
    before = await whole.stored()
    reply = await whole.ask("POST", path, body)
    demand_problem(reply, status, *told, field=field)
    assert await whole.stored() == before


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "at least one visible character"),
        (" \n\t ", "at least one visible character"),
        ("\u200b\u200e\ufeff", "at least one visible character"),
        ("\x01\x02\x7f", "at least one visible character"),
        ("\u202e\u2066", "at least one visible character"),
        ("x" * 100_000, "at most 4000 are accepted. Send it in parts"),
        ("😀" * 20_000, "at most 4000 are accepted. Send it in parts"),
        ("a\0b", "NUL; leave it out"),
    ],
    ids=["empty", "spaces", "invisible", "controls", "marks", "long", "many emoji", "NUL"],
)
@pytest.mark.parametrize("door", ["api", "widget"])
async def test_a_text_that_says_nothing_or_too_much_is_stored_nowhere(
    whole: Whole, door: str, text: str, told: str
) -> None:
    conversation_id = await whole.open("quiet")
    paths = {
        "api": f"/v1/conversations/{conversation_id}/messages",
        "widget": f"/widget/v1/{WIDGET}/conversations",
    }

    await demand_refused(whole, paths[door], {"text": text}, 422, told, field="text")

    assert await whole.events(conversation_id) == []


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("😀", "😀"),
        ("👩‍👩‍👧‍👦🇨🇭👍🏽", "👩‍👩‍👧‍👦🇨🇭👍🏽"),
        ("Where\x07 is\x1b[31m it?\x9b", "Where is[31m it?"),
        (RIGHT_TO_LEFT, "היכן ההזמנה שלי?"),
        ("Z͑͗a̴l̷g̸o̵ text", "Z͑͗a̴l̷g̸o̵ text"),
        ("'; drop table events; -- {{7*7}} <script>", "'; drop table events; -- {{7*7}} <script>"),
        ("x" * 4_000, "x" * 4_000),
    ],
    ids=["emoji", "joined emoji", "controls", "right to left", "marks", "code", "longest"],
)
async def test_an_unusual_text_is_kept_clean_and_answered(whole: Whole, text: str, kept: str) -> None:
    begun = await whole.begin(text)

    log = await whole.until(begun.json["conversation_id"], "TurnSettled")

    assert [one["text"] for one in log if one["type"] == "MessageReceived"] == [kept]
    assert [one["type"] for one in log if one["type"] == "MessagePosted"] == ["MessagePosted"]


@pytest.mark.parametrize(
    ("body", "status", "told", "field"),
    [
        (b'{"text": "\xff\xfe"}', 400, "no valid JSON in UTF-8", None),
        (b'{"text": "\xc0\x80"}', 400, "no valid JSON in UTF-8", None),
        (b'{"text": "hello"', 400, "no valid JSON", None),
        (b"text=hello", 400, "no valid JSON", None),
        (b'{"text": NaN}', 400, "no valid JSON", None),
        (b'{"text": "\\ud800"}', 422, "leave it out", None),
        (b'{"text": ["hello"]}', 422, "`str`", "text"),
        (b'{"text": null}', 422, "`str`", "text"),
        (b'{"text": 12}', 422, "`str`", "text"),
        (b'["text", "hello"]', 422, "`object`", None),
        (b'"hello"', 422, "`object`", None),
        (b'{"text": "hello", "choice": %s}' % (b"[" * 50_000 + b"]" * 50_000), 422, "`str`", "choice"),
        (b'{"text": "hello", "x": %s}' % (b'{"a":' * 50_000), 422, "leave it out", "x"),
        (b"{}", 422, "send it", "text"),
        (b"", 422, "send it", "text"),
        (b"[" * 500_000, 422, "`object`", None),
        (b'{"text": "%s"}' % (b"x" * 601_000), 413, "at most 600000 bytes; send less", None),
    ],
)
async def test_a_body_that_cannot_be_read_is_stored_nowhere(
    whole: Whole, body: bytes, status: int, told: str, field: str | None
) -> None:
    path = f"/v1/conversations/{await whole.open('quiet')}/messages"

    await demand_refused(whole, path, body, status, told, field=field)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("rating", {"stars": 0}, "stars"),
        ("rating", {"stars": 10**30}, "stars"),
        ("rating", {"stars": 4.5}, "stars"),
        ("rating", {"stars": "5"}, "stars"),
        ("rating", {"stars": True}, "stars"),
        ("rating", b'{"stars": 1e400}', "stars"),
        ("rating", {"stars": 5, "comment": "x" * 2_001}, "comment"),
        ("replies", {"teammate_id": "a\0b", "text": "hello"}, "teammate_id"),
        ("replies", {"teammate_id": "../../etc/passwd", "text": "hello"}, "teammate_id"),
    ],
)
async def test_a_value_out_of_range_is_named_and_changes_nothing(
    whole: Whole, path: str, body: Any, field: str
) -> None:
    path = f"/v1/conversations/{await whole.open('quiet')}/{path}"

    await demand_refused(whole, path, body, 422, field=field)


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
        "image/png",
        "",
        "application/json5",
    ],
)
async def test_anything_but_json_is_refused_with_the_header_to_send(whole: Whole, kind: str) -> None:
    path, before = f"/v1/conversations/{await whole.open('quiet')}/messages", await whole.stored()

    reply = await whole.ask("POST", path, b'{"text": "hello"}', headers={"Content-Type": kind})

    demand_problem(reply, 415, "Content-Type: application/json")
    assert await whole.stored() == before


@pytest.mark.parametrize(
    "unknown",
    ["cnv_missing", "%00", "cnv_%00", "%2e%2e", "..%2f..%2fetc%2fpasswd", "%F0%9F%98%80", "%ff", "x" * 300],
)
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/v1/conversations/{}", None),
        ("GET", "/v1/conversations/{}/events", None),
        ("GET", "/v1/conversations/{}/events/stream", None),
        ("POST", "/v1/conversations/{}/messages", {"text": "hello"}),
        ("POST", "/v1/conversations/{}/person", {}),
        ("GET", "/v1/articles/{}", None),
        ("DELETE", "/v1/articles/{}", None),
        ("GET", "/v1/handoffs/{}", None),
        ("POST", "/widget/v1/{}/conversations", {"text": "hello"}),
        ("GET", "/widget/v1/{}/config", None),
        ("GET", "/widget/frame/{}", None),
        ("GET", "/static/0/{}", None),
    ],
)
async def test_what_does_not_exist_is_not_found_whatever_its_id(
    whole: Whole, method: str, path: str, body: Any, unknown: str
) -> None:
    before = await whole.stored()

    reply = await whole.ask(method, path.format(unknown), body)

    assert reply.status == 404
    assert b"passwd" not in reply.json["detail"].encode()
    demand_problem(reply, 404, field=reply.json.get("field"))
    assert await whole.stored() == before


@pytest.mark.parametrize("last", ["x", "-1", "1.5", "9" * 30, "0x10", "1 2", "\u0661"])
async def test_a_stream_does_not_resume_behind_what_no_event_is_called(whole: Whole, last: str) -> None:
    path = f"/v1/conversations/{await whole.open('quiet')}/events/stream"

    reply = await whole.ask("GET", path, headers={"Last-Event-ID": last})

    demand_problem(reply, 422, "a whole number", field="Last-Event-ID")


async def test_a_cursor_that_was_tampered_with_is_refused(whole: Whole) -> None:
    for_two = [await whole.open(name) for name in ("first", "second")]
    listed = await whole.ask("GET", "/v1/conversations?limit=1")
    cursor = listed.json["next_cursor"]

    reply = await whole.ask("GET", f"/v1/conversations?limit=1&cursor={cursor[:-4]}AAAA~{cursor[4:]}")

    assert len(for_two) == 2
    demand_problem(reply, 422, "cursor", field=reply.json.get("field"))


@pytest.mark.parametrize("key", ["x" * 256, "a\tb", "\u00e9", "with space", ""])
async def test_an_idempotency_key_that_cannot_be_kept_stores_nothing(whole: Whole, key: str) -> None:
    path, before = f"/v1/conversations/{await whole.open('quiet')}/messages", await whole.stored()

    reply = await whole.ask("POST", path, {"text": "hello"}, headers={"Idempotency-Key": key})

    demand_problem(reply, 422, "Idempotency-Key", field="Idempotency-Key")
    assert await whole.stored() == before


def token(secret: str = IDENTITY_SECRET, *, algorithm: str = "HS256", **claims: Any) -> str:
    """Return a token as the shop would sign it, but for what is said otherwise."""
    now = SystemClock().now_ms() // 1000
    said = {"sub": "customer-1", "aud": WIDGET, "iat": now, "exp": now + 600, **claims}
    return jwt.encode(said, secret if algorithm != "none" else "", algorithm=algorithm)


NOW = SystemClock().now_ms() // 1000
BAD_TOKENS = {
    "not signed": token(algorithm="none"),
    "another algorithm": token(algorithm="HS512"),
    "another audience": token(aud=OTHER_WIDGET),
    "another site's secret": token(OTHER_SECRET),
    "another site altogether": token(OTHER_SECRET, aud=OTHER_WIDGET),
    "expired": token(iat=NOW - 2 * HOUR, exp=NOW - HOUR),
    "of the future": token(iat=NOW + HOUR, exp=NOW + 2 * HOUR),
    "good for ever": token(exp=NOW + 10**9),
    "endless": token(exp=float("1e300")),
    "nobody's": token(sub=""),
    "a number's": token(sub=7),
    "cut": token()[:-3],
    "no token": "a.b.c",
    "too long": token(name="x" * 5_000),
}


@pytest.mark.parametrize("identity", BAD_TOKENS.values(), ids=BAD_TOKENS.keys())
async def test_an_identity_that_the_shop_did_not_sign_begins_no_conversation(
    whole: Whole, identity: str
) -> None:
    before = await whole.stored()

    reply = await whole.begin("It is me", identity=identity)

    demand_problem(reply, 422, field="identity")
    assert identity.encode() not in reply.body
    assert await whole.stored() == before


async def test_an_identity_that_the_shop_signed_begins_one(whole: Whole) -> None:
    reply = await whole.begin("It is me", identity=token())

    assert reply.status == 201


async def test_a_message_sent_at_once_over_many_connections_is_stored_once(whole: Whole) -> None:
    conversation_id = await whole.open("twice")
    path, headers = f"/v1/conversations/{conversation_id}/messages", {"Idempotency-Key": "the-same"}

    replies = await asyncio.gather(
        *(whole.ask("POST", path, {"text": "Where is it?"}, headers=headers) for _ in range(12))
    )

    assert {(one.status, one.json["seq"], one.json["message_id"]) for one in replies} == {
        (202, replies[0].json["seq"], replies[0].json["message_id"])
    }
    assert sorted(one.json["duplicate"] for one in replies) == [False] + [True] * 11
    log = await whole.until(conversation_id, "TurnSettled")
    assert [one["type"] for one in log].count("MessageReceived") == 1


async def test_a_beginning_sent_at_once_over_many_connections_begins_one_conversation(whole: Whole) -> None:
    path = f"/widget/v1/{WIDGET}/conversations"
    headers = {"Idempotency-Key": "the-same-beginning-of-22-letters"}
    before = await whole.stored()

    replies = await asyncio.gather(
        *(whole.ask("POST", path, {"text": "Hello"}, key="", headers=headers) for _ in range(12))
    )

    assert {one.status for one in replies} == {201}
    assert len({one.body for one in replies}) == 1
    after = await whole.stored()
    assert [after[name] - before[name] for name in ("contact", "conversation", "visitor")] == [1, 1, 1]


async def test_the_same_key_at_another_connection_is_another_conversation(whole: Whole) -> None:
    headers = {"Idempotency-Key": "one-key-at-two-connections"}

    begun = [
        await whole.ask(
            "POST", f"/widget/v1/{name}/conversations", {"text": "Hello"}, key="", headers=headers
        )
        for name in (WIDGET, OTHER_WIDGET)
    ]

    assert [one.status for one in begun] == [201, 201]
    assert begun[0].json["conversation_id"] != begun[1].json["conversation_id"]
    assert begun[0].json["token"] != begun[1].json["token"]
