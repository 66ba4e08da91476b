"""The demo shop is configured by the same means as any other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fondaco.config import ServerSettings, Settings, StorageSettings
from fondaco.demo.erp.regions import regions
from fondaco.demo.erp.rules import Reason
from fondaco.demo.settings import demo_settings
from fondaco.domain.articles import Article
from fondaco.domain.ids import WorkspaceId
from fondaco.domain.tools import Effect, FieldKind, Verification
from fondaco.engine.local.reading import read_values
from fondaco.engine.slots import tools_of
from fondaco.kit.chance import SeededChance
from fondaco.kit.ids import IdMaker
from fondaco.kit.language import Language
from fondaco.knowledge.importing import articles_from, read_articles
from fondaco.testing.clock import FakeClock
from fondaco.tools.options import HttpToolOptions

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


def writing(demo: Settings) -> list[HttpToolOptions]:
    return [tool for tool in demo.tools if tool.effect is Effect.WRITE]


def test_every_change_has_a_contract_that_names_declared_tools(demo: Settings) -> None:
    contracts = {tool.name: tool.contract for tool in writing(demo) if tool.contract is not None}
    named = {
        name
        for contract in contracts.values()
        for name in (contract.preview, contract.find_out, contract.compensate)
        if name
    }

    assert contracts.keys() == {tool.name for tool in writing(demo)}
    assert named <= {tool.name for tool in demo.tools}
    assert not any(contract.dry_run for contract in contracts.values())


def test_a_preview_takes_what_the_change_takes(demo: Settings) -> None:
    parameters = {tool.name: [one.name for one in tool.parameters] for tool in demo.tools}
    pairs = [(tool.name, tool.contract.preview) for tool in demo.tools if tool.contract]

    assert [parameters[change] for change, preview in pairs if preview] == [
        parameters[preview] for _, preview in pairs if preview
    ]


@pytest.mark.parametrize("language", Language)
def test_every_change_that_asks_is_spoken_of_in_every_language(demo: Settings, language: Language) -> None:
    asking = [tool.name for tool in writing(demo) if tool.contract and tool.contract.confirm]
    texts = demo.action_texts

    assert set(asking) == set(texts)
    assert all(texts[name].title[language] for name in asking)
    assert all(set(names) == set(Language) for name in asking for names in texts[name].refusals.values())
    assert all(set(names) == set(Language) for name in asking for names in texts[name].labels.values())


@pytest.mark.parametrize("language", Language)
def test_what_is_said_of_a_change_only_names_what_there_is(demo: Settings, language: Language) -> None:
    fields = {tool.name: set(tool.fields) for tool in demo.tools}
    parameters = {tool.name: {one.name for one in tool.parameters} for tool in demo.tools}
    told = [
        (name, text)
        for name, texts in demo.action_texts.items()
        for said in (texts.proposal, texts.receipt, *texts.refusals.values())
        for text in [said.get(language, "")]
    ]
    slots = [match for _, text in told for match in re.findall(r"\{(\w+)\.(\w+)(?:\|\w+)?\}", text)]
    places = [(name, place) for name, text in told for place in re.findall(r"\{(\w+)\}", text)]

    assert slots
    assert [slot for slot in slots if slot[1] not in fields[slot[0]]] == []
    assert [one for one in places if one[1] not in parameters[one[0]]] == []


def test_every_reason_of_the_merchant_system_that_a_preview_can_tell_is_known(demo: Settings) -> None:
    told = {reason for texts in demo.action_texts.values() for reason in texts.refusals}

    assert told <= set(Reason)


@pytest.mark.parametrize(
    ("wanted", "text", "value"),
    [
        ("address", "Lindenstraße 5, 04109 Leipzig", "Lindenstraße 5, 04109 Leipzig"),
        ("address", "Lindenstraße 5\n04109 Leipzig", "Lindenstraße 5\n04109 Leipzig"),
        ("address", "lieber doch nicht", None),
        ("", "Lindenstraße 5, 04109 Leipzig", None),
        ("", "Meine neue Adresse ist: Lindenstraße 5, 04109 Leipzig", "Lindenstraße 5, 04109 Leipzig"),
        ("", "新地址：200040 上海市南京西路1266号", "200040 上海市南京西路1266号"),
        ("", "새 주소: 04524 서울 세종대로 110", "04524 서울 세종대로 110"),
    ],
)
def test_an_address_is_read_where_it_was_asked_for_or_is_called_one(
    demo: Settings, wanted: str, text: str, value: str | None
) -> None:
    change = next(tool for tool in demo.tools if tool.name == "change_address")

    assert read_values(text, change.parameters, wanted).get("address") == value


def test_a_reason_is_read_where_it_was_asked_for(demo: Settings) -> None:
    announce = next(tool for tool in demo.tools if tool.name == "announce_return")

    asked = read_values("Sie ist mir zu groß.", announce.parameters, "reason")
    unasked = read_values("Ich möchte RI-10077 zurückgeben", announce.parameters)

    assert asked == {"reason": "Sie ist mir zu groß."}
    assert unasked == {"order_number": "RI-10077"}
