from __future__ import annotations

import inspect
import json

import pytest

from fondaco.domain import errors
from fondaco.server.problem import (
    CONFLICT,
    KINDS,
    Refused,
    answer_of,
    kind_of,
    problem_of,
    too_many,
    unauthenticated,
)

EVERY_ERROR = [
    error
    for _, error in inspect.getmembers(errors, inspect.isclass)
    if issubclass(error, errors.FondacoError)
]


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.InvalidInput("x"), 422),
        (errors.NotFound("x"), 404),
        (errors.Conflict("x"), 409),
        (errors.NotAllowed("x"), 403),
        (errors.ConfigurationError("x"), 500),
        (errors.StorageError("x"), 503),
        (errors.StorageBusy("x"), 503),
        (errors.StorageFull("x"), 507),
        (errors.StorageCorrupt("x"), 500),
        (errors.SchemaTooNew("x"), 500),
        (errors.LeaseLost("x"), 503),
        (errors.ToolUncertain("x"), 502),
        (errors.DeliveryPostponed("x"), 502),
    ],
)
def test_a_domain_error_has_one_status(error: errors.FondacoError, status: int) -> None:
    assert kind_of(error).status == status


@pytest.mark.parametrize("error", EVERY_ERROR)
def test_every_error_of_the_tree_has_a_kind(error: type[errors.FondacoError]) -> None:
    assert kind_of(error("x")).status >= 400


def test_no_entry_of_the_table_hides_behind_a_wider_one() -> None:
    families = [family for family, _ in KINDS]

    hidden = [
        later
        for place, later in enumerate(families)
        if any(issubclass(later, earlier) for earlier in families[:place])
    ]

    assert hidden == []


def test_a_problem_names_the_field_and_the_path() -> None:
    answer = answer_of(errors.InvalidInput("text is empty; write something.", field="text"), "/v1/x")

    assert json.loads(answer.body) == {
        "type": "urn:fondaco:problem:invalid",
        "title": "A value cannot be accepted",
        "status": 422,
        "detail": "text is empty; write something.",
        "field": "text",
        "instance": "/v1/x",
    }
    assert answer.media_type == "application/problem+json"


@pytest.mark.parametrize(
    "error",
    [
        errors.StorageCorrupt("page 7 of db is damaged"),
        errors.StorageBusy("pid 7"),
        errors.ToolFailed("10.0.0.7 said no"),
    ],
)
def test_the_insides_of_the_house_stay_in_the_log(error: errors.FondacoError) -> None:
    problem = problem_of(error, "/v1/x")

    assert "7" not in problem.detail
    assert problem.status >= 500


def test_a_busy_database_asks_to_come_back() -> None:
    assert answer_of(errors.StorageBusy("x"), "/").headers == ((b"retry-after", b"1"),)


def test_a_refusal_brings_its_headers() -> None:
    refused = Refused(CONFLICT, "No.", headers=[("X-Why", "because")])

    assert answer_of(refused, "/").headers == ((b"x-why", b"because"),)
    assert answer_of(unauthenticated("No."), "/").headers[0][0] == b"www-authenticate"


@pytest.mark.parametrize(("seconds", "told"), [(0.01, "1"), (1.0, "1"), (1.2, "2"), (90, "90")])
def test_whoever_is_too_quick_waits_whole_seconds(seconds: float, told: str) -> None:
    assert too_many(seconds, "requests").headers == (("Retry-After", told),)
