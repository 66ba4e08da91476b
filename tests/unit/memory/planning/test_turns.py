"""How many requests are still to come."""

from __future__ import annotations

from fondaco.memory.planning.turns import USUAL_REQUESTS, expected_requests


def test_without_a_history_the_default_is_expected_however_long_it_took_so_far() -> None:
    assert expected_requests({}, 0).requests_left == USUAL_REQUESTS
    assert expected_requests({}, 100).requests_left == USUAL_REQUESTS
    assert expected_requests({}, 0).based_on == 0


def test_many_conversations_of_the_shop_outweigh_the_default() -> None:
    found = expected_requests({40: 1_000}, 10)

    assert found.requests_left == 30
    assert found.based_on == 1_000


def test_only_conversations_that_got_so_far_count() -> None:
    assert expected_requests({2: 5_000, 50: 1_000}, 10).requests_left == 40


def test_one_odd_conversation_moves_the_default_little() -> None:
    assert expected_requests({80: 1}, 0).requests_left == 15


def test_at_least_one_request_is_expected() -> None:
    assert expected_requests({11: 10**6}, 10).requests_left == 1
