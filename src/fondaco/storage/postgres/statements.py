# ruff: noqa: S608  # what is put into these statements are our own lists of columns
"""Every statement that the engine runs on PostgreSQL, by name, and what it is for.

A statement works on many operations at once: ids come as arrays, which ``unnest`` turns into rows, and
what is written comes as one JSON list of objects per table, for which the driver takes half the time.
Rows are locked in one order everywhere, so that no two transactions wait for each other: conversations,
then lanes, then deliveries, each by id.
"""

from __future__ import annotations

from fondaco.storage.rows import (
    CONTACT_ADDED_COLUMNS,
    CONTACT_COLUMNS,
    CONVERSATION_COLUMNS,
    DELIVERY_COLUMNS,
    IDENTITY_COLUMNS,
)
from fondaco.storage.rules import BURST_WINDOWS
from fondaco.storage.spending_rows import ACTION_COLUMNS


def listed(columns: tuple[str, ...], table: str = "") -> str:
    """Return column names for a select list, each behind its table's name."""
    before = f"{table}." if table else ""
    return ", ".join(before + column for column in columns)


CONVERSATION = listed(CONVERSATION_COLUMNS)
DELIVERY = listed(DELIVERY_COLUMNS, "d")

# --- conversations and their lanes -----------------------------------------------------------------

#: Lock conversations and read them.  $1 ids
LOCK_CONVERSATIONS = f"""
select {CONVERSATION} from conversation where id = any($1::text[]) order by id for update
"""

#: Read conversations.  $1 ids
CONVERSATIONS = f"select {CONVERSATION} from conversation where id = any($1::text[])"

#: Read the conversation behind a connection's own id.  $1 connection, $2 its id
CONVERSATION_BEHIND = f"select {CONVERSATION} from conversation where connection_id = $1 and external_id = $2"

#: Create a conversation, unless its id or its connection's is there.  $1 to $16 its columns, $17 external id
ADD_CONVERSATION = f"""
insert into conversation ({CONVERSATION}, external_id)
values ({", ".join(f"${number}" for number in range(1, len(CONVERSATION_COLUMNS) + 2))})
on conflict do nothing
"""

#: Read whom a connection knows by its own id.  $1 connection, $2 its id
IDENTITY = "select workspace_id, contact_id from identity where connection_id = $1 and external_id = $2"

ADD_IDENTITY = f"""
insert into identity ({listed(IDENTITY_COLUMNS)}) values ($1, $2, $3, $4) on conflict do nothing
"""

CONTACT_OWNER = "select workspace_id from contact where id = $1"

ADD_CONTACT = f"""
insert into contact ({listed(CONTACT_ADDED_COLUMNS)}) values ($1, $2, $3, $4) on conflict do nothing
"""

#: Lock lanes and read them.  $1 ids of conversations
LOCK_LANES = """
select conversation_id, owner, token, attempts, due_at_ms, since_ms
from lane where conversation_id = any($1::text[]) order by conversation_id for update
"""

#: Write changes: append events, make messages searchable, add deliveries, keep the summary of turns that are
#: settled instead of their journal, and write what changed of the conversations.
#: $1 events, $2 messages (their terms with spaces between), $3 deliveries, $4 turns, $5 conversations
WRITE_CHANGES = """
with appended as (
    insert into event (conversation_id, seq, at_ms, episode_id, type, body)
    select n.* from json_to_recordset($1::json) as n(
        conversation_id text, seq bigint, at_ms bigint, episode_id text, type text, body text)
), searchable as (
    insert into message_search (conversation_id, seq, terms)
    select n.conversation_id, n.seq, array_to_tsvector(string_to_array(n.terms, ' '))
    from json_to_recordset($2::json) as n(conversation_id text, seq bigint, terms text)
), leaving as (
    insert into delivery (id, workspace_id, conversation_id, connection_id, message_id, seq, text,
                          by_assistant, epoch, state, attempts, due_at_ms, last_error)
    select n.* from json_to_recordset($3::json) as n(
        id text, workspace_id text, conversation_id text, connection_id text, message_id text, seq bigint,
        text text, by_assistant bool, epoch bigint, state text, attempts int, due_at_ms bigint,
        last_error text)
), settled as (
    insert into turn (id, workspace_id, conversation_id, outcome, route, started_at_ms, duration_ms,
                      restarts, cost_pico, currency)
    select n.* from json_to_recordset($4::json) as n(
        id text, workspace_id text, conversation_id text, outcome text, route text, started_at_ms bigint,
        duration_ms float8, restarts int, cost_pico bigint, currency text)
    on conflict (id) do nothing
), forgotten as (
    delete from step s using json_to_recordset($4::json) as n(id text, conversation_id text)
    where s.conversation_id = n.conversation_id and s.turn_id = n.id
)
update conversation as c
set status = n.status, assignee_kind = n.assignee_kind, assignee_id = n.assignee_id, epoch = n.epoch,
    last_seq = n.last_seq, episode_id = n.episode_id, language = n.language, subject = n.subject,
    updated_at_ms = n.updated_at_ms, waiting_since_ms = n.waiting_since_ms
from json_to_recordset($5::json) as n(
    id text, status text, assignee_kind text, assignee_id text, epoch bigint, last_seq bigint,
    episode_id text, language text, subject text, updated_at_ms bigint, waiting_since_ms bigint)
where c.id = n.id
"""

#: Find where messages with these external ids stand already.  $1 connections, $2 external ids
KNOWN_INBOUND = """
select i.connection_id, i.external_id, i.conversation_id, i.message_id, i.seq
from unnest($1::text[], $2::text[]) as n(connection_id, external_id)
join inbound i on i.connection_id = n.connection_id and i.external_id = n.external_id
"""

#: Remember messages by their external ids, and mark lanes due because contacts wrote; a lane that is held
#: keeps its time, and another is due as ``rules.burst_due_ms`` says.  $1 messages, $2 lanes
WRITE_INBOUND = f"""
with remembered as (
    insert into inbound (connection_id, external_id, conversation_id, message_id, seq)
    select n.* from json_to_recordset($1::json) as n(
        connection_id text, external_id text, conversation_id text, message_id text, seq bigint)
)
insert into lane as l (conversation_id, due_at_ms, since_ms, attempts, token)
select n.*, 0, 0 from json_to_recordset($2::json) as n(
    conversation_id text, due_at_ms bigint, since_ms bigint)
on conflict (conversation_id) do update
set attempts = 0, due_at_ms = case
    when l.owner is not null then l.due_at_ms
    else least(excluded.due_at_ms,
               l.since_ms + {BURST_WINDOWS} * (excluded.due_at_ms - excluded.since_ms)) end
"""

#: Mark lanes due anew and held by nobody.
PLACE_LANES = """
insert into lane as l (conversation_id, due_at_ms, since_ms, attempts, token)
select n.*, 0, 0 from unnest($1::text[], $2::bigint[], $3::bigint[]) as n
on conflict (conversation_id) do update
set due_at_ms = excluded.due_at_ms, since_ms = excluded.since_ms, attempts = 0, owner = null, token = 0
"""

#: Give lanes back.  $1 ids, $2 when they are due
FREE_LANES = """
update lane as l set owner = null, token = 0, due_at_ms = n.due_at_ms
from unnest($1::text[], $2::bigint[]) as n(conversation_id, due_at_ms)
where l.conversation_id = n.conversation_id
"""

#: Remove lanes in which nothing is left to answer.
DELETE_LANES = "delete from lane where conversation_id = any($1::text[])"

#: Read single events, to tell a commit that is repeated from one that came too late.
EVENTS_AT = """
select e.conversation_id, e.at_ms, e.body
from unnest($1::text[], $2::bigint[]) as n(conversation_id, seq)
join event e on e.conversation_id = n.conversation_id and e.seq = n.seq
"""

# --- turns -------------------------------------------------------------------------------------------

#: Lease due lanes that no living worker holds, the longest due first; the sequence never gives a token twice.
#: ``seen`` is the lane as it was when the statement began: a lane that somebody has claimed since then is
#: passed over, although the sign of life that came with that claim cannot be seen yet.
#: $1 worker, $2 now, $3 limit, $4 last seen before this: silent, $5 workspaces (NULL: any)
CLAIM_LANES = """
with chosen as materialized (
    select l.conversation_id, l.due_at_ms
    from lane l join lane seen on seen.conversation_id = l.conversation_id and seen.token = l.token
    where l.due_at_ms <= $2::bigint
      and (l.owner is null or not exists (
            select from worker w where w.id = l.owner and w.seen_at_ms > $4::bigint))
      and ($5::text[] is null or exists (
            select from conversation c where c.id = l.conversation_id and c.workspace_id = any($5::text[])))
    order by l.due_at_ms, l.conversation_id limit $3::bigint
    for update of l skip locked
), claimed as (
    update lane l set owner = $1::text, token = nextval('lane_token'), attempts = l.attempts + 1
    from chosen where l.conversation_id = chosen.conversation_id
    returning l.conversation_id, l.token, l.attempts, l.due_at_ms
)
select conversation_id, token, attempts from claimed order by due_at_ms, conversation_id
"""

#: Which leases still stand.  $1 ids of conversations, $2 tokens
STANDING_LEASES = """
select l.conversation_id, l.token
from unnest($1::text[], $2::bigint[]) as n(conversation_id, token)
join lane l on l.conversation_id = n.conversation_id and l.token = n.token
"""

#: The conversation, contact and journal of leases that still stand.  $1 ids of conversations, $2 tokens
READ_WORK = f"""
select {listed(CONVERSATION_COLUMNS, "c")}, {listed(CONTACT_COLUMNS, "p")},
       array(
            select s.body from step s
            where s.conversation_id = c.id order by s.turn_id collate "C", s.key collate "C") as steps
from unnest($1::text[], $2::bigint[]) as n(conversation_id, token)
join lane l on l.conversation_id = n.conversation_id and l.token = n.token
join conversation c on c.id = n.conversation_id
left join contact p on p.id = c.contact_id
"""

#: Events of open episodes after the last one that is known, oldest first, up to the last one there was when
#: the conversation was read.  They begin with the last EpisodeOpened, looked for backwards, past this
#: episode's events only.  $1 ids of conversations, $2 episodes, $3 known, $4 last
EPISODES = """
select e.conversation_id, e.seq, e.at_ms, e.episode_id, e.body
from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[])
  as n(conversation_id, episode_id, known_seq, last_seq)
cross join lateral (
    select coalesce(max(found.seq), n.known_seq + 1) as seq from (
        select o.seq from event o
        where o.conversation_id = n.conversation_id and o.seq > n.known_seq and o.seq <= n.last_seq
          and o.type = 'EpisodeOpened'
        order by o.seq desc limit 1) as found
) as first
join event e on e.conversation_id = n.conversation_id and e.episode_id = n.episode_id
    and e.seq >= first.seq and e.seq <= n.last_seq
order by e.conversation_id, e.seq
"""

#: Write steps down whose lease still stands, and say which these are.
#: $1 ids of conversations, $2 steps and the tokens of their leases
WRITE_STEPS = """
with held as materialized (
    select conversation_id, token from lane
    where conversation_id = any($1::text[]) order by conversation_id for share
)
insert into step (conversation_id, turn_id, key, body)
select n.conversation_id, n.turn_id, n.key, n.body
from json_to_recordset($2::json) as n(conversation_id text, token bigint, turn_id text, key text, body text)
join held h on h.conversation_id = n.conversation_id and h.token = n.token
on conflict (conversation_id, turn_id, key) do update set body = excluded.body
returning conversation_id, turn_id, key
"""

#: Delete the journal of episodes that are closed.  $1 ids of conversations
DELETE_ALL_STEPS = "delete from step where conversation_id = any($1::text[])"

#: Open handoffs.
INSERT_HANDOFFS = """
insert into handoff (id, workspace_id, conversation_id, body, opened_at_ms, accepted_at_ms, accepted_by,
                     returned_at_ms)
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[],
                     $8::bigint[])
"""

#: Write how far actions have come.  An array a column
PUT_ACTIONS = f"""
insert into action ({listed(ACTION_COLUMNS)})
select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                     $8::bigint[], $9::text[], $10::bigint[], $11::text[])
on conflict (id) do update set state = excluded.state, amount_minor = excluded.amount_minor,
    currency = excluded.currency, updated_at_ms = excluded.updated_at_ms, body = excluded.body
"""

#: Note that handoffs were accepted or given back.
UPDATE_HANDOFFS = """
update handoff as h
set accepted_at_ms = coalesce(n.accepted_at_ms, h.accepted_at_ms),
    accepted_by = coalesce(n.accepted_by, h.accepted_by),
    returned_at_ms = coalesce(n.returned_at_ms, h.returned_at_ms)
from unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[])
  as n(id, accepted_at_ms, accepted_by, returned_at_ms)
where h.id = n.id
"""

# --- workers -----------------------------------------------------------------------------------------

#: Write a sign of life.  $1 worker, $2 now
BEAT = """
insert into worker as w (id, seen_at_ms) values ($1::text, $2::bigint)
on conflict (id) do update set seen_at_ms = greatest(w.seen_at_ms, excluded.seen_at_ms)
"""

#: Give back the lanes of a worker that stops.  $1 worker
RETIRE_LANES = """
with held as materialized (
    select conversation_id from lane where owner = $1::text order by conversation_id for update
)
update lane as l set owner = null, token = 0 from held where l.conversation_id = held.conversation_id
"""

#: Give back the deliveries of a worker that stops.  $1 worker
RETIRE_DELIVERIES = """
with held as materialized (
    select id from delivery where state = 'sending' and owner = $1::text order by id for update
)
update delivery as d set owner = null from held where d.id = held.id
"""

#: Forget a worker.  $1 worker
DELETE_WORKER = "delete from worker where id = $1::text"

# --- deliveries --------------------------------------------------------------------------------------

#: Lock what is queued or being sent in conversations; the last column says whether a living worker is at it.
#: $1 ids of conversations, $2 last seen before this: silent
LOCK_UNFINISHED = f"""
select {DELIVERY},
       exists (select from worker w where w.id = d.owner and w.seen_at_ms > $2::bigint) as held
from delivery d
where d.conversation_id = any($1::text[]) and d.state in ('queued', 'sending')
order by d.id for update of d
"""

# ``rules.outdated``, of a delivery ``p`` that comes before ``d`` in conversation ``c``
_OUTDATED_BEFORE = "p.state = 'queued' and p.by_assistant and p.epoch <> c.epoch"

# The first of its conversation that is neither done nor outdated.  ``seen`` is as in CLAIM_LANES; every claim
# adds an attempt.  The order is that of an index, so that a long line is not read to its end.
_DUE = f"""
    select {DELIVERY}, d.by_assistant and d.epoch <> c.epoch as outdated,
           (d.state = 'queued' and d.by_assistant and d.epoch <> c.epoch) or exists (
                select from delivery p
                where p.conversation_id = d.conversation_id and p.seq < d.seq and {_OUTDATED_BEFORE}) as stale
    from delivery d
    join delivery seen on seen.id = d.id and seen.attempts = d.attempts
    join conversation c on c.id = d.conversation_id
    where d.due_at_ms <= $1::bigint
      and not exists (
            select from delivery p
            where p.conversation_id = d.conversation_id and p.seq < d.seq
              and p.state in ('queued', 'sending') and not ({_OUTDATED_BEFORE}))
"""
_IN_ORDER = "order by d.due_at_ms, d.conversation_id limit $2::bigint for update of d skip locked"

#: Lock the deliveries that are due, queued or broken off, the first of each conversation, if nobody is at it.
#: One is stale if the assistant may not say it any more, or may not say something that stands before it.
#: $1 now, $2 limit, $3 last seen before this: silent
LOCK_DUE_DELIVERIES = f"""
with queued as materialized ({_DUE}
      and d.state = 'queued'
    {_IN_ORDER}
), broken_off as materialized ({_DUE}
      and d.state = 'sending'
      and (d.owner is null or not exists (
            select from worker w where w.id = d.owner and w.seen_at_ms > $3::bigint))
    {_IN_ORDER}
)
select * from queued union all select * from broken_off order by due_at_ms, conversation_id limit $2::bigint
"""

#: Mark deliveries as being sent.  $1 ids, $2 worker
START_DELIVERIES = """
update delivery set state = 'sending', owner = $2::text, attempts = attempts + 1 where id = any($1::text[])
"""

#: Which of these a worker is sending.  $1 ids, $2 worker
STARTED_DELIVERIES = """
select id from delivery where id = any($1::text[]) and state = 'sending' and owner = $2::text
"""

#: To which conversations deliveries belong.  $1 ids
CONVERSATIONS_OF_DELIVERIES = "select distinct conversation_id from delivery where id = any($1::text[])"

#: Lock deliveries and read them and their owner.  $1 ids
LOCK_DELIVERIES = f"""
select {DELIVERY}, d.owner from delivery d where d.id = any($1::text[]) order by d.id for update
"""

#: Write what came of attempts; nobody is at these deliveries any more.
UPDATE_DELIVERIES = """
update delivery as d set state = n.state, due_at_ms = n.due_at_ms, last_error = n.last_error, owner = null
from json_to_recordset($1::json) as n(id text, state text, due_at_ms bigint, last_error text)
where d.id = n.id
"""

#: Keep the attempt log; an attempt that is told twice is kept once.
INSERT_ATTEMPTS = """
insert into delivery_attempt (delivery_id, number, at_ms, state, error, looked_up)
select n.* from json_to_recordset($1::json) as n(
    delivery_id text, number int, at_ms bigint, state text, error text, looked_up bool)
on conflict (delivery_id, number) do update
set at_ms = excluded.at_ms, state = excluded.state, error = excluded.error, looked_up = excluded.looked_up
"""

#: Ring other processes.  $1 channel, $2 payloads
NOTIFY = "select pg_notify($1::text, payload) from unnest($2::text[]) as payload"
