"""Every statement of the hot path, by name, in SQLite's words."""

# ruff: noqa: S608 - what is put together here are our own column names, never a value
from __future__ import annotations

from fondaco.storage import rows


def columns(names: tuple[str, ...], table: str = "") -> str:
    """Return the names as SQL lists them, each with its table where one is given."""
    prefix = f"{table}." if table else ""
    return ", ".join(prefix + name for name in names)


def _insert(table: str, names: tuple[str, ...]) -> str:
    return f"insert into {table} ({columns(names)}) values ({', '.join('?' * len(names))})"


# --- conversations and their events

#: id -> the conversation
READ_CONVERSATION = f"select {columns(rows.CONVERSATION_COLUMNS)} from conversation where id = ?"

#: All of a conversation that an event can change; last parameters: id, and the version it was decided on.
UPDATE_CONVERSATION = """
update conversation set
    status = ?, assignee_kind = ?, assignee_id = ?, epoch = ?, last_seq = ?, episode_id = ?,
    language = ?, subject = ?, updated_at_ms = ?, waiting_since_ms = ?
where id = ? and last_seq = ?
"""

ADD_EVENT = _insert("event", rows.EVENT_COLUMNS)

#: conversation, after this number, at most so many -> events, oldest first
READ_EVENTS = f"""
select {columns(rows.RECORD_COLUMNS)} from event
where conversation_id = ? and seq > ? order by seq limit ?
"""

#: conversation, episode -> the episode's events, oldest first
READ_EPISODE = f"""
select {columns(rows.RECORD_COLUMNS)} from event
where conversation_id = ? and episode_id = ? order by seq
"""

#: conversation, token -> the conversation and behind it its contact, if that lease still stands
READ_LEASED = f"""
select {columns(rows.CONVERSATION_COLUMNS, "conversation")}, {columns(rows.CONTACT_COLUMNS, "contact")}
from lane join conversation on conversation.id = lane.conversation_id
left join contact on contact.id = conversation.contact_id
where lane.conversation_id = ? and lane.token = ?
"""

ADD_SEARCHED = "insert into message_search (terms, conversation_id, seq) values (?, ?, ?)"

# --- what came in

#: connection, the channel's own id -> where the message was stored
READ_INBOUND = """
select conversation_id, message_id, seq from inbound where connection_id = ? and external_id = ?
"""

ADD_INBOUND = """
insert into inbound (connection_id, external_id, conversation_id, message_id, seq) values (?, ?, ?, ?, ?)
"""

# --- lanes

READ_LANE = "select due_at_ms, since_ms, owner, token, attempts from lane where conversation_id = ?"

ADD_LANE = """
insert into lane (conversation_id, due_at_ms, since_ms, owner, token, attempts) values (?, ?, ?, null, 0, 0)
"""

#: The contact wrote again: the count of attempts begins anew.
MOVE_LANE = "update lane set due_at_ms = ?, attempts = 0 where conversation_id = ?"

#: A decision made it due: nobody holds it any more.
PUT_LANE = """
insert into lane (conversation_id, due_at_ms, since_ms, owner, token, attempts)
values (?1, ?2, ?2, null, 0, 0)
on conflict (conversation_id) do update set
    due_at_ms = ?2, since_ms = ?2, owner = null, token = 0, attempts = 0
"""

#: now, limit -> free lanes whose time has come, the longest due first
FREE_LANES = """
select due_at_ms, conversation_id, attempts from lane
where owner is null and due_at_ms <= ? order by due_at_ms limit ?
"""

#: a silent worker, now, limit -> its lanes
LANES_OF = """
select due_at_ms, conversation_id, attempts from lane
where owner = ? and due_at_ms <= ? order by due_at_ms limit ?
"""

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

PUT_STEP = """
insert into step (conversation_id, turn_id, key, body) values (?, ?, ?, ?)
on conflict (conversation_id, turn_id, key) do update set body = excluded.body
"""

READ_STEPS = "select body from step where conversation_id = ? order by turn_id, key"
DELETE_TURNS_STEPS = "delete from step where conversation_id = ? and turn_id = ?"
DELETE_ALL_STEPS = "delete from step where conversation_id = ?"

# --- what a turn leaves behind

PUT_TURN = _insert("turn", rows.TURN_COLUMNS).replace("insert into", "insert or replace into", 1)
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

#: now, limit -> conversations with a queued delivery whose time has come and that nothing else must precede
QUEUED_DUE = f"""
select due_at_ms, conversation_id from delivery
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

#: id -> the delivery and, last, who is sending it
READ_DELIVERY = f"select {columns(rows.DELIVERY_COLUMNS)}, owner from delivery where id = ?"

END_ATTEMPT = """
update delivery set
    state = ?1, due_at_ms = case when ?2 > 0 then ?2 else due_at_ms end, last_error = ?3, owner = null
where id = ?4
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
