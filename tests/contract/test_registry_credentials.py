"""Keys, visitors, links and sign-ins: the same promises in memory, SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import pytest

from fondaco.domain.access import ApiKey, Scope, SignIn, Visitor
from fondaco.domain.errors import Conflict, InvalidInput, NotFound
from fondaco.domain.ids import ConnectionId, ContactId, ConversationId, KeyId, TeammateId, WorkspaceId
from fondaco.domain.ports import Registry
from fondaco.storage.database import engine_for
from fondaco.storage.migrate import migrate
from fondaco.storage.registry import SqlRegistry
from tests.contract.registry_fixtures import *  # noqa: F403
from tests.contract.registry_fixtures import sqlite_url

SHOP, OTHER = WorkspaceId("wsp_shop"), WorkspaceId("wsp_other")
ADA = TeammateId("mate_ada")


def digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def key_in(workspace_id: WorkspaceId, id_: str = "key_1", created_at_ms: int = 1) -> ApiKey:
    scopes = (Scope.CONVERSATIONS_READ, Scope.ARTICLES_WRITE)
    return ApiKey(
        id=KeyId(id_), workspace_id=workspace_id, name="import", scopes=scopes, created_at_ms=created_at_ms
    )


VISITOR = Visitor(
    workspace_id=SHOP,
    connection_id=ConnectionId("con_1"),
    contact_id=ContactId("ctc_1"),
    conversation_id=ConversationId("cnv_1"),
    created_at_ms=1,
    expires_at_ms=100,
)
SIGN_IN = SignIn(teammate_id=ADA, workspace_id=SHOP, created_at_ms=1, seen_at_ms=1, expires_at_ms=100)


async def test_a_key_is_found_by_the_hash_of_its_secret_only(registry: Registry) -> None:
    key = key_in(SHOP)
    await registry.create_key(key, digest("secret"))

    found = [await registry.find_key(shown) for shown in (digest("secret"), digest("Secret"), "secret", "")]

    assert found == [key, None, None, None]


async def test_keys_of_another_workspace_are_not_listed(registry: Registry) -> None:
    second, first = key_in(SHOP, "key_a", 2), key_in(SHOP, "key_b", 1)
    await registry.create_key(second, digest("a"))
    await registry.create_key(first, digest("b"))
    await registry.create_key(key_in(OTHER, "key_c"), digest("c"))

    found = await registry.keys(SHOP)

    assert found == [first, second]


@pytest.mark.parametrize(("id_", "secret"), [("key_1", "another"), ("key_2", "secret")])
async def test_neither_a_key_nor_its_secret_can_exist_twice(
    registry: Registry, id_: str, secret: str
) -> None:
    await registry.create_key(key_in(SHOP), digest("secret"))

    with pytest.raises(Conflict, match="exists already"):
        await registry.create_key(key_in(OTHER, id_), digest(secret))

    assert await registry.keys(OTHER) == []


async def test_a_revoked_key_is_still_found_and_keeps_its_first_time(registry: Registry) -> None:
    key = key_in(SHOP)
    await registry.create_key(key, digest("secret"))

    await registry.revoke_key(key.id, at_ms=50)
    await registry.revoke_key(key.id, at_ms=60)

    assert await registry.find_key(digest("secret")) == msgspec.structs.replace(key, revoked_at_ms=50)


async def test_a_key_that_does_not_exist_cannot_be_revoked(registry: Registry) -> None:
    with pytest.raises(NotFound, match="no key key_none"):
        await registry.revoke_key(KeyId("key_none"), at_ms=1)


async def test_a_visitor_is_found_by_the_hash_of_the_token(registry: Registry) -> None:
    await registry.create_visitor(VISITOR, digest("token"))

    found = await registry.find_visitor(digest("token")), await registry.find_visitor(digest("guess"))

    assert found == (VISITOR, None)


async def test_a_link_is_spent_by_its_first_use(registry: Registry) -> None:
    await registry.create_link(digest("link"), ADA, expires_at_ms=100)

    uses = [await registry.use_link(digest("link"), now_ms=now_ms) for now_ms in (10, 11)]

    assert uses == [ADA, None]


@pytest.mark.parametrize(("now_ms", "teammate"), [(99, ADA), (100, None), (101, None)])
async def test_a_link_works_until_its_time(
    registry: Registry, now_ms: int, teammate: TeammateId | None
) -> None:
    await registry.create_link(digest("link"), ADA, expires_at_ms=100)

    used = await registry.use_link(digest("link"), now_ms=now_ms)

    assert used == teammate


async def test_looking_at_a_link_does_not_spend_it(registry: Registry) -> None:
    await registry.create_link(digest("link"), ADA, expires_at_ms=100)

    before = [await registry.is_link_good(digest("link"), now_ms=now_ms) for now_ms in (98, 99, 100)]
    used = await registry.use_link(digest("link"), now_ms=99)

    assert before == [True, True, False]
    assert used == ADA
    assert not await registry.is_link_good(digest("link"), now_ms=99)
    assert not await registry.is_link_good(digest("guess"), now_ms=99)


async def test_an_unknown_link_leads_nowhere(registry: Registry) -> None:
    assert await registry.use_link(digest("guess"), now_ms=1) is None


async def test_of_many_uses_at_once_exactly_one_wins(registry: Registry) -> None:
    await registry.create_link(digest("link"), ADA, expires_at_ms=100)

    uses = await asyncio.gather(*(registry.use_link(digest("link"), now_ms=10) for _ in range(12)))

    assert sorted(uses, key=str) == [None] * 11 + [ADA]


async def test_a_sign_in_is_found_until_it_is_ended(registry: Registry) -> None:
    await registry.create_sign_in(SIGN_IN, digest("cookie"))
    before = await registry.find_sign_in(digest("cookie"))

    await registry.end_sign_in(digest("cookie"))

    assert before == SIGN_IN
    assert await registry.find_sign_in(digest("cookie")) is None


async def test_when_a_sign_in_was_seen_only_moves_forwards(registry: Registry) -> None:
    await registry.create_sign_in(SIGN_IN, digest("cookie"))

    await registry.touch_sign_in(digest("cookie"), 30)
    await registry.touch_sign_in(digest("cookie"), 20)

    found = await registry.find_sign_in(digest("cookie"))
    assert found == msgspec.structs.replace(SIGN_IN, seen_at_ms=30)


async def test_touching_or_ending_an_unknown_sign_in_does_nothing(registry: Registry) -> None:
    await registry.create_sign_in(SIGN_IN, digest("cookie"))

    await registry.touch_sign_in(digest("other"), 30)
    await registry.end_sign_in(digest("other"))

    assert await registry.find_sign_in(digest("cookie")) == SIGN_IN


@pytest.mark.parametrize("secret", ["fnd_plain_secret", "", "A" * 64, "0" * 63])
async def test_what_is_no_digest_is_refused_since_it_may_be_the_secret(
    registry: Registry, secret: str
) -> None:
    with pytest.raises(InvalidInput, match="hash it first"):
        await registry.create_key(key_in(SHOP), secret)

    with pytest.raises(InvalidInput, match="hash it first"):
        await registry.create_link(secret, ADA, 100)

    assert await registry.keys(SHOP) == []


async def _create_visitor(registry: Registry) -> None:
    await registry.create_visitor(VISITOR, digest("same"))


async def _create_link(registry: Registry) -> None:
    await registry.create_link(digest("same"), ADA, 100)


async def _create_sign_in(registry: Registry) -> None:
    await registry.create_sign_in(SIGN_IN, digest("same"))


@pytest.mark.parametrize("create", [_create_visitor, _create_link, _create_sign_in])
async def test_the_same_secret_cannot_be_stored_twice(
    registry: Registry, create: Callable[[Registry], Awaitable[None]]
) -> None:
    await create(registry)

    with pytest.raises(Conflict, match="exists already"):
        await create(registry)


async def test_what_had_its_time_is_forgotten_and_counted(registry: Registry) -> None:
    await registry.create_link(digest("expired"), ADA, expires_at_ms=899)
    await registry.create_link(digest("spent"), ADA, expires_at_ms=5000)
    await registry.use_link(digest("spent"), now_ms=800)
    await registry.create_link(digest("good"), ADA, expires_at_ms=900)
    await registry.create_sign_in(msgspec.structs.replace(SIGN_IN, expires_at_ms=899), digest("over"))
    await registry.create_sign_in(msgspec.structs.replace(SIGN_IN, expires_at_ms=900), digest("young"))
    await registry.remember_reply("key_1", "old", "h", b"{}", at_ms=899)
    await registry.remember_reply("key_1", "new", "h", b"{}", at_ms=900)

    forgotten = await registry.forget_expired(now_ms=1000, keep_ms=100)

    assert forgotten == 4
    assert await registry.forget_expired(now_ms=1000, keep_ms=100) == 0
    assert await registry.find_sign_in(digest("over")) is None
    assert await registry.find_sign_in(digest("young")) is not None
    assert await registry.recall_reply("key_1", "old") is None
    assert await registry.recall_reply("key_1", "new") is not None
    assert await registry.use_link(digest("good"), now_ms=1) == ADA


async def test_the_first_answer_to_a_key_stays(registry: Registry) -> None:
    answer = '{"text": "您好"}'.encode()
    await registry.remember_reply("key_1", "k", "hash_1", answer, at_ms=1)

    await registry.remember_reply("key_1", "k", "hash_2", b"{}", at_ms=2)

    assert await registry.recall_reply("key_1", "k") == ("hash_1", answer)


async def test_an_answer_is_kept_byte_for_byte_and_for_its_credential_only(registry: Registry) -> None:
    await registry.remember_reply("key_1", "k", "hash_1", bytes(range(256)), at_ms=1)

    found = await registry.recall_reply("key_1", "k"), await registry.recall_reply("key_2", "k")

    assert found == (("hash_1", bytes(range(256))), None)


async def test_of_two_answers_at_once_both_askers_later_get_the_same(registry: Registry) -> None:
    answers = [f"{number}".encode() for number in range(8)]

    await asyncio.gather(*(registry.remember_reply("key_1", "k", "h", each, 1) for each in answers))

    first, second = await registry.recall_reply("key_1", "k"), await registry.recall_reply("key_1", "k")
    assert first == second
    assert first is not None
    assert first[1] in answers


def test_no_secret_reaches_the_disk(tmp_path: Path) -> None:
    async def store() -> None:
        await migrate(sqlite_url(tmp_path))
        engine = engine_for(sqlite_url(tmp_path))
        await SqlRegistry(engine).create_key(key_in(SHOP), digest("plain_secret_of_the_key"))
        await engine.dispose()

    asyncio.run(store())

    written = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert digest("plain_secret_of_the_key").encode() in written
    assert b"plain_secret_of_the_key" not in written
