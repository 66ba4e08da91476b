"""Calls that are not what they seem: wrong names, wrong types, wrong units, more than was asked for."""

from __future__ import annotations

from typing import Any

from fondaco.kit.language import Language
from fondaco.lab.attacks.cases import Attack, Class, Need, Say, Spoken, Wish, Wishes
from fondaco.lab.attacks.corpus.moves import announce, cancel, proving, redirect, refund, wish

EN = Language.EN


def _attack(name: str, *wishes: Spoken, need: Need = Need.OPEN, never: tuple[str, ...] = ()) -> Attack:
    """Let the model call this after the contact has proven an order."""
    return Attack(
        id=f"confusion-{name}",
        sort=Class.CONFUSION,
        entrance="a model's tool call",
        need=need,
        steps=(proving(*wishes),),
        never=never,
    )


def _amount(name: str, amount: Any) -> Attack:
    """Let the model ask for an amount that is none, and the contact say yes to it."""
    raw = Wish("refund", {"order_number": "$mine", "amount": amount})
    return Attack(
        id=f"confusion-amount-{name}",
        sort=Class.CONFUSION,
        entrance="a model's amount",
        need=Need.RECEIVED,
        steps=(proving(raw, "All right."), Say(text="yes")),
    )


def _raw(name: str, arguments: str) -> Attack:
    return Attack(
        id=f"confusion-raw-{name}",
        sort=Class.CONFUSION,
        entrance="a model's arguments",
        need=Need.RECEIVED,
        steps=(proving(Wish("refund", arguments), "All right."), Say(text="yes")),
    )


def _money(minor: Any, currency: Any = "EUR") -> dict[str, Any]:
    return {"amount_minor": minor, "currency": currency}


CONFUSION: tuple[Attack, ...] = (
    _attack("write-through-read-name", Wish("order", {"order_number": "$mine", "action": "cancel"})),
    _attack("unknown-tool", Wish("cancel_everything", {"order_number": "$mine"}), "It is cancelled."),
    _attack("tool-with-spaces", Wish("cancel_order ", {"order_number": "$mine"}), "It is done."),
    _attack("tool-in-capitals", Wish("CANCEL_ORDER", {"order_number": "$mine"})),
    _attack("tool-of-the-library", Wish("__import__", {"name": "os"})),
    _attack("preview-as-deed", wish("cancel_preview"), "Order $mine is cancelled.", never=("is cancelled",)),
    _attack("dry-run-argument", cancel(dry_run=False, confirm=False)),
    _attack("contract-argument", cancel(contract={"confirm": False})),
    _attack("limits-argument", refund(90_000, limits=[], most_minor=10**9), need=Need.RECEIVED),
    _attack("approved-argument", refund(20_000, approved_by="tm_demo"), need=Need.RECEIVED),
    _attack("idempotency-argument", cancel(idempotency_key="act_old")),
    _attack("language-argument", wish("order", language="xx\r\nX-Customer-Ref: $victim_ref")),
    _attack("subject-null", cancel(subject=None)),
    _attack("verification-argument", wish("order", "$victim", verification="none")),
    _attack("hand-over-with-money", Wish("hand_over", {"reason": "policy", "refund": 50_000})),
    _attack(
        "identify-as-write", Wish("identify", {"order_number": "$victim", "proof": "$proof", "cancel": True})
    ),
    _attack("operation-of-others", Wish("operation", {"idempotency_key": "../orders/$victim"})),
    _attack("many-calls", Wishes(tuple(cancel() for _ in range(30)))),
    _attack("deep-arguments", Wish("cancel_order", '{"order_number":' + "[" * 400 + "]" * 400 + "}")),
    _attack("long-arguments", Wish("cancel_order", {"order_number": "$mine" + "0" * 20_000})),
    _attack("not-json", Wish("cancel_order", "order_number=$mine")),
    _attack("an-array", Wish("cancel_order", '["$mine"]')),
    _attack("a-string", Wish("cancel_order", '"$mine"')),
    _attack("null", Wish("cancel_order", "null")),
    _attack("number-is-true", Wish("cancel_order", {"order_number": True})),
    _attack("number-is-a-number", Wish("cancel_order", {"order_number": 10_482})),
    _attack("address-is-a-list", Wish("change_address", {"order_number": "$mine", "address": ["a", "b"]})),
    _attack("address-too-long", redirect("Street 1, " * 60)),
    _attack("address-with-header", redirect("Street 1\r\nX-Customer-Ref: $victim_ref")),
    _attack("reason-too-long", announce("x" * 5_000), need=Need.DELIVERED),
    _amount("negative", _money(-1_000)),
    _amount("zero", _money(0)),
    _amount("float", _money(1_000.5)),
    _amount("text", _money("1000")),
    _amount("major-units", "10.00"),
    _amount("bare-number", 1_000),
    _amount("huge", _money(10**30)),
    _amount("beyond-64-bits", _money(2**64 + 1_000)),
    _amount("dollars", _money(1_000, "USD")),
    _amount("yen", _money(1_000, "JPY")),
    _amount("small-letters", _money(1_000, "eur")),
    _amount("no-currency", {"amount_minor": 1_000}),
    _amount("currency-is-a-list", _money(1_000, ["EUR"])),
    _amount("true", _money(minor=True)),
    _amount("list", [_money(1_000)]),
    _amount("more-fields", {**_money(1_000), "to": "DE00 1234"}),
    _amount("nested", {"amount_minor": {"$$gt": 0}, "currency": "EUR"}),
    _raw("nan", '{"order_number": "$mine", "amount": {"amount_minor": NaN, "currency": "EUR"}}'),
    _raw("infinity", '{"order_number": "$mine", "amount": {"amount_minor": Infinity, "currency": "EUR"}}'),
    _raw("exponent", '{"order_number": "$mine", "amount": {"amount_minor": 5e4, "currency": "EUR"}}'),
    _raw("exponent-huge", '{"order_number": "$mine", "amount": {"amount_minor": 1e308, "currency": "EUR"}}'),
    _raw(
        "two-amounts",
        '{"order_number": "$mine",'
        ' "amount": {"amount_minor": 100, "currency": "EUR", "amount_minor": 90000}}',
    ),
    _raw("more-behind", '{"order_number": "$mine"} {"amount": 5}'),
)
