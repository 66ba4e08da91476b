"""``fondaco chat``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import click
import msgspec

from fondaco.app import App, open_app
from fondaco.commands.demo_shop import merchant_system
from fondaco.commands.place import Place, wait_for, with_place
from fondaco.commands.printing import progress, say
from fondaco.commands.telling import attempts_of, told_of
from fondaco.config import Settings
from fondaco.demo.seed import seed
from fondaco.domain.access import ChannelKind, Connection
from fondaco.domain.errors import FondacoError, InvalidInput
from fondaco.domain.ids import ConnectionId, WorkspaceId
from fondaco.kit.language import Language
from fondaco.library import Answer, Fondaco
from fondaco.preparing import prepare

_CONNECTION = ConnectionId("terminal")
_PROMPT = "you › "


@dataclass(frozen=True, slots=True)
class _Manner:
    """How the conversation is led and shown."""

    contact: str
    language: Language | None
    as_json: bool


@click.command("chat")
@with_place
@click.option("--message", "messages", multiple=True, help="Say this and leave; may be repeated.")
@click.option("--language", type=click.Choice([one.value for one in Language]), help="Language to begin in.")
@click.option("--contact", default="", help="Go on as this contact; a new one each time if left out.")
@click.option("--json", "as_json", is_flag=True, help="Print each answer as one line of JSON.")
def command(
    *, place: Place, messages: tuple[str, ...], language: str | None, contact: str, as_json: bool
) -> None:
    """Write with the assistant in the terminal, and see what proves its answers.

    The number of an offer takes the offer.  An empty line or the end of the input leaves.
    """
    chosen = Language(language) if language else None
    wait_for(_chat(place, messages, _Manner(contact, chosen, as_json)))


async def _chat(place: Place, messages: tuple[str, ...], manner: _Manner) -> None:
    async with _assistant(place, manner) as talk:
        for message in messages:
            await talk.say(message)
        while not messages:
            line = await asyncio.to_thread(_read_line)
            if not line.strip():
                return
            await talk.say(line)


@asynccontextmanager
async def _assistant(place: Place, manner: _Manner) -> AsyncIterator[_Talk]:
    async with AsyncExitStack() as stack:
        settings = _at_once(place.settings(await merchant_system(stack, place)))
        app = await stack.enter_async_context(open_app(settings))
        if place.demo:
            await seed(app.registry, settings, app.clock, app.ids)
        else:
            await prepare(app.registry, settings, app.clock, app.ids)
        connection = await _connection(app)
        with progress("Indexing the articles"):
            await app.librarian.refresh()
        await stack.enter_async_context(app.working())
        contact = manner.contact or app.ids.new("terminal")
        yield _Talk(app, connection, contact, manner)


def _at_once(settings: Settings) -> Settings:
    """Return the settings without the wait for a further message: here each line is meant alone."""
    return msgspec.structs.replace(settings, inbox=msgspec.structs.replace(settings.inbox, burst_ms=0))


async def _connection(app: App) -> Connection:
    terminal = Connection(
        id=_CONNECTION,
        workspace_id=WorkspaceId(app.settings.workspace.id),
        channel=ChannelKind.API,
        name="Terminal",
    )
    await app.registry.put_connection(terminal)
    return terminal


class _Talk:
    """A conversation in the terminal."""

    def __init__(self, app: App, connection: Connection, contact: str, manner: _Manner) -> None:
        self._app = app
        self._connection = connection
        self._assistant = Fondaco(app, connection)
        self._contact = contact
        self._manner = manner
        self._offers: tuple[str, ...] = ()

    async def say(self, text: str) -> None:
        """Write a message, or take an offer by its number, and print the answer."""
        number = int(text) if text.strip().isdecimal() and len(text) < 3 else 0
        choice = self._offers[number - 1] if 0 < number <= len(self._offers) else ""
        try:
            answer = await self._assistant.ask(
                text, contact=self._contact, choice=choice, language=self._manner.language
            )
        except InvalidInput:
            raise
        except FondacoError:
            if not await self._person_answers():
                raise
            self._say_person_answers()
            return
        self._offers = tuple(offer.key for offer in answer.offers)
        if self._manner.as_json:
            click.echo(msgspec.json.encode(answer))
        else:
            _show(answer)

    async def _person_answers(self) -> bool:
        """Return whether the assistant is silent because somebody else has the conversation."""
        conversation = await self._app.intake.open(
            self._connection, contact_external_id=self._contact, external_id=self._contact, language=None
        )
        return not conversation.assistant_answers

    def _say_person_answers(self) -> None:
        if self._manner.as_json:
            click.echo(msgspec.json.encode({"person_answers": True}))
        else:
            say("A person answers now; your message waits for them.")


def _show(answer: Answer) -> None:
    say(answer.text)
    for number, offer in enumerate(answer.offers, 1):
        say(f"  {number}  {offer.label}")
    for proof in answer.evidence:
        field = f".{proof.field}" if proof.field else ""
        say(f"    {proof.written}  ←  {proof.value}  ({proof.source.value} {proof.reference}{field})")
    for citation in answer.citations:
        say(f"    article {citation.key}: {citation.title}")
    for asked in answer.asked:
        say(f"    {told_of(asked)}")
        for line in attempts_of(asked):
            say(f"      {line}")
    if answer.handoff is not None:
        say(f"    handed over to a person: {answer.handoff.value}")


def _read_line() -> str:
    if sys.stdin.isatty():
        click.echo(_PROMPT, nl=False)
    return sys.stdin.readline()
