"""Replies posted to the shop's own address, signed by the Standard Webhooks specification."""

from fondaco.channels.callback.send import CallbackChannel

__all__ = ["CallbackChannel"]
