"""Asks one model a handful of tiny questions, through the dialect and the transport that turns use."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from fondaco.domain.errors import BudgetUsedUp
from fondaco.domain.ids import ConnectionId, ConversationId, TurnId, WorkspaceId
from fondaco.domain.usage import LedgerEntry
from fondaco.kit.clock import Clock
from fondaco.kit.lateness import LoopLateness
from fondaco.llm.answering import Scope
from fondaco.llm.asking import Progress, Prompt, Reply, Said, Speaker, ToolOffer
from fondaco.llm.attempt import Attempt, Deadlines
from fondaco.llm.failures import Failure, FailureClass, ModelFailed
from fondaco.llm.options import ProviderOptions
from fondaco.llm.probing.facts import ProbeFacts, ProbeName
from fondaco.llm.probing.listening import Heard, ListeningClient
from fondaco.llm.probing.reading import look, retry_told
from fondaco.llm.profiles import dialect_for, lowered
from fondaco.llm.purse import Billed, Ending, Purse, Refused
from fondaco.llm.targets import Profile, Target

#: Under this name probes stand in the ledger, where turns have a conversation and a connection.
PROBE = "probe"
WRONG_KEY = "fondaco-doctor-wrong-key"

_FIRST_MS, _WHOLE_MS = 30_000, 60_000
#: Whoever meets these meets them with every further probe.
_HOPELESS = {FailureClass.NOT_SENT, FailureClass.CREDENTIAL, FailureClass.MODEL_GONE, FailureClass.QUOTA}
_LESS_AT_MOST = 4  # parts that a request is asked to leave out; beyond, the provider contradicts itself
_SYSTEM = "You are being tested by the operator of a shop. Answer as briefly as you can."
_SAY = Prompt(
    system=_SYSTEM,
    history=(Said(by=Speaker.CONTACT, text="Say that you are ready."),),
    max_output_tokens=64,
    temperature=0.0,
)
_CALL = Prompt(
    system=_SYSTEM,
    history=(Said(by=Speaker.CONTACT, text="Look up the orders 471101 and 471102 with the tool."),),
    tools=(
        ToolOffer(
            name="look_up_order",
            description="Tells how far an order has come.",
            parameters={
                "type": "object",
                "properties": {"order_number": {"type": "string"}},
                "required": ["order_number"],
            },
        ),
    ),
    max_output_tokens=128,
    temperature=0.0,
)


@dataclass(slots=True)
class _Tried:
    """How one request ended."""

    result: Reply | Failure
    heard: Heard
    entry: LedgerEntry


class Prober:
    """Probes one target; every request is paid from the purse and written into the ledger."""

    def __init__(
        self,
        target: Target,
        provider: ProviderOptions,
        secret: str,
        workspace_id: WorkspaceId,
        purse: Purse,
        clock: Clock,
    ) -> None:
        self._target = target
        self._provider = provider
        self._secret = secret
        self._workspace_id = workspace_id
        self._purse = purse
        self._clock = clock
        self._requests = 0
        self.profile = target.profile  #: less what the provider was found not to understand

    async def probe(self, *, also_wrong_key: bool = False) -> tuple[ProbeFacts, ...]:
        """Return what the probes have shown.  Raises BudgetUsedUp, StorageError."""
        async with ListeningClient() as http:
            facts = [await self._probe(http, ProbeName.PLAIN, _SAY, stream=False)]
            if facts[0].outcome in _HOPELESS:
                return tuple(facts)
            streams = self._target.profile.streams
            if streams:
                facts.append(await self._probe(http, ProbeName.STREAMED, _SAY, stream=True))
                facts.append(await self._probe(http, ProbeName.STREAMED_AGAIN, _SAY, stream=True))
            if self._target.profile.tools:
                facts.append(await self._probe(http, ProbeName.TOOL, _CALL, stream=streams))
            if also_wrong_key:
                facts.append(await self._probe(http, ProbeName.WRONG_KEY, _SAY, stream=False))
        return tuple(facts)

    async def _probe(
        self, http: ListeningClient, name: ProbeName, prompt: Prompt, *, stream: bool
    ) -> ProbeFacts:
        """Ask, and ask again for less as long as the provider names what it does not understand."""
        secret = WRONG_KEY if name is ProbeName.WRONG_KEY else self._secret
        refused: list[str] = []
        cost_pico = 0
        while True:
            tried = await self._try(http, prompt, secret, stream=stream)
            cost_pico += tried.entry.cost_pico
            less = lowered(self.profile, tried.result) if isinstance(tried.result, Failure) else None
            if less is None or len(refused) == _LESS_AT_MOST:
                facts = self._facts(name, tried)
                return msgspec.structs.replace(facts, refused_before=tuple(refused), cost_pico=cost_pico)
            refused.append(_differing(self.profile, less))
            self.profile = less

    async def _try(self, http: ListeningClient, prompt: Prompt, secret: str, *, stream: bool) -> _Tried:
        profile = msgspec.structs.replace(self.profile, streams=stream)
        target = msgspec.structs.replace(self._target, profile=profile)
        self._requests += 1
        reserved = await self._purse.reserve(self._scope(), self._requests, target, prompt)
        if isinstance(reserved, Refused):
            raise BudgetUsedUp(str(reserved))
        attempt = Attempt(http, dialect_for(profile.protocol), target, self._clock, LoopLateness(self._clock))
        try:
            result = await _result(attempt, prompt, secret, self._deadlines())
        except (
            BaseException
        ):  # somebody has had enough of waiting: what was asked may be charged all the same
            billed = Billed.PERHAPS if attempt.sent else Billed.NO
            broken_off = Ending(ended_as="cancelled", billed=billed, reply=attempt.so_far())
            await self._purse.write(self._purse.figures(reserved, broken_off))
            raise
        failed = isinstance(result, Failure)
        ending = Ending(
            ended_as=result.kind.value if isinstance(result, Failure) else "answered",
            billed=_billed(result),
            reply=attempt.so_far() if isinstance(result, Failure) else result,
            duration_ms=round(self._clock.monotonic_ms() - attempt.began_ms, 1),
            first_token_ms=None if attempt.first_token_ms is None else round(attempt.first_token_ms, 1),
        )
        entry = self._purse.figures(reserved, ending)
        await self._purse.write(entry)
        heard = http.heard if not failed or attempt.sent else Heard()
        return _Tried(result, heard, entry)

    def _scope(self) -> Scope:
        return Scope(
            workspace_id=self._workspace_id,
            connection_id=ConnectionId(PROBE),
            conversation_id=ConversationId(PROBE),
            turn_id=TurnId(PROBE),
            step=1,
            purpose=PROBE,
        )

    def _deadlines(self) -> Deadlines:
        now_ms = self._clock.monotonic_ms()
        return Deadlines(
            first_token_ms=now_ms + _FIRST_MS,
            whole_ms=now_ms + _WHOLE_MS,
            event_ms=1000 * self._provider.event_seconds,
            connect_seconds=self._provider.connect_seconds,
        )

    def _facts(self, name: ProbeName, tried: _Tried) -> ProbeFacts:
        result, heard, entry = tried.result, tried.heard, tried.entry
        body, now_ms = bytes(heard.body), self._clock.now_ms()
        failure = result if isinstance(result, Failure) else None
        message = "" if failure is None else failure.message
        return ProbeFacts(
            name=name,
            outcome=entry.ended_as,
            status=heard.status,
            message=message.replace(self._secret, "…") if self._secret else message,
            served_model=entry.served_model,
            finish=result.raw_finish if isinstance(result, Reply) else "",
            wire=look(self.profile.protocol, body) if heard.status == _OK and body else None,
            first_token_ms=entry.first_token_ms,
            duration_ms=entry.duration_ms,
            limit_headers=tuple(sorted(header for header in heard.headers if "ratelimit" in header)),
            retry_told="" if failure is None else retry_told(heard.headers, body, now_ms),
            currency=entry.currency,
        )


_OK = 200


async def _result(attempt: Attempt, prompt: Prompt, secret: str, deadlines: Deadlines) -> Reply | Failure:
    async def hear(_: Progress) -> None:
        return

    try:
        return await attempt.run(prompt, secret, deadlines, hear)
    except ModelFailed as failed:
        return failed.failure


def _billed(result: Reply | Failure) -> Billed:
    if isinstance(result, Reply):
        return Billed.YES
    return Billed.PERHAPS if result.possibly_billed else Billed.NO


def _differing(before: Profile, after: Profile) -> str:
    one, other = msgspec.structs.asdict(before), msgspec.structs.asdict(after)
    return ", ".join(name for name in one if one[name] != other[name])
