"""Decides what class a failure is of: by the provider's code and type, then its words, the status last.

Providers disagree on the status: a bad key is 401 or 400, an empty balance 402, 400 or 429, a prompt that is
too long 400, 413 or 429.  An empty balance is looked for before a rate limit, since both come as 429.
"""

from __future__ import annotations

from collections.abc import Mapping

from fondaco.llm.failures import Failure, FailureClass, ModelFailed
from fondaco.llm.wire.complaints import Complaint, read_complaint, without_secrets
from fondaco.llm.wire.retry_after import retry_after_ms, retry_forbidden

_CODES: dict[FailureClass, str] = {
    FailureClass.QUOTA: """
        insufficient_quota billing_hard_limit_reached billing_not_active billing_error insufficient_balance
        insufficient_user_quota insufficient_funds exceeded_current_quota_error payment_required
        pre_consume_token_quota_failed quota_not_enough quota_exhausted credit_balance_too_low""",
    FailureClass.TOO_LONG: """
        context_length_exceeded context_window_exceeded exceed_context_size_error request_too_large
        string_above_max_length model_context_window_exceeded max_tokens_exceeded""",
    FailureClass.REFUSED: """
        content_filter content_policy_violation responsibleaipolicyviolation responsible_ai_policy_violation
        moderation_blocked data_inspection_failed invalid_prompt cyber_policy sensitive_words_detected""",
    FailureClass.MODEL_GONE: """
        model_not_found not_found_error deploymentnotfound model_not_available unknown_model invalid_model
        model_not_supported model_deprecated unsupported_country_region_territory not_found""",
    FailureClass.CREDENTIAL: """
        invalid_api_key incorrect_api_key authentication_error permission_error unauthenticated
        permission_denied account_deactivated api_key_invalid api_key_expired api_key_service_blocked
        consumer_suspended consumer_invalid invalid_organization ip_not_authorized invalid_token
        access_terminated mismatched_organization insufficient_permissions""",
    FailureClass.RATE_LIMITED: """
        rate_limit_exceeded rate_limit_error rate_limit_reached_error too_many_requests tokens requests
        resource_exhausted throttling rate_limited""",
    FailureClass.OVERLOADED: """
        overloaded_error server_error internal_server_error internal unavailable unavailable_error
        service_unavailable service_unavailable_error engine_overloaded engine_overloaded_error
        server_overloaded server_is_overloaded timeout_error deadline_exceeded slow_down upstream_error
        bad_response_status_code insufficient_system_resource""",
}
_CLASS_OF = {code: kind for kind, codes in _CODES.items() for code in codes.split()}

#: Words of messages, for providers whose code says nothing; the first that fits decides.
_SAYINGS: tuple[tuple[FailureClass, tuple[str, ...]], ...] = (
    (
        FailureClass.QUOTA,
        (
            "credit balance", "insufficient balance", "insufficient_quota", "current quota", "usage limits",
            "spend limit", "spending limit", "hard limit", "out of credits", "per day", "limit: 0",
            "余额不足", "额度不足", "额度已用尽", "欠费",
        ),
    ),
    (
        FailureClass.TOO_LONG,
        (
            "maximum context length", "context length", "context window", "context size", "context limit",
            "prompt is too long", "input is too long", "input token count", "request too large",
            "reduce the length", "上下文长度",
        ),
    ),
    (
        FailureClass.REFUSED,
        (
            "content exists risk", "content management policy", "content policy", "usage policies",
            "usage policy", "safety system", "inappropriate content", "sensitive words", "敏感",
        ),
    ),
    (
        FailureClass.MODEL_GONE,
        (
            "model not exist", "model not found", "model_not_found", "unknown model", "no available channel",
            "no such model", "invalid model", "is not found for api version", "model has been deprecated",
            "model is deprecated", "decommissioned", "location is not supported", "region is not supported",
            "country, region, or territory", "无可用渠道", "模型不存在",
        ),
    ),
    (
        FailureClass.CREDENTIAL,
        (
            "api key not valid", "invalid api key", "incorrect api key", "api key expired", "missing api key",
            "api key is missing", "authentication fails", "invalid token", "无效的令牌",
        ),
    ),
    (
        FailureClass.OVERLOADED,
        ("overloaded", "server is busy", "too busy", "at capacity", "loading model", "负载"),
    ),
    (FailureClass.RATE_LIMITED, ("rate limit", "too many requests", "requests per min", "tokens per min")),
)  # fmt: skip

_CLASS_OF_STATUS = {
    401: FailureClass.CREDENTIAL,
    402: FailureClass.QUOTA,
    403: FailureClass.CREDENTIAL,
    404: FailureClass.MODEL_GONE,
    408: FailureClass.OVERLOADED,
    409: FailureClass.OVERLOADED,
    413: FailureClass.TOO_LONG,
    425: FailureClass.OVERLOADED,
    429: FailureClass.RATE_LIMITED,
    451: FailureClass.MODEL_GONE,
}

_ADVICE = {
    FailureClass.BROKEN: "look at what the address really serves",
    FailureClass.OVERLOADED: "the provider has trouble; nothing to do unless it lasts",
    FailureClass.RATE_LIMITED: "raise the limit at the provider or lower requests_per_minute",
    FailureClass.QUOTA: "top up or raise the limit at the provider",
    FailureClass.CREDENTIAL: "check the key and what it is permitted to do",
    FailureClass.MODEL_GONE: "check the model's name and the base_url",
    FailureClass.TOO_LONG: "lower context_tokens of this model",
    FailureClass.REFUSED: "the content was declined",
    FailureClass.OUR_FAULT: "the provider does not take this request; check the model's settings",
}

#: After these statuses a gateway gave up while the model behind it may have gone on working.
_PERHAPS_WORKED = frozenset({408, 500, 502, 504, 520, 522, 524})
#: In these the request was turned away before any work.
_AT_THE_DOOR = frozenset(
    {
        FailureClass.RATE_LIMITED,
        FailureClass.QUOTA,
        FailureClass.CREDENTIAL,
        FailureClass.MODEL_GONE,
        FailureClass.TOO_LONG,
        FailureClass.OUR_FAULT,
    }
)


def judge_answer(status: int, headers: Mapping[str, str], body: bytes, now_ms: int) -> Failure:
    """Classify an answer whose status is not 200."""
    lowered = {name.lower(): value for name, value in headers.items()}
    complaint = read_complaint(body)
    kind = classify(status, complaint)
    wait = retry_after_ms(lowered, now_ms)
    return Failure(
        kind=kind,
        message=_message(kind, status, complaint),
        status=status,
        code=_code(complaint),
        retry_after_ms=complaint.retry_after_ms if wait is None else wait,
        retry_forbidden=complaint.never or retry_forbidden(lowered),
        possibly_billed=status in _PERHAPS_WORKED or kind is FailureClass.BROKEN,
    )


def judge_inside(complaint: Complaint, *, answering: bool) -> ModelFailed:
    """Classify an error that came with status 200; ``answering``: after the first of the answer."""
    kind = classify(complaint.status or 200, complaint)
    return ModelFailed(
        Failure(
            kind=kind,
            message=_message(kind, 200, complaint),
            status=200,
            code=_code(complaint),
            retry_after_ms=complaint.retry_after_ms,
            retry_forbidden=complaint.never,
            possibly_billed=answering or kind not in _AT_THE_DOOR,
        )
    )


def broken(what: str) -> ModelFailed:
    """An answer that no reader of its protocol can make sense of."""
    return _failed(FailureClass.BROKEN, f"{what}; {_ADVICE[FailureClass.BROKEN]}.")


def incomplete(what: str) -> ModelFailed:
    """A stream that ended without the proof of its end."""
    return _failed(
        FailureClass.INCOMPLETE, f"The stream ended {what}; what came of it may be half an answer."
    )


def ended_badly(kind: FailureClass, raw_finish: str) -> ModelFailed:
    """An answer whose finish reason says that it is none."""
    return _failed(kind, f"The provider stopped with {raw_finish!r}; {_ADVICE[kind]}.", code=raw_finish)


def classify(status: int, complaint: Complaint) -> FailureClass:
    """Return the class of a failure: a pure function of what the provider said."""
    words = complaint.message.lower()
    if complaint.kind == "resource_exhausted" or complaint.limits:
        return _of_google_limit(complaint, words)
    if "request too large for" in words:  # OpenAI: more tokens than the limit of a whole minute
        return FailureClass.TOO_LONG
    named = _named(complaint)
    said = _said(words)
    if named is FailureClass.RATE_LIMITED and said is FailureClass.QUOTA:
        return FailureClass.QUOTA
    return named or said or _of_status(status, complaint)


def _of_google_limit(complaint: Complaint, words: str) -> FailureClass:
    """Tell a limit of the minute from one of the day, which share a status, a code and a text."""
    ids = " ".join(complaint.limits).lower()
    if complaint.never or "perday" in ids or "per day" in words or "limit: 0" in words:
        return FailureClass.QUOTA
    return FailureClass.RATE_LIMITED


def _named(complaint: Complaint) -> FailureClass | None:
    for word in (complaint.code, *complaint.reasons, complaint.kind):
        if found := _CLASS_OF.get(word):
            return found
    return None


def _said(words: str) -> FailureClass | None:
    for kind, sayings in _SAYINGS:
        if any(saying in words for saying in sayings):
            return kind
    missing_model = "model" in words and "does not exist" in words
    return FailureClass.MODEL_GONE if missing_model else None


def _of_status(status: int, complaint: Complaint) -> FailureClass:
    if found := _CLASS_OF_STATUS.get(status):
        return found
    if 300 <= status <= 499 or (status == 200 and complaint.kind == "invalid_request_error"):
        return FailureClass.OUR_FAULT
    if status == 200 or status >= 500:
        return FailureClass.OVERLOADED
    return FailureClass.BROKEN


def _code(complaint: Complaint) -> str:
    return without_secrets(complaint.code or next(iter(complaint.reasons), "") or complaint.kind)


def _message(kind: FailureClass, status: int, complaint: Complaint) -> str:
    said = without_secrets(complaint.message) or "without a word"
    where = "inside an answer" if status == 200 else f"status {status}"
    return f"{where}: {said} ({_code(complaint) or 'no code'}); {_ADVICE[kind]}."


def _failed(kind: FailureClass, message: str, *, code: str = "") -> ModelFailed:
    return ModelFailed(
        Failure(kind=kind, message=message, status=200, code=without_secrets(code), possibly_billed=True)
    )
