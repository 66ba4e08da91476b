from __future__ import annotations

import base64
import json
from typing import Any

import jwt
import pytest

from fondaco.domain.access import ChannelKind, Connection
from fondaco.domain.errors import InvalidInput
from fondaco.domain.ids import ConnectionId, WorkspaceId
from fondaco.server.identity import verify_identity

OLD, NEW = "the old secret " * 5, "the new secret " * 5
NOW = 1_800_000_000
CLAIMS = {"sub": "shop-17", "aud": "wgt_1", "iat": NOW - 5, "exp": NOW + 600}
CONNECTION = Connection(
    id=ConnectionId("wgt_1"),
    workspace_id=WorkspaceId("wsp_1"),
    channel=ChannelKind.WIDGET,
    name="Rialto",
    identity_secrets=(NEW, OLD),
)


def signed(secret: str = NEW, algorithm: str = "HS256", **claims: Any) -> str:
    whole = {name: value for name, value in (CLAIMS | claims).items() if value is not None}
    return jwt.encode(whole, secret, algorithm=algorithm)


def unsigned(header: dict[str, str]) -> str:
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, CLAIMS))
    return b".".join(parts).decode() + "."


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_either_secret_of_the_connection_proves_who_it_is(secret: str) -> None:
    identity = verify_identity(signed(secret, name="Ann"), CONNECTION, NOW * 1000)

    assert (identity.sub, identity.name) == ("shop-17", "Ann")


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        "ü.ü.ü",
        "x" * 5_000,
        signed("a secret of somebody else, long enough"),
        signed(algorithm="HS512"),
        unsigned({"alg": "none", "typ": "JWT"}),
        unsigned({"alg": "HS256", "typ": "JWT"}),
        signed(aud="wgt_2"),
        signed(aud=["wgt_1"]),
        signed(sub=None),
        signed(sub=""),
        signed(sub="x" * 256),
        signed(exp=None),
        signed(iat=None),
        signed(exp=NOW - 31),
        signed(iat=NOW + 31),
        signed(exp=NOW - 5 + 3_601),
        signed(exp=float("inf")),
        signed(exp=float("nan")),
    ],
)
def test_anything_else_proves_nothing(token: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        verify_identity(token, CONNECTION, NOW * 1000)

    assert refused.value.field == "identity"


@pytest.mark.parametrize("claims", [{"exp": NOW - 29}, {"iat": NOW + 29}, {"exp": NOW - 5 + 3_600}])
def test_clocks_may_differ_a_little(claims: dict[str, Any]) -> None:
    assert verify_identity(signed(**claims), CONNECTION, NOW * 1000).sub == "shop-17"


@pytest.mark.filterwarnings("ignore::jwt.InsecureKeyLengthWarning")
def test_a_secret_that_is_too_short_proves_nothing() -> None:
    weak = Connection(
        id=ConnectionId("wgt_1"),
        workspace_id=WorkspaceId("wsp_1"),
        channel=ChannelKind.WIDGET,
        name="Rialto",
        identity_secrets=("short",),
    )

    token = signed("short")

    with pytest.raises(InvalidInput):
        verify_identity(token, weak, NOW * 1000)


def test_a_connection_without_secrets_knows_nobody() -> None:
    bare = Connection(
        id=ConnectionId("wgt_1"),
        workspace_id=WorkspaceId("wsp_1"),
        channel=ChannelKind.WIDGET,
        name="Rialto",
    )

    with pytest.raises(InvalidInput):
        verify_identity(signed(), bare, NOW * 1000)
