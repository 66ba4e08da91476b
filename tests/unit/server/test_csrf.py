from __future__ import annotations

import pytest

from fondaco.server.csrf import demand_same_origin
from fondaco.server.problem import Refused


@pytest.mark.parametrize(
    "headers",
    [
        {b"sec-fetch-site": b"same-origin"},
        {b"sec-fetch-site": b"none"},
        {b"origin": b"https://help.example", b"host": b"help.example"},
        {b"origin": b"http://localhost:8080", b"host": b"LOCALHOST:8080"},
        {b"sec-fetch-site": b"same-origin", b"origin": b"https://other.example", b"host": b"help.example"},
    ],
)
def test_our_own_pages_may_change_things(headers: dict[bytes, bytes]) -> None:
    demand_same_origin(headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {b"sec-fetch-site": b"cross-site"},
        {b"sec-fetch-site": b"same-site"},
        {b"sec-fetch-site": b""},
        {b"origin": b"null", b"host": b"help.example"},
        {b"origin": b"https://evil.example", b"host": b"help.example"},
        {b"origin": b"https://help.example:444", b"host": b"help.example"},
        {b"origin": b"https://help.example.evil.example", b"host": b"help.example"},
        {b"origin": b"https://help.example@evil.example", b"host": b"help.example"},
        {b"origin": b"https://[", b"host": b"["},
        {b"origin": b"https://", b"host": b""},
        {b"origin": b"\xff", b"host": b"\xff"},
        {b"sec-fetch-site": b"cross-site", b"origin": b"https://help.example", b"host": b"help.example"},
    ],
)
def test_pages_of_others_may_not(headers: dict[bytes, bytes]) -> None:
    with pytest.raises(Refused):
        demand_same_origin(headers)
