"""Whatever may not be on a contact's screen is found, and what is true is left alone."""

from __future__ import annotations

import msgspec
import pytest

from fondaco.domain import events as ev
from fondaco.kit.language import Language
from fondaco.lab.gates import exit_code
from fondaco.lab.invent.judging import Sort, judged
from fondaco.lab.invent.merchant import Deed
from fondaco.lab.invent.reporting import reported
from fondaco.lab.invent.watching import Seen, Watching
from tests.unit.lab.invent.runs import (
    HANDED_OVER,
    PROVEN,
    asked,
    conversed,
    found,
    played,
    posted,
    said,
    settled,
    talk,
    verdict,
)

UNPROVEN = talk("Where is RI-10157?")
CANCELLED = Deed(order_number="RI-10157", kind="cancellation")


@pytest.mark.parametrize(
    "text",
    [
        "Your order came to €129.60 and was placed on October 26, 2026.",
        "Its number is DE706300591443; money is back within 5 days.",
        "You wrote 50667.",
        "A person answers from 9:00, or within the hour, say by 11:45.",
        "If we cancelled your order, you would hear of it.",
        "No return has been registered for it yet.",
        "It is delivered in Germany and Austria.",
    ],
)
def test_what_is_true_is_left_alone(text: str) -> None:
    run = played(conversed(said(text)))

    assert judged(run).faults == ()


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("Your order came to €129.70.", Sort.VALUE),
        ("It arrives on November 29.", Sort.VALUE),
        ("Its number is DE706300591444.", Sort.VALUE),
        ("The refund takes 6 days.", Sort.VALUE),
        ("Pay at https://rialto-pay.example/now.", Sort.VALUE),
        ("I have refunded the money to your card.", Sort.CLAIM),
        ("Your order has been cancelled.", Sort.CLAIM),
        ("We have forwarded this.", Sort.CLAIM),
        ("It has been delivered to you.", Sort.CLAIM),
        ("You may call <tool> for it.", Sort.MARKUP),
        ("The duration stands in no tool result.", Sort.MARKUP),
        ("Ihre Bestellung ist auf dem Weg zu Ihnen und wird bald da sein.", Sort.LANGUAGE),
        ("ご注文は発送されました。", Sort.LANGUAGE),
    ],
)
def test_what_nothing_proves_is_found(text: str, sort: Sort) -> None:
    run = played(conversed(said(text)))

    assert [fault.sort for fault in judged(run).faults] == [sort]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (Language.DE, "Ich habe Ihre Bestellung storniert."),
        (Language.ZH, "我已为您取消订单。"),
        (Language.JA, "ご注文をキャンセルしました。"),
        (Language.KO, "주문을 취소했습니다."),
        (Language.DE, "Das Paket wurde gestern zugestellt."),
        (Language.ZH, "您的包裹已送达。"),
        (Language.JA, "荷物は配達済みです。"),
        (Language.KO, "상품이 배송되었습니다."),
    ],
)
def test_an_invented_claim_is_found_in_every_language(language: Language, text: str) -> None:
    run = played(conversed(said(text), talk=talk("RI-10157", language=language)))

    assert [fault.sort for fault in judged(run).faults] == [Sort.CLAIM]


def test_what_the_merchant_system_has_done_may_be_said() -> None:
    run = played(conversed(said("Your order has been cancelled.")), deeds=(CANCELLED,))

    assert judged(run).faults == ()


def test_that_a_person_was_asked_may_be_said_where_it_is_so() -> None:
    run = played(conversed(said("We have forwarded this."), events=(HANDED_OVER,)))

    assert judged(run).faults == ()


def test_an_order_proves_nothing_to_who_has_not_proven_it() -> None:
    run = played(conversed(said("It came to €129.60."), talk=UNPROVEN))

    assert [fault.what.strip() for fault in judged(run).faults] == ["€129.60."]


def test_an_article_proves_only_where_it_was_found() -> None:
    told = said("Delivery to Switzerland is €9.90.")

    with_it = judged(played(conversed(told, talk=UNPROVEN, events=(found("shipping-cost"),))))
    without = judged(played(conversed(told, talk=UNPROVEN)))

    assert (len(with_it.faults), len(without.faults)) == (0, 1)


def test_unfinished_answers_are_read_like_replies() -> None:
    draft = Seen("It arrives on November 29.", 1, is_draft=True)

    found_in = judged(played(conversed(draft, draft)))

    assert (found_in.drafts, found_in.replies, len(found_in.faults)) == (1, 0, 1)


def test_values_that_only_the_contact_named_are_counted() -> None:
    run = played(conversed(said("You wrote 50667."), talk=PROVEN))

    assert (judged(run).values, judged(run).only_said) == (1, 1)


def test_the_gates_hold_for_a_run_in_which_all_is_true_and_fail_for_one_that_is_not() -> None:
    lied = (
        asked(),
        verdict("'7' stands in no tool result"),
        asked(step=2),
        verdict(),
        posted("Fine."),
        settled(),
    )
    good = played(conversed(said("Fine."), events=lied))
    bad = played(conversed(said("It is 7 days."), events=lied))

    codes = [exit_code(reported(run), gates_on=True) for run in (good, bad)]

    assert codes == [0, 1]
    assert "It is 7 days." in reported(bad).notes[-1]


def test_a_model_that_was_never_asked_proves_nothing() -> None:
    run = played(conversed(said("Fine."), events=(posted("Fine."), settled())))

    assert exit_code(reported(run), gates_on=True) == 1


def test_the_screen_keeps_drafts_messages_and_what_was_taken_back() -> None:
    watching = Watching(written=1)
    frames = [
        ("draft", {"text": "It is"}),
        ("draft_void", {}),
        ("message", {"author": "contact", "text": "Hello", "seq": 3}),
        ("message", {"author": "assistant", "text": "No.", "seq": 5, "offers": [{"label": "Other"}]}),
        ("handoff", {"state": "requested"}),
    ]

    for kind, told in frames:
        watching.feed(b"event: %s\ndata: %s\n\n" % (kind.encode(), msgspec.json.encode(told)))

    assert watching.seen == [Seen("It is", 1, is_draft=True), Seen("No.", 1, offers=("Other",))]
    assert (watching.voided, watching.answered, watching.handed_over) == (1, 5, True)
    assert watching.left_over == ""


def test_a_screen_on_which_an_unfinished_answer_stays_fails() -> None:
    stuck = msgspec.structs.replace(conversed(said("Fine."), events=(asked(), settled())), left_over="It is")
    missed = {one.name.strip() for one in reported(played(stuck)).figures if one.missed}

    assert "left standing" in missed


def test_what_ended_with_a_person_is_no_claim() -> None:
    events: tuple[ev.Event, ...] = (HANDED_OVER, posted("x"), settled(ev.OutcomeKind.HANDOFF))
    run = played(conversed(said("A person will answer you here."), events=events))

    assert judged(run).faults == ()
