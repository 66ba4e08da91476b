"""What OpenTelemetry is told of model calls: one span for each question, and the conventions' metrics."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from prometheus_client import CollectorRegistry

from fondaco.domain.errors import NoModelAnswered
from fondaco.domain.ids import ConnectionId, ConversationId, TurnId, WorkspaceId
from fondaco.kit.chance import SeededChance
from fondaco.kit.clock import SystemClock
from fondaco.kit.http import HttpClient
from fondaco.kit.ids import IdMaker
from fondaco.llm.answering import Answered, Ask, Scope
from fondaco.llm.asking import Prompt, Said, Speaker
from fondaco.llm.cellar import Cellar, Surroundings, build_cellar
from fondaco.llm.client import ModelClient
from fondaco.llm.meters import ModelMeters
from fondaco.llm.options import ChainOptions, LlmOptions, ModelOptions, ProviderOptions, RetryOptions
from fondaco.llm.targets import ProviderKind
from fondaco.testing.memory_ledger import MemoryLedger
from fondaco.testing.provider.faults import Fault, FaultRule, Plan
from fondaco.testing.provider.simulator import ProviderSimulator
from fondaco.testing.shared_notes import MemorySharedNotes

PROMPT = Prompt(system="Be brief.", history=(Said(by=Speaker.CONTACT, text="Where is my parcel?"),))


@dataclass(frozen=True, slots=True)
class Observatory:
    """A client of models whose spans and metrics are kept."""

    cellar: Cellar
    client: ModelClient
    spans: InMemorySpanExporter
    metrics: InMemoryMetricReader

    async def ask(self) -> Answered:
        now_ms = SystemClock().monotonic_ms()
        scope = Scope(
            workspace_id=WorkspaceId("wsp"),
            connection_id=ConnectionId("con"),
            conversation_id=ConversationId("cnv_1"),
            turn_id=TurnId("trn_1"),
            step=1,
        )
        targets = self.cellar.chains.cheap
        ask = Ask(
            prompt=PROMPT,
            targets=targets,
            scope=scope,
            first_token_ms=now_ms + 5_000,
            whole_ms=now_ms + 9_000,
        )
        return await self.client.ask(ask)

    def only_span(self) -> ReadableSpan:
        [span] = self.spans.get_finished_spans()
        return span

    def points(self) -> dict[str, list[Any]]:
        """Return the data points of every metric by its name."""
        data = self.metrics.get_metrics_data()
        assert data is not None
        metrics = data.resource_metrics[0].scope_metrics[0].metrics
        return {metric.name: list(metric.data.data_points) for metric in metrics}


@asynccontextmanager
async def observatory(*faults: FaultRule, old_names: bool = False) -> AsyncIterator[Observatory]:
    exporter, reader, traces = InMemorySpanExporter(), InMemoryMetricReader(), TracerProvider()
    traces.add_span_processor(SimpleSpanProcessor(exporter))
    meter = MeterProvider([reader]).get_meter("test")
    async with ProviderSimulator(plan=Plan(rules=faults)) as simulator, HttpClient() as http:
        cellar = _cellar(simulator.base_url("openai"), http)
        cellar.gear.meters = ModelMeters(CollectorRegistry(), old_names=old_names, meter=meter)
        client = ModelClient(cellar.gear, traces.get_tracer("test"))
        yield Observatory(cellar, client, exporter, reader)
        await cellar.gear.written()


def _cellar(base_url: str, http: HttpClient) -> Cellar:
    clock, chance = SystemClock(), SeededChance(7)
    options = LlmOptions(
        providers=(ProviderOptions(name="acme", kind=ProviderKind.OPENAI, base_url=base_url),),
        models=(ModelOptions(name="small", provider="acme", model="gpt-4.1-mini"),),
        chains=ChainOptions(cheap=("small",)),
        retries=RetryOptions(attempts=2, base_ms=1),
    )
    around = Surroundings(
        http=http,
        ledger=MemoryLedger(),
        notes=MemorySharedNotes(),
        clock=clock,
        chance=chance,
        ids=IdMaker(clock, chance),
        metrics=CollectorRegistry(),
    )
    cellar = build_cellar(options, around)
    assert cellar is not None
    return cellar


async def test_a_question_is_one_span_with_the_conventions_attributes() -> None:
    async with observatory() as seen:
        answered = await seen.ask()

        span = seen.only_span()

    assert (span.name, span.kind) == ("chat gpt-4.1-mini", SpanKind.CLIENT)
    assert (
        dict(span.attributes or {}).items()
        >= {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": "gpt-4.1-mini",
            "gen_ai.request.max_tokens": 1024,
            "gen_ai.request.temperature": 0.2,
            "gen_ai.conversation.id": "cnv_1",
            "gen_ai.response.model": answered.reply.served_model,
            "gen_ai.response.finish_reasons": ("stop",),
            "server.address": "127.0.0.1",
        }.items()
    )
    usage = answered.reply.usage
    assert usage is not None
    assert (span.attributes or {})["gen_ai.usage.input_tokens"] == usage.input
    assert (span.attributes or {})["gen_ai.usage.output_tokens"] == usage.output


async def test_no_word_of_a_conversation_is_in_a_span() -> None:
    async with observatory() as seen:
        answered = await seen.ask()

        told = seen.only_span().to_json()

    assert answered.reply.text not in told
    assert "parcel" not in told


async def test_attempts_are_events_of_the_one_span() -> None:
    async with observatory(FaultRule(fault=Fault.SERVER_ERROR, first=1)) as seen:
        await seen.ask()

        events = seen.only_span().events

    assert [event.name for event in events] == ["attempt", "attempt"]
    ended = [(event.attributes or {})["fondaco.ended_as"] for event in events]
    assert ended == ["overloaded", "answered"]


@pytest.mark.parametrize(
    ("fault", "error", "finish"),
    [
        (Fault.SERVER_ERROR, "overloaded", None),
        (Fault.WRONG_KEY, "credential", None),
        (Fault.TRUNCATED, "incomplete", ("error",)),
    ],
)
async def test_a_failure_has_a_type_and_an_answer_that_was_cut_short_ends_with_an_error(
    fault: Fault, error: str, finish: tuple[str] | None
) -> None:
    async with observatory(FaultRule(fault=fault)) as seen:
        with pytest.raises(NoModelAnswered):
            await seen.ask()

        span = seen.only_span()

    assert span.status.status_code is StatusCode.ERROR
    attributes = span.attributes or {}
    assert attributes["error.type"] == error
    assert attributes.get("gen_ai.response.finish_reasons") == finish


async def test_metrics_have_the_conventions_names() -> None:
    async with observatory() as seen:
        answered = await seen.ask()

        points = seen.points()

    usage = answered.reply.usage
    assert usage is not None
    [took] = points["gen_ai.client.inference.duration"]
    [output] = points["gen_ai.client.inference.usage.output_tokens"]
    assert (took.count, output.value) == (1, usage.output)
    assert took.attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4.1-mini",
    }
    assert "gen_ai.client.operation.duration" not in points


async def test_a_failure_is_counted_with_its_type() -> None:
    async with observatory(FaultRule(fault=Fault.WRONG_KEY)) as seen:
        with pytest.raises(NoModelAnswered):
            await seen.ask()

        [took] = seen.points()["gen_ai.client.inference.duration"]

    assert took.attributes["error.type"] == "credential"


async def test_the_former_names_go_out_beside_the_new_ones_where_they_are_wanted() -> None:
    async with observatory(old_names=True) as seen:
        await seen.ask()

        points = seen.points()

    assert len(points["gen_ai.client.operation.duration"]) == 1
    assert len(points["gen_ai.client.inference.duration"]) == 1
    kinds = {point.attributes["gen_ai.token.type"] for point in points["gen_ai.client.token.usage"]}
    assert kinds == {"input", "output"}
