"""The orders that documentation and scenes tell of: the same story every day, whatever the seed."""

from __future__ import annotations

import msgspec

from fondaco.demo.erp.stories import Story


class Scene(msgspec.Struct, frozen=True, kw_only=True):
    """An order whose number, person and state never change; days count back from today."""

    order_number: str
    story: Story
    placed_days_ago: int
    country: str
    name: str
    email: str
    postcode: str
    city: str
    street: str
    lines: tuple[tuple[str, int], ...]  #: sku and quantity


class FixedStock(msgspec.Struct, frozen=True):
    """Stock that scenes ask for; days count forward from today."""

    quantity: int
    restock_in_days: int | None


FIXED_STOCK = {
    "TK-104": FixedStock(42, None),
    "TE-102": FixedStock(3, 12),
    "LA-303": FixedStock(0, 9),
}

SCENES = (
    Scene(
        order_number="RI-10482",
        story=Story.IN_TRANSIT,
        placed_days_ago=4,
        country="DE",
        name="Mira Hoffmann",
        email="mira.hoffmann@example.com",
        postcode="10115",
        city="Berlin",
        street="Invalidenstraße 112",
        lines=(("TK-104", 1),),
    ),
    Scene(
        order_number="RI-10077",
        story=Story.DELIVERED,
        placed_days_ago=12,
        country="AT",
        name="Anton Leitner",
        email="anton.leitner@example.com",
        postcode="1010",
        city="Wien",
        street="Kirchengasse 9",
        lines=(("LA-302", 1), ("TE-101", 2)),
    ),
    Scene(
        order_number="RI-10123",
        story=Story.DELAYED,
        placed_days_ago=9,
        country="CH",
        name="Regula Brunner",
        email="regula.brunner@example.com",
        postcode="8001",
        city="Zürich",
        street="Seestrasse 41",
        lines=(("TX-403", 1),),
    ),
    Scene(
        order_number="RI-10250",
        story=Story.OUT_FOR_DELIVERY,
        placed_days_ago=6,
        country="CN",
        name="陈思远",
        email="siyuan.chen@example.cn",
        postcode="200040",
        city="上海",
        street="南京西路1266号",
        lines=(("LA-301", 1), ("TR-503", 1)),
    ),
    Scene(
        order_number="RI-10311",
        story=Story.PACKED,
        placed_days_ago=1,
        country="JP",
        name="中村美咲",
        email="misaki.nakamura@example.jp",
        postcode="530-0001",
        city="大阪市",
        street="梅田2丁目4-9",
        lines=(("TE-103", 2), ("TK-101", 1)),
    ),
    Scene(
        order_number="RI-10390",
        story=Story.IN_TRANSIT,
        placed_days_ago=3,
        country="KR",
        name="박서연",
        email="seoyeon.park@example.kr",
        postcode="04524",
        city="서울",
        street="세종대로 110",
        lines=(("TX-402", 1),),
    ),
    Scene(
        order_number="RI-10015",
        story=Story.RECEIVED,
        placed_days_ago=15,
        country="DE",
        name="Jonas Weber",
        email="jonas.weber@example.com",
        postcode="20095",
        city="Hamburg",
        street="Lindenstraße 7",
        lines=(("TR-501", 1),),
    ),
    Scene(
        order_number="RI-10020",
        story=Story.REFUNDED,
        placed_days_ago=24,
        country="NL",
        name="Sanne Visser",
        email="sanne.visser@example.com",
        postcode="1012 AB",
        city="Amsterdam",
        street="Kerkstraat 18",
        lines=(("LA-304", 1),),
    ),
    Scene(
        order_number="RI-10500",
        story=Story.LOST,
        placed_days_ago=28,
        country="IE",
        name="Aoife Byrne",
        email="aoife.byrne@example.com",
        postcode="D02 X285",
        city="Dublin",
        street="14 Abbey Road",
        lines=(("TK-103", 1), ("TE-105", 1)),
    ),
    Scene(
        order_number="RI-10404",
        story=Story.IN_TRANSIT,
        placed_days_ago=5,
        country="GB",
        name="Harry Bennett",
        email="harry.bennett@example.com",
        postcode="SW1A 1AA",
        city="London",
        street="22 Church Lane",
        lines=(("TR-507", 1), ("TX-408", 3)),
    ),
)
