"""What is asked of a process that holds conversations, and what it tells."""

from __future__ import annotations

import msgspec


class HotPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What is measured."""

    conversations: int
    turns: int
    seed: int
    hot: int = 0  #: conversations that memory holds at most; 0: as the settings say
    sample: int = 0  #: conversations whose next prompts are compared
    file: str = ""  #: SQLite; the sample's logs are written there, or read from there


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """What holding conversations takes, and the next prompts of the sample."""

    base_bytes: int  #: resident before the first of them
    bytes: int  #: and after the last
    held: int  #: so many are hot then
    turn_cpu_ms: float  #: of laying out a prompt, mean
    anew_cpu_ms: float = 0.0  #: of one whose conversation had to be read anew, mean
    cuts: int = 0  #: in the sample's logs
    hot_prompts: list[list[str]] = []  #: conversation by conversation, a digest for each protocol
    anew_prompts: list[list[str]] = []
