"""What is handed to PostgreSQL in its own forms: rings as payloads, search terms, errors as ours."""

from __future__ import annotations

import asyncpg
import pytest

from fondaco.domain.errors import Conflict, InvalidInput, StorageBusy, StorageError, StorageFull
from fondaco.storage.postgres.bells import PAYLOAD_BYTES, payloads_of
from fondaco.storage.postgres.failures import is_passing, told
from fondaco.storage.postgres.terms import kept_terms, query_of


def test_topics_travel_together_behind_the_name_of_who_rings() -> None:
    assert list(payloads_of("host-1", ["lanes", "conversation:cnv_1"])) == [
        "host-1\nlanes\nconversation:cnv_1"
    ]


def test_nothing_to_ring_is_no_payload() -> None:
    assert list(payloads_of("host-1", [])) == []


def test_many_topics_are_cut_into_payloads_that_postgresql_takes() -> None:
    topics = [f"inbox:商店{number:05}" for number in range(1000)]

    payloads = list(payloads_of("host-1", topics))

    assert max(len(payload.encode()) for payload in payloads) <= PAYLOAD_BYTES
    assert [topic for payload in payloads for topic in payload.split("\n")[1:]] == topics
    assert {payload.split("\n")[0] for payload in payloads} == {"host-1"}


def test_a_stored_text_becomes_its_terms_each_once() -> None:
    assert kept_terms("Tea and tea") == "tea and"


def test_a_question_asks_for_all_its_terms() -> None:
    assert query_of("green tea") == "'green' & 'tea'"


def test_a_chinese_word_of_two_characters_is_one_term_of_the_text_and_of_the_question() -> None:
    assert query_of("退货") == "'退货'"
    assert "退货" in kept_terms("我想退货可以吗").split()


@pytest.mark.parametrize("text", ["", "?!", "'", "\\", "' | 'x", "a':*"])
def test_no_sign_of_a_question_reaches_the_query_language(text: str) -> None:
    assert query_of(text).replace("'x'", "").replace("'a'", "") == ""


def test_a_text_of_many_different_words_stays_within_what_a_tsvector_holds() -> None:
    terms = kept_terms(" ".join(f"{number}" + "ж" * 300 for number in range(5_000)))

    assert 800_000 < len(terms.encode()) < 1_000_000


class NotEncodable(asyncpg.InterfaceError, ValueError):  # type: ignore[misc]  # published without types
    """As the driver's own refusal, which it does not make public."""


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        asyncpg.ConnectionDoesNotExistError("closed"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.AdminShutdownError("terminating"),
        asyncpg.DeadlockDetectedError("deadlock"),
        asyncpg.SerializationError("could not serialize"),
        asyncpg.ReadOnlySQLTransactionError("replica"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_passes_by_is_tried_again(error: Exception) -> None:
    assert is_passing(error)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (NotEncodable("invalid input for query argument"), InvalidInput),
        (asyncpg.CharacterNotInRepertoireError("invalid byte sequence"), InvalidInput),
        (asyncpg.ProgramLimitExceededError("string is too long for tsvector"), InvalidInput),
        (asyncpg.UniqueViolationError("duplicate key"), Conflict),
        (asyncpg.QueryCanceledError("statement timeout"), StorageBusy),
        (asyncpg.LockNotAvailableError("lock timeout"), StorageBusy),
        (asyncpg.DiskFullError("no space left"), StorageFull),
        (asyncpg.UndefinedTableError("relation does not exist"), StorageError),
    ],
    ids=lambda value: value.__name__ if isinstance(value, type) else type(value).__name__,
)
def test_what_stays_is_told_as_one_of_our_errors(error: Exception, kind: type[Exception]) -> None:
    assert not is_passing(error)
    assert type(told(error, "postgresql://db/shop")) is kind
    assert "postgresql://db/shop" in str(told(error, "postgresql://db/shop"))
