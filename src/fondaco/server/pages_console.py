"""The console: where teammates read, take over, answer and hand back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec
from starlette.types import ASGIApp

from fondaco.domain.errors import InvalidInput
from fondaco.domain.ids import ActionId, ConversationId, MessageId
from fondaco.domain.people import Author, AuthorKind
from fondaco.server.access import AnyTeammate
from fondaco.server.answer import Answer
from fondaco.server.drafting import DraftInView
from fondaco.server.page import Page, Visit
from fondaco.server.pages_inbox import View, inbox_of, people_of, view_named
from fondaco.server.pages_live import Both, InboxView, ThreadView
from fondaco.server.pages_showing import Handler, Showing, headers_of, see_other, wants_page
from fondaco.server.pages_thread import Fragments, Reckons, read_thread, shown
from fondaco.server.pages_view import People
from fondaco.server.remembering import memory_shown, models_of
from fondaco.server.stream import resume_after

_HIGHEST_SEQ = 2**53 - 1
_LONGEST_WHY = 500
#: The landmarks of a conversation that has a page of its own.
_WHOLE = {"landmark": "main", "beside": "aside"}


@dataclass(frozen=True, slots=True)
class Console:
    """Shows the inbox and conversations."""

    showing: Showing

    async def inbox(self, visit: Visit) -> ASGIApp:
        """Show the list alone."""
        people = await self._people(visit)
        inbox = await inbox_of(visit.parts.reader, people, _view(visit))
        return self.showing.page(visit, "inbox.html", inbox=inbox, me=people.me, selected="")

    async def conversation(self, visit: Visit) -> ASGIApp:
        """Show list, thread and *why*."""
        people = await self._people(visit)
        inbox = await inbox_of(visit.parts.reader, people, _view(visit))
        values = await self._thread(visit, people)
        return self.showing.page(
            visit, "conversation.html", inbox=inbox, me=people.me, selected=_named(visit), **_WHOLE, **values
        )

    async def panes(self, visit: Visit) -> ASGIApp:
        """Show thread and *why* without a page around them, for the demo."""
        values = await self._thread(visit, await self._people(visit))
        return self.showing.page(visit, "parts/panes.html", landmark="section", beside="section", **values)

    async def inbox_stream(self, visit: Visit) -> ASGIApp:
        """Follow the list."""
        return visit.stream(await self._inbox_view(visit, ""))

    async def stream(self, visit: Visit) -> ASGIApp:
        """Follow a conversation, and the list beside it unless ``alone`` is asked for."""
        people, named = await self._people(visit), _named(visit)
        conversation = await visit.parts.reader.conversation(people.me.workspace_id, named)
        say = self.showing.words_for(visit)
        thread = ThreadView(
            reader=visit.parts.reader,
            fragments=Fragments(
                templates=self.showing.templates, say=say, people=people, reckons=_reckons(visit)
            ),
            conversation_id=named,
            draft=DraftInView(visit.parts.drafts, conversation),
            after_seq=resume_after(headers_of(visit), _after(visit)),
        )
        if "alone" in visit.request.query_params:
            return visit.stream(thread)
        return visit.stream(Both(inbox=await self._inbox_view(visit, named), thread=thread))

    async def _people(self, visit: Visit) -> People:
        language = self.showing.words_for(visit).language
        return await people_of(visit.parts.registry, visit.teammate, language)

    async def _inbox_view(self, visit: Visit, selected: str) -> InboxView:
        return InboxView(
            reader=visit.parts.reader,
            people=await self._people(visit),
            templates=self.showing.templates,
            say=self.showing.words_for(visit),
            view=_view(visit),
            selected=selected,
        )

    async def _thread(self, visit: Visit, people: People) -> dict[str, object]:
        thread = await read_thread(visit.parts.reader, people, _named(visit))
        whys = thread.whys()
        turns = [why.turn_id for why in whys]
        asked = visit.request.query_params.get("why", "")
        return {
            **shown(thread, people, _reckons(visit)),
            "thread": thread,
            "whys": whys,
            "open_turn": asked if asked in turns else (turns[-1] if turns else ""),
            "message_id": visit.parts.ids.new("msg"),
        }


def pages(showing: Showing) -> list[Page]:
    """Return the console's pages and actions."""
    console = Console(showing)
    one = "/console/conversations/{conversation_id}"

    def shows(name: str, path: str, handler: Handler) -> Page:
        return Page(name=name, path=path, access=AnyTeammate(), handler=showing.kindly(handler))

    def does(name: str, act: Act) -> Page:
        handler = showing.kindly(_then_back(act))
        return Page(
            name=f"console_{name}", path=f"{one}/{name}", access=AnyTeammate(), handler=handler, method="POST"
        )

    return [
        shows("console_inbox", "/console", console.inbox),
        shows("console_inbox_stream", "/console/stream", console.inbox_stream),
        shows("console_conversation", one, console.conversation),
        shows("console_panes", f"{one}/panes", console.panes),
        shows("console_stream", f"{one}/stream", console.stream),
        does("takeover", take_over),
        does("reply", reply),
        does("note", add_note),
        does("handback", hand_back),
        does("resolve", resolve),
        does("approve", approve),
        does("refuse", refuse),
        does("take_back", take_back),
        does("settle", settle),
    ]


Act = Callable[[Visit], Awaitable[None]]


async def take_over(visit: Visit) -> None:
    """Take the conversation from whoever has it."""
    await visit.parts.desk.take_over(visit.teammate.workspace_id, _named(visit), visit.teammate)


async def reply(visit: Visit) -> None:
    """Write to the contact; the form's own id keeps a second click from writing twice."""
    form = await visit.form()
    if form.get("kind") == "note":
        await _note(visit, form.get("text", ""))
        return
    message_id = form.get("message_id", "")
    if message_id and not message_id.startswith("msg_"):
        raise InvalidInput("message_id must begin with msg_.", field="message_id")
    await visit.parts.desk.reply(
        visit.teammate.workspace_id,
        _named(visit),
        visit.teammate,
        form.get("text", ""),
        MessageId(message_id) if message_id else None,
    )


async def add_note(visit: Visit) -> None:
    """Write an internal remark."""
    await _note(visit, (await visit.form()).get("text", ""))


async def _note(visit: Visit, text: str) -> None:
    await visit.parts.desk.add_note(visit.teammate.workspace_id, _named(visit), visit.teammate, text)


async def hand_back(visit: Visit) -> None:
    """Give the conversation back to the assistant."""
    await visit.parts.desk.hand_back(visit.teammate.workspace_id, _named(visit), visit.teammate)


async def resolve(visit: Visit) -> None:
    """Close the episode."""
    me = visit.teammate
    await visit.parts.desk.resolve(
        me.workspace_id, _named(visit), Author(AuthorKind.TEAMMATE, me.id, me.name)
    )


async def approve(visit: Visit) -> None:
    """Say yes to an action."""
    form, me = await visit.form(), visit.teammate
    await visit.parts.desk.approve(me.workspace_id, _named(visit), _action_id(form), me)


async def refuse(visit: Visit) -> None:
    """Say no to an action."""
    form, me = await visit.form(), visit.teammate
    why = form.get("why", "")[:_LONGEST_WHY].strip()
    await visit.parts.desk.refuse(me.workspace_id, _named(visit), _action_id(form), me, why)


async def take_back(visit: Visit) -> None:
    """Have the effect of an action taken back."""
    form, me = await visit.form(), visit.teammate
    why = form.get("why", "")[:_LONGEST_WHY].strip()
    await visit.parts.desk.take_back(me.workspace_id, _named(visit), _action_id(form), me, why)


async def settle(visit: Visit) -> None:
    """Write down whether an action took effect of which nobody knew."""
    form, me = await visit.form(), visit.teammate
    known = {"yes": True, "no": False}.get(form.get("took_effect", ""))
    if known is None:
        raise InvalidInput("took_effect must be yes or no.", field="took_effect")
    await visit.parts.desk.settle_unknown(
        me.workspace_id, _named(visit), _action_id(form), me, took_effect=known
    )


def _action_id(form: Mapping[str, str]) -> ActionId:
    return ActionId(form.get("action_id", ""))


def _then_back(act: Act) -> Handler:
    """Act, then show the conversation again; a script gets the next message's id instead."""

    async def handler(visit: Visit) -> ASGIApp:
        await act(visit)
        if wants_page(visit):
            query = urlencode({"view": _view(visit).value})
            return see_other(f"/console/conversations/{_named(visit)}?{query}")
        return Answer(status=200, body=msgspec.json.encode({"message_id": visit.parts.ids.new("msg")}))

    return handler


def _reckons(visit: Visit) -> Reckons:
    """Return what reckons with the prices of now, if the models of this server are the teammate's."""
    now_ms, models = visit.parts.clock.now_ms(), visit.parts.models
    theirs = models_of(models, visit.teammate.workspace_id)
    return lambda records: memory_shown(records, theirs, now_ms)


def _named(visit: Visit) -> ConversationId:
    return ConversationId(visit.request.path_params["conversation_id"])


def _view(visit: Visit) -> View:
    return view_named(visit.request.query_params.get("view", ""))


def _after(visit: Visit) -> int:
    after = visit.request.query_params.get("after", "0")
    if not after.isascii() or not after.isdigit() or int(after[:20]) > _HIGHEST_SEQ:
        raise InvalidInput("after must be the number of an event.", field="after")
    return int(after)
