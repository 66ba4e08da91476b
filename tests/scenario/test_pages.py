"""The pages over HTTP: who is let in, what a form does, what a stream tells."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from urllib.parse import urlencode

import msgspec
import pytest

from fondaco.domain.contracts import ActionState
from fondaco.domain.events import MessagePosted, NoteAdded
from fondaco.domain.ids import ConnectionId, ConversationId, TeammateId
from fondaco.domain.people import AssigneeKind
from fondaco.server.credentials import hash_secret, new_secret
from fondaco.server.options import LimitOptions, Rate, ServerOptions
from fondaco.server.pages import all_pages
from fondaco.server.pages_demo import DemoPage
from tests.scenario.api_house import QUICK_STREAMS, WIDE, House, Reply, open_house
from tests.scenario.approving import let_wait, move, unknown

_PAGE = {"Accept": "text/html"}
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with open_house(pages=all_pages()) as opened:
        yield opened


async def cookie_of(house: House, *, other: bool = False) -> dict[str, str]:
    teammate = (house.other if other else house.shop).teammate
    secret = await house.machinery.door.sign_ins.begin(teammate.id)
    return {"Cookie": f"fondaco={secret}"}


async def post(house: House, path: str, fields: dict[str, str], headers: dict[str, str]) -> Reply:
    return await house.send("POST", path, {**_FORM, **headers}, urlencode(fields).encode())


async def link_of(house: House) -> str:
    secret = new_secret(house.parts.chance, "fl_")
    later = house.clock.now_ms() + 60_000
    await house.parts.registry.create_link(hash_secret(secret), house.shop.teammate.id, later)
    return secret


async def test_looking_at_a_sign_in_link_spends_nothing_and_using_it_spends_it(house: House) -> None:
    link = await link_of(house)
    looked = await house.send("GET", f"/console/sign-in?link={link}", _PAGE, None)

    used = await post(house, "/console/sign-in", {"link": link}, _PAGE)
    again = await post(house, "/console/sign-in", {"link": link}, _PAGE)

    assert looked.status == 200
    assert (used.status, used.headers["Location"]) == (303, "/console")
    assert "HttpOnly" in used.headers["Set-Cookie"]
    assert "SameSite=Lax" in used.headers["Set-Cookie"]
    assert again.status == 403
    assert "Set-Cookie" not in again.headers


async def test_behind_tls_the_cookie_is_bound_to_this_very_host() -> None:
    options = ServerOptions(port=0, streams=QUICK_STREAMS, limits=WIDE, behind_tls=True)
    async with open_house(options, pages=all_pages()) as house:
        used = await post(house, "/console/sign-in", {"link": await link_of(house)}, _PAGE)

    assert used.headers["Set-Cookie"].startswith("__Host-fondaco=")
    assert "Secure" in used.headers["Set-Cookie"]


async def test_signing_out_ends_the_sign_in_on_the_server(house: House) -> None:
    cookie = await cookie_of(house)

    out = await post(house, "/console/sign-out", {}, {**_PAGE, **cookie})
    after = await house.send("GET", "/console", {**_PAGE, **cookie}, None)

    assert "Max-Age=0" in out.headers["Set-Cookie"]
    assert (after.status, after.headers["Location"]) == (303, "/console/sign-in")


@pytest.mark.parametrize(
    "action", ["takeover", "reply", "note", "handback", "resolve", "approve", "refuse", "settle"]
)
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_no_other_site_can_act_for_a_teammate(house: House, action: str, site: str) -> None:
    conversation = await house.open()
    await house.say(conversation, "Hello")
    cookie = await cookie_of(house)
    before = await house.store.conversation(house.shop.workspace_id, ConversationId(conversation))

    refused = await post(
        house,
        f"/console/conversations/{conversation}/{action}",
        {"text": "x"},
        {**cookie, "Sec-Fetch-Site": site},
    )

    after = await house.store.conversation(house.shop.workspace_id, ConversationId(conversation))
    assert refused.status == 403
    assert after == before


async def test_another_workspace_sees_nothing_of_a_conversation(house: House) -> None:
    conversation = await house.open()
    cookie = await cookie_of(house, other=True)
    path = f"/console/conversations/{conversation}"

    answers = [
        await house.send("GET", path, {**_PAGE, **cookie}, None),
        await house.send("GET", f"{path}/panes", cookie, None),
        await house.send("GET", f"{path}/stream", {**cookie, "Sec-Fetch-Site": "same-origin"}, None),
        await post(house, f"{path}/takeover", {}, cookie),
    ]

    assert [answer.status for answer in answers] == [404, 404, 404, 404]


async def test_a_form_of_the_page_leads_back_to_it_and_a_script_gets_the_next_id(house: House) -> None:
    conversation = await house.open()
    await house.say(conversation, "Hello")
    cookie = await cookie_of(house)
    path = f"/console/conversations/{conversation}"

    by_page = await post(house, f"{path}/takeover?view=mine", {}, {**_PAGE, **cookie})
    by_script = await post(house, f"{path}/reply", {"text": "Hi"}, {"Accept": "application/json", **cookie})

    assert (by_page.status, by_page.headers["Location"]) == (303, f"{path}?view=mine")
    assert by_script.json["message_id"].startswith("msg_")


async def test_a_reply_that_is_sent_twice_is_written_once(house: House) -> None:
    conversation = await house.open()
    await house.say(conversation, "Hello")
    cookie = await cookie_of(house)
    form = {"text": "Hi", "message_id": "msg_twice", "kind": "reply"}

    await post(house, f"/console/conversations/{conversation}/reply", form, cookie)
    await post(house, f"/console/conversations/{conversation}/reply", form, cookie)

    records = await house.store.records(house.shop.workspace_id, ConversationId(conversation), 0, 100)
    assert sum(isinstance(record.event, MessagePosted) for record in records) == 1


async def test_a_form_without_scripts_writes_a_note_where_it_says_so(house: House) -> None:
    conversation = await house.open()
    await house.say(conversation, "Hello")
    cookie = await cookie_of(house)

    form = {"text": "Only us", "kind": "note"}
    await post(house, f"/console/conversations/{conversation}/reply", form, {**_PAGE, **cookie})

    records = await house.store.records(house.shop.workspace_id, ConversationId(conversation), 0, 100)
    after = await house.store.conversation(house.shop.workspace_id, ConversationId(conversation))
    assert isinstance(records[-1].event, NoteAdded)
    assert after.assignee.kind is AssigneeKind.ASSISTANT


async def test_what_cannot_be_done_is_told_to_people_by_a_page_and_to_scripts_by_a_problem(
    house: House,
) -> None:
    conversation = await house.open()
    await house.say(conversation, "Hello")
    cookie = await cookie_of(house)
    path = f"/console/conversations/{conversation}/reply"

    told = await post(house, path, {"text": " "}, {**_PAGE, **cookie})
    problem = await post(house, path, {"text": " "}, cookie)

    assert (told.status, problem.status) == (422, 422)
    assert told.headers["Content-Type"].startswith("text/html")
    assert problem.headers["Content-Type"] == "application/problem+json"


async def test_a_stream_goes_on_behind_the_event_that_was_seen_last(house: House) -> None:
    conversation = await house.open()
    first = await house.say(conversation, "One")
    second = await house.say(conversation, "Two")
    cookie = await cookie_of(house)
    path = f"{house.url}/console/conversations/{conversation}/stream?alone=1"
    headers = {**cookie, "Accept": "text/event-stream", "Sec-Fetch-Site": "same-origin"}

    async with house.http.get(path, headers={**headers, "Last-Event-ID": str(first)}) as stream:
        lines = [(await stream.content.readline()).decode() for _ in range(5)]

    news = json.loads(lines[4].removeprefix("data: "))
    assert lines[2:4] == [f"id: {second}\n", "event: thread\n"]
    assert [item["seq"] for item in news["items"]] == [second]


async def test_the_list_is_sent_at_once_and_again_when_it_has_changed(house: House) -> None:
    headers = {**await cookie_of(house), "Accept": "text/event-stream", "Sec-Fetch-Site": "same-origin"}

    async with house.http.get(f"{house.url}/console/stream?view=assistant", headers=headers) as stream:
        first = [(await stream.content.readline()).decode() for _ in range(5)]
        await house.say(await house.open(), "A growing list")
        second = [(await stream.content.readline()).decode() for _ in range(3)]

    assert [first[2], second[0]] == ["event: list\n", "event: list\n"]
    assert "A growing list" not in first[3]
    assert "A growing list" in second[1]


async def test_a_file_of_an_older_page_is_still_found_and_the_loader_has_one_address(house: House) -> None:
    old = await house.send("GET", "/static/0123456789abcdef/style.css", {}, None)
    loader = await house.send("GET", "/widget/loader.js", {}, None)
    missing = await house.send("GET", "/static/0123456789abcdef/../pages.py", {}, None)

    assert (old.status, old.headers["Cache-Control"]) == (200, "no-store")
    assert loader.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert missing.status == 404


@pytest.mark.parametrize("after", ["-1", "x", "9" * 30, "١"])
async def test_a_stream_cannot_begin_at_nonsense(house: House, after: str) -> None:
    conversation = await house.open()
    headers = {**await cookie_of(house), "Sec-Fetch-Site": "same-origin"}

    refused = await house.send(
        "GET", f"/console/conversations/{conversation}/stream?{urlencode({'after': after})}", headers, None
    )

    assert refused.status == 422


async def test_only_named_pages_may_frame_the_panel(house: House) -> None:
    named = msgspec.structs.replace(house.shop.widget, origins=("https://shop.example/path",))
    await house.parts.registry.put_connection(named)

    frame = await house.send("GET", f"/widget/frame/{named.id}", _PAGE, None)

    policy = frame.headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors 'self' https://shop.example")
    assert "unsafe" not in policy
    assert b'data-hosts="' in frame.body


async def test_an_api_connection_has_no_frame(house: House) -> None:
    frame = await house.send("GET", f"/widget/frame/{house.shop.api.id}", {}, None)

    assert frame.status == 404


@pytest.mark.parametrize("path", ["/console/sign-in", "/console", "/console/conversations/{}"])
async def test_pages_load_nothing_from_elsewhere_and_nothing_inline(house: House, path: str) -> None:
    conversation = await house.open()
    await house.say(conversation, "Hello")

    page = await house.send("GET", path.format(conversation), {**_PAGE, **await cookie_of(house)}, None)

    policy = page.headers["Content-Security-Policy"]
    assert page.status == 200
    assert policy.startswith("default-src 'none'; script-src 'self'")
    assert policy.endswith("frame-ancestors 'none'")
    assert re.findall(rb'(?:src|href|action)="(?!/|#)[^"]*"', page.body) == []


async def test_without_the_demo_the_root_leads_to_the_console(house: House) -> None:
    root = await house.send("GET", "/", _PAGE, None)

    assert (root.status, root.headers["Location"]) == (303, "/console")


async def test_the_demo_signs_a_browser_in_from_its_own_page_only() -> None:
    demo = DemoPage(connection_id=ConnectionId("widget_rialto"), teammate_id=TeammateId("tmt_rialto"))
    async with open_house(pages=all_pages(demo)) as house:
        shown = await house.send("GET", "/?language=ja", _PAGE, None)
        entered = await post(house, "/demo/enter", {}, {})
        refused = await post(house, "/demo/enter", {}, {"Sec-Fetch-Site": "cross-site"})

    assert shown.status == 200
    assert 'lang="ja"' in shown.body.decode()
    assert entered.headers["Set-Cookie"].startswith("fondaco=fs_")
    assert refused.status == 403


@pytest.mark.parametrize("asks_models", [True, False])
async def test_the_demo_says_that_nothing_left_only_where_that_is_so(*, asks_models: bool) -> None:
    widget, mira = ConnectionId("widget_rialto"), TeammateId("tmt_rialto")
    demo = DemoPage(connection_id=widget, teammate_id=mira, asks_models=asks_models)
    async with open_house(pages=all_pages(demo)) as house:
        shown = await house.send("GET", "/?language=en", _PAGE, None)

    assert ("Nothing left this machine" in shown.body.decode()) is not asks_models


async def test_files_of_the_widget_do_not_use_up_what_an_address_may_ask_for() -> None:
    limits = LimitOptions(address=Rate(1, 1))
    async with open_house(ServerOptions(port=0, limits=limits), pages=all_pages()) as house:
        loaded = [await house.ask("GET", "/widget/loader.js") for _ in range(5)]
        first = await house.ask("GET", "/v1/health")
        second = await house.ask("GET", "/v1/health")

    assert {reply.status for reply in loaded} == {200}
    assert (first.status, second.status) == (200, 429)


async def test_a_teammate_decides_on_an_action_by_the_forms_of_the_page(house: House) -> None:
    named, cookie = ConversationId(await house.open()), await cookie_of(house)
    await house.say(named, "I want my money back")
    shop, path = house.shop.workspace_id, f"/console/conversations/{named}"
    action = await let_wait(house.store, await house.store.conversation(shop, named))

    shown = await house.send("GET", path, {**_PAGE, **cookie}, None)
    form = {"action_id": action.id, "why": " no receipt "}
    refused = await post(house, f"{path}/refuse", form, {**_PAGE, **cookie})
    after = await house.send("GET", path, {**_PAGE, **cookie}, None)

    assert f'data-action="{action.id}"'.encode() in shown.body
    assert refused.status == 303
    assert b"data-action=" not in after.body
    listed = await house.store.action(shop, action.id)
    assert (listed.action.state, listed.action.why) == (ActionState.REFUSED, "no receipt")


async def test_a_finding_that_says_neither_yes_nor_no_is_refused(house: House) -> None:
    named, cookie = ConversationId(await house.open()), await cookie_of(house)
    await house.say(named, "I want my money back")
    base = await house.store.conversation(house.shop.workspace_id, named)
    await move(house.store, base, unknown())
    path, form = f"/console/conversations/{named}/settle", {"action_id": str(unknown().id)}

    vague = await post(house, path, form, cookie)
    plain = await post(house, path, {**form, "took_effect": "no"}, cookie)

    assert (vague.status, plain.status) == (422, 200)
    listed = await house.store.action(house.shop.workspace_id, unknown().id)
    assert listed.action.state is ActionState.FAILED
