"""What was said is found by its words, in every language of the house."""

from __future__ import annotations

import pytest

from fondaco.domain.listing import Found
from tests.contract.store_support import LIN, OTHER_SHOP, SHOP, Ground

SAID = {
    "zh": "红色围巾什么时候发货？我想退货。",
    "ja": "赤いマフラーはいつ発送されますか。",
    "ko": "빨간 목도리는 언제 배송되나요?",
    "de": "Wann kommt der rote Schal? Ich möchte die Rückgabefrist wissen.",
    "en": "When will the red scarf ship? It's order RI-10482.",
}


@pytest.fixture
async def talk(ground: Ground) -> Ground:
    """A ground on which the same was asked in five languages."""
    [await ground.say(await ground.open(name), text, later_ms=len(name)) for name, text in SAID.items()]
    return ground


async def names(ground: Ground, text: str, limit: int = 10) -> list[str]:
    return [found.conversation_id for found in await ground.store.search(SHOP, text, limit)]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("围巾", "cnv_zh"),
        ("退货", "cnv_zh"),
        ("什么时候", "cnv_zh"),
        ("退", "cnv_zh"),
        ("発送", "cnv_ja"),
        ("マフラー", "cnv_ja"),
        ("목도리", "cnv_ko"),
        ("배송", "cnv_ko"),
        ("schal", "cnv_de"),
        ("MÖCHTE wissen", "cnv_de"),
        ("rueckgabefrist", "cnv_de"),
        ("scarf red", "cnv_en"),
        ("RI-10482", "cnv_en"),
    ],
)
async def test_a_message_is_found_by_its_words(talk: Ground, words: str, found: str) -> None:
    assert await names(talk, words) == [found]


@pytest.mark.parametrize(
    "words", ["围货", "gloves", "scarf gloves", "", "   ", "?!", '"', "*", "NOT", "a OR b", "terms:"]
)
async def test_what_nobody_said_is_not_found(talk: Ground, words: str) -> None:
    assert await names(talk, words) == []


async def test_what_is_found_tells_where_it_stands(talk: Ground) -> None:
    [found] = await talk.store.search(SHOP, "围巾", 10)

    assert found == Found(
        conversation_id=(await talk.current(found.conversation_id)).id,
        seq=3,
        text=SAID["zh"],
        at_ms=talk.now + 2,
    )


async def test_replies_are_found_and_notes_are_not(ground: Ground) -> None:
    conversation_id = await ground.open()
    await ground.say(conversation_id, "Hello")
    change = await ground.post(conversation_id, "reply", LIN)

    found = await ground.store.search(SHOP, "on its way", 10)

    assert [hit.seq for hit in found] == [change.after.last_seq]


async def test_the_newest_comes_first_and_no_more_than_asked_for(ground: Ground) -> None:
    made = await ground.open_many(3)
    [
        await ground.say(conversation_id, "红色围巾", later_ms=place)
        for place, conversation_id in enumerate(made)
    ]

    assert await names(ground, "围巾", 2) == [made[2], made[1]]


async def test_another_shops_messages_are_not_found(ground: Ground) -> None:
    await ground.say(await ground.open("other", shop=OTHER_SHOP), "红色围巾")

    assert await names(ground, "围巾") == []
