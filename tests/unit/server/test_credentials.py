from __future__ import annotations

import pytest

from fondaco.domain.access import ApiKey, Scope, Workspace
from fondaco.domain.errors import NotAllowed
from fondaco.domain.ids import KeyId, WorkspaceId
from fondaco.kit.chance import SystemChance
from fondaco.server.credentials import Gatekeeper, bearer, hash_secret, new_secret, visitor_secret
from fondaco.server.options import CredentialOptions
from fondaco.server.problem import Refused
from fondaco.testing.clock import FakeClock
from fondaco.testing.memory_registry import MemoryRegistry

READ = Scope.CONVERSATIONS_READ


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def registry() -> MemoryRegistry:
    return MemoryRegistry()


async def put_key(registry: MemoryRegistry, secret: str) -> KeyId:
    workspace_id = WorkspaceId("wsp_1")
    await registry.create_workspace(Workspace(id=workspace_id, name="Rialto", created_at_ms=0))
    key = ApiKey(id=KeyId("key_1"), workspace_id=workspace_id, name="shop", scopes=(READ,), created_at_ms=0)
    await registry.create_key(key, hash_secret(secret))
    return key.id


def test_a_secret_has_256_bits_and_says_what_it_opens() -> None:
    secrets = {new_secret(SystemChance(), "fk_") for _ in range(100)}

    assert len(secrets) == 100
    assert {(one[:3], len(one)) for one in secrets} == {("fk_", 46)}


def test_only_the_hash_of_a_secret_is_stored() -> None:
    assert hash_secret("fk_x") == "7ce958861b79768b42a307d8a059ec91e8af6de4662df8e06119cda23d525c3d"


def test_a_token_follows_from_key_and_conversation_alone() -> None:
    token = visitor_secret("key", "cnv_1")

    assert token == visitor_secret("key", "cnv_1")
    assert token not in {visitor_secret("kez", "cnv_1"), visitor_secret("key", "cnv_2")}
    assert "key" not in token


@pytest.mark.parametrize("header", [b"Bearer fk_x", b"bearer fk_x", b"BEARER  fk_x "])
def test_a_bearer_is_read_whatever_its_case(header: bytes) -> None:
    assert bearer({b"authorization": header}) == "fk_x"


@pytest.mark.parametrize(
    "header", [b"", b"fk_x", b"Basic fk_x", b"Bearer", b"Bearer ", b"Bearer \xff", b"Bearer " + b"x" * 201]
)
def test_anything_else_is_no_bearer(header: bytes) -> None:
    with pytest.raises(Refused):
        bearer({b"authorization": header})


async def test_a_key_opens_what_its_scopes_name(clock: FakeClock, registry: MemoryRegistry) -> None:
    await put_key(registry, "fk_good")
    gate = Gatekeeper(registry, clock, CredentialOptions())

    key = await gate.key("fk_good", READ)

    assert key.id == "key_1"
    with pytest.raises(NotAllowed, match="team:write"):
        await gate.key("fk_good", Scope.TEAM_WRITE)


@pytest.mark.parametrize("secret", ["fk_bad", "", "fk_good "])
async def test_an_unknown_key_opens_nothing(clock: FakeClock, registry: MemoryRegistry, secret: str) -> None:
    await put_key(registry, "fk_good")
    gate = Gatekeeper(registry, clock, CredentialOptions())

    with pytest.raises(Refused):
        await gate.key(secret, READ)


async def test_a_revoked_key_is_remembered_for_a_few_seconds_only(
    clock: FakeClock, registry: MemoryRegistry
) -> None:
    key_id = await put_key(registry, "fk_good")
    gate = Gatekeeper(registry, clock, CredentialOptions(cache_seconds=5))
    await gate.key("fk_good", READ)
    await registry.revoke_key(key_id, clock.now_ms())

    await clock.advance(4.9)
    still = await gate.key("fk_good", READ)
    await clock.advance(0.1)

    assert still.id == key_id
    with pytest.raises(Refused):
        await gate.key("fk_good", READ)
