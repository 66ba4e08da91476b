"""An operator administers a shop from the command line."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from fondaco.domain.access import ApiKey
from fondaco.server.credentials import hash_secret
from fondaco.storage.beside import opened_registry
from fondaco.storage.version import SCHEMA_VERSION
from tests.scenario.cli_desk import CliDesk

SECRET = "0123456789abcdef" * 2
DATABASE = "sqlite:///var/fondaco.db"
WHERE = "The database is var/fondaco.db.\n"
FAQ = "question,answer\nWhat does shipping cost?,Shipping is free.\nDo you ship to Japan?,Yes.\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CliDesk:
    monkeypatch.chdir(tmp_path)
    return CliDesk(capsys)


async def key_behind(secret: str) -> ApiKey | None:
    async with opened_registry(DATABASE) as registry:
        return await registry.find_key(hash_secret(secret))


async def teammates_behind(secrets: list[str]) -> list[str | None]:
    async with opened_registry(DATABASE) as registry:
        return [await registry.use_link(hash_secret(secret), 0) for secret in secrets]


def test_a_key_opens_until_it_is_revoked(desk: CliDesk) -> None:
    created = desk.run("keys", "create", "erp", "--scope", "articles:read", "--json").json

    revoked = desk.run("keys", "revoke", created["id"])
    listed = desk.run("keys", "list", "--json").json
    stored = asyncio.run(key_behind(created["secret"]))

    assert revoked.code == 0
    assert stored is not None
    assert (stored.name, stored.scopes) == ("erp", ("articles:read",))
    assert listed[0]["revoked_at_ms"] == stored.revoked_at_ms
    assert created["secret"] not in desk.run("keys", "list").out


def test_a_teammate_gets_a_link_that_signs_in_once(desk: CliDesk) -> None:
    ann = desk.run("teammates", "add", "Ann", "ann@shop.example", "--json").json

    again = desk.run("teammates", "link", "ann@shop.example", "--json").json
    secrets = [told["link"].rpartition("=")[2] for told in (ann, again)]
    uses = asyncio.run(teammates_behind([*secrets, *secrets]))

    assert ann["link"].startswith("http://127.0.0.1:8080/console/sign-in?link=")
    assert uses == [ann["id"], ann["id"], None, None]


def test_a_widget_is_added_and_shown_without_its_secrets(desk: CliDesk) -> None:
    added = desk.run(
        "connections", "add", "Shop", "--id", "shop", "--origin", "https://shop.example",
        "--identity-secret", SECRET,
    )  # fmt: skip

    listed = desk.run("connections", "list", "--json")

    assert 'data-connection="shop"' in added.out
    assert listed.json[0]["origins"] == ["https://shop.example"]
    assert SECRET not in added.out + listed.out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("connections", "add", "Shop"), "--origin"),
        (("connections", "add", "S", "--channel", "callback"), "--callback-url"),
    ],
)
def test_a_connection_that_could_not_work_is_refused(
    desk: CliDesk, arguments: tuple[str, ...], told: str
) -> None:
    ran = desk.run(*arguments)

    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err


@pytest.mark.parametrize(
    ("secrets", "told"),
    [(("s3cret",), "of 6 bytes"), ((SECRET, SECRET[1:]), "of 31 bytes"), (("", SECRET), "of 0 bytes")],
    ids=["short", "one of two", "empty"],
)
def test_an_identity_secret_that_would_prove_nothing_is_refused(
    desk: CliDesk, secrets: tuple[str, ...], told: str
) -> None:
    given = [word for secret in secrets for word in ("--identity-secret", secret)]

    ran = desk.run("connections", "add", "Shop", "--origin", "https://shop.example", *given)

    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert "32 bytes or more" in ran.err
    assert [secret for secret in secrets if secret and secret in ran.err] == []
    assert desk.run("connections", "list", "--json").json == []


def test_a_short_identity_secret_of_the_environment_is_refused_too(
    desk: CliDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FONDACO_IDENTITY_SECRET", "s3cret")

    ran = desk.run("connections", "add", "Shop", "--origin", "https://shop.example")

    assert (ran.code, ran.out) == (2, "")
    assert "FONDACO_IDENTITY_SECRET" in ran.err


@pytest.mark.parametrize(
    "channel",
    [
        ("api",),
        ("callback", "--callback-url", "https://shop.example/in", "--callback-secret", "whsec_c2VjcmV0"),
    ],
    ids=["api", "callback"],
)
def test_an_identity_secret_is_refused_where_no_identity_is_taken(
    desk: CliDesk, channel: tuple[str, ...]
) -> None:
    ran = desk.run("connections", "add", "Shop", "--channel", *channel, "--identity-secret", SECRET)

    assert (ran.code, ran.out) == (2, "")
    assert "--identity-secret is for a widget" in ran.err
    assert SECRET not in ran.err


def test_two_identity_secrets_are_taken_while_one_replaces_the_other(desk: CliDesk) -> None:
    ran = desk.run(
        "connections", "add", "Shop", "--origin", "https://shop.example",
        "--identity-secret", SECRET, "--identity-secret", "ü" * 16,
    )  # fmt: skip

    assert ran.code == 0


@pytest.mark.parametrize(
    "origin",
    [
        "shop.example", "*", "https://*.shop.example", "https://shop.example/", "https://shop.example/help",
        "ftp://shop.example", "https://", "https://shop.example:70000", "https://a.example https://b.example",
        "https://ann@shop.example",
    ],
)  # fmt: skip
def test_what_no_browser_sends_as_an_origin_is_refused(desk: CliDesk, origin: str) -> None:
    ran = desk.run("connections", "add", "Shop", "--origin", origin)

    assert (ran.code, ran.out) == (2, "")
    assert f"--origin {origin!r} is no origin; write http:// or https://" in ran.err


@pytest.mark.parametrize(
    "origin", ["https://shop.example", "http://localhost:3000", "http://[::1]:8080", "http://127.0.0.1"]
)
def test_origins_as_browsers_send_them_are_taken(desk: CliDesk, origin: str) -> None:
    assert desk.run("connections", "add", "Shop", "--origin", origin).code == 0


@pytest.mark.parametrize(
    ("email", "told"),
    [
        ("ann", "'ann' is no e-mail address"),
        ("Ann@Shop.example", "fondaco teammates link ann@shop.example prints a new link"),
    ],
)
def test_an_email_that_is_none_or_is_taken_adds_no_teammate(desk: CliDesk, email: str, told: str) -> None:
    desk.run("teammates", "add", "Ann", "ann@shop.example")

    ran = desk.run("teammates", "add", "Another Ann", email)

    assert (ran.code, ran.out) == (2, "")
    assert told in ran.err
    assert len(desk.run("teammates", "list", "--json").json) == 1


def test_articles_are_imported_updated_and_deleted(desk: CliDesk) -> None:
    Path("faq.csv").write_text(FAQ)
    first = desk.run("import", "faq.csv").out
    again = desk.run("import", "faq.csv").out
    Path("faq.csv").write_text(FAQ.replace("Yes.", "Within days."))

    changed = desk.run("import", "faq.csv").out
    deleted = desk.run("articles", "delete", "faq#do-you-ship-to-japan").out
    left = desk.run("articles", "list", "--json").json

    assert (first, again, changed, deleted) == (
        "2 created, 0 updated, 0 unchanged.\n" + WHERE,
        "0 created, 0 updated, 2 unchanged.\n" + WHERE,
        "0 created, 1 updated, 1 unchanged.\n" + WHERE,
        "1 deleted.\n",
    )
    assert [article["key"] for article in left] == ["faq#what-does-shipping-cost"]


def test_a_broken_file_is_named_and_the_others_go_in(desk: CliDesk) -> None:
    Path("help").mkdir()
    Path("help/faq.csv").write_text(FAQ)
    Path("help/more.jsonl").write_text('{"answer": 3}\n')

    ran = desk.run("import", "help")

    assert (ran.code, ran.out) == (1, "2 created, 0 updated, 0 unchanged.\n" + WHERE)
    assert "Not imported: more.jsonl line 1: no article: Expected `str`" in ran.err


def test_of_many_problems_the_first_are_told_and_how_many_more_there_are(desk: CliDesk) -> None:
    Path("faq.jsonl").write_text('{"answer": 3}\n' * 1_025)

    lines = desk.run("import", "faq.jsonl").err.splitlines()

    assert (len(lines), lines[-1]) == (21, "… and 1,005 more.")


def test_a_link_of_an_unknown_address_says_that_it_is_a_guess(
    desk: CliDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FONDACO_SERVER__PORT", "8123")
    guessed = desk.run("teammates", "add", "Ann", "ann@shop.example").out
    monkeypatch.setenv("FONDACO_SERVER__PUBLIC_URL", "https://help.shop.example")

    known = desk.run("teammates", "link", "ann@shop.example").out

    assert "http://127.0.0.1:8123/console/sign-in?link=" in guessed
    assert "a guess from server.host and server.port" in guessed
    assert "https://help.shop.example/console/sign-in?link=" in known
    assert "guess" not in known


def test_a_dry_run_stores_nothing(desk: CliDesk) -> None:
    Path("faq.csv").write_text(FAQ)

    dry = desk.run("import", "faq.csv", "--dry-run")

    assert dry.out.endswith("2 articles could be imported; nothing was stored.\n")
    assert desk.run("articles", "list").out == "None.\n"


def test_an_article_can_be_tried_before_anybody_asks(desk: CliDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FONDACO_KNOWLEDGE__EMBEDDINGS", "false")
    Path("faq.csv").write_text(FAQ)
    desk.run("import", "faq.csv")

    found = desk.run("articles", "test", "What does shipping cost?", "--json").json

    told = desk.run("articles", "test", "What does shipping cost?").out

    assert found["passages"][0]["key"] == "faq#what-does-shipping-cost"
    assert told.startswith("The first article would be sent as the answer.\n100% sure that the first fits")


def test_a_fresh_database_has_a_report_and_no_conversations(desk: CliDesk) -> None:
    migrated = desk.run("migrate").out

    again = desk.run("migrate").out

    assert migrated == f"var/fondaco.db: schema {SCHEMA_VERSION}, was empty.\n"
    assert again == f"var/fondaco.db: schema {SCHEMA_VERSION}, nothing to do.\n"
    assert desk.run("conversations", "list").out == "None.\n"
    assert desk.run("report", "--json").json["episodes"] == 0


def test_the_tools_are_shown_without_their_secrets(desk: CliDesk) -> None:
    listed = desk.run("tools", "list", "--demo", "--json")

    assert [tool["name"] for tool in listed.json][:2] == ["identify", "order"]
    assert "Bearer" not in listed.out
