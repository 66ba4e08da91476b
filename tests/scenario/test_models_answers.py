"""What a chain of models answers, by each protocol, and what it does when the first model fails."""

from __future__ import annotations

import pytest

from fondaco.domain.errors import ConfigurationError, NoModelAnswered
from fondaco.domain.usage import LedgerEntry, Provenance
from fondaco.llm.asking import Finish
from fondaco.llm.options import LlmOptions, ModelOptions
from fondaco.testing.provider.faults import Fault, FaultRule, Plan
from tests.contract.provider_support import always
from tests.scenario.models_house import (
    ANSWER,
    FIRST,
    SECOND,
    THIRD,
    Models,
    Reading,
    ends,
    on_first,
    on_model,
    open_models,
    with_openai,
)

ORDER = "Where is my order RI-10482?"

#: What makes the first model's answer useless.  Where it lasts, the second is asked after a second.
FAILING = {
    Fault.CUT: "broken",
    Fault.RESET: "broken",
    Fault.HANG_UP: "broken",
    Fault.STALL_HEADERS: "too_slow",
    Fault.STALL_FIRST: "too_slow",
    Fault.STALL_MIDDLE: "too_slow",
    Fault.KEEP_ALIVE: "too_slow",
    Fault.MALFORMED: "broken",
    Fault.ERROR_IN_200: "overloaded",
    Fault.ERROR_FIRST: "overloaded",
    Fault.TRUNCATED: "incomplete",
    Fault.MISSING_END: "incomplete",
    Fault.NOTHING: "empty",
    Fault.HUGE: "broken",
    Fault.CONTENT_FILTER: "refused",
    Fault.EMPTY_BODY: "incomplete",
    Fault.WRONG_TYPE: "broken",
    Fault.RATE_LIMITED: "rate_limited",
    Fault.OVERLOADED: "overloaded",
    Fault.SERVER_ERROR: "overloaded",
    Fault.UNAVAILABLE: "overloaded",
    Fault.BAD_GATEWAY: "overloaded",
    Fault.WRONG_KEY: "credential",
    Fault.UNKNOWN_MODEL: "model_gone",
    Fault.QUOTA: "quota",
    Fault.TOO_LONG: "too_long",
}
#: As STALL_HEADERS, or no fault of a plain answer.
_OF_STREAMS = {Fault.STALL_FIRST, Fault.STALL_MIDDLE, Fault.TRUNCATED, Fault.MISSING_END, Fault.KEEP_ALIVE}
#: What each protocol has its own words for.
SAID_OTHERWISE = [
    fault
    for fault, kind in FAILING.items()
    if kind not in ("too_slow", "broken") or fault in (Fault.CUT, Fault.MALFORMED)
]
FAILS_PLAINLY = [fault for fault in FAILING if fault not in _OF_STREAMS]
#: What a good reader does not mind.
BORNE = (
    Fault.USAGE_MISSING,
    Fault.USAGE_DOUBLED,
    Fault.USAGE_EVERYWHERE,
    Fault.SPLIT_UTF8,
    Fault.PLAIN_FOR_STREAM,
)


def as_is(model: ModelOptions, *, stream: bool) -> ModelOptions:
    return ModelOptions(name=model.name, provider=model.provider, model=model.model, stream=stream)


async def accounted(models: Models) -> None:
    """Fail unless each attempt in the ledger is the provider's own figure, or says that it is none."""
    entries, billed = await models.entries(), await models.billed()
    due = [models.price_of(one) for one in billed]
    assert len(entries) == len(billed)
    wrong = [
        (entry.ended_as, entry.provenance, entry.cost_pico, owed)
        for entry, owed in zip(entries, due, strict=True)
        if not _is_honest(entry, owed)
    ]
    assert wrong == []


def _is_honest(entry: LedgerEntry, owed: int) -> bool:
    match entry.provenance:
        case Provenance.REPORTED | Provenance.NOTHING:
            return entry.cost_pico == owed
        case Provenance.UPPER_BOUND | Provenance.RESERVED:
            return entry.cost_pico >= owed
        case Provenance.ESTIMATED:
            return entry.cost_pico > 0


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("model", [FIRST, SECOND, THIRD], ids=lambda model: model.provider)
async def test_each_protocol_answers_to_the_token(model: ModelOptions, *, stream: bool) -> None:
    async with open_models(as_is(model, stream=stream)) as models:
        reading = Reading()

        answered = await models.ask(listener=reading)

        assert (answered.reply.text, answered.reply.finish) == (ANSWER, Finish.STOP)
        assert reading.text == (ANSWER if stream else "")
        [entry] = await models.entries()
        [billed] = await models.billed()
        assert (entry.provenance, entry.cost_pico) == (Provenance.REPORTED, models.price_of(billed))


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("model", [FIRST, SECOND, THIRD], ids=lambda model: model.provider)
async def test_each_protocol_wishes_for_a_tool(model: ModelOptions, *, stream: bool) -> None:
    async with open_models(as_is(model, stream=stream)) as models:
        answered = await models.ask(ORDER, tools=True)

        [wish] = answered.reply.wishes
        assert (wish.name, wish.arguments) == ("order", '{"order_number":"RI-10482"}')
        assert answered.reply.finish is Finish.TOOLS


@pytest.mark.parametrize("fault", FAILING, ids=str)
async def test_when_the_first_model_fails_the_second_one_answers(fault: Fault) -> None:
    def impatient(options: LlmOptions) -> LlmOptions:
        return with_openai(options, event_seconds=0.5)

    async with open_models(plan=on_first(fault), settings=impatient) as models:
        reading = Reading()

        answered = await models.ask(listener=reading, first_seconds=1.0)

        assert (answered.target.name, answered.reply.text) == ("second", ANSWER)
        assert ends(answered.attempts)[0] == ("first", FAILING[fault])
        assert reading.text == ANSWER
        await accounted(models)
        await models.nothing_is_held()


@pytest.mark.parametrize("fault", SAID_OTHERWISE, ids=str)
@pytest.mark.parametrize("model", [SECOND, THIRD], ids=lambda model: model.provider)
async def test_each_protocols_way_to_fail_is_understood(model: ModelOptions, fault: Fault) -> None:
    async with open_models(model, FIRST, plan=on_model(model, fault)) as models:
        reading = Reading()

        answered = await models.ask(listener=reading)

        assert (answered.target.name, answered.reply.text, reading.text) == ("first", ANSWER, ANSWER)
        assert answered.attempts[0].ended_as == FAILING[fault]
        await accounted(models)
        await models.nothing_is_held()


@pytest.mark.parametrize("fault", FAILS_PLAINLY, ids=str)
async def test_a_plain_answer_that_fails_is_given_by_the_second_model(fault: Fault) -> None:
    async with open_models(as_is(FIRST, stream=False), SECOND, plan=on_first(fault)) as models:
        answered = await models.ask(first_seconds=1.0, whole_seconds=2.5)

        assert (answered.target.name, answered.reply.text) == ("second", ANSWER)
        await models.nothing_is_held()


@pytest.mark.parametrize("fault", BORNE, ids=str)
async def test_a_habit_of_the_provider_is_no_failure(fault: Fault) -> None:
    async with open_models(plan=on_first(fault)) as models:
        answered = await models.ask()

        assert (answered.target.name, answered.reply.text) == ("first", ANSWER)
        await accounted(models)


@pytest.mark.parametrize("fault", [Fault.WRONG_KEY, Fault.CUT, Fault.OVERLOADED], ids=str)
async def test_a_model_that_is_alone_ends_in_no_answer_with_all_attempts(fault: Fault) -> None:
    async with open_models(FIRST, plan=on_first(fault)) as models:
        reading = Reading()

        with pytest.raises(NoModelAnswered) as caught:
            await models.ask(listener=reading)

        assert ends(caught.value.attempts)[-1] == ("first", FAILING[fault])
        assert caught.value.attempts[-1].then != ""
        assert reading.text == ""
        await accounted(models)
        await models.nothing_is_held()


async def test_two_models_that_decline_are_not_followed_by_a_third_opinion() -> None:
    async with open_models(FIRST, SECOND, THIRD, plan=always(Fault.CONTENT_FILTER)) as models:
        with pytest.raises(NoModelAnswered) as caught:
            await models.ask()

        assert ends(caught.value.attempts) == [("first", "refused"), ("second", "refused")]


async def test_silence_is_shared_among_the_models_of_the_chain() -> None:
    plan = Plan(rules=tuple(FaultRule(fault=Fault.STALL_HEADERS, model=one.model) for one in (FIRST, SECOND)))
    async with open_models(FIRST, SECOND, THIRD, plan=plan) as models:
        answered = await models.ask(first_seconds=4.5)

        first, second = (note.duration_ms for note in answered.attempts[:2])
        assert 2_200 <= first <= 3_000
        assert second < 0.75 * first
        assert answered.target.name == "third"


async def test_an_answer_of_200_000_tokens_is_not_read_to_its_end() -> None:
    async with open_models(FIRST, plan=on_first(Fault.HUGE)) as models:
        reading = Reading()

        with pytest.raises(NoModelAnswered) as caught:
            await models.ask(listener=reading)

        assert "far longer than its limit" in caught.value.attempts[0].message
        assert (reading.text, reading.retractions) == ("", len(caught.value.attempts))


async def test_a_model_without_a_price_is_refused_at_the_start() -> None:
    with pytest.raises(ConfigurationError, match="there is no price for openai/gpt-17"):
        async with open_models(ModelOptions(name="dear", provider="openai", model="gpt-17")):
            pass


async def test_a_prompt_that_was_too_long_goes_to_no_model_of_the_same_length() -> None:
    twin = ModelOptions(name="twin", provider="openai", model="gpt-4.1-mini")
    async with open_models(FIRST, twin, SECOND, plan=on_first(Fault.TOO_LONG)) as models:
        answered = await models.ask()

        assert ends(answered.attempts) == [("first", "too_long"), ("second", "answered")]
