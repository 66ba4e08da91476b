from __future__ import annotations

import pytest

from fondaco.server.headers import host_name, own_names, page_policy, security_headers
from fondaco.server.options import ServerOptions


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost", "localhost"),
        ("LOCALHOST:8080", "localhost"),
        ("[::1]", "[::1]"),
        ("[::1]:8080", "[::1]"),
        ("help.example:", "help.example:"),
        ("", ""),
    ],
)
def test_the_name_of_a_host_is_told_without_its_port(host: str, name: str) -> None:
    assert host_name(host) == name


def test_a_server_answers_for_loopback_its_public_address_and_what_is_allowed() -> None:
    options = ServerOptions(public_url="https://Help.example:8443/", allowed_hosts=("Inside.example",))

    assert own_names(options) == {"localhost", "127.0.0.1", "[::1]", "help.example", "inside.example"}


def test_only_behind_tls_a_browser_is_told_to_stay_there() -> None:
    assert b"strict-transport-security" in dict(security_headers(secure=True))
    assert b"strict-transport-security" not in dict(security_headers(secure=False))


def test_a_page_loads_nothing_from_elsewhere_and_runs_nothing_inline() -> None:
    policy = page_policy(["https://shop.example"])

    assert "unsafe" not in policy
    assert policy.startswith("default-src 'none'")
    assert policy.endswith("frame-ancestors https://shop.example")
