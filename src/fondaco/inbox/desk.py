"""What teammates do, and what contacts do besides writing: each a decision and one conditional write."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fondaco.domain import events as ev
from fondaco.domain import lifecycle
from fondaco.domain.access import Teammate
from fondaco.domain.changes import Change, Committed, changed
from fondaco.domain.contracts import Action, ActionState
from fondaco.domain.conversation import Conversation, Status
from fondaco.domain.errors import Conflict, InvalidInput, NotFound
from fondaco.domain.handoffs import Handoff, HandoffReason
from fondaco.domain.ids import ActionId, ConversationId, HandoffId, MessageId, WorkspaceId
from fondaco.domain.people import ASSISTANT, SYSTEM, Author, AuthorKind
from fondaco.domain.ports import Reader, Store
from fondaco.domain.spending import Spending
from fondaco.domain.turns import decided
from fondaco.engine import Shop, Wish, compose
from fondaco.engine.phrasebook import phrases
from fondaco.inbox.leaving import closing, left_behind, never_sent
from fondaco.inbox.options import InboxOptions
from fondaco.kit.clock import Clock
from fondaco.kit.ids import IdMaker
from fondaco.kit.text import clean_message

_TRIES = 50  # a busy conversation moves on while a decision is made; each try decides anew
_EVENTS = 1_000

Decision = Callable[[Conversation, Handoff | None], Change]
ReadingDecision = Callable[[Conversation, Handoff | None], Awaitable[Change]]


class Desk:
    """Commands on one conversation; one that raises NotFound, Conflict or InvalidInput wrote nothing."""

    def __init__(
        self,
        store: Store,
        reader: Reader,
        spending: Spending,
        shop: Shop,
        options: InboxOptions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        self._store = store
        self._reader = reader
        self._spending = spending
        self._shop = shop
        self._options = options
        self._clock = clock
        self._ids = ids

    async def take_over(
        self, workspace_id: WorkspaceId, conversation_id: ConversationId, teammate: Teammate
    ) -> Conversation:
        """Make the teammate the assignee; a turn in flight can say nothing any more.

        What it has done to the world by then is told in the conversation.
        """
        by = _author(teammate)
        taken = await self._change(
            workspace_id,
            conversation_id,
            lambda base, handoff: lifecycle.take_over(base, by, handoff, self._clock.now_ms()),
        )
        return await self._tell_what_was_done(taken)

    async def reply(
        self,
        workspace_id: WorkspaceId,
        conversation_id: ConversationId,
        teammate: Teammate,
        text: str,
        message_id: MessageId | None = None,
    ) -> Conversation:
        """Write to the contact as a teammate, which is a takeover; the same message id posts once."""
        message = ev.MessagePosted(
            message_id=message_id or MessageId(self._ids.new("msg")),
            author=_author(teammate),
            text=self._checked(text),
            shown_as=teammate.name,
        )
        posted = _Posted(self._reader, message_id)

        async def decide(base: Conversation, handoff: Handoff | None) -> Change:
            if await posted.by(base):
                return _nothing(base)
            return lifecycle.post_as_teammate(base, message, handoff, self._clock.now_ms())

        taken = await self._change_after_reading(workspace_id, conversation_id, decide)
        return await self._tell_what_was_done(taken)

    async def add_note(
        self,
        workspace_id: WorkspaceId,
        conversation_id: ConversationId,
        teammate: Teammate,
        text: str,
        message_id: MessageId | None = None,
    ) -> Conversation:
        """Write an internal remark; the same message id writes once."""
        cleaned = self._checked(text)
        posted = _Posted(self._reader, message_id)

        async def decide(base: Conversation, _: Handoff | None) -> Change:
            if await posted.by(base):
                return _nothing(base)
            now_ms = self._clock.now_ms()
            return lifecycle.add_note(base, _author(teammate), cleaned, now_ms, message_id)

        return await self._change_after_reading(workspace_id, conversation_id, decide)

    async def hand_back(
        self, workspace_id: WorkspaceId, conversation_id: ConversationId, teammate: Teammate
    ) -> Conversation:
        """Give the conversation back to the assistant and tell the contact; once is enough."""

        async def decide(base: Conversation, handoff: Handoff | None) -> Change:
            if base.episode_id is not None and base.assistant_answers:
                return _nothing(base)
            language = base.language or self._shop.language
            notice = ev.MessagePosted(
                message_id=MessageId(self._ids.new("msg")),
                author=SYSTEM,
                text=phrases(language).say("handback"),
                language=language,
                answers=False,
            )
            handoff_id = handoff.id if handoff else None
            owed, now_ms = bool(decided(tuple(await self._episode(base)))), self._clock.now_ms()
            return lifecycle.hand_back(base, _author(teammate), handoff_id, notice, now_ms, owed=owed)

        return await self._change_after_reading(workspace_id, conversation_id, decide)

    async def resolve(
        self, workspace_id: WorkspaceId, conversation_id: ConversationId, by: Author
    ) -> Conversation:
        """Close the episode and the handoff that is still open; a second time changes nothing.

        Actions that wait for somebody are withdrawn with it.
        """

        async def decide(base: Conversation, handoff: Handoff | None) -> Change:
            if base.status is Status.RESOLVED:
                return _nothing(base)
            records, now_ms = await self._episode(base), self._clock.now_ms()
            steps = await self._reader.steps(workspace_id, conversation_id)
            return lifecycle.resolve(base, by, handoff, now_ms, closing(steps, records, by, now_ms))

        return await self._change_after_reading(workspace_id, conversation_id, decide)

    async def approve(
        self,
        workspace_id: WorkspaceId,
        conversation_id: ConversationId,
        action_id: ActionId,
        teammate: Teammate,
    ) -> Conversation:
        """Say yes to an action for the shop; the assistant goes on with it.  Once is enough."""

        async def decide(base: Conversation, handoff: Handoff | None) -> Change:
            action = await self._action(base, action_id)
            if action.approved_by == teammate.id:
                return _nothing(base)
            now_ms = self._clock.now_ms()
            return lifecycle.approve_action(base, action, _author(teammate), handoff, now_ms)

        return await self._change_after_reading(workspace_id, conversation_id, decide)

    async def refuse(
        self,
        workspace_id: WorkspaceId,
        conversation_id: ConversationId,
        action_id: ActionId,
        teammate: Teammate,
        why: str = "",
    ) -> Conversation:
        """Say no to an action for the shop; the assistant tells the contact.  Once is enough."""

        async def decide(base: Conversation, handoff: Handoff | None) -> Change:
            action = await self._action(base, action_id)
            if action.state is ActionState.REFUSED:
                return _nothing(base)
            now_ms = self._clock.now_ms()
            return lifecycle.refuse_action(base, action, _author(teammate), handoff, now_ms, why)

        return await self._change_after_reading(workspace_id, conversation_id, decide)

    async def take_back(
        self,
        workspace_id: WorkspaceId,
        conversation_id: ConversationId,
        action_id: ActionId,
        teammate: Teammate,
        why: str = "",
    ) -> Conversation:
        """Have an action's effect taken back by the tool that its contract names.  Once is enough."""

        async def decide(base: Conversation, handoff: Handoff | None) -> Change:
            action = await self._action(base, action_id)
            if action.state in (ActionState.COMPENSATING, ActionState.COMPENSATED):
                return _nothing(base)
            now_ms = self._clock.now_ms()
            return lifecycle.take_action_back(base, action, _author(teammate), handoff, now_ms, why)

        return await self._change_after_reading(workspace_id, conversation_id, decide)

    async def settle_unknown(
        self,
        workspace_id: WorkspaceId,
        conversation_id: ConversationId,
        action_id: ActionId,
        teammate: Teammate,
        *,
        took_effect: bool,
        why: str = "",
    ) -> Conversation:
        """Write down what became of an action that nobody knew of; the same finding twice is one.

        What had no effect gives its place under the limits back.
        """
        found = ActionState.RECONCILED if took_effect else ActionState.FAILED

        async def decide(base: Conversation, _: Handoff | None) -> Change:
            action = await self._action(base, action_id)
            if action.state is found:
                return _nothing(base)
            return lifecycle.settle_action(
                base, action, _author(teammate), self._clock.now_ms(), took_effect=took_effect, why=why
            )

        settled = await self._change_after_reading(workspace_id, conversation_id, decide)
        if not took_effect:
            await self._spending.release(workspace_id, action_id)
        return settled

    async def _action(self, base: Conversation, action_id: ActionId) -> Action:
        """Return an action as it stands, read after ``base``: if it moves meanwhile, so does the log."""
        listed = await self._reader.action(base.workspace_id, action_id)
        if listed.conversation_id != base.id:
            raise NotFound(f"There is no action {action_id} in conversation {base.id}.")
        return listed.action

    async def request_person(
        self, workspace_id: WorkspaceId, conversation_id: ConversationId
    ) -> Conversation:
        """The contact wants a person; while one is asked for or answers already, nothing changes."""

        async def decide(base: Conversation, _: Handoff | None) -> Change:
            if base.episode_id is not None and not base.assistant_answers:
                return _nothing(base)
            records = await self._episode(base)
            wish = Wish(
                id=HandoffId(self._ids.new("hof")),
                reason=HandoffReason.ASKED_FOR,
                language=base.language or self._shop.language,
            )
            composed = compose(wish, base, records, self._shop, self._clock.now_ms())
            notice = ev.MessagePosted(
                message_id=MessageId(self._ids.new("msg")),
                author=ASSISTANT,
                text=composed.text,
                language=composed.language,
            )
            return lifecycle.request_person(base, composed.handoff, notice, self._clock.now_ms())

        return await self._change_after_reading(workspace_id, conversation_id, decide)

    async def rate(
        self, workspace_id: WorkspaceId, conversation_id: ConversationId, stars: int, comment: str = ""
    ) -> Conversation:
        """Record the contact's judgement, one to five stars."""
        cleaned = clean_message(comment, self._options.max_characters)
        return await self._change(
            workspace_id,
            conversation_id,
            lambda base, _: lifecycle.rate(base, stars, cleaned, self._clock.now_ms()),
        )

    async def _tell_what_was_done(self, taken: Conversation) -> Conversation:
        """Write down the calls with an effect whose turn was cut off, and the actions they belong to.

        Read after the takeover, since until then the turn may have begun one more.
        """
        steps = await self._reader.steps(taken.workspace_id, taken.id)
        if not left_behind(steps, ()):
            return taken

        async def decide(base: Conversation, _: Handoff | None) -> Change:
            return changed(base, left_behind(steps, await self._episode(base)), self._clock.now_ms())

        told = await self._change_after_reading(taken.workspace_id, taken.id, decide)
        for action_id in never_sent(steps):
            await self._spending.release(taken.workspace_id, action_id)
        return told

    async def _change(
        self, workspace_id: WorkspaceId, conversation_id: ConversationId, decide: Decision
    ) -> Conversation:
        async def decided(base: Conversation, handoff: Handoff | None) -> Change:
            return decide(base, handoff)

        return await self._change_after_reading(workspace_id, conversation_id, decided)

    async def _change_after_reading(
        self, workspace_id: WorkspaceId, conversation_id: ConversationId, decide: ReadingDecision
    ) -> Conversation:
        """Read, decide, write if nothing has changed meanwhile; else decide anew."""
        for _ in range(_TRIES):
            base = await self._reader.conversation(workspace_id, conversation_id)
            handoff = await self._reader.open_handoff(workspace_id, conversation_id)
            change = await decide(base, handoff)
            if not change.records:
                return base
            if await self._store.commit(change) is Committed.DONE:
                return change.after
        raise Conflict(f"Conversation {conversation_id} keeps changing; try again in a moment.")

    async def _episode(self, base: Conversation) -> list[ev.Recorded]:
        records = await self._reader.records(
            base.workspace_id, base.id, max(0, base.last_seq - _EVENTS), _EVENTS
        )
        return [record for record in records if record.episode_id == base.episode_id]

    def _checked(self, text: str) -> str:
        limit = self._options.max_characters
        if len(text) > limit:
            raise InvalidInput(
                f"text has {len(text)} characters; at most {limit} are accepted.", field="text"
            )
        cleaned = clean_message(text, limit)
        if not cleaned.strip():
            raise InvalidInput("text is empty; write at least one visible character.", field="text")
        return cleaned


class _Posted:
    """Looks whether a message was posted, reading each event of a conversation once."""

    def __init__(self, reader: Reader, message_id: MessageId | None) -> None:
        self._reader = reader
        self._message_id = message_id
        self._read_to = 0

    async def by(self, base: Conversation) -> bool:
        """Return whether the message stands in the conversation as it is in ``base``; never without an id."""
        if self._message_id is None:
            return False
        while self._read_to < base.last_seq:
            records = await self._reader.records(base.workspace_id, base.id, self._read_to, _EVENTS)
            if any(self._is_it(record.event) for record in records):
                return True
            self._read_to = records[-1].seq
        return False

    def _is_it(self, event: ev.Event) -> bool:
        return isinstance(event, ev.MessagePosted | ev.NoteAdded) and event.message_id == self._message_id


def _nothing(base: Conversation) -> Change:
    return changed(base, (), base.updated_at_ms)


def _author(teammate: Teammate) -> Author:
    return Author(AuthorKind.TEAMMATE, teammate.id, teammate.name)
