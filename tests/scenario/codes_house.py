"""A shop some of whose tools demand a one-time code, and a merchant who sends one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec import structs

from fondaco.domain import events as ev
from fondaco.domain.errors import ToolFailed
from fondaco.domain.tools import Effect, Parameter, ParameterSource, ToolSpec, Verification
from fondaco.engine.asking_code import NEW_CODE
from fondaco.llm.answering import AsksModels
from fondaco.testing.memory_store import MemoryStore
from fondaco.tools import CodeOptions, VerifierOptions
from tests.scenario.turns_house import SUBJECT, FakeTool, Setting, Talk, talk

CHALLENGE = Parameter(name="challenge", source=ParameterSource.SERVER, server_value="challenge")
CODE = Parameter(name="code", pattern=r"(?<!\d)(\d{3})[ -]?(\d{3})(?!\d)", form="{1}{2}", ask="ask_code")
OPTIONS = CodeOptions(send_tool="send_code", check_tool="check_code")
VERIFIER = VerifierOptions(tool="identify", code=OPTIONS)
WRONG = "000000"


@dataclass(slots=True)
class Post:
    """The merchant's side: which code went out for which sending, and to whom."""

    sent_to: str = "m•••@example.com"
    fault: Exception | None = None
    codes: dict[tuple[str, str], str] = field(default_factory=dict)  #: subject and challenge -> code

    async def send(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        if self.fault is not None:
            raise self.fault
        code = f"{417_200 + len(self.codes)}"
        self.codes[arguments["subject"], arguments["challenge"]] = code
        return {"sent_to": self.sent_to, "code": code}  # a system that tells too much

    async def check(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        known = self.codes.get((arguments["subject"], arguments["challenge"]))
        return {"matched": known == arguments["code"]}

    @property
    def last(self) -> str:
        """The code that went out last."""
        return list(self.codes.values())[-1]


def code_tools(post: Post) -> tuple[FakeTool, FakeTool]:
    """Return the tools that send and check, as a merchant should declare them."""
    send = ToolSpec(
        name="send_code",
        description="Sends a code.",
        parameters=(SUBJECT, CHALLENGE),
        effect=Effect.WRITE,
        idempotent=True,
        verification=Verification.MATCHED,
        attempts=1,
    )
    check = structs.replace(
        send, name="check_code", description="Checks a code.", parameters=(SUBJECT, CHALLENGE, CODE)
    )
    return FakeTool(send, post.send), FakeTool(check, post.check)


@dataclass(slots=True, kw_only=True)
class CodeTalk:
    """One contact's conversation with a shop whose orders and invoices are told for a code alone."""

    shop: Talk
    post: Post
    send: FakeTool
    check: FakeTool

    async def new_code(self) -> ev.MessagePosted:
        """Let the contact click on the offer of another code."""
        return await self.shop.ask("I need a new code", choice=NEW_CODE)

    async def proofs(self) -> list[Verification]:
        """Return the levels that were proven, in order."""
        return [event.level for event in await self.shop.all_of(ev.IdentityVerified)]


async def coded(
    *,
    options: CodeOptions = OPTIONS,
    post: Post | None = None,
    signed: str = "",
    models: Mapping[ev.RouteKind, AsksModels] | None = None,
    more: tuple[FakeTool, ...] = (),
    store: type[MemoryStore] = MemoryStore,
) -> CodeTalk:
    """Open the shop: its tools ``order`` and ``invoice`` demand a code."""
    merchant = post or Post()
    send, check = code_tools(merchant)
    setting = Setting(
        verifier=structs.replace(VERIFIER, code=options),
        more_tools=(send, check, *more),
        verified_subject=signed,
        models=models or {},
        store=store,
    )
    shop = await talk(setting)
    for name in ("order", "invoice"):
        tool = shop.tools[name]
        tool.spec = structs.replace(tool.spec, verification=Verification.CODE)
    return CodeTalk(shop=shop, post=merchant, send=send, check=check)


def down() -> ToolFailed:
    """Return the fault of a merchant whose post is closed."""
    return ToolFailed("send_code: status 503")
