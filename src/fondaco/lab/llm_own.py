"""Two ways to ask within fondaco: its HTTP client by itself, and the client of models with all its books."""

from __future__ import annotations

import tempfile
from contextlib import AsyncExitStack
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any, Self

import msgspec
from prometheus_client import CollectorRegistry

from fondaco.domain.ids import ConnectionId, ConversationId, TurnId, WorkspaceId
from fondaco.kit.chance import SystemChance
from fondaco.kit.clock import SystemClock
from fondaco.kit.http import HttpClient
from fondaco.kit.ids import IdMaker
from fondaco.kit.signals import SignalHub
from fondaco.lab.llm_work import (
    LANES,
    MAX_TOKENS,
    MODEL,
    PATIENCE_SECONDS,
    QUESTION,
    SYSTEM,
    Heard,
)
from fondaco.llm.answering import Ask, Scope
from fondaco.llm.asking import Prompt, Said, Speaker
from fondaco.llm.cellar import Cellar, Surroundings, build_cellar
from fondaco.llm.options import BudgetOptions, ChainOptions, LlmOptions, ModelOptions, ProviderOptions
from fondaco.llm.targets import ProviderKind
from fondaco.storage.opening import opened

_MOST = max(LANES)


class Raw:
    """The HTTP client and a JSON decoder; nothing is retried, limited, paid for or written down."""

    def __init__(self, base_url: str) -> None:
        self._url = f"{base_url}/chat/completions"
        self._http = HttpClient(connections=_MOST)
        asked = {
            "model": MODEL,
            "messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION}],
            "max_tokens": MAX_TOKENS,
            "temperature": 0.2,
        }
        self._plain = asked
        self._streamed = asked | {"stream": True, "stream_options": {"include_usage": True}}
        self._decode = msgspec.json.Decoder(dict[str, Any]).decode

    async def ask(self, *, stream: bool, heard: Heard) -> str:
        body = msgspec.json.encode(self._streamed if stream else self._plain)
        headers = {"Content-Type": "application/json"}
        if stream:
            return await self._read(headers, body, heard)
        answer = await self._http.request(
            "POST", self._url, headers=headers, body=body, timeout_seconds=PATIENCE_SECONDS
        )
        return str(self._decode(answer.body)["choices"][0]["message"]["content"])

    async def close(self) -> None:
        await self._http.close()

    async def _read(self, headers: dict[str, str], body: bytes, heard: Heard) -> str:
        texts, rest = [], b""
        async with self._http.stream(
            "POST", self._url, headers=headers, body=body, connect_seconds=PATIENCE_SECONDS
        ) as answer:
            async for piece in answer.pieces():
                *events, rest = (rest + piece).split(b"\n\n")
                for event in events:
                    if event.startswith(b"data: {"):
                        texts += self._text(event[6:])
                heard()
        return "".join(texts)

    def _text(self, data: bytes) -> list[str]:
        return [choice["delta"].get("content") or "" for choice in self._decode(data)["choices"]]


class Own:
    """The client of models as the product builds it: breaker, limiter, purse and a ledger on SQLite."""

    def __init__(self, stack: AsyncExitStack, cellar: Cellar, clock: SystemClock) -> None:
        self._stack = stack
        self._cellar = cellar
        self._clock = clock
        self._numbers = count()
        self._targets = {target.profile.streams: (target,) for target in cellar.chains.all}

    @classmethod
    async def open(cls, base_url: str) -> Self:
        """Build it on a new file that is removed at the end."""
        clock, chance, stack = SystemClock(), SystemChance(), AsyncExitStack()
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="fondaco-llm-"))
        storage = await stack.enter_async_context(
            opened(f"sqlite:///{Path(folder, 'ledger.db')}", clock, SignalHub())
        )
        around = Surroundings(
            http=await stack.enter_async_context(HttpClient(connections=_MOST)),
            ledger=storage.store.ledger,
            notes=storage.store.notes,
            clock=clock,
            chance=chance,
            ids=IdMaker(clock, chance),
            metrics=CollectorRegistry(),
        )
        cellar = build_cellar(_options(base_url), around)
        if cellar is None:
            raise AssertionError("the options above name a chain")
        stack.push_async_callback(cellar.gear.written)
        return cls(stack, cellar, clock)

    async def ask(self, *, stream: bool, heard: Heard) -> str:
        now_ms, number = self._clock.monotonic_ms(), next(self._numbers)
        ask = Ask(
            prompt=Prompt(  # a new one, as every turn has
                system=SYSTEM,
                history=(Said(by=Speaker.CONTACT, text=QUESTION),),
                max_output_tokens=MAX_TOKENS,
            ),
            targets=self._targets[stream],
            scope=Scope(
                workspace_id=WorkspaceId("bench"),
                connection_id=ConnectionId("bench"),
                conversation_id=ConversationId(f"cnv_{number}"),
                turn_id=TurnId(f"trn_{number}"),
                step=1,
            ),
            first_token_ms=now_ms + 1_000 * PATIENCE_SECONDS,
            whole_ms=now_ms + 1_000 * PATIENCE_SECONDS,
        )
        return (await self._cellar.client.ask(ask, _Ear(heard))).reply.text

    async def close(self) -> None:
        await self._stack.aclose()


class _Ear:
    """Hears the answer as a channel would that shows it while it is given."""

    __slots__ = ("_heard",)

    def __init__(self, heard: Heard) -> None:
        self._heard = heard

    async def heard(self, text: str) -> None:
        self._heard()

    async def retracted(self) -> None:
        """Nothing is shown to anybody."""


def _options(base_url: str) -> LlmOptions:
    provider = ProviderOptions(name="bench", kind=ProviderKind.HOLYSHEEP, base_url=base_url)
    models = (
        ModelOptions(name="plain", provider="bench", model=MODEL, stream=False),
        ModelOptions(name="streamed", provider="bench", model=MODEL),
    )
    return LlmOptions(
        providers=(provider,),
        models=models,
        chains=ChainOptions(cheap=("plain", "streamed")),
        budgets=(BudgetOptions(limit=Decimal(1_000_000)),),
    )
