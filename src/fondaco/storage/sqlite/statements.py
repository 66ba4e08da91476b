"""Every statement of the hot path, by name, in SQLite's words."""

# ruff: noqa: S608 - what is put together here are our own column names, never a value
from __future__ import annotations

from fondaco.storage import rows
from fondaco.storage.spending_rows import ACTION_COLUMNS


def columns(names: tuple[str, ...], table: str = "") -> str:
    """Return the names as SQL lists them, each with its table where one is given."""
    prefix = f"{table}." if table else ""
    return ", ".join(prefix + name for name in names)


def _insert(table: str, names: tuple[str, ...]) -> str:
    return f"insert into {table} ({columns(names)}) values ({', '.join('?' * len(names))})"


# --- conversations and their events

#: id -> the conversation
READ_CONVERSATION = f"select {columns(rows.CONVERSATION_COLUMNS)} from conversation where id = ?"

#: connection, its own id -> the conversation
READ_CONVERSATION_BEHIND = f"""
select {columns(rows.CONVERSATION_COLUMNS)} from conversation where connection_id = ? and external_id = ?
"""

ADD_CONVERSATION = _insert("conversation", (*rows.CONVERSATION_COLUMNS, "external_id"))

#: connection, its own id for a contact -> workspace and contact
READ_IDENTITY = "select workspace_id, contact_id from identity where connection_id = ? and external_id = ?"

ADD_IDENTITY = _insert("identity", rows.IDENTITY_COLUMNS)

READ_CONTACT_OWNER = "select workspace_id from contact where id = ?"

ADD_CONTACT = _insert("contact", rows.CONTACT_ADDED_COLUMNS)

#: All of a conversation that an event can change; last parameters: id, and the version it was decided on.
UPDATE_CONVERSATION = """
update conversation set
    status = ?, assignee_kind = ?, assignee_id = ?, epoch = ?, last_seq = ?, episode_id = ?,
    language = ?, subject = ?, updated_at_ms = ?, waiting_since_ms = ?
where id = ? and last_seq = ?
"""

#: The same, if that lease still stands; the last parameter is its token.
UPDATE_LEASED = f"""
{UPDATE_CONVERSATION}
and exists (select 1 from lane where conversation_id = conversation.id and token = ?)
"""

ADD_EVENT = _insert("event", rows.EVENT_COLUMNS)

#: conversation, after this number, at most so many -> events, oldest first
READ_EVENTS = f"""
select {columns(rows.RECORD_COLUMNS)} from event
where conversation_id = ? and seq > ? order by seq limit ?
"""

#: conversation, episode, numbers of two events -> the open episode's events after one, up to the other one.
#: They begin with the last EpisodeOpened, which is looked for backwards, past this episode's events only.
READ_EPISODE = f"""
select {columns(rows.RECORD_COLUMNS)} from event
where conversation_id = ?1 and episode_id = ?2 and seq > ?3 and seq <= ?4 and seq >= coalesce(
    (
        select seq from event
        where conversation_id = ?1 and seq > ?3 and seq <= ?4 and type = 'EpisodeOpened'
        order by seq desc limit 1
    ),
    0
)
order by seq
"""

#: conversation, token -> the conversation, its contact, and whether there is a journal, if that lease stands
READ_LEASED = f"""
select {columns(rows.CONVERSATION_COLUMNS, "conversation")}, {columns(rows.CONTACT_COLUMNS, "contact")},
    exists (select 1 from step where step.conversation_id = lane.conversation_id)
from lane join conversation on conversation.id = lane.conversation_id
left join contact on contact.id = conversation.contact_id
where lane.conversation_id = ? and lane.token = ?
"""

# --- what is searched, and what waits for it

ADD_BACKLOG = "insert into message_search_backlog (conversation_id, seq) values (?, ?)"

#: at most so many -> what waits, oldest first: its place, the conversation, the number and body of the event
READ_BACKLOG = """
select backlog.rowid, event.conversation_id, event.seq, event.body
from message_search_backlog backlog
join event on event.conversation_id = backlog.conversation_id and event.seq = backlog.seq
order by backlog.rowid limit ?
"""

DELETE_BACKLOG = "delete from message_search_backlog where rowid <= ?"

ADD_SEARCHED = "insert into message_search (terms, conversation_id, seq) values (?, ?, ?)"

# --- what came in

#: Remember a message by the channel's own id; nothing is written where there is one already.
ADD_INBOUND = """
insert into inbound (connection_id, external_id, conversation_id, message_id, seq) values (?, ?, ?, ?, ?)
on conflict (connection_id, external_id) do nothing
"""

#: connection, the channel's own id -> where the message was stored
READ_INBOUND = """
select conversation_id, message_id, seq from inbound where connection_id = ? and external_id = ?
"""

# --- lanes

READ_LANE = "select due_at_ms, since_ms, owner, token, attempts from lane where conversation_id = ?"

#: The contact wrote: conversation, when it is due, when that was written, the longest a burst may last.
#: If it wrote before, the count of attempts begins anew; a free lane moves as ``rules.burst_due_ms`` says.
MARK_LANE = """
insert into lane (conversation_id, due_at_ms, since_ms, owner, token, attempts)
values (?1, ?2, ?3, null, 0, 0)
on conflict (conversation_id) do update set
    attempts = 0, due_at_ms = case when owner is null then min(?2, since_ms + ?4) else due_at_ms end
"""

#: A decision made it due: nobody holds it any more.
PUT_LANE = """
insert into lane (conversation_id, due_at_ms, since_ms, owner, token, attempts)
values (?1, ?2, ?2, null, 0, 0)
on conflict (conversation_id) do update set
    due_at_ms = ?2, since_ms = ?2, owner = null, token = 0, attempts = 0
"""

_DUE_LANES = """
select due_at_ms, conversation_id, attempts from lane
where due_at_ms <= ?1 and (
    ?3 is null
    or (select workspace_id from conversation where id = conversation_id) in (select value from json_each(?3))
)
"""

#: now, limit, workspaces as JSON -> free lanes whose time has come, the longest due first
FREE_LANES = f"{_DUE_LANES} and owner is null order by due_at_ms limit ?2"

#: now, limit, workspaces as JSON, a silent worker -> its lanes
LANES_OF = f"{_DUE_LANES} and owner = ?4 order by due_at_ms limit ?2"

LEASE_LANE = "update lane set owner = ?, token = ?, attempts = ? where conversation_id = ?"
FREE_LANE = "update lane set owner = null, token = 0, due_at_ms = ? where conversation_id = ?"
DELETE_LANE = "delete from lane where conversation_id = ?"
FREE_LANES_OF = "update lane set owner = null, token = 0 where owner = ?"

# --- workers

SEE_WORKER = """
insert into worker (id, seen_at_ms) values (?, ?)
on conflict (id) do update set seen_at_ms = max(seen_at_ms, excluded.seen_at_ms)
"""

SILENT_WORKERS = "select id from worker where seen_at_ms <= ?"
DELETE_WORKER = "delete from worker where id = ?"

# --- the journal

#: conversation, turn, key, step, token: written if that lease still stands
PUT_STEP = """
insert into step (conversation_id, turn_id, key, body)
select ?1, ?2, ?3, ?4 where exists (select 1 from lane where conversation_id = ?1 and token = ?5)
on conflict (conversation_id, turn_id, key) do update set body = excluded.body
"""

READ_STEPS = "select body from step where conversation_id = ? order by turn_id, key"
DELETE_TURNS_STEPS = "delete from step where conversation_id = ? and turn_id = ?"
DELETE_ALL_STEPS = "delete from step where conversation_id = ?"

# --- what a turn leaves behind

PUT_TURN = _insert("turn", rows.TURN_COLUMNS).replace("insert into", "insert or replace into", 1)
#: The latest word on an action counts.
PUT_ACTION = _insert("action", ACTION_COLUMNS).replace("insert into", "insert or replace into", 1)
ADD_HANDOFF = _insert("handoff", rows.HANDOFF_COLUMNS)

#: Only what is known is written; what was known before stays.
UPDATE_HANDOFF = """
update handoff set
    accepted_at_ms = coalesce(?, accepted_at_ms),
    accepted_by = coalesce(?, accepted_by),
    returned_at_ms = coalesce(?, returned_at_ms)
where id = ?
"""

# --- deliveries

ADD_DELIVERY = _insert("delivery", rows.DELIVERY_COLUMNS)

_BLOCKED = """
exists (
    select 1 from delivery earlier join conversation on conversation.id = earlier.conversation_id
    where earlier.conversation_id = delivery.conversation_id and earlier.seq < delivery.seq
    and earlier.state in ('queued', 'sending')
    and not (earlier.state = 'queued' and earlier.by_assistant and earlier.epoch <> conversation.epoch)
)
"""

#: now, limit -> queued deliveries whose time has come and that no other must precede, and last whether that
#: is all there is to know: it may be said, and nothing has to be voided before it
QUEUED_DUE = f"""
select {columns(rows.DELIVERY_COLUMNS, "delivery")},
    not (
        delivery.by_assistant
        and delivery.epoch <> (select epoch from conversation where id = delivery.conversation_id)
    )
    and not exists (
        select 1 from delivery earlier
        where earlier.conversation_id = delivery.conversation_id and earlier.seq < delivery.seq
        and earlier.state in ('queued', 'sending')
    )
from delivery
where state = 'queued' and due_at_ms <= ? and not {_BLOCKED}
order by due_at_ms limit ?
"""

#: now, silent since, limit -> conversations with a delivery that broke off while it was being sent
BROKEN_OFF = f"""
select due_at_ms, conversation_id from delivery
where state = 'sending' and due_at_ms <= ?
and (owner is null or owner not in (select id from worker where seen_at_ms > ?)) and not {_BLOCKED}
order by due_at_ms limit ?
"""

#: conversation, silent since -> its unfinished deliveries in order and, last, whether a living worker has it
UNFINISHED = f"""
select {columns(rows.DELIVERY_COLUMNS, "delivery")}, coalesce(worker.seen_at_ms > ?2, 0)
from delivery left join worker on worker.id = delivery.owner
where conversation_id = ?1 and state in ('queued', 'sending') order by seq
"""

BEGIN_SENDING = "update delivery set state = 'sending', attempts = ?, owner = ? where id = ?"
VOID_DELIVERY = "update delivery set state = 'voided', owner = null where id = ?"

READ_DELIVERY = f"select {columns(rows.DELIVERY_COLUMNS)} from delivery where id = ?"

#: Only the word of the one who is sending it counts.
END_ATTEMPT = """
update delivery set
    state = ?1, due_at_ms = case when ?2 > 0 then ?2 else due_at_ms end, last_error = ?3, owner = null
where id = ?4 and owner = ?5
"""

#: The same number again: the last word counts.
PUT_ATTEMPT = _insert("delivery_attempt", rows.ATTEMPT_COLUMNS).replace(
    "insert into", "insert or replace into", 1
)

FREE_DELIVERIES_OF = "update delivery set owner = null where owner = ?"

# --- at the start, when this process has become the sole owner

VOID_ALL_LEASES = (
    "delete from worker",
    "update lane set owner = null, token = 0 where owner is not null",
    "update delivery set owner = null where state = 'sending' and owner is not null",
)
HIGHEST_STORED = "select coalesce(max(token), 0) from lane"
