"""Failures get their class from codes first, from words second, from the status last."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from fondaco.llm.failures import Failure, FailureClass
from fondaco.llm.wire.judging import judge_answer

NOW_MS = 1_795_348_800_000  # 2026-11-22T12:00:00Z


def judged(status: int, body: Any, **headers: str) -> Failure:
    given = body if isinstance(body, bytes) else msgspec.json.encode(body)
    return judge_answer(
        status, {name.replace("_", "-"): value for name, value in headers.items()}, given, NOW_MS
    )


def openai(
    code: str | None, message: str = "no", kind: str | None = "invalid_request_error"
) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


def anthropic(kind: str, message: str = "no") -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message}}


def google(code: int, status: str, message: str = "no", *details: Any) -> dict[str, Any]:
    return {"error": {"code": code, "status": status, "message": message, "details": details}}


def exceeded(limit: str, value: str = "10") -> dict[str, Any]:
    kind = "type.googleapis.com/google.rpc.QuotaFailure"
    return {"@type": kind, "violations": [{"quotaId": limit, "quotaValue": value}]}


def retry_info(delay: str) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}


BROKEN = FailureClass.BROKEN
CREDENTIAL = FailureClass.CREDENTIAL
MODEL_GONE = FailureClass.MODEL_GONE
OUR_FAULT = FailureClass.OUR_FAULT
OVERLOADED = FailureClass.OVERLOADED
QUOTA = FailureClass.QUOTA
RATE_LIMITED = FailureClass.RATE_LIMITED
REFUSED = FailureClass.REFUSED
TOO_LONG = FailureClass.TOO_LONG
PER_MINUTE = exceeded("GenerateRequestsPerMinutePerProjectPerModel-FreeTier")
PER_DAY = exceeded("GenerateRequestsPerDayPerProjectPerModel-FreeTier")
NEVER = exceeded("GenerateRequestsPerMinutePerProjectPerModel-FreeTier", "0")
BAD_KEY = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        # OpenAI
        (CREDENTIAL, 401, openai("invalid_api_key")),
        (QUOTA, 429, openai("insufficient_quota", kind="insufficient_quota")),
        (QUOTA, 429, openai("billing_hard_limit_reached")),
        (RATE_LIMITED, 429, openai("rate_limit_exceeded", "per min (TPM): Limit 30000", "tokens")),
        (QUOTA, 429, openai("rate_limit_exceeded", "on requests per day (RPD)", "requests")),
        (TOO_LONG, 429, openai("rate_limit_exceeded", "Request too large for gpt-4.1", "tokens")),
        (TOO_LONG, 400, openai("context_length_exceeded")),
        (MODEL_GONE, 404, openai("model_not_found")),
        (MODEL_GONE, 403, openai("unsupported_country_region_territory", kind="request_forbidden")),
        (REFUSED, 400, openai("content_filter")),
        (REFUSED, 400, openai("invalid_prompt")),
        (OUR_FAULT, 400, openai("unsupported_parameter")),
        (OVERLOADED, 500, openai(None, kind="server_error")),
        (OVERLOADED, 503, openai("slow_down")),
        # Anthropic
        (CREDENTIAL, 401, anthropic("authentication_error")),
        (CREDENTIAL, 403, anthropic("permission_error")),
        (QUOTA, 400, anthropic("invalid_request_error", "Your credit balance is too low")),
        (QUOTA, 400, anthropic("invalid_request_error", "reached your specified API usage limits")),
        (QUOTA, 429, anthropic("rate_limit_error", "over the workspace's spend limit")),
        (QUOTA, 402, anthropic("billing_error")),
        (RATE_LIMITED, 429, anthropic("rate_limit_error")),
        (MODEL_GONE, 404, anthropic("not_found_error", "model: claude-0")),
        (TOO_LONG, 400, anthropic("invalid_request_error", "prompt is too long: 9 tokens > 8")),
        (TOO_LONG, 413, anthropic("request_too_large")),
        (OVERLOADED, 529, anthropic("overloaded_error")),
        (OVERLOADED, 500, anthropic("api_error")),
        (OVERLOADED, 504, anthropic("timeout_error")),
        (OUR_FAULT, 400, anthropic("invalid_request_error", "messages: roles must alternate")),
        # Gemini
        (CREDENTIAL, 400, google(400, "INVALID_ARGUMENT", "API key not valid.", BAD_KEY)),
        (CREDENTIAL, 403, google(403, "PERMISSION_DENIED")),
        (RATE_LIMITED, 429, google(429, "RESOURCE_EXHAUSTED", "current quota", PER_MINUTE)),
        (RATE_LIMITED, 429, [google(429, "RESOURCE_EXHAUSTED", "current quota", PER_MINUTE)]),
        (QUOTA, 429, google(429, "RESOURCE_EXHAUSTED", "current quota", PER_DAY)),
        (QUOTA, 429, google(429, "RESOURCE_EXHAUSTED", "current quota", NEVER)),
        (QUOTA, 429, google(429, "RESOURCE_EXHAUSTED", "Quota exceeded, limit: 0")),
        (RATE_LIMITED, 429, google(429, "RESOURCE_EXHAUSTED")),
        (TOO_LONG, 400, google(400, "INVALID_ARGUMENT", "The input token count (9) exceeds")),
        (MODEL_GONE, 404, google(404, "NOT_FOUND", "is not found for API version v1beta")),
        (MODEL_GONE, 400, google(400, "FAILED_PRECONDITION", "User location is not supported")),
        (OVERLOADED, 503, google(503, "UNAVAILABLE")),
        (OVERLOADED, 504, google(504, "DEADLINE_EXCEEDED")),
        (OUR_FAULT, 400, google(400, "INVALID_ARGUMENT", "missing a thought_signature")),
        # DeepSeek
        (QUOTA, 402, openai("invalid_request_error", "Insufficient Balance", "unknown_error")),
        (CREDENTIAL, 401, openai("invalid_request_error", "fails", "authentication_error")),
        (MODEL_GONE, 400, openai("invalid_request_error", "Model Not Exist")),
        (TOO_LONG, 400, openai("invalid_request_error", "model's maximum context length is 65536")),
        (REFUSED, 400, openai("invalid_request_error", "Content Exists Risk")),
        (OVERLOADED, 503, openai("service_unavailable_error", "Service is too busy")),
        # Relays such as HolySheep
        (QUOTA, 403, openai("insufficient_user_quota", "用户额度不足", "new_api_error")),
        (QUOTA, 401, openai("", "该令牌额度已用尽", "new_api_error")),
        (CREDENTIAL, 401, openai("", "无效的令牌", "new_api_error")),
        (MODEL_GONE, 503, openai("model_not_found", "No available channel", "new_api_error")),
        (OVERLOADED, 429, openai(None, "当前分组上游负载已饱和", "new_api_error")),
        # llama.cpp, vLLM, Ollama
        (TOO_LONG, 400, {"error": {"code": 400, "type": "exceed_context_size_error", "message": ""}}),
        (OVERLOADED, 503, {"error": {"code": 503, "message": "Loading model", "type": "x"}}),
        (TOO_LONG, 400, {"object": "error", "message": "maximum context length", "code": 400}),
        (MODEL_GONE, 404, {"object": "error", "message": "The model `x` does not exist.", "code": 404}),
        (MODEL_GONE, 404, {"error": 'model "x" not found, try pulling it first'}),
        (OUR_FAULT, 422, {"detail": [{"loc": ["body", "messages"], "msg": "Field required"}]}),
        # Gateways without a word of their own
        (CREDENTIAL, 401, b""),
        (QUOTA, 402, b""),
        (CREDENTIAL, 403, b"<html><title>Forbidden</title></html>"),
        (MODEL_GONE, 404, b"<html>"),
        (OVERLOADED, 408, b""),
        (TOO_LONG, 413, b""),
        (RATE_LIMITED, 429, b""),
        (MODEL_GONE, 451, b""),
        (OVERLOADED, 502, b"<html><title>502 Bad Gateway</title></html>"),
        (OVERLOADED, 520, b"\xff\xfe"),
        (OVERLOADED, 529, b"overloaded"),
        (OUR_FAULT, 301, b""),
        (OUR_FAULT, 418, b"null"),
        (BROKEN, 204, b""),
    ],
)  # fmt: skip
def test_a_failure_gets_the_class_that_decides_what_happens_next(
    kind: FailureClass, status: int, body: Any
) -> None:
    failure = judged(status, body)

    assert (failure.kind, failure.status) == (kind, status)


@pytest.mark.parametrize(
    ("body", "headers", "wait_ms"),
    [
        (google(429, "RESOURCE_EXHAUSTED", "no", retry_info("37s")), {}, 37_000),
        ([google(429, "RESOURCE_EXHAUSTED", "no", retry_info("37.5s"))], {}, 37_500),
        (google(429, "RESOURCE_EXHAUSTED", "no", retry_info("37s")), {"Retry_After": "2"}, 2_000),
        (openai("rate_limit_exceeded", "Please try again in 6.4s."), {}, 6_400),
        (openai("rate_limit_exceeded"), {"Retry_After_Ms": "120"}, 120),
        (google(429, "RESOURCE_EXHAUSTED", "no", retry_info("-3s")), {}, None),
        (b"", {}, None),
    ],
    ids=[
        "Google's RetryInfo",
        "wrapped in an array",
        "the header wins",
        "in words",
        "ms",
        "negative",
        "none",
    ],
)
def test_the_wait_is_found_wherever_it_stands(
    body: Any, headers: dict[str, str], wait_ms: int | None
) -> None:
    assert judged(429, body, **headers).retry_after_ms == wait_ms


def test_another_attempt_may_be_forbidden_by_header_or_by_a_limit_of_nothing() -> None:
    assert judged(500, b"", X_Should_Retry="false").retry_forbidden
    assert judged(429, google(429, "RESOURCE_EXHAUSTED", "no", NEVER)).retry_forbidden
    assert not judged(500, b"", X_Should_Retry="true").retry_forbidden


@pytest.mark.parametrize(
    ("status", "billed"),
    [(400, False), (401, False), (429, False), (503, False), (529, False), (500, True), (504, True)],
)
def test_only_a_gateway_that_gave_up_leaves_a_doubt_about_the_bill(status: int, billed: bool) -> None:
    assert judged(status, b"").possibly_billed is billed


@pytest.mark.parametrize(
    "secret",
    [
        "sk-proj-abcdefgh12345678",
        "AIzaSyA1234567890",
        "Bearer abc.def",
        "hs_live_0123456789",
        "0123456789abcdef" * 3,
    ],
)
def test_no_message_repeats_a_key(secret: str) -> None:
    failure = judged(401, openai("invalid_api_key", f"Incorrect API key provided: {secret}."))

    assert secret not in failure.message
    assert "Incorrect API key provided: …" in failure.message


def test_a_long_sentence_in_chinese_is_no_key() -> None:
    sentence = "当前分组上游负载已饱和请稍后再试或者联系管理员提升您的并发额度谢谢您的理解和支持"

    assert sentence in judged(429, openai(None, sentence)).message


def test_a_message_says_what_where_and_what_to_do_in_one_short_line() -> None:
    failure = judged(404, openai("model_not_found", "The model\n\n`x` " + "does not exist " * 100))

    assert failure.message.startswith("status 404: The model `x` does not exist")
    assert failure.message.endswith("(model_not_found); check the model's name and the base_url.")
    assert len(failure.message) < 450
    assert failure.code == "model_not_found"
