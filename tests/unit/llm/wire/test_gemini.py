"""Gemini's native protocol, read and written."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from fondaco.domain.usage import Usage
from fondaco.llm.asking import Entry, Finish
from fondaco.llm.failures import FailureClass
from fondaco.llm.profiles import dialect_for
from fondaco.llm.targets import ProviderKind
from tests.unit.llm.wire.wires import (
    OFFER,
    a_prompt,
    a_reader,
    a_target,
    a_wish,
    answered,
    assistant,
    body_of,
    contact,
    event,
    failure_of,
    plain,
    plain_failure,
    progress,
    read,
    texts,
    wished,
)

TARGET = a_target(ProviderKind.GEMINI, "gemini-2.5-flash")
THIRD = a_target(ProviderKind.GEMINI, "gemini-3-pro")
FIGURES = {"promptTokenCount": 100, "candidatesTokenCount": 20, "totalTokenCount": 120}


def part(finish: str | None = None, usage: Any = None, *parts: Any) -> bytes:
    candidate: dict[str, Any] = {"index": 0, "content": {"role": "model", "parts": parts}}
    candidate |= {"finishReason": finish} if finish else {}
    body: dict[str, Any] = {"candidates": [candidate], "modelVersion": "gemini-x", "responseId": "r1"}
    return event(body | ({"usageMetadata": usage} if usage is not None else {}))


def text(words: str, finish: str | None = None, usage: Any = None) -> bytes:
    return part(finish, usage, {"text": words})


def call(name: str = "look", args: Any = None, **fields: Any) -> dict[str, Any]:
    return {"functionCall": {"name": name, "args": args, **fields}}


def test_there_is_no_end_but_the_event_with_a_finish_reason() -> None:
    stream = (text("On "), text("its way.", "STOP", FIGURES))

    reply = read(TARGET, *stream)

    assert texts(progress(TARGET, *stream)) == ["On ", "its way."]
    assert (reply.text, reply.finish, reply.raw_finish) == ("On its way.", Finish.STOP, "STOP")
    assert reply.served_model == "gemini-x"


@pytest.mark.parametrize("stream", [(), (text("Hal"),), (text("Hal", "FINISH_REASON_UNSPECIFIED"),)])
def test_a_stream_without_a_finish_reason_is_incomplete(stream: tuple[bytes, ...]) -> None:
    assert failure_of(TARGET, *stream).kind is FailureClass.INCOMPLETE


def test_the_reader_is_finished_when_reason_and_figures_have_come() -> None:
    reader = a_reader(TARGET)
    list(reader.feed(text("Hi", "STOP")))
    before = reader.finished
    list(reader.feed(event({"usageMetadata": FIGURES})))

    assert (before, reader.finished) == (False, True)
    assert reader.end().usage == Usage(input=100, output=20)


@pytest.mark.parametrize(
    ("extra", "usage"),
    [
        ({}, Usage(input=100, output=20)),
        ({"thoughtsTokenCount": 30}, Usage(input=100, output=50, reasoning=30)),
        ({"cachedContentTokenCount": 80}, Usage(input=100, output=20, cache_read=80)),
        ({"toolUsePromptTokenCount": 7}, Usage(input=107, output=20)),
        ({"candidatesTokenCount": None}, Usage(input=100, output=0)),
        ({"promptTokenCount": None}, None),
        ({"cachedContentTokenCount": 101}, None),
        ({"thoughtsTokenCount": -1}, None),
        ({"promptTokenCount": "many"}, None),
    ],
    ids=[
        "plain",
        "thoughts are billed beside the candidates",
        "cached content is part of the prompt",
        "what tools added is beside the prompt",
        "a zero is left out by the protocol",
        "no input",
        "more cached than sent",
        "a negative part does not hide in a sum",
        "no number",
    ],
)
def test_usage_becomes_inclusive(extra: dict[str, Any], usage: Usage | None) -> None:
    early = {"promptTokenCount": 100, "candidatesTokenCount": 3}

    assert read(TARGET, text("H", None, early), text("i", "STOP", {**FIGURES, **extra})).usage == usage


@pytest.mark.parametrize("reason", ["SAFETY", "PROHIBITED_CONTENT", "OTHER"])
def test_a_blocked_prompt_without_candidates_is_refused(reason: str) -> None:
    blocked = {"promptFeedback": {"blockReason": reason}, "usageMetadata": FIGURES}

    reply = read(TARGET, event(blocked))

    assert (reply.finish, reply.raw_finish, reply.text) == (Finish.REFUSED, reason, "")
    assert plain(TARGET, blocked) == reply


@pytest.mark.parametrize(
    ("raw", "finish"),
    [
        ("STOP", Finish.STOP),
        ("MAX_TOKENS", Finish.LENGTH),
        ("SAFETY", Finish.REFUSED),
        ("RECITATION", Finish.REFUSED),
        ("PROHIBITED_CONTENT", Finish.REFUSED),
        ("SPII", Finish.REFUSED),
    ],
)
def test_finish_reasons_become_ours_and_are_kept(raw: str, finish: Finish) -> None:
    reply = read(TARGET, text("Hi", raw))

    assert (reply.finish, reply.raw_finish) == (finish, raw)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("MALFORMED_FUNCTION_CALL", FailureClass.BROKEN),
        ("UNEXPECTED_TOOL_CALL", FailureClass.BROKEN),
        ("OTHER", FailureClass.BROKEN),
        ("INVENTED_LATER", FailureClass.BROKEN),
        ("MISSING_THOUGHT_SIGNATURE", FailureClass.OUR_FAULT),
    ],
)
def test_finish_reasons_of_no_proper_answer_are_failures(raw: str, kind: FailureClass) -> None:
    failure = failure_of(TARGET, text("Hi", raw))

    assert (failure.kind, failure.code) == (kind, raw)


def test_function_calls_come_whole_and_often_without_an_id() -> None:
    stream = (
        part(None, None, call("look", {"x": 1}), call("look", {"x": 1})),
        part("STOP", None, call("find")),
    )

    reply = read(TARGET, *stream)

    assert [(wish.name, wish.arguments) for wish in reply.wishes] == [
        ("look", '{"x":1}'),
        ("look", '{"x":1}'),
        ("find", "{}"),
    ]
    assert len({wish.id for wish in reply.wishes}) == 3
    assert reply.finish is Finish.TOOLS
    assert texts(progress(TARGET, *stream)) == ["(work)"] * 3


def test_an_id_of_the_provider_is_kept() -> None:
    assert read(TARGET, part("STOP", None, call(id="abc123"))).wishes[0].id == "abc123"


def test_a_call_without_a_name_is_a_broken_answer() -> None:
    assert failure_of(TARGET, part("STOP", None, {"functionCall": {}})).kind is FailureClass.BROKEN


def test_thoughts_are_progress_but_no_text() -> None:
    stream = (part(None, None, {"text": "hm", "thought": True}), text("Hi", "STOP"))

    reply = read(TARGET, *stream)

    assert (reply.text, reply.reasoning) == ("Hi", "hm")
    assert texts(progress(TARGET, *stream)) == ["(work)", "Hi"]


@pytest.mark.parametrize(
    "parts",
    [
        ({**call(), "thoughtSignature": "sig"},),
        (call(), {"text": "", "thoughtSignature": "sig"}),
    ],
    ids=["with its call", "in a part of its own"],
)
def test_a_thought_signature_is_kept_with_its_call(parts: tuple[Any, ...]) -> None:
    assert read(TARGET, part("STOP", None, *parts)).wishes[0].signature == "sig"


def test_an_error_inside_a_stream_keeps_its_class() -> None:
    error = {"error": {"code": 503, "status": "UNAVAILABLE", "message": "The model is overloaded."}}

    failure = failure_of(TARGET, text("Hal"), event(error))

    assert (failure.kind, failure.status, failure.code) == (FailureClass.OVERLOADED, 200, "unavailable")


def test_a_malformed_event_is_broken() -> None:
    assert failure_of(TARGET, b"data: {oops\n\n").kind is FailureClass.BROKEN


def test_a_json_array_is_read_where_alt_sse_was_lost() -> None:
    body = b"[%b,\n%b]" % (text("On ")[6:-2], text("its way.", "STOP", FIGURES)[6:-2])

    assert read(TARGET, body[:30], body[30:]).text == "On its way."


def test_an_array_wrapped_error_keeps_its_class() -> None:
    body = msgspec.json.encode([{"error": {"code": 404, "status": "NOT_FOUND", "message": "no"}}])

    assert failure_of(TARGET, body).kind is FailureClass.MODEL_GONE


def test_a_plain_answer_is_read() -> None:
    body = text("Hi", "STOP", FIGURES)[6:]

    reply = plain(TARGET, body)

    assert (reply.text, reply.usage) == ("Hi", Usage(input=100, output=20))


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"<html>", b"[7]", b'{"candidates":[]}'])
def test_a_body_without_an_answer_is_broken(body: bytes) -> None:
    assert plain_failure(TARGET, body).kind is FailureClass.BROKEN


@pytest.mark.parametrize(
    ("stream", "url"),
    [
        (True, "/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse"),
        (False, "/v1beta/models/gemini-2.5-flash:generateContent"),
    ],
)
def test_a_stream_is_asked_for_with_alt_sse(stream: bool, url: str) -> None:
    request = dialect_for(TARGET.profile.protocol).request(a_prompt(), TARGET, "key", stream=stream)

    assert request.url == f"https://generativelanguage.googleapis.com{url}"
    assert request.headers["x-goog-api-key"] == "key"
    assert "key" not in request.url


def test_a_request_says_everything_in_the_provider_s_words() -> None:
    body = body_of(a_prompt(contact("Hi"), tools=(OFFER,)), TARGET)

    assert body == {
        "systemInstruction": {"parts": [{"text": "You serve a shop."}]},
        "contents": [{"role": "user", "parts": [{"text": "Hi"}]}],
        "generationConfig": {"maxOutputTokens": 1024, "temperature": 0.2},
        "tools": [
            {
                "functionDeclarations": [
                    {
                        "name": "look_up_order",
                        "description": "Where an order is.",
                        "parametersJsonSchema": OFFER.parameters,
                    }
                ]
            }
        ],
    }


def test_results_without_ids_stand_in_the_order_of_their_calls() -> None:
    ours = [wish.id for wish in read(TARGET, part("STOP", None, call("look"), call("look"))).wishes]
    history: tuple[Entry, ...] = (
        contact("Hi"),
        wished(a_wish(ours[0]), a_wish(ours[1], "{}")),
        answered(ours[1], "no", failed=True),
        answered(ours[0], "yes"),
    )

    contents = body_of(a_prompt(*history), TARGET)["contents"]

    assert contents[1:] == [
        {
            "role": "model",
            "parts": [
                {"functionCall": {"name": "look_up_order", "args": {"number": "A1"}}},
                {"functionCall": {"name": "look_up_order", "args": {}}},
            ],
        },
        {
            "role": "user",
            "parts": [
                {"functionResponse": {"name": "look_up_order", "response": {"output": "yes"}}},
                {"functionResponse": {"name": "look_up_order", "response": {"error": "no"}}},
            ],
        },
    ]


@pytest.mark.parametrize(("provider", "id_"), [("main", "abc"), ("other", None)])
def test_an_id_goes_back_to_the_provider_that_gave_it(provider: str, id_: str | None) -> None:
    history = (contact("Hi"), wished(a_wish("abc"), provider=provider), answered("abc"))

    contents = body_of(a_prompt(*history), TARGET)["contents"]

    assert contents[1]["parts"][0]["functionCall"].get("id") == id_
    assert contents[2]["parts"][0]["functionResponse"].get("id") == id_


def test_a_call_that_came_without_the_signature_it_needs_gets_the_stand_in() -> None:
    history = (contact("Hi"), wished(a_wish("a")), answered("a"))

    part_of_call = body_of(a_prompt(*history), THIRD)["contents"][1]["parts"][0]

    assert part_of_call["thoughtSignature"] == "skip_thought_signature_validator"


@pytest.mark.parametrize(
    ("target", "provider", "signatures"),
    [
        (TARGET, "main", ["sig", None]),
        (TARGET, "other", [None, None]),
        (THIRD, "main", ["sig", None]),
        (THIRD, "other", ["skip_thought_signature_validator", None]),
    ],
    ids=[
        "echoed",
        "foreign ones are left out",
        "echoed by the third generation",
        "a stand-in where one must be",
    ],
)
def test_thought_signatures_go_back_to_who_sent_them_only(
    target: Any, provider: str, signatures: list[str | None]
) -> None:
    wishes = (a_wish("a", signature="sig"), a_wish("b"))
    history = (contact("Hi"), wished(*wishes, provider=provider), answered("a"), answered("b"))

    parts = body_of(a_prompt(*history), target)["contents"][1]["parts"]

    assert [one.get("thoughtSignature") for one in parts] == signatures


def test_roles_alternate_from_user_to_user() -> None:
    contents = body_of(a_prompt(assistant("Hello"), contact("a"), contact("b"), assistant("c")), TARGET)[
        "contents"
    ]

    assert [content["role"] for content in contents] == ["user", "model", "user", "model", "user"]
