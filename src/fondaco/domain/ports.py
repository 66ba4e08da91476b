"""What the outside must fulfil: every Protocol between a room and a wall.

``Store`` is the hot path: few operations, each one transaction, each safe to repeat.
``Reader`` looks things up for pages and the API.
``Registry`` keeps what changes rarely: workspaces, connections, credentials, articles.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from fondaco.domain.access import (
    ApiKey,
    Connection,
    SignIn,
    Stored,
    Team,
    Teammate,
    Visitor,
    Workspace,
)
from fondaco.domain.articles import Article
from fondaco.domain.changes import Change, Committed
from fondaco.domain.contracts import ActionState
from fondaco.domain.conversation import Conversation, Status
from fondaco.domain.deliveries import Attempt, Delivery
from fondaco.domain.earlier import EarlierEpisode
from fondaco.domain.events import Recorded
from fondaco.domain.handoffs import Handoff
from fondaco.domain.ids import (
    ActionId,
    ConnectionId,
    ConversationId,
    DeliveryId,
    HandoffId,
    KeyId,
    MessageId,
    TeammateId,
    TurnId,
    WorkerId,
    WorkspaceId,
)
from fondaco.domain.lifecycle import Inbound
from fondaco.domain.listing import Accepted, ConversationFilter, Found, ListedAction, Page
from fondaco.domain.people import AssigneeKind
from fondaco.domain.shared import SharedNote
from fondaco.domain.turns import Lease, Opening, Step, Work
from fondaco.kit.signals import SignalHub


class Store(Protocol):
    """The engine's tables.

    Topics that it rings on ``signals``: ``lanes``, ``deliveries``, ``conversation:ID``, ``inbox:WORKSPACE``.
    """

    signals: SignalHub

    async def open_conversation(self, opening: Opening) -> Conversation:
        """Return the conversation behind the connection's own id; contact and conversation come with it.

        Raises NotFound where the connection is of another workspace, Conflict where an id is somebody
        else's already; then nothing is written.
        """
        ...

    async def accept(self, conversation_id: ConversationId, inbound: Inbound) -> Accepted:
        """Store a contact's message once and mark the lane due; a duplicate returns the first one's place.

        Decides with ``lifecycle.receive``.  While a lane is not leased, a further message moves its due
        time, at most to four times the burst window after the first.  Raises NotFound, StorageError.
        """
        ...

    async def claim(
        self,
        worker_id: WorkerId,
        now_ms: int,
        limit: int,
        workspaces: Collection[WorkspaceId] | None = None,
    ) -> list[Lease]:
        """Lease up to ``limit`` due lanes, the longest due first, that no living worker holds.

        Only lanes of these workspaces; None: of any.
        """
        ...

    async def read_work(self, lease: Lease) -> Work:
        """Return all that the turn needs.  Raises LeaseLost."""
        ...

    async def earlier_episodes(
        self, conversation: Conversation, since_ms: int, before_ms: int
    ) -> list[EarlierEpisode]:
        """Return what else the conversation's contact has written about in the workspace, the latest first.

        These are episodes of all its conversations that were opened at or after ``since_ms`` and before
        ``before_ms``, without the open one of this conversation, and of them what happened before
        ``before_ms``.  ``fondaco.domain.earlier`` says what is read of them and how much at most: what is
        beyond is left out, the oldest episode's end first.
        """
        ...

    async def journal(self, lease: Lease, step: Step) -> None:
        """Write a step down, replacing the one with the same key.  Raises LeaseLost."""
        ...

    async def commit(self, change: Change, lease: Lease | None = None) -> Committed:
        """Write a change if the conversation is still as it was decided on; rings its topics.

        With a lease, the lane's token must still be the lease's.
        ``Lane.DONE`` removes the lane, whoever holds it (that is how a takeover beats a turn in flight).
        """
        ...

    async def release(self, lease: Lease, due_at_ms: int | None) -> None:
        """Give a lease back: try again at this time, or (None) nothing is left to answer."""
        ...

    async def renew(self, worker_id: WorkerId, now_ms: int) -> None:
        """Say that this worker lives (one row a worker); others take over what a silent one holds."""
        ...

    async def retire(self, worker_id: WorkerId) -> None:
        """Give back everything that this worker holds, at a clean stop."""
        ...

    async def claim_deliveries(self, worker_id: WorkerId, now_ms: int, limit: int) -> list[Delivery]:
        """Take due deliveries, one a conversation and in its order, and mark them as being sent.

        A delivery of the assistant whose epoch is no longer the conversation's is voided instead.
        Returned as it was before, with ``attempts`` counting the attempt that begins now: QUEUED ones have
        certainly not arrived; SENDING ones are doubtful (their worker fell silent, or their last attempt
        ended in SENDING, which means without knowing), so the courier asks the channel before it sends.
        A doubtful one of the assistant from another epoch comes as ``outdated``: it is never sent again.
        """
        ...

    async def record_attempt(self, worker_id: WorkerId, attempt: Attempt) -> None:
        """Write what came of an attempt and free the delivery.

        A final state other than SENT is also an event in the conversation.  With SENDING the delivery
        stays doubtful and is due again at ``due_at_ms``.
        """
        ...


class Reader(Protocol):
    """Looks things up; every question names the workspace, so that none is answered across the wall."""

    async def conversation(self, workspace_id: WorkspaceId, conversation_id: ConversationId) -> Conversation:
        """Return the conversation.  Raises NotFound."""
        ...

    async def conversations(
        self, filter_: ConversationFilter, cursor: str | None, limit: int
    ) -> Page[Conversation]:
        """Return a page, newest change first; the cursor is opaque.  Raises InvalidInput for a bad cursor."""
        ...

    async def records(
        self, workspace_id: WorkspaceId, conversation_id: ConversationId, after_seq: int, limit: int
    ) -> list[Recorded]:
        """Return events with ``seq > after_seq``, oldest first.  Raises NotFound."""
        ...

    async def steps(self, workspace_id: WorkspaceId, conversation_id: ConversationId) -> list[Step]:
        """Return the journal of turns that are not settled, in the order of their keys; often empty."""
        ...

    async def handoffs(self, workspace_id: WorkspaceId, *, only_open: bool, limit: int) -> list[Handoff]:
        """Return handoffs, the longest waiting first."""
        ...

    async def open_handoff(
        self, workspace_id: WorkspaceId, conversation_id: ConversationId
    ) -> Handoff | None:
        """Return the conversation's handoff that was not given back yet."""
        ...

    async def handoff(self, workspace_id: WorkspaceId, handoff_id: HandoffId) -> Handoff:
        """Return one handoff.  Raises NotFound."""
        ...

    async def actions(
        self, workspace_id: WorkspaceId, states: Collection[ActionState], limit: int
    ) -> list[ListedAction]:
        """Return actions in these states, those first that have been so for the longest."""
        ...

    async def action(self, workspace_id: WorkspaceId, action_id: ActionId) -> ListedAction:
        """Return one action.  Raises NotFound."""
        ...

    async def deliveries(self, workspace_id: WorkspaceId, conversation_id: ConversationId) -> list[Delivery]:
        """Return the conversation's deliveries in order."""
        ...

    async def delivery_of(self, message_id: MessageId) -> DeliveryId | None:
        """Return the delivery that carries a message; None where the contact's side reads the log."""
        ...

    async def search(self, workspace_id: WorkspaceId, text: str, limit: int) -> list[Found]:
        """Find messages by words; Chinese, Japanese and Korean by two characters and more."""
        ...

    async def figures(self) -> dict[str, float]:
        """Return gauges for the metrics page: due lanes, queued deliveries, open handoffs and such."""
        ...

    async def counts(self, workspace_id: WorkspaceId) -> dict[Status | AssigneeKind, int]:
        """Return how many open conversations each kind of assignee has, and how many are in each status."""
        ...


class Registry(Protocol):
    """What changes rarely.  Secrets come in as SHA-256 hex digests; the plain secret is never stored."""

    async def create_workspace(self, workspace: Workspace) -> None:
        """Raises Conflict where the id is taken."""
        ...

    async def workspaces(self) -> list[Workspace]: ...

    async def put_connection(self, connection: Connection) -> None:
        """Create or replace a connection by its id."""
        ...

    async def connection(self, connection_id: ConnectionId) -> Connection:
        """Raises NotFound."""
        ...

    async def connections(self, workspace_id: WorkspaceId) -> list[Connection]: ...

    async def put_team(self, team: Team) -> None: ...

    async def teams(self, workspace_id: WorkspaceId) -> list[Team]: ...

    async def put_teammate(self, teammate: Teammate) -> None: ...

    async def teammate(self, teammate_id: TeammateId) -> Teammate:
        """Raises NotFound."""
        ...

    async def teammates(self, workspace_id: WorkspaceId) -> list[Teammate]: ...

    async def create_key(self, key: ApiKey, secret_hash: str) -> None: ...

    async def find_key(self, secret_hash: str) -> ApiKey | None:
        """Return the key, revoked ones too (the caller tells them apart)."""
        ...

    async def keys(self, workspace_id: WorkspaceId) -> list[ApiKey]: ...

    async def revoke_key(self, key_id: KeyId, at_ms: int) -> None:
        """Raises NotFound."""
        ...

    async def create_visitor(self, visitor: Visitor, secret_hash: str) -> None: ...

    async def find_visitor(self, secret_hash: str) -> Visitor | None: ...

    async def create_link(self, secret_hash: str, teammate_id: TeammateId, expires_at_ms: int) -> None:
        """Store a one-time sign-in link."""
        ...

    async def is_link_good(self, secret_hash: str, now_ms: int) -> bool:
        """Say whether a link could be spent now, without spending it."""
        ...

    async def use_link(self, secret_hash: str, now_ms: int) -> TeammateId | None:
        """Spend a link: a second use, or one after its time, returns None."""
        ...

    async def create_sign_in(self, sign_in: SignIn, secret_hash: str) -> None: ...

    async def find_sign_in(self, secret_hash: str) -> SignIn | None: ...

    async def touch_sign_in(self, secret_hash: str, seen_at_ms: int) -> None: ...

    async def end_sign_in(self, secret_hash: str) -> None: ...

    async def put_articles(self, workspace_id: WorkspaceId, articles: Sequence[Article]) -> Stored:
        """Create or update articles by (key, language); unchanged ones are left alone."""
        ...

    async def articles(self, workspace_id: WorkspaceId) -> list[Article]: ...

    async def article(self, workspace_id: WorkspaceId, article_id: str) -> Article:
        """Raises NotFound."""
        ...

    async def delete_article(self, workspace_id: WorkspaceId, article_id: str) -> None:
        """Raises NotFound."""
        ...

    async def articles_version(self, workspace_id: WorkspaceId) -> int:
        """Return a number that grows with every change of any article."""
        ...

    async def remember_reply(
        self, credential: str, key: str, request_hash: str, reply: bytes, at_ms: int
    ) -> None:
        """Keep what was answered to an ``Idempotency-Key``; the first one stays."""
        ...

    async def recall_reply(self, credential: str, key: str) -> tuple[str, bytes] | None:
        """Return the request's hash and the answer that was kept for this key."""
        ...

    async def forget_expired(self, now_ms: int, keep_ms: int) -> int:
        """Delete spent links, ended sign-ins and kept replies older than this; return how many."""
        ...


class SharedNotes(Protocol):
    """Where the processes of one installation tell each other small things; losing them loses little."""

    async def put_note(self, topic: str, key: str, data: bytes, at_ms: int) -> None:
        """Replace what was said under this topic and key.  Raises StorageError."""
        ...

    async def notes(self, topic: str, after_ms: int) -> list[SharedNote]:
        """Return what was said with ``at_ms > after_ms``, the oldest first.  Raises StorageError."""
        ...

    async def forget_notes(self, topic: str, before_ms: int) -> None:
        """Delete what was said with ``at_ms < before_ms``.  Raises StorageError."""
        ...


class Channel(Protocol):
    """Sends one message on one kind of transport."""

    def can_look_up(self, connection: Connection) -> bool:
        """Whether ``look_up`` can tell what became of an attempt."""
        ...

    def has_idempotency_key(self, connection: Connection) -> bool:
        """Whether sending twice under one delivery id shows one message."""
        ...

    async def send(self, connection: Connection, delivery: Delivery) -> None:
        """Send it.  Raises DeliveryRejected, DeliveryPostponed or DeliveryUncertain."""
        ...

    async def look_up(self, connection: Connection, delivery: Delivery) -> bool:
        """Return whether the channel has this delivery.  Raises DeliveryUncertain when it cannot tell."""
        ...


class Voice(Protocol):
    """Shows a contact an answer while it is being given, where the channel can take it back.

    Nothing of it is stored and nothing of it counts: the message that settles the turn replaces it.
    """

    async def say(self, conversation_id: ConversationId, turn_id: TurnId, text: str) -> None:
        """Show ``text``, which is everything released so far."""
        ...

    async def retract(self, conversation_id: ConversationId, turn_id: TurnId) -> None:
        """Take back what was shown of this turn."""
        ...

    async def fall_silent(self, conversation_id: ConversationId, turn_id: TurnId) -> None:
        """Show it to nobody new: the answer is whole, and its message is about to be written."""
        ...


class Relay(Protocol):
    """Carries words between the processes of one installation; what is lost on the way is not missed."""

    longest_bytes: int  #: of what can be told at once, in UTF-8

    def tell(self, key: str, words: str) -> None:
        """Tell every other process; of what still waits under one key only the newest goes out."""
        ...

    def listen(self, hear: Callable[[str], None]) -> None:
        """Call ``hear`` with what the other processes tell."""
        ...
