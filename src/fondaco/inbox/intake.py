"""Takes messages in: cleaned, in a language, stored once."""

from __future__ import annotations

from collections.abc import Callable

from fondaco.domain.access import Connection
from fondaco.domain.conversation import Conversation
from fondaco.domain.errors import Conflict, InvalidInput
from fondaco.domain.ids import ContactId, ConversationId, EpisodeId, MessageId
from fondaco.domain.lifecycle import Inbound
from fondaco.domain.listing import Accepted
from fondaco.domain.ports import Store
from fondaco.domain.turns import Contact, Opening
from fondaco.inbox.options import InboxOptions
from fondaco.kit.clock import Clock
from fondaco.kit.ids import IdMaker
from fondaco.kit.language import Language, detect
from fondaco.kit.text import clean_message


class Intake:
    """The only door through which a contact's message comes in, whatever the channel."""

    def __init__(
        self,
        store: Store,
        options: InboxOptions,
        clock: Clock,
        ids: IdMaker,
        count: Callable[[str], int] | None = None,
    ) -> None:
        """``count`` returns a text's tokens; None where they are only guessed."""
        self._store = store
        self._options = options
        self._clock = clock
        self._ids = ids
        self._count = count

    async def open(
        self,
        connection: Connection,
        *,
        contact_external_id: str,
        external_id: str,
        name: str = "",
        verified_subject: str = "",
        language: Language | None = None,
    ) -> Conversation:
        """Return the conversation behind the connection's own ids; contact and conversation come with it."""
        now_ms = self._clock.now_ms()
        contact = Contact(id=ContactId(self._ids.new("con")), name=name, verified_subject=verified_subject)
        fresh = Conversation(
            id=ConversationId(self._ids.new("cnv")),
            workspace_id=connection.workspace_id,
            connection_id=connection.id,
            contact_id=contact.id,
            pulls=connection.pulls,
            language=language,
            created_at_ms=now_ms,
            updated_at_ms=now_ms,
        )
        return await self._store.open_conversation(
            Opening(
                contact=contact,
                contact_external_id=contact_external_id,
                conversation=fresh,
                external_id=external_id,
            )
        )

    async def receive(
        self, conversation: Conversation, *, text: str, external_id: str, choice: str = ""
    ) -> Accepted:
        """Store a message once; the same external id again returns where the first one stands.

        Raises InvalidInput for an empty or too long text, Conflict where another conversation of the
        connection has used the external id; then nothing was stored.
        """
        cleaned = self._checked(text)
        inbound = Inbound(
            message_id=MessageId(self._ids.new("msg")),
            text=cleaned,
            external_id=external_id,
            at_ms=self._clock.now_ms(),
            new_episode_id=EpisodeId(self._ids.new("epi")),
            language=_language_of(cleaned, conversation.language, clicked=bool(choice)),
            choice=choice,
            burst_ms=0 if choice else self._options.burst_ms,
            tokens=self._count(cleaned) if self._count is not None else 0,
        )
        accepted = await self._store.accept(conversation.id, inbound)
        if accepted.conversation.id != conversation.id:
            raise Conflict(
                f"The id {external_id!r} belongs to a message of another conversation; send a new one.",
                field="external_id",
            )
        return accepted

    def _checked(self, text: str) -> str:
        limit = self._options.max_characters
        if len(text) > limit:
            raise InvalidInput(
                f"text has {len(text)} characters; at most {limit} are accepted. Send it in parts.",
                field="text",
            )
        cleaned = clean_message(text, limit)
        if not cleaned.strip():
            raise InvalidInput("text is empty; write at least one visible character.", field="text")
        return cleaned


def _language_of(text: str, hint: Language | None, *, clicked: bool) -> Language | None:
    """Return the language that the text itself tells; None leaves the conversation's as it is."""
    if clicked:
        return hint
    found = detect(text, hint=hint)
    return found.language if found.confidence > 0 else hint
