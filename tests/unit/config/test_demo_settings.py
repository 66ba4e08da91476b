"""The demo shop is configured by the same means as any other."""

from __future__ import annotations

from pathlib import Path

import pytest

from fondaco.config import ServerSettings, Settings, StorageSettings
from fondaco.demo.erp.regions import regions
from fondaco.demo.settings import demo_settings
from fondaco.domain.articles import Article
from fondaco.domain.ids import WorkspaceId
from fondaco.domain.tools import FieldKind, Verification
from fondaco.engine.local.reading import read_values
from fondaco.engine.slots import tools_of
from fondaco.kit.chance import SeededChance
from fondaco.kit.ids import IdMaker
from fondaco.knowledge.importing import articles_from, read_articles
from fondaco.testing.clock import FakeClock

CONTENT = Path(__file__).parents[3] / "src" / "fondaco" / "demo" / "content" / "articles"


@pytest.fixture
def demo() -> Settings:
    return demo_settings(Settings(), "http://127.0.0.1:8123/", "token", Path("var/demo"))


def articles() -> list[Article]:
    ids = IdMaker(FakeClock(), SeededChance(1))
    return articles_from(read_articles([CONTENT]).drafts, WorkspaceId("rialto"), ids)


def test_what_the_operator_has_set_stays(demo: Settings) -> None:
    own = Settings(server=ServerSettings(port=9000), storage=StorageSettings(url="postgresql://db/own"))

    laid_over = demo_settings(own, "http://127.0.0.1:8123", "token", Path("var/demo"))

    assert (laid_over.server, laid_over.storage) == (own.server, own.storage)
    assert laid_over.tools == demo.tools


def test_the_tools_ask_the_merchant_system_with_its_token(demo: Settings) -> None:
    asked = {
        (
            tool.url.partition(
                "/",
            )[0],
            tool.headers["Authorization"],
        )
        for tool in demo.tools
    }

    assert asked == {("http:", "Bearer token")}
    assert all(tool.url.startswith("http://127.0.0.1:8123/") for tool in demo.tools)


def test_every_tool_that_speaks_of_a_person_demands_proof(demo: Settings) -> None:
    personal = {tool.name for tool in demo.tools if "X-Customer-Ref" in tool.headers}

    assert personal == {tool.name for tool in demo.tools if tool.verification is Verification.MATCHED}


def test_every_article_is_filled_by_declared_tools(demo: Settings) -> None:
    needed = {tool for article in articles() for tool in tools_of(article)}

    assert needed <= {tool.name for tool in demo.tools}


def test_every_state_of_the_merchant_system_has_a_name_in_every_language(demo: Settings) -> None:
    states = {
        f"{tool.name}.{field}"
        for tool in demo.tools
        for field, kind in tool.fields.items()
        if kind is FieldKind.STATE
    }

    assert states == set(demo.state_names)
    assert {len(words) for names in demo.state_names.values() for words in names.values()} == {5}


@pytest.mark.parametrize(
    "postcode", [place.postcode for region in regions() for place in region.places], ids=str
)
def test_every_postcode_of_the_books_is_read_as_a_proof(demo: Settings, postcode: str) -> None:
    read = read_values(f"RI-10482, {postcode}", demo.tools[0].parameters)

    assert read == {"order_number": "RI-10482", "proof": postcode}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ri 10482", {"order_number": "RI-10482"}),
        ("ＲＩ－１０４８２", {"order_number": "RI-10482"}),
        (
            "RI–10482 kaethe.o'neil@post.example",
            {"order_number": "RI-10482", "proof": "kaethe.o'neil@post.example"},
        ),
        ("订单号10482", {"order_number": "RI-10482"}),
        ("주문번호 10482 06236입니다", {"order_number": "RI-10482", "proof": "06236"}),
        ("Bestellung 10482, D-10115 Berlin", {"order_number": "RI-10482", "proof": "10115"}),
        ("8001 in Zürich", {"proof": "8001"}),
        ("1012 AB Amsterdam", {"proof": "1012 AB"}),
        ("am 12.11.2026 oder 2026-11-12", {}),
    ],
)
def test_order_numbers_and_proofs_are_read_as_people_write_them(
    demo: Settings, text: str, found: dict[str, str]
) -> None:
    assert read_values(text, demo.tools[0].parameters) == found
