"""A contact reads along while a model answers: what breaks off is taken back, what is whole comes once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import accumulate
from pathlib import Path

from fondaco.domain.access import Teammate
from fondaco.domain.ids import TeammateId, WorkspaceId
from fondaco.llm.options import ChainOptions, LlmOptions, ModelOptions, ProviderOptions, RetryOptions
from fondaco.llm.targets import ProviderKind
from fondaco.testing.provider.faults import Fault, FaultRule, Plan
from fondaco.testing.provider.latency import Latency, Spread
from fondaco.testing.provider.presets import SimulatorOptions
from fondaco.testing.provider.script import Answer, Ask
from fondaco.testing.provider.simulator import ProviderSimulator
from tests.scenario.api_stream import Heard, Listener
from tests.scenario.whole_server import Whole, open_whole

QUESTION = "Tell me something nice about the tea that you sell, please."
#: The answer as it grows.
SENTENCES = tuple(
    accumulate(
        (
            "Our tea comes from small gardens in the hills.",
            " It is picked by hand in spring.",
            " Most people like it with a little milk.",
            " We hope that you will enjoy it.",
        )
    )
)
MIA = Teammate(
    id=TeammateId("mat_mia"), workspace_id=WorkspaceId("wsp_any"), name="Mia", email="mia@shop.example"
)
#: Time enough to open the stream before the first words, and to read each sentence by itself.
SLOWLY = SimulatorOptions(
    latency=Latency(first_token=Spread(p50_ms=250, p99_ms=250), per_token=Spread(p50_ms=10, p99_ms=10))
)


def tea(_: Ask) -> Answer:
    return Answer(text=SENTENCES[-1])


CUT = Plan(rules=(FaultRule(fault=Fault.CUT, model="gpt-4.1", at=0.6),))


def options_at(address: str) -> LlmOptions:
    provider = ProviderOptions(name="simulated", kind=ProviderKind.COMPATIBLE, base_url=f"{address}/v1")
    names = {"first": "gpt-4.1", "second": "deepseek-v3.2"}
    models = tuple(
        ModelOptions(name=name, provider="simulated", model=model, price=f"holysheep/{model}")
        for name, model in names.items()
    )
    return LlmOptions(
        providers=(provider,),
        models=models,
        chains=ChainOptions(cheap=tuple(names)),
        retries=RetryOptions(attempts=1),
    )


@asynccontextmanager
async def shop_with_models(folder: Path, plan: Plan) -> AsyncIterator[Whole]:
    """Serve a shop whose first model meets a fault, and whose second one answers."""
    async with (
        ProviderSimulator(tea, plan=plan, options=SLOWLY) as simulator,
        open_whole(folder, options_at(simulator.address)) as whole,
    ):
        yield whole


async def reads_along(whole: Whole, token: str, until: int) -> list[Heard]:
    """Return what comes up to the second message, which is the answer, and all that comes shortly after."""
    headers = {"Authorization": f"Bearer {token}"}
    async with whole.http.get(whole.url + "/widget/v1/events", headers=headers) as answer:
        listener, heard = Listener(answer), list[Heard]()
        while sum(one.event == "message" for one in heard) < until:
            heard += await listener.take(1)
        return heard


def drafts_in(heard: list[Heard]) -> list[str]:
    return [one.data["text"] for one in heard if one.event == "draft"]


async def test_what_breaks_off_is_taken_back_and_the_whole_answer_comes_once(tmp_path: Path) -> None:
    async with shop_with_models(tmp_path, CUT) as whole:
        begun = (await whole.begin(QUESTION)).json

        heard = await reads_along(whole, begun["token"], until=2)

        kinds = [one.event for one in heard if one.event in {"draft", "draft_void", "message"}]
        broken, again = ["draft", "draft", "draft_void"], ["draft", "draft", "draft"]
        assert kinds == ["message", *broken, *again, "message"]
        assert drafts_in(heard) == [*SENTENCES[:2], *SENTENCES[:3]]
        assert {one.id for one in heard if one.event.startswith("draft")} == {None}
        assert heard[-1].data["text"] == SENTENCES[-1]


async def test_the_log_holds_the_message_alone_and_what_was_paid_for_the_rest(tmp_path: Path) -> None:
    async with shop_with_models(tmp_path, CUT) as whole:
        begun = (await whole.begin(QUESTION)).json

        log = await whole.until(begun["conversation_id"], "TurnSettled")

        [message] = [one for one in log if one["type"] == "MessagePosted"]
        [asked] = [one for one in log if one["type"] == "ModelAsked"]
        assert message["text"] == SENTENCES[-1]
        assert [(one["target"], one["ended_as"]) for one in asked["attempts"]][-1] == ("second", "answered")
        assert all(one["cost_pico"] > 0 for one in asked["attempts"])
        assert log[-1]["cost_pico"] == sum(one["cost_pico"] for one in asked["attempts"])
        assert "draft" not in str(log)


async def test_who_comes_back_reads_the_draft_as_far_as_it_is(tmp_path: Path) -> None:
    async with shop_with_models(tmp_path, Plan()) as whole:
        begun = (await whole.begin(QUESTION)).json
        headers = {"Authorization": f"Bearer {begun['token']}"}
        address = whole.url + "/widget/v1/events"
        async with whole.http.get(address, headers=headers) as answer:
            first = await Listener(answer).until("draft")

        async with whole.http.get(address, headers=headers | {"Last-Event-ID": "3"}) as answer:
            again = await Listener(answer).until("message")

        assert first[-1].data["text"] == SENTENCES[0]
        assert drafts_in(again)[-1] == SENTENCES[2]
        assert again[-1].data["text"] == SENTENCES[-1]


async def test_a_takeover_voids_the_draft_and_nothing_of_the_answer_follows(tmp_path: Path) -> None:
    async with shop_with_models(tmp_path, Plan()) as whole:
        begun = (await whole.begin(QUESTION)).json
        headers = {"Authorization": f"Bearer {begun['token']}"}
        async with whole.http.get(whole.url + "/widget/v1/events", headers=headers) as answer:
            listener = Listener(answer)
            await listener.until("draft")

            place = (WorkspaceId(whole.app.settings.workspace.id), begun["conversation_id"])
            await whole.app.desk.take_over(*place, MIA)
            voided = await listener.until("draft_void")
            await whole.app.desk.reply(*place, MIA, "I am here.")
            heard = voided + await listener.until("message")

        spoken = [one.event for one in heard if one.event in {"draft", "draft_void", "message"}]
        assert spoken[-2:] == ["draft_void", "message"]
        assert heard[-1].data["text"] == "I am here."


async def test_a_further_message_takes_back_what_was_shown_and_gets_one_answer(tmp_path: Path) -> None:
    async with shop_with_models(tmp_path, Plan()) as whole:
        begun = (await whole.begin(QUESTION)).json
        headers = {"Authorization": f"Bearer {begun['token']}"}
        async with whole.http.get(whole.url + "/widget/v1/events", headers=headers) as answer:
            listener = Listener(answer)
            await listener.until("draft")

            more = {"text": "And which one is mild?"}
            written = await whole.ask("POST", "/widget/v1/messages", more, key=begun["token"])
            heard = list[Heard]()
            while sum(one.event == "message" for one in heard) < 2:
                heard += await listener.take(1)

        assert written.status == 202
        assert "draft_void" in [one.event for one in heard]
        assert [one.data["author"] for one in heard if one.event == "message"] == ["contact", "assistant"]
        assert heard[-1].data["text"] == SENTENCES[-1]


async def test_a_program_of_the_shop_is_told_the_message_alone(tmp_path: Path) -> None:
    async with shop_with_models(tmp_path, Plan()) as whole:
        conversation_id = await whole.open("ann")
        path = f"/v1/conversations/{conversation_id}"
        await whole.ask("POST", f"{path}/messages", {"text": QUESTION})
        headers = {"Authorization": f"Bearer {whole.key}"}

        async with whole.http.get(f"{whole.url}{path}/events/stream", headers=headers) as answer:
            heard = await Listener(answer).until("TurnSettled")

        assert drafts_in(heard) == []
