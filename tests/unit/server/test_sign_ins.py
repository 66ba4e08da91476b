from __future__ import annotations

import pytest

from fondaco.domain.access import Teammate, Workspace
from fondaco.domain.ids import TeammateId, WorkspaceId
from fondaco.kit.chance import SystemChance
from fondaco.server.credentials import hash_secret
from fondaco.server.options import CredentialOptions
from fondaco.server.sign_ins import SignIns, read_cookie, set_cookie
from fondaco.testing.clock import FakeClock
from fondaco.testing.memory_registry import MemoryRegistry

MIA = Teammate(id=TeammateId("tmt_1"), workspace_id=WorkspaceId("wsp_1"), name="Mia", email="m@example.org")
HOUR = 3_600


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def registry() -> MemoryRegistry:
    registry = MemoryRegistry()
    await registry.create_workspace(Workspace(id=MIA.workspace_id, name="Rialto", created_at_ms=0))
    await registry.put_teammate(MIA)
    return registry


@pytest.fixture
def sign_ins(registry: MemoryRegistry, clock: FakeClock) -> SignIns:
    return SignIns(registry, clock, SystemChance(), CredentialOptions())


async def test_a_link_signs_in_once(registry: MemoryRegistry, clock: FakeClock, sign_ins: SignIns) -> None:
    await registry.create_link(hash_secret("link"), MIA.id, clock.now_ms() + 60_000)

    first = await sign_ins.use_link("link")
    second = await sign_ins.use_link("link")

    assert first is not None
    assert await sign_ins.check(first) == MIA
    assert second is None


async def test_each_sign_in_has_a_secret_of_its_own(sign_ins: SignIns) -> None:
    assert await sign_ins.begin(MIA.id) != await sign_ins.begin(MIA.id)


@pytest.mark.parametrize("secret", ["", "fs_unknown"])
async def test_an_unknown_cookie_is_nobody(sign_ins: SignIns, secret: str) -> None:
    assert await sign_ins.check(secret) is None


async def test_whoever_is_idle_for_twelve_hours_is_signed_out(clock: FakeClock, sign_ins: SignIns) -> None:
    secret = await sign_ins.begin(MIA.id)

    await clock.advance(12 * HOUR - 1)
    seen = await sign_ins.check(secret)
    await clock.advance(12 * HOUR)

    assert seen == MIA
    assert await sign_ins.check(secret) is None


async def test_after_seven_days_even_the_busiest_signs_in_again(clock: FakeClock, sign_ins: SignIns) -> None:
    secret = await sign_ins.begin(MIA.id)

    seen = [await seen_after(clock, sign_ins, secret) for _ in range(15)]

    assert seen == [MIA] * 14 + [None]


async def test_a_stream_that_is_merely_open_keeps_nobody_signed_in(
    clock: FakeClock, sign_ins: SignIns
) -> None:
    secret = await sign_ins.begin(MIA.id)

    await clock.advance(12 * HOUR - 1)
    open_still = await sign_ins.check(secret, active=False)
    await clock.advance(1)

    assert open_still == MIA
    assert await sign_ins.check(secret) is None


async def seen_after(clock: FakeClock, sign_ins: SignIns, secret: str) -> Teammate | None:
    await clock.advance(12 * HOUR - 1)
    return await sign_ins.check(secret)


async def test_whoever_signs_out_is_out(sign_ins: SignIns) -> None:
    secret = await sign_ins.begin(MIA.id)

    await sign_ins.end(secret)

    assert await sign_ins.check(secret) is None


def test_over_tls_the_cookie_belongs_to_this_host_alone() -> None:
    said = set_cookie("fs_x", secure=True, seconds=60)

    assert said == "__Host-fondaco=fs_x; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
    assert set_cookie("", secure=False, seconds=0).startswith("fondaco=; Path=/; Max-Age=0; HttpOnly")


@pytest.mark.parametrize(
    ("sent", "secure", "found"),
    [
        (b"fondaco=fs_x", False, "fs_x"),
        (b"a=b; fondaco=fs_x; c=d", False, "fs_x"),
        (b"__Host-fondaco=fs_x", True, "fs_x"),
        (b"fondaco=fs_x", True, ""),
        (b"__Host-fondaco=fs_x", False, ""),
        (b"\xff=\xff;;;=", False, ""),
        (b"", False, ""),
    ],
)
def test_only_the_cookie_of_this_kind_of_connection_counts(sent: bytes, secure: bool, found: str) -> None:
    assert read_cookie({b"cookie": sent}, secure=secure) == found
