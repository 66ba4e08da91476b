"""What an operator reads when a key, an address, a certificate or a model is wrong, and what nobody reads."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from fondaco.domain.errors import ConfigurationError, NoModelAnswered
from fondaco.domain.usage import AttemptNote, Provenance
from fondaco.llm.chain import chains_of
from fondaco.llm.options import LlmOptions, ModelOptions, ProviderOptions
from fondaco.llm.secrets import read_secrets
from fondaco.llm.wire.openai import OpenAiChat
from fondaco.testing.provider.certificates import TlsKind
from fondaco.testing.provider.faults import Fault
from fondaco.testing.provider.script import Answer, clerk
from fondaco.testing.provider.script import Ask as Asked
from fondaco.testing.provider.simulator import ProviderSimulator
from fondaco.testing.provider.trouble import Trouble, TroubleKind
from tests.scenario.models_house import (
    ANSWER,
    FIRST,
    SECRET,
    Models,
    a_prompt,
    ends,
    on_first,
    open_models,
    with_openai,
)


async def first_note(models: Models) -> AttemptNote:
    """Ask, and return what is noted of the first model; the second one must have answered."""
    answered = await models.ask()
    assert (answered.target.name, answered.reply.text) == ("second", ANSWER)
    return answered.attempts[0]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (Fault.WRONG_KEY, ("status 401", "Incorrect API key", "the key is refused; no other target")),
        (Fault.UNKNOWN_MODEL, ("status 404", "does not exist", "there is no such model")),
        (Fault.QUOTA, ("status 429", "credit balance", "the key has no money left")),
    ],
    ids=str,
)
async def test_the_operator_is_told_what_is_wrong_and_what_was_done(
    fault: Fault, told: tuple[str, ...]
) -> None:
    async with open_models(plan=on_first(fault)) as models:
        note = await first_note(models)

        line = f"{note.message} {note.then}"
        assert [words for words in told[:2] if words not in line] == []
        assert told[2].split(";")[0] in note.then
        assert (note.cost_pico, note.provenance) == (0, Provenance.NOTHING)


@pytest.mark.parametrize("place", ["dead_address", "unanswered_address", "unresolvable_address"])
async def test_a_wrong_address_is_left_quickly_and_costs_nothing(place: str) -> None:
    served = ProviderSimulator()

    def elsewhere(options: LlmOptions) -> LlmOptions:
        return with_openai(options, base_url=getattr(served, place)(), connect_seconds=0.2)

    async with open_models(simulator=served, settings=elsewhere) as models:
        note = await first_note(models)

        assert (note.ended_as, note.cost_pico, note.possibly_billed) == ("not_sent", 0, False)
        assert "no connection" in note.message
        assert (await models.entries())[0].provenance is Provenance.NOTHING


@pytest.mark.parametrize(
    ("kind", "told"), [(TlsKind.EXPIRED, "certificate"), (TlsKind.SELF_SIGNED, "certificate")], ids=str
)
async def test_a_certificate_that_does_not_hold_is_named(kind: TlsKind, told: str) -> None:
    async with ProviderSimulator() as secure:
        address = await secure.tls_address(kind)

        def encrypted(options: LlmOptions) -> LlmOptions:
            return with_openai(options, base_url=f"{address}/v1")

        async with open_models(settings=encrypted) as models:
            note = await first_note(models)

            assert note.ended_as == "not_sent"
            assert told in note.message
            assert secure.journal.entries() == []


def knows_no_options(asked: Asked) -> Answer:
    if asked.with_usage:
        raise Trouble(TroubleKind.BAD_REQUEST, "Unrecognized request argument: stream_options")
    return clerk(asked)


def contradicts_itself(asked: Asked) -> Answer:
    raise Trouble(TroubleKind.BAD_REQUEST, "Unsupported: max_completion_tokens; nor is max_tokens.")


def repeats_the_key(asked: Asked) -> Answer:
    raise Trouble(TroubleKind.WRONG_KEY, f"The key {asked.key} is not known here.")


async def test_a_request_is_asked_for_less_once_and_never_again_for_more() -> None:
    async with open_models(FIRST, simulator=ProviderSimulator(knows_no_options)) as models:
        first = await models.ask()
        second = await models.ask()

        assert ends(first.attempts) == [("first", "our_fault"), ("first", "answered")]
        assert first.attempts[0].then == "asked again for less"
        assert ends(second.attempts) == [("first", "answered")]


async def test_a_provider_that_contradicts_itself_is_not_asked_for_ever() -> None:
    async with open_models(FIRST, simulator=ProviderSimulator(contradicts_itself)) as models:
        with pytest.raises(NoModelAnswered):
            await models.ask()

        assert 2 <= len(models.simulator.journal.entries()) <= 5


async def test_no_message_no_note_and_no_log_repeats_the_key() -> None:
    async with open_models(FIRST, simulator=ProviderSimulator(repeats_the_key)) as models:
        with capture_logs() as logged, pytest.raises(NoModelAnswered) as caught:
            await models.ask()

        target = models.cellar.chains.cheap[0]
        request = OpenAiChat().request(a_prompt(), target, SECRET, stream=True)
        shown = f"{caught.value!r} {caught.value.__cause__!r} {logged} {models.cellar!r} {request!r}"
        shown += repr(await models.entries()) + repr(models.cellar.gear.board.states())
        assert "The key … is not known here" in shown
        assert SECRET not in shown


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://me:hunter2@models.example/v1", "base_url must hold no name"),
        ("https://models.example/v1?key=hunter2", "base_url must end before"),
        ("https://models.example/v1#hunter2", "base_url must end before"),
    ],
)
def test_a_secret_in_an_address_is_refused_and_not_repeated(address: str, told: str) -> None:
    relay = ProviderOptions(name="relay", base_url=address)
    options = LlmOptions(
        providers=(relay,), models=(ModelOptions(name="one", provider="relay", model="m", price="free"),)
    )

    with pytest.raises(ConfigurationError, match=told) as caught:
        chains_of(options)

    assert "hunter2" not in str(caught.value)


def test_a_key_in_the_settings_is_refused_and_not_repeated() -> None:
    with pytest.raises(ConfigurationError, match="key must say where the key is") as caught:
        read_secrets([ProviderOptions(name="relay", key="hunter2")])

    assert "hunter2" not in str(caught.value)
