"""The statements that only read, for pages and the API, in SQLite's words."""

# ruff: noqa: S608 - what is put together here are our own column names, never a value
from __future__ import annotations

from fondaco.domain.earlier import ENTRIES_OF_ONE, MOST_EPISODES, MOST_EVENTS
from fondaco.storage import rows, rules
from fondaco.storage.spending_rows import ACTION_READ_COLUMNS
from fondaco.storage.sqlite.statements import columns

_HANDOFF = f"select {columns(rows.HANDOFF_READ_COLUMNS)} from handoff"

#: ?1 to ?5 are the filter, where NULL matches everything; ?6 and ?7 the place behind which to begin
CONVERSATIONS = f"""
select {columns(rows.CONVERSATION_COLUMNS)} from conversation
where workspace_id = ?1
and (?2 is null or status = ?2)
and (?3 is null or assignee_kind = ?3)
and (?4 is null or assignee_id = ?4)
and (?5 is null or contact_id = ?5)
and (updated_at_ms, id) < (?6, ?7)
order by updated_at_ms desc, id desc limit ?8
"""

#: contact, workspace, since, before, not this episode -> what was said in other episodes, the latest first.
#: They are found by the index of their openings; of each a piece of the log is read, by its primary key.
EARLIER = f"""
with opened as (
    select event.conversation_id, event.seq, event.episode_id, event.at_ms
    from conversation join event on event.conversation_id = conversation.id
    where conversation.contact_id = ?1 and conversation.workspace_id = ?2 and event.type = 'EpisodeOpened'
    and event.at_ms >= ?3 and event.at_ms < ?4 and event.episode_id is not ?5
    order by event.at_ms desc, event.episode_id desc limit {MOST_EPISODES}
)
select {columns(rows.EARLIER_COLUMNS, "event")}
from opened cross join event on event.conversation_id = opened.conversation_id
and event.seq >= opened.seq and event.seq < opened.seq + {ENTRIES_OF_ONE}
where event.episode_id = opened.episode_id and event.at_ms < ?4 and event.type in ({rules.EARLIER_TYPES})
order by opened.at_ms desc, opened.episode_id desc, event.seq limit {MOST_EVENTS}
"""

#: workspace, conversation -> the journal of its turns that are not settled
STEPS = """
select step.body from conversation join step on step.conversation_id = conversation.id
where conversation.workspace_id = ? and conversation.id = ? order by step.turn_id, step.key
"""

#: workspace, only open ones (1) or all (0), limit
HANDOFFS = f"""
{_HANDOFF} where workspace_id = ?1 and (not ?2 or returned_at_ms is null) order by opened_at_ms, id limit ?3
"""

#: workspace, conversation -> the newest that was not given back
OPEN_HANDOFF = f"""
{_HANDOFF} where workspace_id = ? and conversation_id = ? and returned_at_ms is null
order by opened_at_ms desc, id desc limit 1
"""

HANDOFF = f"{_HANDOFF} where workspace_id = ? and id = ?"

_ACTION = f"select {columns(ACTION_READ_COLUMNS)} from action where workspace_id = ?1"

#: workspace, states as JSON, limit -> those first that have been so for the longest
ACTIONS = f"""
{_ACTION} and state in (select value from json_each(?2)) order by updated_at_ms, id limit ?3
"""

ACTION = f"{_ACTION} and id = ?2"

DELIVERIES = f"""
select {columns(rows.DELIVERY_COLUMNS)} from delivery
where workspace_id = ? and conversation_id = ? order by seq
"""

HAS_DELIVERY = "select 1 from delivery where id = ?"

#: terms in FTS5's query language, workspace, limit -> messages, newest first
SEARCH = """
select event.conversation_id, event.seq, event.body, event.at_ms
from message_search
join conversation on conversation.id = message_search.conversation_id
join event on event.conversation_id = message_search.conversation_id and event.seq = message_search.seq
where message_search match ? and conversation.workspace_id = ?
order by message_search.rowid desc limit ?
"""

#: workspace -> messages that are not in the index yet, the newest first
WAITING = """
select event.conversation_id, event.seq, event.body, event.at_ms
from message_search_backlog backlog
join conversation on conversation.id = backlog.conversation_id
join event on event.conversation_id = backlog.conversation_id and event.seq = backlog.seq
where conversation.workspace_id = ?
order by backlog.rowid desc
"""

#: now, silent since -> one row with the columns that ``fondaco.storage.rules.FIGURES`` names
FIGURES = """
select
    (select count(*) from conversation where status = 'open'),
    (select count(*) from lane),
    (
        select count(*) from lane left join worker on worker.id = lane.owner
        where due_at_ms <= ?1 and coalesce(worker.seen_at_ms <= ?2, 1)
    ),
    (select count(*) from lane join worker on worker.id = lane.owner where worker.seen_at_ms > ?2),
    (select count(*) from delivery where state = 'queued'),
    (select count(*) from delivery where state = 'sending'),
    (select count(*) from delivery where state = 'failed'),
    (select count(*) from delivery where state = 'unknown'),
    (select count(*) from handoff where returned_at_ms is null)
"""

COUNTS = """
select status, assignee_kind, count(*) from conversation where workspace_id = ? group by status, assignee_kind
"""
