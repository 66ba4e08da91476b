"""What can be changed: the body of each request, what it would do, and what it did."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Protocol, TypeVar

import msgspec

from fondaco.demo.erp import rules
from fondaco.demo.erp.addresses import Address, is_complete, read_address
from fondaco.demo.erp.answers import Money
from fondaco.demo.erp.changes import Deed
from fondaco.demo.erp.records import CURRENCY, Line, OrderState, ReturnState
from fondaco.demo.erp.rules import Item, Reason
from fondaco.demo.erp.standing import Standing

REFUND_DAYS = 5  #: working days until money that was sent has arrived
_PARCEL_DAYS = 14  #: days in which an announced return has to be sent

_Text = Annotated[str, msgspec.Meta(max_length=500)]
_Amount = Annotated[int, msgspec.Meta(gt=0)]


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What a change does: the answer to whoever asked, and what is written down."""

    answer: msgspec.Struct
    amount_minor: int | None = None
    detail: msgspec.Struct | None = None


B = TypeVar("B", bound=msgspec.Struct)


class Doing(Protocol[B]):
    """One kind of change; every decision is pure, so that a preview says what would really happen."""

    @property
    def deed(self) -> Deed: ...

    @property
    def body(self) -> type[B]: ...

    def preview(self, standing: Standing, body: B) -> Preview:
        """Return what would happen, and the reason if it is not allowed."""

    def effect(self, standing: Standing, body: B) -> Effect:
        """Return what happens; only asked where the preview allows it."""


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a change is allowed; ``reason`` is null where it is."""

    order_number: str
    allowed: bool
    reason: Reason | None


class CancellationBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why, in the words of whoever ordered."""

    reason: _Text = ""


class CancellationPreview(Preview, frozen=True, kw_only=True):
    """``refund`` goes back by itself, to where it was paid from, within ``refund_days`` working days."""

    refund: Money
    refund_days: int = REFUND_DAYS


class CancellationAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The order will never be sent."""

    order_number: str
    state: OrderState
    refund: Money
    refunded_on: date


class Cancellation:
    """Takes an order back before it is sent."""

    deed = Deed.CANCELLATION
    body = CancellationBody

    def preview(self, standing: Standing, body: CancellationBody) -> CancellationPreview:
        reason = rules.against_cancellation(standing)
        return CancellationPreview(**_judged(standing, reason), refund=_money(standing.left_minor))

    def effect(self, standing: Standing, body: CancellationBody) -> Effect:
        answer = CancellationAnswer(
            order_number=standing.order.order_number,
            state=OrderState.CANCELLED,
            refund=_money(standing.left_minor),
            refunded_on=standing.today,
        )
        return Effect(answer=answer, amount_minor=standing.left_minor, detail=body)


class ReturnBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which pieces come back, all where the list is empty, and why."""

    items: tuple[Item, ...] = ()
    reason: _Text = ""


class ReturnPreview(Preview, frozen=True, kw_only=True):
    """``refund`` is what the pieces cost; it goes back once they have arrived.  Sending back is free."""

    last_day: date | None  #: until when it may be announced; null before delivery
    item_count: int
    refund: Money
    cost: Money


class AnnouncedReturn(msgspec.Struct, frozen=True, kw_only=True):
    """The return is announced; the label is printed and the parcel sent until ``send_by``."""

    order_number: str
    return_number: str
    state: ReturnState
    announced_on: date
    send_by: date
    label_url: str
    item_count: int
    refund: Money


class Returning:
    """Announces that goods come back."""

    deed = Deed.RETURN
    body = ReturnBody

    def preview(self, standing: Standing, body: ReturnBody) -> ReturnPreview:
        lines = rules.pieces(standing.order.lines, body.items)
        return ReturnPreview(
            **_judged(standing, rules.against_return(standing, body.items)),
            last_day=rules.last_return_day(standing),
            item_count=_count(lines),
            refund=_money(_worth(lines)),
            cost=_money(0),
        )

    def effect(self, standing: Standing, body: ReturnBody) -> Effect:
        lines = rules.pieces(standing.order.lines, body.items)
        order_number = standing.order.order_number
        return_number = f"RT-{order_number.removeprefix('RI-')}-{standing.changes + 1}"
        answer = AnnouncedReturn(
            order_number=order_number,
            return_number=return_number,
            state=ReturnState.ANNOUNCED,
            announced_on=standing.today,
            send_by=standing.today + timedelta(days=_PARCEL_DAYS),
            label_url=f"https://rialto.example/labels/{return_number}.pdf",
            item_count=_count(lines),
            refund=_money(_worth(lines)),
        )
        return Effect(answer=answer, detail=body)


class WithdrawalBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Says nothing; there is one return an order."""


class WithdrawalAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing is announced any more."""

    order_number: str
    state: ReturnState


class Withdrawal:
    """Takes the announcement of a return back, before the goods have arrived."""

    deed = Deed.WITHDRAWAL
    body = WithdrawalBody

    def preview(self, standing: Standing, body: WithdrawalBody) -> Preview:
        return Preview(**_judged(standing, rules.against_withdrawal(standing)))

    def effect(self, standing: Standing, body: WithdrawalBody) -> Effect:
        return Effect(
            answer=WithdrawalAnswer(order_number=standing.order.order_number, state=ReturnState.NONE)
        )


class Price(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An amount of money greater than nothing."""

    amount_minor: _Amount
    currency: str = CURRENCY


class RefundBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much goes back; everything that is left where it is null."""

    amount: Price | None = None
    reason: _Text = ""


class RefundPreview(Preview, frozen=True, kw_only=True):
    """``amount`` would go back; at most ``most`` could, which is ``paid`` less ``refunded``."""

    amount: Money
    most: Money
    paid: Money
    refunded: Money
    refund_days: int = REFUND_DAYS


class RefundAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """``amount`` was sent to where it was paid from; ``refunded`` is all that has gone back of this order."""

    order_number: str
    amount: Money
    refunded: Money
    refunded_on: date


class Refund:
    """Sends money back that nobody is owed any more."""

    deed = Deed.REFUND
    body = RefundBody

    def preview(self, standing: Standing, body: RefundBody) -> RefundPreview:
        price = _price(standing, body)
        return RefundPreview(
            **_judged(standing, rules.against_refund(standing, price.amount_minor, price.currency)),
            amount=price,
            most=_money(standing.left_minor),
            paid=_money(standing.paid_minor),
            refunded=_money(standing.refunded_minor),
        )

    def effect(self, standing: Standing, body: RefundBody) -> Effect:
        price = _price(standing, body)
        answer = RefundAnswer(
            order_number=standing.order.order_number,
            amount=price,
            refunded=_money(standing.refunded_minor + price.amount_minor),
            refunded_on=standing.today,
        )
        return Effect(answer=answer, amount_minor=price.amount_minor, detail=body)


class AddressBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The new address: in one go as people write it, or by its parts.  The country stays."""

    address: _Text = ""
    street: _Text = ""
    postcode: _Text = ""
    city: _Text = ""


class AddressPreview(Preview, frozen=True, kw_only=True):
    """``written`` is the address as it would stand on the parcel; both are null where it cannot be told."""

    address: Address | None
    written: str | None


class AddressAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Where the parcel goes now."""

    order_number: str
    address: Address
    written: str


class Redirection:
    """Sends a parcel somewhere else before it is with the carrier."""

    deed = Deed.ADDRESS
    body = AddressBody

    def preview(self, standing: Standing, body: AddressBody) -> AddressPreview:
        address = _address(standing, body)
        return AddressPreview(
            **_judged(standing, rules.against_address(standing, address)),
            address=address,
            written=address.written if address else None,
        )

    def effect(self, standing: Standing, body: AddressBody) -> Effect:
        address = _address(standing, body)
        assert address is not None  # noqa: S101 - the preview does not allow it otherwise
        answer = AddressAnswer(
            order_number=standing.order.order_number, address=address, written=address.written
        )
        return Effect(answer=answer, detail=address)


def _judged(standing: Standing, reason: Reason | None) -> dict[str, Any]:
    return {"order_number": standing.order.order_number, "allowed": reason is None, "reason": reason}


def _money(amount_minor: int) -> Money:
    return Money(amount_minor=amount_minor)


def _count(lines: tuple[Line, ...]) -> int:
    return sum(line.quantity for line in lines)


def _worth(lines: tuple[Line, ...]) -> int:
    return sum(line.quantity * line.price_minor for line in lines)


def _price(standing: Standing, body: RefundBody) -> Money:
    if body.amount is None:
        return _money(standing.left_minor)
    return Money(amount_minor=body.amount.amount_minor, currency=body.amount.currency)


def _address(standing: Standing, body: AddressBody) -> Address | None:
    country = standing.address.country
    if body.address:
        return read_address(body.address, country)
    told = Address(
        street=body.street.strip(), postcode=body.postcode.strip(), city=body.city.strip(), country=country
    )
    return told if is_complete(told) else None
