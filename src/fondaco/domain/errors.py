"""Every error that fondaco raises on purpose, as one tree.

FondacoError
├── InvalidInput              what was handed in cannot be accepted; nothing was stored
│   ├── NotFound              there is no such thing in this workspace
│   └── Conflict              the request contradicts what is already so
├── NotAllowed                the credential does not permit this
├── ConfigurationError        a setting is wrong; names the key and what to write
├── StorageError              the database cannot do what was asked
│   ├── StorageBusy           another process holds the database
│   ├── StorageFull           no room is left on the disk
│   ├── StorageCorrupt        the database file is damaged
│   └── SchemaTooNew          the database was written by a newer fondaco
├── LeaseLost                 another worker has taken the conversation over; write nothing more
├── ToolError                 a tool gave no usable result
│   ├── ToolRefused           the call was not permitted or its arguments are wrong
│   ├── ToolFailed            the tool answered with a failure, or not in time
│   └── ToolUncertain         a tool with a side effect gave no answer: it may have taken effect
├── ModelError                no model gave a usable answer
│   ├── NoModelAnswered       every model of the chain failed, or the time was over
│   └── BudgetUsedUp          a budget leaves nothing for any model of the chain
└── ChannelError              a message could not be sent
    ├── DeliveryRejected      the channel will never take this message
    ├── DeliveryPostponed     the channel asks to try again later
    └── DeliveryUncertain     nobody knows whether the channel took the message

Each message says what happened, where, and what to do next.  None of them knows HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fondaco.domain.usage import AttemptNote


class FondacoError(Exception):
    """Anything that fondaco raises on purpose."""


class InvalidInput(FondacoError):
    """What was handed in cannot be accepted; nothing was stored."""

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field  #: path of the offending field, such as ``message.text``


class NotFound(InvalidInput):
    """There is no such thing in this workspace."""


class Conflict(InvalidInput):
    """The request contradicts what is already so."""


class NotAllowed(FondacoError):
    """The credential does not permit this."""


class ConfigurationError(FondacoError):
    """A setting is wrong; the message names the key and what to write."""


class StorageError(FondacoError):
    """The database cannot do what was asked."""


class StorageBusy(StorageError):
    """Another process holds the database."""


class StorageFull(StorageError):
    """No room is left on the disk."""


class StorageCorrupt(StorageError):
    """The database file is damaged."""


class SchemaTooNew(StorageError):
    """The database was written by a newer fondaco."""


class LeaseLost(FondacoError):
    """Another worker has taken the conversation over; write nothing more."""


class ToolError(FondacoError):
    """A tool gave no usable result."""


class ToolRefused(ToolError):
    """The call was not permitted or its arguments are wrong."""


class ToolFailed(ToolError):
    """The tool answered with a failure, or not in time."""

    def __init__(self, message: str, *, is_final: bool = False, wait_seconds: float = 0.0) -> None:
        super().__init__(message)
        self.is_final = is_final  #: the other side is well and says no to this very call
        self.wait_seconds = wait_seconds  #: so long it wants to be left alone; 0.0: it does not say


class ToolUncertain(ToolError):
    """A tool with a side effect gave no answer: it may have taken effect."""


class ModelError(FondacoError):
    """No model gave a usable answer."""

    def __init__(self, message: str, *, attempts: tuple[AttemptNote, ...] = ()) -> None:
        super().__init__(message)
        self.attempts = attempts  #: what was tried, oldest first


class NoModelAnswered(ModelError):
    """Every model of the chain failed, or the time was over."""


class BudgetUsedUp(ModelError):
    """A budget leaves nothing for any model of the chain."""


class ChannelError(FondacoError):
    """A message could not be sent."""


class DeliveryRejected(ChannelError):
    """The channel will never take this message."""


class DeliveryPostponed(ChannelError):
    """The channel asks to try again later."""

    def __init__(self, message: str, *, retry_after_seconds: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds  #: what the channel asked for; None: our own backoff


class DeliveryUncertain(ChannelError):
    """Nobody knows whether the channel took the message."""
