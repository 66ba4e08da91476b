"""``fondaco conversations``."""

from __future__ import annotations

import click

from fondaco.commands.place import Place, open_reading_room, wait_for, with_place
from fondaco.commands.printing import moment, say, say_json, say_table
from fondaco.commands.telling import attempts_of, told_of
from fondaco.domain import events as ev
from fondaco.domain.conversation import Conversation, Status
from fondaco.domain.ids import ConversationId, WorkspaceId
from fondaco.domain.listing import ConversationFilter, Found
from fondaco.domain.people import AssigneeKind
from fondaco.kit.money import exact

_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
_LIMIT = click.option(
    "--limit",
    metavar="N",
    type=click.IntRange(1, 1_000),
    default=50,
    show_default=True,
    help="At most so many.",
)
_BATCH = 500


@click.group("conversations")
def command() -> None:
    """List, show and search conversations."""


@command.command("list")
@with_place
@click.option("--status", type=click.Choice([one.value for one in Status]), help="Only those that are so.")
@click.option(
    "--assignee",
    type=click.Choice([one.value for one in AssigneeKind]),
    help="Only those that wait for such.",
)
@_LIMIT
@_JSON
def list_(*, place: Place, status: str | None, assignee: str | None, limit: int, as_json: bool) -> None:
    """List conversations, the newest change first."""
    found = wait_for(_list(place, status, assignee, limit))
    if as_json:
        say_json(found)
        return
    rows = [
        (one.id, moment(one.updated_at_ms), one.status, one.assignee.kind, one.language or "", one.subject)
        for one in found
    ]
    say_table(("id", "changed (UTC)", "status", "assignee", "language", "subject"), rows)


@command.command()
@click.argument("conversation_id", metavar="ID")
@with_place
@_JSON
def show(*, conversation_id: str, place: Place, as_json: bool) -> None:
    """Show everything that happened in a conversation."""
    records = wait_for(_records(place, ConversationId(conversation_id)))
    if as_json:
        say_json(records)
        return
    for record in records:
        say(f"{record.seq:>4}  {moment(record.at_ms)}  {_line(record.event)}")
        if isinstance(record.event, ev.ModelAsked):
            for line in attempts_of(record.event):
                say(f"{'':>24}{line}")


@command.command()
@click.argument("text")
@with_place
@_LIMIT
@_JSON
def search(*, text: str, place: Place, limit: int, as_json: bool) -> None:
    """Find messages by words."""
    found = wait_for(_search(place, text, limit))
    if as_json:
        say_json(found)
        return
    rows = [(one.conversation_id, one.seq, moment(one.at_ms), one.text) for one in found]
    say_table(("conversation", "seq", "at (UTC)", "text"), rows)


async def _list(place: Place, status: str | None, assignee: str | None, limit: int) -> list[Conversation]:
    async with open_reading_room(place) as (settings, reader):
        wanted = ConversationFilter(
            workspace_id=WorkspaceId(settings.workspace.id),
            status=Status(status) if status else None,
            assignee_kind=AssigneeKind(assignee) if assignee else None,
        )
        return (await reader.conversations(wanted, None, limit)).items


async def _records(place: Place, conversation_id: ConversationId) -> list[ev.Recorded]:
    async with open_reading_room(place) as (settings, reader):
        workspace_id = WorkspaceId(settings.workspace.id)
        found: list[ev.Recorded] = []
        while True:
            after = found[-1].seq if found else 0
            batch = await reader.records(workspace_id, conversation_id, after, _BATCH)
            found += batch
            if len(batch) < _BATCH:
                return found


async def _search(place: Place, text: str, limit: int) -> list[Found]:
    async with open_reading_room(place) as (settings, reader):
        return await reader.search(WorkspaceId(settings.workspace.id), text, limit)


def _line(event: ev.Event) -> str:
    match event:
        case ev.MessageReceived(text=text):
            return f"contact: {text}"
        case ev.MessagePosted(author=author, text=text):
            return f"{author.name or author.kind}: {text}"
        case ev.NoteAdded(author=author, text=text):
            return f"note by {author.name}: {text}"
        case ev.HandoffRequested(reason=reason, team_id=team, promised_at_ms=promised, summary=summary):
            by = f", promised by {moment(promised)} (UTC)" if promised is not None else ""
            return f"handoff to {team}: {reason}{by}" + (
                f"; {' / '.join(summary.splitlines())}" * bool(summary)
            )
        case ev.RatingGiven(stars=stars, comment=comment):
            return f"rating: {stars} of 5 stars" + f": {comment}" * bool(comment)
        case ev.AssigneeChanged(assignee=assignee, epoch=epoch, by=by):
            name = f"{assignee.kind} {assignee.id}".rstrip()
            return f"assignee: {name}, epoch {epoch}, by {by.name or by.kind}"
        case _:
            return _why(event)


def _why(event: ev.Event) -> str:
    """Return the line of what the assistant did on the way."""
    match event:
        case ev.RouteChosen(route=route, reasons=reasons):
            return f"route: {route}" + f" ({'; '.join(reasons)})" * bool(reasons)
        case ev.ModelAsked() as asked:
            return told_of(asked)
        case ev.ToolCalled(call=call):
            return f"tool {call.tool}: {call.state} {call.result or call.error}"
        case ev.ActionMoved(action=action, by=by, why=why):
            dry = " (dry run)" * action.dry_run
            return f"action {action.tool}: {action.state}{dry}, by {by.name or by.kind}" + f": {why}" * bool(
                why
            )
        case ev.PassagesFound(passages=passages, confidence=confidence):
            return f"found {', '.join(one.key for one in passages[:3]) or 'nothing'} ({confidence:.2f})"
        case ev.VerdictGiven(passed=passed, findings=findings):
            return f"guard: {'passed' if passed else 'stopped'} {'; '.join(findings)}".rstrip()
        case ev.TurnSettled() as settled:
            cost = f" for {exact(settled.cost_pico, settled.currency)}" if settled.cost_pico else ""
            return f"turn settled: {settled.outcome} in {settled.duration_ms:.0f} ms{cost}"
        case _:
            return _remembered(event)


def _remembered(event: ev.Event) -> str:
    """Return the line of what was decided about the history that models are told."""
    match event:
        case ev.MemoryPlanned(strategy=strategy, why=why):
            return f"memory: {strategy}: {why}"
        case ev.HistoryCut(hidden_tokens=hidden, kept_tokens=kept, why=why, digest_by=by):
            digest = f", in short by {by}" * bool(by)
            return f"history cut: {hidden} tokens hidden{digest}, {kept} kept: {why}"
        case ev.PromptShortened(left_out_tokens=left_out):
            return f"prompt shortened: {left_out} tokens left out of what was too long"
        case ev.TurnsRecalled(seqs=seqs, tokens=tokens, by=by, earlier=earlier):
            before = "".join(f", {len(one.seqs)} of {one.conversation_id} before" for one in earlier)
            return f"recalled by {by}: {len(seqs)} entries{before}, {tokens} tokens"
        case _:
            return ev.kind_of(event)
