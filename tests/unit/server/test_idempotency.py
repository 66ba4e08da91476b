from __future__ import annotations

import asyncio
import re

import pytest

from fondaco.domain.errors import Conflict, InvalidInput
from fondaco.server.answer import Answer
from fondaco.server.idempotency import REPLAYED, Replies, read_key, request_hash
from fondaco.testing.clock import FakeClock
from fondaco.testing.memory_registry import MemoryRegistry


class Counter:
    """Answers with how often it was asked, after others had their turn."""

    def __init__(self) -> None:
        self.asked = 0

    async def act(self) -> Answer:
        self.asked += 1
        asked = self.asked
        await asyncio.get_running_loop().run_in_executor(None, lambda: None)
        return Answer(status=201, body=b"%d" % asked)

    async def fail(self) -> Answer:
        self.asked += 1
        raise Conflict("Not now.")


@pytest.fixture
def replies() -> Replies:
    return Replies(MemoryRegistry(), FakeClock())


async def test_the_same_request_acts_once_and_is_answered_alike(replies: Replies) -> None:
    counter = Counter()

    first = await replies.once("key_1", "k", "hash", counter.act)
    second = await replies.once("key_1", "k", "hash", counter.act)

    assert (counter.asked, first.status, first.body) == (1, 201, b"1")
    assert (second.status, second.body, second.headers) == (201, b"1", (REPLAYED,))


async def test_two_at_once_act_once(replies: Replies) -> None:
    counter = Counter()

    answers = await asyncio.gather(*(replies.once("key_1", "k", "hash", counter.act) for _ in range(5)))

    assert counter.asked == 1
    assert {answer.body for answer in answers} == {b"1"}
    assert replies._working == {}  # noqa: SLF001 -- a leak has no other sign


async def test_the_same_key_of_somebody_else_is_another_key(replies: Replies) -> None:
    counter = Counter()

    await replies.once("key_1", "k", "hash", counter.act)
    await replies.once("key_2", "k", "hash", counter.act)

    assert counter.asked == 2


async def test_another_request_under_the_same_key_is_refused(replies: Replies) -> None:
    counter = Counter()
    await replies.once("key_1", "k", "hash", counter.act)

    with pytest.raises(InvalidInput, match="new key"):
        await replies.once("key_1", "k", "other", counter.act)

    assert counter.asked == 1


async def test_a_failure_is_not_kept(replies: Replies) -> None:
    counter = Counter()
    with pytest.raises(Conflict):
        await replies.once("key_1", "k", "hash", counter.fail)

    answer = await replies.once("key_1", "k", "hash", counter.act)

    assert (counter.asked, answer.body) == (2, b"2")


def test_requests_differ_by_operation_path_and_body() -> None:
    hashes = {
        request_hash("reply", {"conversation_id": "a"}, b"{}"),
        request_hash("note", {"conversation_id": "a"}, b"{}"),
        request_hash("reply", {"conversation_id": "b"}, b"{}"),
        request_hash("reply", {"conversation_id": "a"}, b"{ }"),
    }

    assert len(hashes) == 4


@pytest.mark.parametrize("key", [b"", b" ", b"a b", b"\xe4", b"x" * 256])
def test_a_key_that_cannot_be_kept_is_refused(key: bytes) -> None:
    with pytest.raises(InvalidInput):
        read_key({b"idempotency-key": key}, re.compile(r"^[!-~]{1,255}$"))


def test_no_key_is_no_key() -> None:
    assert read_key({}, re.compile("x")) == ""
