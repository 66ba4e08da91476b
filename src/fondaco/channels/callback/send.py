"""Posts one message to the shop's address, and asks it what became of an earlier attempt."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from urllib.parse import quote

import msgspec

from fondaco.channels.callback.sign import signature
from fondaco.domain.access import Connection
from fondaco.domain.deliveries import Delivery
from fondaco.domain.errors import (
    ConfigurationError,
    DeliveryPostponed,
    DeliveryRejected,
    DeliveryUncertain,
)
from fondaco.kit.clock import Clock
from fondaco.kit.http import HttpAnswer, HttpClient, NoAnswer, NotSent

_TIMEOUT_SECONDS = 10.0


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """What the shop receives; ``type`` and ``timestamp`` as the specification recommends."""

    type: str
    timestamp: int  #: seconds
    delivery_id: str
    conversation_id: str
    message_id: str
    seq: int
    author: str
    text: str


class _Receipt(msgspec.Struct):
    received: bool


class CallbackChannel:
    """A channel that is the shop's own HTTP address."""

    def __init__(self, client: HttpClient, clock: Clock) -> None:
        self._client = client
        self._clock = clock

    def can_look_up(self, connection: Connection) -> bool:
        """Whether the shop answers what it has received."""
        return bool(connection.lookup_url)

    def has_idempotency_key(self, connection: Connection) -> bool:
        """Whether the shop shows a message once however often it comes."""
        return connection.callback_dedupes

    async def send(self, connection: Connection, delivery: Delivery) -> None:
        """Post the message.  Raises DeliveryRejected, DeliveryPostponed or DeliveryUncertain."""
        now_seconds = self._clock.now_ms() // 1000
        body = msgspec.json.encode(_posted(delivery, now_seconds))
        headers = _headers(connection, delivery, now_seconds, body)
        try:
            answer = await self._client.request(
                "POST",
                connection.callback_url,
                headers=headers,
                body=body,
                timeout_seconds=_TIMEOUT_SECONDS,
            )
        except NotSent as error:
            raise DeliveryPostponed(str(error)) from error
        except NoAnswer as error:
            raise DeliveryUncertain(str(error)) from error
        _judge(answer, now_seconds)

    async def look_up(self, connection: Connection, delivery: Delivery) -> bool:
        """Ask the shop whether it has the delivery.  Raises DeliveryUncertain when it cannot tell."""
        joint = "&" if "?" in connection.lookup_url else "?"
        url = f"{connection.lookup_url}{joint}delivery_id={quote(delivery.id, safe='')}"
        try:
            answer = await self._client.request("GET", url, timeout_seconds=_TIMEOUT_SECONDS)
        except (NotSent, NoAnswer) as error:
            raise DeliveryUncertain(str(error)) from error
        if answer.status != 200:
            raise DeliveryUncertain(f"the look-up answered with status {answer.status}")
        try:
            return msgspec.json.decode(answer.body, type=_Receipt).received
        except msgspec.DecodeError as error:
            raise DeliveryUncertain(f"the look-up's answer is not understood: {error}") from error


def _posted(delivery: Delivery, now_seconds: int) -> Posted:
    return Posted(
        type="message.posted",
        timestamp=now_seconds,
        delivery_id=delivery.id,
        conversation_id=delivery.conversation_id,
        message_id=delivery.message_id,
        seq=delivery.seq,
        author="assistant" if delivery.by_assistant else "team",
        text=delivery.text,
    )


def _headers(connection: Connection, delivery: Delivery, now_seconds: int, body: bytes) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json",
        "webhook-id": delivery.id,
        "webhook-timestamp": str(now_seconds),
    }
    if connection.callback_secret:
        try:
            signed = signature(connection.callback_secret, delivery.id, now_seconds, body)
        except ConfigurationError as error:
            # Nothing leaves unsigned; it goes out once the secret has been put right.
            raise DeliveryPostponed(str(error)) from error
        headers["webhook-signature"] = signed
    return headers


def _judge(answer: HttpAnswer, now_seconds: int) -> None:
    """Return for a success, else raise what the status means (RFC 9110; 410: the shop wants no more)."""
    if 200 <= answer.status < 300:
        return
    if answer.status in (429, 503):
        raise DeliveryPostponed(
            f"status {answer.status}", retry_after_seconds=_retry_after(answer, now_seconds)
        )
    if answer.status in (500, 502, 504):
        raise DeliveryUncertain(f"status {answer.status}")
    if answer.status in (401, 403, 404, 408, 425):
        raise DeliveryPostponed(f"status {answer.status}; the address or the secret may be being changed")
    raise DeliveryRejected(f"status {answer.status}")


def _retry_after(answer: HttpAnswer, now_seconds: int) -> float | None:
    """Return the seconds to wait: a number or a date (RFC 9110, 10.2.3); None where there is neither."""
    value = answer.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        return max(parsedate_to_datetime(value).timestamp() - now_seconds, 0.0)
    except (ValueError, OverflowError):
        return None
