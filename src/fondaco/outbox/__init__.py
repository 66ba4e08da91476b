"""Stored deliveries: sent in order, tried again, never twice where the channel can tell."""

from fondaco.outbox.connections import RememberedConnections
from fondaco.outbox.courier import Courier
from fondaco.outbox.doors import Doors
from fondaco.outbox.meters import DeliveryMeters
from fondaco.outbox.options import OutboxOptions

__all__ = ["Courier", "DeliveryMeters", "Doors", "OutboxOptions", "RememberedConnections"]
