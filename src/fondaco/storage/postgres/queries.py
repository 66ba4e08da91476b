# ruff: noqa: S608  # what is put into these statements are our own lists of columns
"""Every statement with which pages and the API look things up, by name, and what it is for."""

from __future__ import annotations

from fondaco.domain.earlier import ENTRIES_OF_ONE, MOST_EPISODES, MOST_EVENTS
from fondaco.storage.postgres.statements import CONVERSATION, DELIVERY, listed
from fondaco.storage.rows import (
    CONVERSATION_COLUMNS,
    EARLIER_COLUMNS,
    HANDOFF_READ_COLUMNS,
    RECORD_COLUMNS,
)
from fondaco.storage.rules import EARLIER_TYPES
from fondaco.storage.spending_rows import ACTION_READ_COLUMNS

_HANDOFF = listed(HANDOFF_READ_COLUMNS)

#: Conversations.  $1 workspaces, $2 ids
CONVERSATIONS_OF = f"""
select {listed(CONVERSATION_COLUMNS, "c")}
from unnest($1::text[], $2::text[]) as n(workspace_id, id)
join conversation c on c.id = n.id and c.workspace_id = n.workspace_id
"""

#: A page of conversations, newest change first; what is NULL does not matter.
#: $1 workspace, $2 status, $3 and $4 assignee, $5 contact, $6 and $7 where the page before ended, $8 limit
CONVERSATIONS_PAGE = f"""
select {CONVERSATION} from conversation
where workspace_id = $1::text
  and ($2::text is null or status = $2)
  and ($3::text is null or assignee_kind = $3)
  and ($4::text is null or assignee_id = $4)
  and ($5::text is null or contact_id = $5)
  and ($6::bigint is null or (updated_at_ms, id) < ($6, $7::text))
order by updated_at_ms desc, id desc limit $8::bigint
"""

#: Events after one, oldest first.  $1 conversation, $2 number of the event before, $3 limit
RECORDS_AFTER = f"""
select {listed(RECORD_COLUMNS)} from event
where conversation_id = $1 and seq > $2 order by seq limit $3::bigint
"""

#: What was said in other episodes of a contact, the latest first.  They are found by the index of their
#: openings; of each a piece of the log is read, by its primary key.
#: $1 contact, $2 workspace, $3 since, $4 before, $5 not this episode
EARLIER = f"""
with opened as (
    select e.conversation_id, e.seq, e.episode_id, e.at_ms
    from conversation c join event e on e.conversation_id = c.id
    where c.contact_id = $1 and c.workspace_id = $2 and e.type = 'EpisodeOpened'
      and e.at_ms >= $3::bigint and e.at_ms < $4::bigint and e.episode_id is distinct from $5::text
    order by e.at_ms desc, e.episode_id collate "C" desc limit {MOST_EPISODES}
)
select {listed(EARLIER_COLUMNS, "e")}
from opened o join event e on e.conversation_id = o.conversation_id
  and e.seq >= o.seq and e.seq < o.seq + {ENTRIES_OF_ONE}
where e.episode_id = o.episode_id and e.at_ms < $4::bigint and e.type in ({EARLIER_TYPES})
order by o.at_ms desc, o.episode_id collate "C" desc, e.seq limit {MOST_EVENTS}
"""

#: The journal of turns that are not settled.  $1 workspace, $2 conversation
STEPS = """
select s.body from conversation c join step s on s.conversation_id = c.id
where c.workspace_id = $1 and c.id = $2 order by s.turn_id collate "C", s.key collate "C"
"""

#: Handoffs, the longest waiting first.  $1 workspace, $2 whether only open ones, $3 limit
HANDOFFS = f"""
select {_HANDOFF} from handoff
where workspace_id = $1 and (not $2::bool or returned_at_ms is null)
order by opened_at_ms, id limit $3::bigint
"""

#: The handoff of a conversation that was not given back yet.  $1 workspace, $2 conversation
OPEN_HANDOFF = f"""
select {_HANDOFF} from handoff
where workspace_id = $1 and conversation_id = $2 and returned_at_ms is null
order by opened_at_ms desc, id desc limit 1
"""

#: One handoff.  $1 workspace, $2 id
HANDOFF = f"select {_HANDOFF} from handoff where workspace_id = $1 and id = $2"

_ACTION = f"select {listed(ACTION_READ_COLUMNS)} from action where workspace_id = $1"

#: Actions, those first that have been so for the longest.  $1 workspace, $2 states, $3 limit
ACTIONS = f"""
{_ACTION} and state = any($2::text[]) order by updated_at_ms, id collate "C" limit $3::bigint
"""

#: One action.  $1 workspace, $2 id
ACTION = f"{_ACTION} and id = $2"

#: Deliveries of a conversation in order.  $1 workspace, $2 conversation
DELIVERIES = f"""
select {DELIVERY} from delivery d where d.workspace_id = $1 and d.conversation_id = $2 order by d.seq
"""

#: Whether there is a delivery.  $1 id
HAS_DELIVERY = "select id from delivery where id = $1"

#: Messages that have all the terms, newest first.  $1 workspace, $2 tsquery, $3 limit
SEARCH = """
select e.conversation_id, e.seq, e.at_ms, e.body
from message_search s
join conversation c on c.id = s.conversation_id
join event e on e.conversation_id = s.conversation_id and e.seq = s.seq
where s.terms @@ ($2::text)::tsquery and c.workspace_id = $1
order by e.at_ms desc, e.conversation_id desc, e.seq desc limit $3::bigint
"""

#: All gauges in one row.  $1 now, $2 last seen before this: silent
FIGURES = """
with lanes as (
    select l.due_at_ms,
           exists (select from worker w where w.id = l.owner and w.seen_at_ms > $2::bigint) as held
    from lane l
), sent as (
    select state, count(*) as number from delivery
    where state in ('queued', 'sending', 'failed', 'unknown') group by state
)
select
    (select count(*) from conversation where status = 'open') as conversations_open,
    (select count(*) from lanes) as lanes_waiting,
    (select count(*) from lanes where due_at_ms <= $1::bigint and not held) as lanes_due,
    (select count(*) from lanes where held) as lanes_leased,
    (select coalesce(sum(number), 0)::bigint from sent where state = 'queued') as deliveries_queued,
    (select coalesce(sum(number), 0)::bigint from sent where state = 'sending') as deliveries_sending,
    (select coalesce(sum(number), 0)::bigint from sent where state = 'failed') as deliveries_failed,
    (select coalesce(sum(number), 0)::bigint from sent where state = 'unknown') as deliveries_unknown,
    (select count(*) from handoff where returned_at_ms is null) as handoffs_open
"""

#: How many conversations there are of each status and kind of assignee.  $1 workspace
COUNTS = """
select status, assignee_kind, count(*) as number from conversation
where workspace_id = $1 group by status, assignee_kind
"""
