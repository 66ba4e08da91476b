"""A provider without its sockets: takes a request and says what shall happen on the connection."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import msgspec

from fondaco.kit.clock import Clock
from fondaco.testing.provider.acts import Scene, Step, Tempo, Write, acted
from fondaco.testing.provider.cache import PrefixCache
from fondaco.testing.provider.draws import draw
from fondaco.testing.provider.faults import Fault, FaultRule, Plan, Planner
from fondaco.testing.provider.journal import Entry, Journal, fingerprint
from fondaco.testing.provider.latency import Latency
from fondaco.testing.provider.limits import USUAL_DIALECT, Limiter, RetryDialect, retry_headers
from fondaco.testing.provider.messages import EVENTS, HTML, JSON, head, page
from fondaco.testing.provider.presets import SimulatorOptions
from fondaco.testing.provider.sabotage import (
    spoilt_answer,
    spoilt_body,
    spoilt_events,
    spoilt_telling,
    trouble_of,
)
from fondaco.testing.provider.script import Answer, Ask, Ending, Script, WireName
from fondaco.testing.provider.tokens import within
from fondaco.testing.provider.trouble import Trouble, TroubleKind
from fondaco.testing.provider.wire.anthropic import AnthropicDialect
from fondaco.testing.provider.wire.dialect import (
    Dialect,
    Event,
    EventKind,
    Received,
    Spent,
    Telling,
    output_tokens,
)
from fondaco.testing.provider.wire.gemini import GeminiDialect
from fondaco.testing.provider.wire.openai import OpenAiDialect

_DIALECTS: dict[WireName, Dialect] = {
    WireName.OPENAI: OpenAiDialect(),
    WireName.ANTHROPIC: AnthropicDialect(),
    WireName.GEMINI: GeminiDialect(),
}
_FIRST_TOKEN, _PER_TOKEN = 1_001, 1_002  # what a draw is for; smaller numbers belong to the plan's rules
_NO_LATENCY, _AT_ONCE = Latency(), Tempo(0.0, 0.0)
_NO_SPENT = Spent(input=0, output=0)
_ERROR_IN_200 = Trouble(TroubleKind.OVERLOADED, "The model is overloaded. Please try again later.")


@dataclass(frozen=True, slots=True)
class Performance:
    """What happens on the connection in answer to one request, and where it is written down."""

    entry: Entry
    journal: Journal
    steps: list[Step]
    spent: Spent = _NO_SPENT


class Provider:
    """Decides about every request; knows the time from its clock and nothing of sockets."""

    def __init__(
        self, script: Script, plan: Plan, seed: int, options: SimulatorOptions, clock: Clock
    ) -> None:
        self.options = options
        self._script = script
        self._seed = seed
        self._clock = clock
        self._first_plan = plan
        self._dialects = _DIALECTS
        self.reset()

    def reset(self) -> None:
        """Forget everything: requests, bills, caches, limits; the first plan begins anew."""
        self._number = 0
        self.journal = Journal(self.options.journal_entries)
        self.bodies: deque[Received] = deque(maxlen=self.options.kept_bodies)
        self._cache = PrefixCache(self.options.cache)
        self._limiter = Limiter(self.options.limits)
        self.follow(self._first_plan)

    def follow(self, plan: Plan) -> None:
        """Follow this plan from now on."""
        self._planner = Planner(plan, self._seed, self._clock.monotonic_ms())

    @property
    def plan(self) -> Plan:
        """The plan that is followed."""
        return self._planner.plan

    def wire_of(self, path: str) -> WireName | None:
        """Return in which protocol a path is spoken to; whatever comes before its end does not matter."""
        if path.endswith("/chat/completions"):
            return WireName.OPENAI
        if path.endswith("/messages"):
            return WireName.ANTHROPIC
        return WireName.GEMINI if "/models/" in path and ":" in path else None

    def receive(self, received: Received, wire: WireName) -> Performance:
        """Return what happens in answer to a request, and write it down."""
        self._number += 1
        entry = Entry(
            number=self._number, id=f"req_{self._number:08d}", at_ms=self._clock.now_ms(), wire=wire
        )
        self.journal.begin(entry)
        if self.options.kept_bodies:
            self.bodies.append(received)
        dialect = self._dialects[wire]
        try:
            ask = dialect.read(received, self.options.habits)
            entry.model, entry.key, entry.stream = ask.model, fingerprint(ask.key), ask.stream
            return self._answered(ask, dialect, entry)
        except Trouble as trouble:
            return Performance(entry, self.journal, self._refused(trouble, dialect, entry, {}))

    def end(self, performance: Performance) -> None:
        """Settle what a request has cost, now that it is over."""
        if performance.entry.billed:
            key, now_ms = performance.entry.key, self._clock.monotonic_ms()
            self._limiter.settle(key, performance.entry.output, now_ms)
        performance.journal.end(performance.entry)  # which a reset may have replaced meanwhile

    def _answered(self, ask: Ask, dialect: Dialect, entry: Entry) -> Performance:
        self._check(ask)
        answer = _limited(self._script(ask), ask)
        now_ms = self._clock.monotonic_ms()
        rule = self._planner.choose(ask, answer, entry.number, now_ms)
        planned = trouble_of(rule) if rule else None
        trouble = planned or self._beyond_limits(ask, entry, now_ms)
        entry.fault = rule.fault if rule and trouble is planned else ""
        headers = self._limiter.headers(ask.wire, entry.key, now_ms, entry.at_ms)
        if trouble:
            return Performance(entry, self.journal, self._refused(trouble, dialect, entry, headers))
        if rule:
            answer = spoilt_answer(rule.fault, ask, answer)
        telling = self._telling(ask, answer, entry, rule)
        scene = self._scene(telling, dialect, rule, self._identified(entry, headers))
        entry.status = _PAGES[rule.fault][0] if rule and rule.fault in _PAGES else 200
        return Performance(entry, self.journal, acted(scene), telling.spent)

    def _check(self, ask: Ask) -> None:
        if self.options.keys and ask.key not in self.options.keys:
            raise Trouble(TroubleKind.WRONG_KEY, "Incorrect API key provided.")
        if self.options.models and ask.model not in self.options.models:
            raise Trouble(TroubleKind.UNKNOWN_MODEL, f"The model {ask.model!r} does not exist.")

    def _beyond_limits(self, ask: Ask, entry: Entry, now_ms: float) -> Trouble | None:
        tokens = sum(-(-len(part) // 4) for part in ask.parts)
        if 0 < self.options.context_tokens < tokens:
            message = f"The prompt is too long: {tokens} tokens > {self.options.context_tokens} maximum."
            return Trouble(TroubleKind.TOO_LONG, message)
        wait_ms = self._limiter.admit(entry.key, tokens, now_ms)
        if wait_ms <= 0:
            return None
        return Trouble(TroubleKind.RATE_LIMITED, "Rate limit reached for this model.", wait_ms=wait_ms)

    def _telling(self, ask: Ask, answer: Answer, entry: Entry, rule: FaultRule | None) -> Telling:
        spent = self._cache.spend(ask, self._clock.monotonic_ms())
        reasoning = -(-len(answer.reasoning.encode()) // 4)
        telling = Telling(
            ask=ask,
            answer=answer,
            spent=msgspec.structs.replace(spent, output=output_tokens(answer), reasoning=reasoning),
            habits=self.options.habits,
            number=entry.number,
            at_seconds=entry.at_ms // 1000,
        )
        return spoilt_telling(rule.fault, telling) if rule else telling

    def _scene(
        self, telling: Telling, dialect: Dialect, rule: FaultRule | None, headers: dict[str, str]
    ) -> Scene:
        fault, tempo = rule.fault if rule else None, self._tempo(telling)
        if fault in _PAGES:
            status, title = _PAGES[fault]
            html = page(title)
            return Scene(head(status, HTML, {}, len(html)), [Write(html)], framed=False, tempo=tempo)
        if telling.ask.stream and fault is not Fault.PLAIN_FOR_STREAM:
            opening = head(200, EVENTS if telling.ask.events else JSON, headers, None)
            return Scene(opening, _frames(telling, dialect, rule), framed=True, tempo=tempo, rule=rule)
        body = dialect.plain(telling)
        if fault:
            body = spoilt_body(fault, body, dialect.error(_ERROR_IN_200, telling.number))
        blank = fault is Fault.KEEP_ALIVE
        opening = head(200, JSON, headers, None if blank else len(body))
        frame = Write(body) if fault in _UNCHARGED else Write(body, telling.spent.output, bills=True)
        return Scene(opening, [frame], blank, tempo, rule, sign_of_life=b"\n")

    def _tempo(self, telling: Telling) -> Tempo:
        latency, number = self.options.latency, telling.number
        if latency == _NO_LATENCY:
            return _AT_ONCE
        first_ms = latency.first_token.at(draw(self._seed, number, _FIRST_TOKEN))
        token_ms = latency.per_token.at(draw(self._seed, number, _PER_TOKEN))
        if not telling.ask.stream:
            first_ms, token_ms = first_ms + token_ms * telling.spent.output, 0.0
        return Tempo(first_ms / 1000, token_ms / 1000)

    def _refused(
        self, trouble: Trouble, dialect: Dialect, entry: Entry, headers: dict[str, str]
    ) -> list[Step]:
        entry.status = dialect.status(trouble)
        told = self._identified(entry, headers) | trouble.headers
        if trouble.wait_ms is not None:
            usual = self.options.retry_dialect or USUAL_DIALECT[WireName(entry.wire)]
            spoken = RetryDialect(trouble.told_as or usual)
            told |= retry_headers(spoken, trouble.wait_ms, entry.at_ms)
            if spoken is not RetryDialect.GOOGLE:
                trouble = Trouble(trouble.kind, trouble.message)
        body = dialect.error(trouble, entry.number)
        return [Write(head(entry.status, JSON, told, len(body)) + body)]

    def _identified(self, entry: Entry, headers: dict[str, str]) -> dict[str, str]:
        name = "request-id" if entry.wire == WireName.ANTHROPIC else "x-request-id"
        return {name: entry.id} | headers


#: Pages that proxies send where an answer should be.
_PAGES: dict[Fault | None, tuple[int, str]] = {
    Fault.WRONG_TYPE: (200, "Welcome"),
    Fault.BAD_GATEWAY: (502, "502 Bad Gateway"),
}
#: Plain answers that cost nothing: the model did not get to work.
_UNCHARGED = frozenset({Fault.ERROR_IN_200, Fault.ERROR_FIRST, Fault.HANG_UP})


def _limited(answer: Answer, ask: Ask) -> Answer:
    """Return an answer that keeps to the limit of its request."""
    if ask.max_output is None or output_tokens(answer) <= ask.max_output:
        return answer
    reasoning = within(answer.reasoning, ask.max_output)
    left = ask.max_output - -(-len(reasoning.encode()) // 4)
    return Answer(text=within(answer.text, left), reasoning=reasoning, ending=Ending.LENGTH)


def _frames(telling: Telling, dialect: Dialect, rule: FaultRule | None) -> list[Write]:
    events = dialect.events(telling)
    if rule:
        events = spoilt_events(rule, events, dialect.error_event(_ERROR_IN_200, telling.number))
    if not telling.ask.events:
        return _as_array(events)
    return [Write(dialect.frame(event), event.tokens, event.kind is not EventKind.START) for event in events]


def _as_array(events: list[Event]) -> list[Write]:
    """Return events as elements of one JSON array, as Gemini sends them to whoever leaves out ``alt=sse``."""
    frames = [
        Write((b",\r\n" if at else b"[") + event.data, event.tokens, event.kind is not EventKind.START)
        for at, event in enumerate(events)
    ]
    return [*frames, Write(b"]")]
