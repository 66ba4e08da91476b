"""Sends a conversation's prompts to the simulated provider, and compares what it finds with what we reckon.

Texts are as long as their tokens are for the simulator, which counts four bytes as one: every part is filled
up with spaces.  The first part of a prompt has no byte before it that joins it to another.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from fondaco.domain.errors import FondacoError
from fondaco.kit.http import HttpClient
from fondaco.lab.memory.cost_sheets import HABIT
from fondaco.lab.memory.cost_talks import Replayed
from fondaco.lab.memory.cost_ways import WAYS
from fondaco.llm.asking import Said, Speaker
from fondaco.memory.atoms import Atom
from fondaco.memory.bills.history import Asked, History
from fondaco.memory.bills.prefixes import Part, Piece, Read, joined
from fondaco.memory.bills.replaying import Policy, replay
from fondaco.memory.planning.sheets import PriceSheet
from fondaco.testing.provider.cache import CacheRule
from fondaco.testing.provider.presets import SimulatorOptions
from fondaco.testing.provider.script import Answer, Ask
from fondaco.testing.provider.simulator import ProviderSimulator

_BYTES = 4  #: that the simulator counts as one token
_SIGNS = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-"
_MARK = 3  #: bytes at the beginning of every text that no other has
_SECONDS = 30.0
_HOUR = 3_600


class Differs(FondacoError):
    """The simulated provider refused a prompt.  What it is and why stands in the message."""


class _Details(msgspec.Struct):
    cached_tokens: int


class _Usage(msgspec.Struct):
    prompt_tokens: int
    prompt_tokens_details: _Details


class _Answered(msgspec.Struct):
    usage: _Usage


_DECODE = msgspec.json.Decoder(_Answered).decode


@dataclass(frozen=True, slots=True)
class Compared:
    """What was sent, and where it differs from what we reckon."""

    requests: int
    tokens: int
    found: int  #: tokens that the simulator had read before
    different: int  #: requests of which one figure or the other is another one


async def compared(conversations: Sequence[Replayed], sheet: PriceSheet) -> Compared:
    """Send the prompts of every way for these conversations.  Raises Differs, ConnectionBroken."""
    rule = CacheRule(
        block_tokens=HABIT.block_tokens, minimum_tokens=HABIT.minimum_tokens, lifetime_seconds=_HOUR
    )
    pairs: list[tuple[Read, Read]] = []
    async with (
        ProviderSimulator(_short, options=SimulatorOptions(cache=rule)) as simulator,
        HttpClient(connections=1) as http,
    ):
        for number, one in enumerate(conversations):
            history = _in_simulated_tokens(one.history)
            for name, make in WAYS.items():
                sender = _Sender(http, f"{simulator.base_url('openai')}/chat/completions", f"{number} {name}")
                pairs += await _sent(sender, history, make(history, sheet), sheet)
    return Compared(
        requests=len(pairs),
        tokens=sum(told.total for told, _ in pairs),
        found=sum(told.found for told, _ in pairs),
        different=sum(told != reckoned for told, reckoned in pairs),
    )


async def _sent(
    sender: _Sender, history: History, policy: Policy, sheet: PriceSheet
) -> list[tuple[Read, Read]]:
    kept = _Kept(policy)
    reads = replay(history, kept, sheet)
    texts = _Texts(history)
    return [
        (await sender.send(list(texts.messages(parts))), read)
        for parts, read in zip(kept.prompts, reads, strict=True)
    ]


def _short(ask: Ask) -> Answer:
    del ask
    return Answer(text="ok")


class _Kept:
    """Keeps the prompts that a policy lays out."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self.prompts: list[Sequence[Part]] = []

    @property
    def name(self) -> str:
        return self._policy.name

    def lay_out(self, asked: Asked) -> Sequence[Sequence[Part]]:
        prompts = self._policy.lay_out(asked)
        self.prompts += prompts
        return prompts

    def learn(self, asked: Asked, reads: Sequence[Read]) -> None:
        self._policy.learn(asked, reads)


@dataclass(frozen=True, slots=True)
class _Sender:
    """Asks under a key of its own, so that no other conversation fills its cache."""

    http: HttpClient
    url: str
    key: str

    async def send(self, messages: Sequence[dict[str, str]]) -> Read:
        """Return what the simulator has counted."""
        answer = await self.http.request(
            "POST",
            self.url,
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"},
            body=msgspec.json.encode({"model": "simulated", "messages": messages}),
            timeout_seconds=_SECONDS,
        )
        if answer.status != 200:
            raise Differs(f"The simulated provider answered {answer.status}: {answer.body[:200]!r}")
        usage = _DECODE(answer.body).usage
        return Read(total=usage.prompt_tokens, found=usage.prompt_tokens_details.cached_tokens)


class _Texts:
    """Writes parts as messages; no two parts begin alike."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._numbers: dict[Hashable, int] = {}

    def messages(self, parts: Sequence[Part]) -> Iterator[dict[str, str]]:
        """Yield a message for each part, the rules first."""
        for place, (name, words, tokens, role) in enumerate(
            one for part in joined(parts) for one in self._pieces(part)
        ):
            size = tokens * _BYTES - (place > 0)
            number = self._numbers.setdefault(name, len(self._numbers))
            yield {"role": "system" if place == 0 else role, "content": _text(number, words, size)}

    def _pieces(self, part: Part) -> Iterator[tuple[Hashable, str, int, str]]:
        if isinstance(part, Piece):
            yield part.name, "", part.tokens, "user"
            return
        for atom in self._history.atoms[part.first : part.end]:
            role = "user" if atom.by is Speaker.CONTACT else "assistant"
            yield atom.seq, atom.text, atom.tokens, role


def _text(number: int, words: str, size: int) -> str:
    """Return the words behind a mark of their own, filled up to so many bytes."""
    mark = bytes(_SIGNS[number // len(_SIGNS) ** digit % len(_SIGNS)] for digit in range(_MARK))
    return (mark + words.encode()).ljust(size).decode()


def _in_simulated_tokens(history: History) -> History:
    """Return the conversation with as many tokens as the simulator counts."""
    atoms = tuple(_counted(atom) for atom in history.atoms)
    return msgspec.structs.replace(history, atoms=atoms)


def _counted(atom: Atom) -> Atom:
    said = atom.entries[0]
    words = said.text if isinstance(said, Said) else ""
    tokens = -(-(len(words.encode()) + _MARK + 1) // _BYTES)
    return msgspec.structs.replace(atom, tokens=tokens)
