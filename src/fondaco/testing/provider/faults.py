"""The catalogue of what can go wrong at a provider, and the plan that says when."""

from __future__ import annotations

import inspect
import re
from enum import StrEnum

import msgspec

from fondaco.testing.provider.draws import draw
from fondaco.testing.provider.limits import RetryDialect
from fondaco.testing.provider.script import Answer, Ask, WireName


class Fault(StrEnum):
    """One way to fail.  What is said of streams holds for plain answers as far as they have it."""

    CUT = "cut"  #: the connection is closed in the middle of the answer
    RESET = "reset"  #: the connection is torn down (RST) in the middle of the answer
    HANG_UP = "hang_up"  #: the connection is closed without a byte of an answer
    STALL_HEADERS = "stall_headers"  #: nothing comes for a long time, not even the headers
    STALL_FIRST = "stall_first"  #: the headers come, the first token does not for a long time
    STALL_MIDDLE = "stall_middle"  #: the answer begins and then stands still
    DRIP = "drip"  #: tokens come, but one a second
    KEEP_ALIVE = "keep_alive"  #: comments (plain: blank lines) come long before the first token
    MALFORMED = "malformed"  #: an event in the middle (plain: the body) is no JSON
    ERROR_IN_200 = "error_in_200"  #: the status is 200, and an error comes in the middle
    ERROR_FIRST = "error_first"  #: the status is 200, and the first event (plain: the body) is an error
    TRUNCATED = "truncated"  #: the stream ends in good order in the middle, without a finish reason
    MISSING_END = "missing_end"  #: everything comes but the marker of the end
    USAGE_MISSING = "usage_missing"  #: no usage is reported
    USAGE_DOUBLED = "usage_doubled"  #: the stream reports its usage twice
    USAGE_EVERYWHERE = "usage_everywhere"  #: every event reports the usage so far
    SPLIT_UTF8 = "split_utf8"  #: bytes come in small pieces, characters cut in two
    INTERLEAVED_TOOLS = "interleaved_tools"  #: pieces of several tool calls come mixed
    WHOLE_TOOL_CALL = "whole_tool_call"  #: a tool call comes in one event, without an index or an id
    WRONG_ARGUMENTS = "wrong_arguments"  #: a tool call's arguments are broken (Gemini: other than asked for)
    LEAKED_MARKUP = "leaked_markup"  #: a tool call comes as text, in the markup of the model's template
    OTHER_LANGUAGE = "other_language"  #: the answer is in a language that nobody spoke
    NOTHING = "nothing"  #: a proper answer with neither text nor tool call
    HUGE = "huge"  #: 200,000 tokens, whatever limit was asked for
    CONTENT_FILTER = "content_filter"  #: the provider's filter lets nothing through
    EMPTY_BODY = "empty_body"  #: the status is 200 and the body has no bytes
    WRONG_TYPE = "wrong_type"  #: the status is 200 and the body is an HTML page
    PLAIN_FOR_STREAM = "plain_for_stream"  #: a stream was asked for, a plain answer comes
    RATE_LIMITED = "rate_limited"  #: 429 with Retry-After
    OVERLOADED = "overloaded"  #: 529 (Gemini: 503, as it says it)
    SERVER_ERROR = "server_error"  #: 500
    UNAVAILABLE = "unavailable"  #: 503
    BAD_GATEWAY = "bad_gateway"  #: 502 with an HTML page, as proxies send it
    WRONG_KEY = "wrong_key"  #: the key is refused: 401 (Gemini: 400)
    UNKNOWN_MODEL = "unknown_model"  #: 404
    QUOTA = "quota"  #: the money is used up: 429 insufficient_quota (Anthropic: 400)
    TOO_LONG = "too_long"  #: the prompt does not fit into the model: 400


#: What makes no sense without a stream.
_OF_STREAMS = frozenset(
    {
        Fault.DRIP,
        Fault.TRUNCATED,
        Fault.MISSING_END,
        Fault.USAGE_DOUBLED,
        Fault.USAGE_EVERYWHERE,
        Fault.PLAIN_FOR_STREAM,
    }
)
#: What makes no sense without this many tool calls in the answer.
_OF_CALLS = {Fault.INTERLEAVED_TOOLS: 2, Fault.WHOLE_TOOL_CALL: 1, Fault.WRONG_ARGUMENTS: 1}
#: What only OpenAI's streams can do with tool calls: elsewhere they come whole or one after the other.
_OF_OPENAI_STREAMS = frozenset({Fault.INTERLEAVED_TOOLS, Fault.WHOLE_TOOL_CALL})


def can_show(fault: Fault, ask: Ask, answer: Answer) -> bool:
    """Return whether a fault would change anything about this answer."""
    if fault in _OF_STREAMS and not ask.stream:
        return False
    if fault in _OF_OPENAI_STREAMS and (not ask.stream or ask.wire is not WireName.OPENAI):
        return False
    return len(answer.calls) >= _OF_CALLS.get(fault, 0)


class FaultRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fault and which requests it hits, out of those on which it can show at all."""

    fault: Fault
    share: float = 1.0  #: of the requests that are left after the other conditions
    first: int = 0  #: only the first so many; 0: no limit
    every: int = 1  #: only every so many-th
    from_seconds: float = 0.0  #: after the plan was set
    until_seconds: float | None = None  #: after the plan was set; None: for ever
    wire: WireName | None = None  #: only requests in this protocol
    model: str = ""  #: only requests for this model
    at: float = 0.5  #: where in the answer it happens, as a part of it
    headers: dict[str, str] = msgspec.field(default_factory=dict[str, str])  #: what a refusal has besides
    retry_dialect: RetryDialect | None = None  #: how a 429 says how long to wait; None: as the options say
    seconds: float | None = None  #: how long it lasts; None: 600 for a stall, 2 for a keep-alive, 1 a token


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which requests meet which fault; of several rules the first that hits counts."""

    rules: tuple[FaultRule, ...] = ()


class Planner:
    """Follows a plan.  The same requests at the same times meet the same faults."""

    def __init__(self, plan: Plan, seed: int, now_ms: float) -> None:
        self.plan = plan
        self._seed = seed
        self._began_ms = now_ms
        self._met = [0] * len(plan.rules)

    def choose(self, ask: Ask, answer: Answer, number: int, now_ms: float) -> FaultRule | None:
        """Return the rule that hits the request with this number, if one does."""
        passed = (now_ms - self._began_ms) / 1000
        for index, rule in enumerate(self.plan.rules):
            if _concerns(rule, ask, passed) and can_show(rule.fault, ask, answer):
                self._met[index] += 1
                if self._hits(rule, self._met[index]) and draw(self._seed, number, index) < rule.share:
                    return rule
        return None

    def _hits(self, rule: FaultRule, met: int) -> bool:
        return (not rule.first or met <= rule.first) and met % max(rule.every, 1) == 0


def availability(share: float, fault: Fault = Fault.UNAVAILABLE) -> Plan:
    """Return a plan by which this share of the requests is answered."""
    return Plan(rules=(FaultRule(fault=fault, share=1.0 - share),))


def explanations() -> dict[Fault, str]:
    """Return the catalogue: what each fault does, in the words beside its name above."""
    lines = inspect.getsource(Fault).splitlines()
    told = {found[1]: found[2] for line in lines if (found := re.search(r'= "(\w+)"  #: (.+)', line))}
    return {fault: told.get(fault.value, "") for fault in Fault}


def _concerns(rule: FaultRule, ask: Ask, passed: float) -> bool:
    in_time = rule.from_seconds <= passed and (rule.until_seconds is None or passed < rule.until_seconds)
    return in_time and rule.wire in {None, ask.wire} and rule.model in {"", ask.model}
