"""Settings of the memory."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from fondaco.memory.strategies import StrategyName


class StrategyChoice(StrEnum):
    """How histories are kept within bounds; ``auto`` reckons with the models' prices."""

    AUTO = "auto"  #: the cheapest that keeps what is needed within reach
    APPEND = StrategyName.APPEND.value
    SLIDING = StrategyName.SLIDING.value
    STEPPED = StrategyName.STEPPED.value
    SUMMARY = StrategyName.SUMMARY.value
    HIERARCHICAL = StrategyName.HIERARCHICAL.value


class RecallWay(StrEnum):
    """How words that a cut has hidden come back."""

    AUTO = "auto"  #: by a tool where every model of the chain takes tools, else by the gate
    TOOL = "tool"  #: the model asks for them
    GATE = "gate"  #: the server adds them where a message fits hidden words better than those that are told
    OFF = "off"  #: not at all


class MemoryOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of an episode models are told."""

    strategy: StrategyChoice = StrategyChoice.AUTO
    high_tokens: int = 8_000  #: a window beyond is cut; ``auto`` reckons its own
    low_tokens: int = 2_000  #: to so many
    recall: RecallWay = RecallWay.AUTO
    recall_share: float = 0.2  #: of the words that cuts have hidden come back at once, at most
    summary_seconds: float = 6.0  #: a model's summary that takes longer is left, and an extract is told
    card: bool = (
        False  #: models are told who writes, and of contacts that the shop signs for what is on record
    )
    earlier_days: int = 90  #: so long a proven contact's earlier episodes may come back; 0: never
    conversations: int = 1_024  #: so many are kept in memory, the latest
