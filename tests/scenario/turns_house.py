"""A shop whose turns run on the store in memory: a contact writes, a worker answers, a teammate steps in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from prometheus_client import CollectorRegistry

from fondaco.domain import events as ev
from fondaco.domain.access import ChannelKind, Connection, Teammate
from fondaco.domain.articles import Article, Passage, Variant
from fondaco.domain.contracts import Contract
from fondaco.domain.conversation import Conversation
from fondaco.domain.hours import Hours
from fondaco.domain.ids import ArticleId, ConnectionId, TeammateId, WorkerId, WorkspaceId
from fondaco.domain.tools import Effect, FieldKind, Parameter, ParameterSource, ToolSpec, Verification
from fondaco.domain.turns import Lease
from fondaco.engine import Answerer, Shop, TeamOptions, Turn
from fondaco.engine.acting.acting import Acting
from fondaco.engine.acting.wording import Wording
from fondaco.engine.acting.work import Means
from fondaco.engine.guard import Cases, GuardOptions
from fondaco.engine.law import Law
from fondaco.engine.local import Finder, Library, LocalAssistant, Shelf
from fondaco.engine.model import Helpers, Memory, ModelAssistant, ModelAssistantOptions
from fondaco.engine.route import Models
from fondaco.engine.routing import Router, RoutingOptions
from fondaco.inbox import Desk, InboxOptions, Intake, TurnMeters, Worker
from fondaco.kit.chance import SeededChance
from fondaco.kit.ids import IdMaker
from fondaco.kit.language import Language
from fondaco.knowledge import Decision, KnowledgeIndex, Search
from fondaco.llm.answering import AsksModels
from fondaco.llm.estimates import Estimator
from fondaco.memory.choosing import Chooser
from fondaco.memory.options import MemoryOptions
from fondaco.testing.clock import FakeClock
from fondaco.testing.memory_store import MemoryStore
from fondaco.testing.scripted_models import SCRIPTED
from fondaco.tools import Tool, Toolbox, ToolCaller, VerifierOptions

SHOP = WorkspaceId("wsp_shop")
ANNA = WorkerId("wrk_anna")
BERT = WorkerId("wrk_bert")
LIN = Teammate(id=TeammateId("mat_lin"), workspace_id=SHOP, name="Lin", email="lin@shop.example")
MAX = Teammate(id=TeammateId("mat_max"), workspace_id=SHOP, name="Max", email="max@shop.example")
WIDGET = Connection(
    id=ConnectionId("con_widget"), workspace_id=SHOP, channel=ChannelKind.WIDGET, name="Widget"
)
CALLBACK = Connection(
    id=ConnectionId("con_callback"),
    workspace_id=SHOP,
    channel=ChannelKind.CALLBACK,
    name="Callback",
    callback_url="http://127.0.0.1:9/hook",
)

ORDER_NUMBER = Parameter(
    name="order_number", pattern=r"\bRI-(\d{5})(?!\d)", form="RI-{1}", ask="ask_order_number"
)
PROOF = Parameter(name="proof", pattern=r"(?<!\d)\d{5}(?!\d)", ask="ask_proof")
SUBJECT = Parameter(name="subject", source=ParameterSource.SERVER, server_value="subject")
MESSAGE = Parameter(name="message", source=ParameterSource.TEXT)

#: Order number -> whose it is, and the postcode that proves it.
OWNERS = {"RI-10001": ("mira", "10115"), "RI-10002": ("mira", "10115"), "RI-20001": ("harry", "20095")}

ORDER = {
    "order_number": "RI-10001",
    "state": "on_its_way",
    "due_on": "2026-11-24",
    "total": {"amount_minor": 4990, "currency": "EUR"},
    "items": 2,
}
STATE_NAMES = {
    "state": {
        "on_its_way": {
            "de": "unterwegs",
            "en": "on its way",
            "zh": "运输中",
            "ja": "配送中",
            "ko": "배송 중",
        }
    }
}

BODIES = {
    Language.EN: "Your order {order.order_number} is {order.state}. It arrives on {order.due_on|date}. "
    "{order.items} items for {order.total}. You may send it back within 30 days.",
    Language.DE: "Ihre Bestellung {order.order_number} ist {order.state}. Sie kommt am {order.due_on|date}. "
    "{order.items} Artikel für {order.total}. Sie können sie 30 Tage lang zurückgeben.",
    Language.ZH: "您的订单 {order.order_number} 正在{order.state}，预计 {order.due_on|date} 送达。"
    "共 {order.items} 件商品，金额 {order.total}。30 天内可以退货。",
    Language.JA: "ご注文 {order.order_number} は{order.state}です。{order.due_on|date}にお届けします。"
    "商品は {order.items} 点、合計 {order.total} です。30 日以内なら返品できます。",
    Language.KO: "주문 {order.order_number}은 {order.state}입니다. {order.due_on|date}에 도착합니다. "
    "상품 {order.items}개, 금액 {order.total}입니다. 30일 안에 반품할 수 있습니다.",
}
QUESTIONS = {
    Language.EN: "Where is my order RI-10001? My postcode is 10115.",
    Language.DE: "Wo ist meine Bestellung RI-10001? Meine Postleitzahl ist 10115.",
    Language.ZH: "我的订单RI-10001到哪里了？邮编是10115。",
    Language.JA: "注文RI-10001はどこにありますか。郵便番号は10115です。",
    Language.KO: "제 주문 RI-10001은 어디에 있나요? 우편번호는 10115입니다.",
}


@dataclass(slots=True)
class FakeTool:
    """A tool that remembers what it was called with."""

    spec: ToolSpec
    answer: Callable[[dict[str, Any]], dict[str, Any] | Awaitable[dict[str, Any]]]
    calls: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    async def run(self, arguments: dict[str, Any], idempotency_key: str) -> dict[str, Any]:
        self.calls.append(arguments)
        self.keys.append(idempotency_key)
        result = self.answer(arguments)
        return result if isinstance(result, dict) else await result


def identify(arguments: dict[str, Any]) -> dict[str, Any]:
    owner, proof = OWNERS.get(arguments["order_number"], ("", ""))
    matched = bool(proof) and proof == arguments["proof"]
    return {"matched": matched, "customer_ref": owner} if matched else {"matched": False}


def order_of(arguments: dict[str, Any]) -> dict[str, Any]:
    number = arguments["order_number"]
    owner, _ = OWNERS.get(number, ("", ""))
    return {**ORDER, "order_number": number} if owner == arguments["subject"] else {"found": False}


def product_of(arguments: dict[str, Any]) -> dict[str, Any]:
    return {"name": "kettle", "quantity": 7} if "kettle" in arguments["message"] else {"found": False}


FIELDS = {
    "order_number": FieldKind.TEXT,
    "state": FieldKind.STATE,
    "due_on": FieldKind.DATE,
    "total": FieldKind.MONEY,
    "items": FieldKind.NUMBER,
}


def tools() -> dict[str, FakeTool]:
    """Return fresh tools of the shop, by name."""
    specs = (
        (ToolSpec(name="identify", description="", parameters=(ORDER_NUMBER, PROOF)), identify),
        (
            ToolSpec(
                name="order",
                description="",
                parameters=(ORDER_NUMBER, SUBJECT),
                verification=Verification.MATCHED,
                fields=FIELDS,
                state_names=STATE_NAMES,
            ),
            order_of,
        ),
        (ToolSpec(name="product", description="", parameters=(MESSAGE,)), product_of),
        (
            ToolSpec(
                name="invoice",
                description="",
                parameters=(ORDER_NUMBER, SUBJECT),
                verification=Verification.MATCHED,
                effect=Effect.WRITE,
                contract=Contract(dry_run=False, confirm=False),
            ),
            lambda _: {"sent_to": "m…@example.com"},
        ),
    )
    return {spec.name: FakeTool(spec, answer) for spec, answer in specs}


def article(
    key: str,
    body: str,
    language: Language = Language.EN,
    *,
    topic: str = "",
    variants: tuple[Variant, ...] = (),
) -> Article:
    return Article(
        id=ArticleId(f"art_{key}_{language.value}"),
        workspace_id=SHOP,
        key=key,
        language=language,
        title=f"{key.capitalize()}?",
        body=body,
        questions=(f"{key}?",),
        variants=variants,
        topic=topic,
    )


ARTICLES = (
    *(article("track", body, language, topic="shipping") for language, body in BODIES.items()),
    article("returns", "You may send anything back within 30 days.", topic="returns"),
    article("stock", "We have {product.quantity} of the {product.name}."),
    article("invoice", "The invoice was sent to {invoice.sent_to}."),
    article("hours", "We are open from 9:00 to 18:00."),
)

#: What is found for a question that contains these words.
FOUND: dict[str, tuple[Decision, tuple[str, ...]]] = {
    "order": (Decision.ANSWER, ("track",)),
    "Bestellung": (Decision.ANSWER, ("track",)),
    "订单": (Decision.ANSWER, ("track",)),
    "注文": (Decision.ANSWER, ("track",)),
    "주문": (Decision.ANSWER, ("track",)),
    "send back": (Decision.ANSWER, ("returns",)),
    "stock": (Decision.ANSWER, ("stock", "hours")),
    "invoice": (Decision.ANSWER, ("invoice",)),
    "maybe": (Decision.OFFER, ("returns", "hours", "stock")),
}


class ScriptedIndex(KnowledgeIndex):
    """Finds what it is told to, so that a test of the turn is no test of the search."""

    def __init__(
        self, found: Mapping[str, tuple[Decision, tuple[str, ...]]], articles: Iterable[Article] = ()
    ) -> None:
        self._found = found
        self._texts = {(one.key, one.language): one.body for one in articles}

    def search_all(self, asked: Sequence[tuple[str, Language]], limit: int = 5) -> list[Search]:
        return [self._one(question, language) for question, language in asked]

    def _one(self, question: str, language: Language) -> Search:
        decision, keys = next(
            (found for words, found in self._found.items() if words in question), (Decision.NONE, ())
        )
        passages = tuple(
            Passage(
                article_id=ArticleId(f"art_{key}_{language.value}"),
                key=key,
                title=key,
                language=language,
                text=self._texts.get((key, language)) or self._texts.get((key, Language.EN), ""),
                score=0.95,
            )
            for key in keys
        )
        return Search(passages, 0.95, 0.95, decision, ())


E = TypeVar("E")


@dataclass(slots=True, kw_only=True)
class Talk:
    """One contact's conversation, and everybody who may answer it."""

    store: MemoryStore
    clock: FakeClock
    intake: Intake
    desk: Desk
    turn: Turn
    worker: Worker
    toolbox: Toolbox
    tools: dict[str, FakeTool]
    conversation: Conversation
    said: int = 0

    async def write(self, text: str, choice: str = "") -> None:
        """Let the contact write; nobody answers yet."""
        self.said += 1
        conversation = await self.current()
        await self.intake.receive(
            conversation, text=text, external_id=f"{conversation.id}/{self.said}", choice=choice
        )

    async def claim(self, worker_id: WorkerId = ANNA) -> list[Lease]:
        return await self.store.claim(worker_id, self.clock.now_ms(), 10)

    async def answer(self) -> None:
        """Let the worker answer whatever is due."""
        for lease in await self.claim():
            await self.worker.answer(lease)

    async def ask(self, text: str, choice: str = "") -> ev.MessagePosted:
        """Let the contact write, and return what the contact reads then."""
        await self.write(text, choice)
        await self.answer()
        return (await self.posted())[-1]

    async def current(self) -> Conversation:
        return await self.store.conversation(SHOP, self.conversation.id)

    async def events(self) -> list[ev.Event]:
        return [record.event for record in await self.store.records(SHOP, self.conversation.id, 0, 10_000)]

    async def all_of(self, kind: type[E]) -> list[E]:
        return [event for event in await self.events() if isinstance(event, kind)]

    async def posted(self) -> list[ev.MessagePosted]:
        return await self.all_of(ev.MessagePosted)

    async def reasons(self) -> list[str]:
        """Return why persons were asked for, in order."""
        return [event.reason.value for event in await self.all_of(ev.HandoffRequested)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What differs from one shop to the next."""

    articles: Iterable[Article] = ARTICLES
    found: Mapping[str, tuple[Decision, tuple[str, ...]]] = field(default_factory=lambda: FOUND)
    verifier: VerifierOptions | None = field(default_factory=lambda: VerifierOptions(tool="identify"))
    hours: Hours = field(default_factory=Hours)
    teams: tuple[TeamOptions, ...] = (TeamOptions(id="general"), TeamOptions(id="post", topics=("shipping",)))
    options: InboxOptions = field(default_factory=lambda: InboxOptions(burst_ms=0))
    connection: Connection = WIDGET
    verified_subject: str = ""
    answerer: Answerer | None = None
    models: Mapping[ev.RouteKind, AsksModels] = field(default_factory=dict)
    routing: RoutingOptions = field(default_factory=RoutingOptions)
    memory: MemoryOptions = field(default_factory=MemoryOptions)
    workspaces: tuple[WorkspaceId, ...] = (SHOP,)
    more_tools: tuple[Tool, ...] = ()
    store: type[MemoryStore] = MemoryStore


async def talk(setting: Setting | None = None) -> Talk:
    """Open a shop in which one contact is about to write."""
    told = setting or Setting()
    clock, fakes = FakeClock(auto=True), tools()
    store, ids = told.store(clock), IdMaker(clock, SeededChance(7))
    toolbox = Toolbox((*fakes.values(), *told.more_tools), told.verifier)
    library = Library.of(told.articles, ScriptedIndex(told.found, told.articles))
    finder, caller = Finder(Shelf(library), toolbox), ToolCaller(toolbox, clock)
    wording = Wording({}, {spec.name: spec for spec in toolbox.specs})
    acting = Acting(Means(caller, store.spending, wording, clock))
    answerer = told.answerer or LocalAssistant(finder, caller, acting)
    shop = Shop(hours=told.hours, teams=told.teams)
    law = Law(Cases(toolbox.specs, GuardOptions(), clock, secret="proof"), acting)
    helpers = Helpers(
        Memory(caller.toolbox, Estimator(), Chooser(told.memory), earlier=store.earlier_episodes)
    )
    models = _models(told, finder, caller, law, helpers) if told.models else None
    turn = Turn(answerer, shop, clock, law, models)
    meters = TurnMeters(CollectorRegistry())
    worker = Worker(
        ANNA, store, dict.fromkeys(told.workspaces, turn), told.options, meters, clock, SeededChance(7)
    )
    intake = Intake(store, told.options, clock, ids)
    return Talk(
        store=store,
        clock=clock,
        intake=intake,
        desk=Desk(store, store, store.spending, shop, told.options, clock, ids),
        turn=turn,
        worker=worker,
        toolbox=toolbox,
        tools=fakes,
        conversation=await intake.open(
            told.connection,
            contact_external_id="mira",
            external_id="one",
            verified_subject=told.verified_subject,
        ),
    )


def _models(told: Setting, finder: Finder, caller: ToolCaller, law: Law, helpers: Helpers) -> Models:
    def options(kind: ev.RouteKind) -> ModelAssistantOptions:
        return ModelAssistantOptions(rung=kind.value, targets=(SCRIPTED,), shop="Rialto")

    answerers = {
        kind: ModelAssistant(asked, finder, caller, options(kind), caller.clock, law, helpers)
        for kind, asked in told.models.items()
    }
    return Models(Router(told.routing, finder, tuple(answerers)), answerers)


async def another(talk_: Talk, name: str) -> Talk:
    """Open a further conversation of somebody else in the same shop."""
    conversation = await talk_.intake.open(WIDGET, contact_external_id=name, external_id=name)
    return Talk(
        store=talk_.store,
        clock=talk_.clock,
        intake=talk_.intake,
        desk=talk_.desk,
        turn=talk_.turn,
        worker=talk_.worker,
        toolbox=talk_.toolbox,
        tools=talk_.tools,
        conversation=conversation,
    )
