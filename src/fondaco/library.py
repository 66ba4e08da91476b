"""fondaco inside your own program: ask, and get the answer with its evidence."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from fondaco.app import App, open_app
from fondaco.config import Settings, StorageSettings
from fondaco.domain import events as ev
from fondaco.domain.access import ChannelKind, Connection, Workspace
from fondaco.domain.articles import Article, Variant
from fondaco.domain.conversation import Conversation
from fondaco.domain.errors import FondacoError
from fondaco.domain.evidence import Evidence
from fondaco.domain.handoffs import HandoffReason
from fondaco.domain.ids import ArticleId, ConnectionId, ConversationId, WorkspaceId
from fondaco.inbox import InboxOptions
from fondaco.kit.language import Language
from fondaco.tools import Tool

_BATCH = 500
_LOOK_SECONDS = 0.5


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the contact reads, and what proves it."""

    text: str
    language: Language | None
    evidence: tuple[Evidence, ...] = ()  #: one for each value in the text
    citations: tuple[ev.Citation, ...] = ()
    offers: tuple[ev.Offer, ...] = ()
    handoff: HandoffReason | None = None  #: why a person answers instead; None when the assistant did
    asked: tuple[ev.ModelAsked, ...] = ()  #: the models that were asked, one a step, and what they cost


def entry(
    key: str,
    *questions: str,
    answer: str,
    language: Language = Language.EN,
    variants: Mapping[str, str] | None = None,
) -> Article:
    """Return a stored answer with the questions that it answers.

    ``answer`` may hold slots such as ``{parcel.due|date}``, which only a tool's result can fill.
    ``variants`` maps a condition such as ``parcel.state=late`` to the text that then replaces the answer.
    """
    return Article(
        id=ArticleId(f"art_{key}_{language.value}"),
        workspace_id=WorkspaceId("library"),
        key=key,
        language=language,
        title=questions[0] if questions else key,
        body=answer,
        questions=questions,
        variants=tuple(_variant(condition, text) for condition, text in (variants or {}).items()),
    )


def _variant(condition: str, text: str) -> Variant:
    slot, _, value = condition.partition("=")
    return Variant(when={slot: value}, body=text)


class Fondaco:
    """The assistant of one workspace, running in this process."""

    def __init__(self, app: App, connection: Connection) -> None:
        self._app = app
        self._connection = connection

    @classmethod
    @asynccontextmanager
    async def open(
        cls, entries: Iterable[Article], tools: Iterable[Tool] = (), *, path: Path | None = None
    ) -> AsyncIterator[Fondaco]:
        """Start the assistant on a database file, or on a passing one if ``path`` is None.

        Raises ConfigurationError, StorageError.
        """
        with TemporaryDirectory(prefix="fondaco-") as passing:
            file = path or Path(passing) / "fondaco.db"
            settings = Settings(
                storage=StorageSettings(url=f"sqlite:///{file}"), inbox=InboxOptions(burst_ms=0)
            )
            async with open_app(settings, tools=tools) as app:
                connection = await _prepared(app, list(entries))
                async with app.working():
                    yield cls(app, connection)

    async def ask(
        self, text: str, *, contact: str = "contact", choice: str = "", language: Language | None = None
    ) -> Answer:
        """Write as a contact and return the answer; the same contact goes on with the same conversation.

        ``choice`` is the key of the offer that the contact takes, ``language`` what a conversation begins in.
        Raises InvalidInput for an empty or too long text.
        """
        conversation = await self._app.intake.open(
            self._connection, contact_external_id=contact, external_id=contact, language=language
        )
        key = self._app.ids.new("ask")
        accepted = await self._app.intake.receive(conversation, text=text, external_id=key, choice=choice)
        records = await self._settled(accepted.conversation, accepted.seq)
        return _answer(records)

    async def _settled(self, conversation: Conversation, after_seq: int) -> list[ev.Recorded]:
        """Wait until the turn that answers the message is over."""
        topic = f"conversation:{conversation.id}"
        with self._app.signals.listen(topic) as bell:
            while True:
                # In this order: a turn may settle, and hand over, between the two.
                current = await self._app.reader.conversation(conversation.workspace_id, conversation.id)
                records = await self._app.reader.records(
                    conversation.workspace_id, ConversationId(conversation.id), after_seq, _BATCH
                )
                if any(isinstance(record.event, ev.TurnSettled) for record in records):
                    return records
                if not current.assistant_answers:
                    raise FondacoError(
                        f"A teammate answers {conversation.id}; hand it back before asking the assistant."
                    )
                await bell.wait(_LOOK_SECONDS)


async def _prepared(app: App, entries: list[Article]) -> Connection:
    workspace_id = WorkspaceId(app.settings.workspace.id)
    known = {workspace.id for workspace in await app.registry.workspaces()}
    if workspace_id not in known:
        await app.registry.create_workspace(
            Workspace(id=workspace_id, name=app.settings.workspace.name, created_at_ms=app.clock.now_ms())
        )
    connection = Connection(
        id=ConnectionId("library"), workspace_id=workspace_id, channel=ChannelKind.API, name="Library"
    )
    await app.registry.put_connection(connection)
    mine = [msgspec.structs.replace(article, workspace_id=workspace_id) for article in entries]
    await app.registry.put_articles(workspace_id, mine)
    return connection


def _answer(records: list[ev.Recorded]) -> Answer:
    events = [record.event for record in records]
    message = next(event for event in events if isinstance(event, ev.MessagePosted))
    verdicts = [event for event in events if isinstance(event, ev.VerdictGiven)]
    handoffs = [event for event in events if isinstance(event, ev.HandoffRequested)]
    return Answer(
        text=message.text,
        language=message.language,
        evidence=verdicts[-1].evidence if verdicts else (),
        citations=message.citations,
        offers=message.offers,
        handoff=handoffs[-1].reason if handoffs else None,
        asked=tuple(event for event in events if isinstance(event, ev.ModelAsked)),
    )
