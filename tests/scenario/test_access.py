"""Who gets in: every declared route with every kind of credential."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from prometheus_client import CollectorRegistry
from starlette.routing import Route

from fondaco.domain.access import Scope, SignIn
from fondaco.domain.errors import ConfigurationError
from fondaco.domain.ids import ConversationId
from fondaco.kit.chance import SystemChance
from fondaco.server import openapi
from fondaco.server.access import Access, AnyTeammate, AnyVisitor, Everybody, KeyWith
from fondaco.server.address import Address
from fondaco.server.api import OPERATIONS
from fondaco.server.asgi import WIDGET_OPERATIONS, build_asgi
from fondaco.server.credentials import hash_secret, new_secret
from fondaco.server.dispatch import Performer
from fondaco.server.operation import Operation, Repeats
from fondaco.server.pages import all_pages
from tests.scenario.api_house import House, Reply, Shop, open_house, visitor_of
from tests.scenario.approving import agreed, move

SECRET_WORDS = "Xylophone 4711"
IN, UNKNOWN, FORBIDDEN = "in", 401, 403


@dataclass(frozen=True, slots=True)
class Declared:
    """One route as it was declared."""

    name: str
    method: str
    path: str
    access: Access
    sends: Any = None


#: Bodies that are valid but for the ids, by the name of the operation.
BODIES: Mapping[str, Any] = {
    "post_message": {"text": "hello"},
    "open_conversation": {"connection_id": "api_rialto", "contact": {"external_id": "ann"}},
    "request_person": {},
    "rate_conversation": {"stars": 5},
    "take_over": {"teammate_id": "tmt_rialto"},
    "hand_back": {"teammate_id": "tmt_rialto"},
    "reply": {"teammate_id": "tmt_rialto", "text": "hello"},
    "add_note": {"teammate_id": "tmt_rialto", "text": "hello"},
    "resolve": {"teammate_id": "tmt_rialto"},
    "approve_action": {"teammate_id": "tmt_rialto"},
    "refuse_action": {"teammate_id": "tmt_rialto"},
    "take_back_action": {"teammate_id": "tmt_rialto"},
    "settle_action": {"teammate_id": "tmt_rialto", "took_effect": True},
    "put_articles": {"articles": [{"key": "k", "language": "en", "title": "t", "body": "b"}]},
    "steer_provider": {"mode": "auto"},
    "widget_message": {"text": "hello"},
    "widget_person": {},
    "widget_rating": {"stars": 5},
    "widget_identity": {"identity": "none"},
    "widget_begin": {"text": "hello"},
}
QUERIES = {"list_deliveries": "?conversation_id={conversation_id}", "search": "?q=Xylophone"}
API = tuple(Declared(one.name, one.method, one.path, one.access, BODIES.get(one.name)) for one in OPERATIONS)
WIDGET = tuple(
    Declared(one.name, one.method, one.path, one.access, BODIES.get(one.name)) for one in WIDGET_OPERATIONS
)
#: Pages make nothing of the machinery before they are asked for something.
PAGES = tuple(
    Declared(one.name, one.method, one.path, one.access)
    for one in all_pages()(None)  # type: ignore[arg-type]
)
EVERY = (*API, *WIDGET, *PAGES)
OF_TEAM = tuple(one for one in PAGES if isinstance(one.access, AnyTeammate))
OF_VISITORS = tuple(one for one in WIDGET if isinstance(one.access, AnyVisitor))
OF_KEYS = tuple(one for one in API if isinstance(one.access, KeyWith))

#: What each credential opens: kind of access -> what it meets there.
OPENS: Mapping[str, Mapping[type, int | str]] = {
    "nothing": {KeyWith: UNKNOWN, AnyVisitor: UNKNOWN, AnyTeammate: UNKNOWN},
    "garbage": {KeyWith: UNKNOWN, AnyVisitor: UNKNOWN, AnyTeammate: UNKNOWN},
    "key": {KeyWith: IN, AnyVisitor: UNKNOWN, AnyTeammate: UNKNOWN},
    "revoked key": {KeyWith: UNKNOWN, AnyVisitor: UNKNOWN, AnyTeammate: UNKNOWN},
    "key without scopes": {KeyWith: FORBIDDEN, AnyVisitor: UNKNOWN, AnyTeammate: UNKNOWN},
    "visitor": {KeyWith: UNKNOWN, AnyVisitor: IN, AnyTeammate: UNKNOWN},
    "expired visitor": {KeyWith: UNKNOWN, AnyVisitor: UNKNOWN, AnyTeammate: UNKNOWN},
    "teammate": {KeyWith: UNKNOWN, AnyVisitor: UNKNOWN, AnyTeammate: IN},
    "teammate on another site": {KeyWith: UNKNOWN, AnyVisitor: UNKNOWN, AnyTeammate: FORBIDDEN},
    "idle teammate": {KeyWith: UNKNOWN, AnyVisitor: UNKNOWN, AnyTeammate: UNKNOWN},
    "teammate of last week": {KeyWith: UNKNOWN, AnyVisitor: UNKNOWN, AnyTeammate: UNKNOWN},
    "signed-out teammate": {KeyWith: UNKNOWN, AnyVisitor: UNKNOWN, AnyTeammate: UNKNOWN},
}


@dataclass(frozen=True, slots=True)
class Ground:
    """A house in which a conversation with secret words exists, and every kind of credential."""

    house: House
    headers: Mapping[str, dict[str, str]]
    conversation_id: str  #: of the widget; holds the secret words
    article_id: str
    handoff_id: str
    action_id: str  #: its arguments hold the secret words

    async def knock(self, declared: Declared, headers: Mapping[str, str]) -> Reply:
        """Ask for a route of the first shop; of a stream only the beginning is read."""
        said = dict(headers) | ({"Content-Type": "application/json"} if declared.sends is not None else {})
        url = self.house.url + self.path(declared)
        async with self.house.http.request(
            declared.method, url, headers=said, json=declared.sends, allow_redirects=False
        ) as answer:
            streams = answer.content_type == "text/event-stream"
            body = await answer.content.read(20_000) if streams else await answer.read()
            return Reply(answer.status, answer.headers, body)

    def path(self, declared: Declared) -> str:
        """Return the route's path with ids of the first shop."""
        return (declared.path + QUERIES.get(declared.name, "")).format(
            conversation_id=self.conversation_id,
            connection_id=self.house.shop.widget.id,
            article_id=self.article_id,
            handoff_id=self.handoff_id,
            action_id=self.action_id,
            version="0",
            target="small",
            **{"name:path": "nothing"},
        )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def ground() -> AsyncIterator[Ground]:
    async with open_house(pages=all_pages()) as house:
        begun = await house.begin(SECRET_WORDS)
        await house.ask("POST", "/widget/v1/person", key=begun["token"], body={})
        article = {"key": "secret", "language": "en", "title": SECRET_WORDS, "body": SECRET_WORDS}
        await house.ask("POST", "/v1/articles", key=house.shop.key, body={"articles": [article]})
        articles = await house.ask("GET", "/v1/articles", key=house.shop.key)
        handoffs = await house.ask("GET", "/v1/handoffs", key=house.shop.key)
        action = msgspec.structs.replace(agreed(), arguments={"why": SECRET_WORDS})
        place = ConversationId(begun["conversation_id"])
        await move(house.store, await house.store.conversation(house.shop.workspace_id, place), action)
        yield Ground(
            house=house,
            headers=await _credentials(house, begun),
            conversation_id=begun["conversation_id"],
            article_id=articles.json["items"][0]["id"],
            handoff_id=handoffs.json["items"][0]["id"],
            action_id=action.id,
        )


async def _credentials(house: House, begun: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    now_ms = house.clock.now_ms()
    teammate = await _cookie(house, house.shop)
    idle = await _cookie(house, house.shop, seen_at_ms=now_ms - 12 * 3_600_000)
    found: dict[str, dict[str, str]] = {
        "nothing": {},
        "garbage": _bearer("fk_garbage"),
        "key": _bearer(house.shop.key),
        "revoked key": _bearer(await _revoked_key(house)),
        "key without scopes": _bearer(await house.make_key(house.shop)),
        "key of another workspace": _bearer(house.other.key),
        "visitor": _bearer(begun["token"]),
        "expired visitor": _bearer(await _visitor(house, begun, now_ms)),
        "teammate": {"Cookie": teammate},
        "teammate on another site": {"Cookie": teammate, "Sec-Fetch-Site": "cross-site"},
        "teammate of another workspace": {"Cookie": await _cookie(house, house.other)},
        "idle teammate": {"Cookie": idle},
        "teammate of last week": {"Cookie": await _cookie(house, house.shop, expires_at_ms=now_ms)},
        "signed-out teammate": {"Cookie": await _signed_out(house)},
    }
    return {name: {"Sec-Fetch-Site": "same-origin"} | headers for name, headers in found.items()}


def _bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


async def _revoked_key(house: House) -> str:
    secret = await house.make_key(house.shop, *Scope)
    key = await house.parts.registry.find_key(hash_secret(secret))
    assert key is not None
    await house.parts.registry.revoke_key(key.id, house.clock.now_ms())
    return secret


async def _visitor(house: House, begun: Mapping[str, Any], expires_at_ms: int) -> str:
    secret = new_secret(SystemChance(), "fv_")
    await house.parts.registry.create_visitor(visitor_of(house, begun, expires_at_ms), hash_secret(secret))
    return secret


async def _cookie(house: House, shop: Shop, **times: int) -> str:
    now_ms = house.clock.now_ms()
    sign_in = SignIn(
        teammate_id=shop.teammate.id,
        workspace_id=shop.workspace_id,
        created_at_ms=now_ms,
        seen_at_ms=times.get("seen_at_ms", now_ms),
        expires_at_ms=times.get("expires_at_ms", now_ms + 3_600_000),
    )
    secret = new_secret(SystemChance(), "fs_")
    await house.parts.registry.create_sign_in(sign_in, hash_secret(secret))
    return f"fondaco={secret}"


async def _signed_out(house: House) -> str:
    secret = await house.machinery.door.sign_ins.begin(house.shop.teammate.id)
    await house.machinery.door.sign_ins.end(secret)
    return f"fondaco={secret}"


def expected(declared: Declared, credential: str) -> int | str:
    """Return what a credential meets at a route."""
    met = OPENS[credential].get(type(declared.access), IN)
    reads = declared.method == "GET"
    return IN if credential == "teammate on another site" and met == FORBIDDEN and reads else met


def stranger_meets(declared: Declared) -> int:
    """Return what a stranger's key meets: nothing where something of ours is named, else its own."""
    named = "{" in declared.path + QUERIES.get(declared.name, "") or "rialto" in str(declared.sends)
    return 404 if named else 200


WALK = [
    pytest.param(one, credential, id=f"{one.name} with {credential}")
    for one in EVERY
    for credential in OPENS
    if not isinstance(one.access, Everybody)
]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(("declared", "credential"), WALK)
async def test_a_credential_opens_what_was_declared_and_nothing_else(
    ground: Ground, declared: Declared, credential: str
) -> None:
    wanted = expected(declared, credential)

    reply = await ground.knock(replace(declared, sends=None), ground.headers[credential])

    assert (reply.status if reply.status in {UNKNOWN, FORBIDDEN} else IN) == wanted


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("declared", OF_KEYS, ids=lambda one: one.name)
async def test_a_key_of_another_workspace_finds_nothing_of_ours(ground: Ground, declared: Declared) -> None:
    reply = await ground.knock(declared, ground.headers["key of another workspace"])

    assert reply.status == stranger_meets(declared)
    assert SECRET_WORDS.encode() not in reply.body


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("declared", OF_VISITORS, ids=lambda one: one.name)
async def test_a_contact_never_reads_the_conversation_of_another(ground: Ground, declared: Declared) -> None:
    stranger = await ground.house.begin("I am somebody else")

    reply = await ground.knock(declared, _bearer(stranger["token"]))

    assert reply.status not in {UNKNOWN, FORBIDDEN}
    assert SECRET_WORDS.encode() not in reply.body
    assert ground.conversation_id.encode() not in reply.body


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    "declared", [one for one in OF_TEAM if "{conversation_id}" in one.path], ids=lambda one: one.name
)
async def test_a_teammate_of_another_workspace_finds_no_conversation_of_ours(
    ground: Ground, declared: Declared
) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    reply = await ground.knock(declared, ground.headers["teammate of another workspace"] | form)

    assert reply.status >= 400
    assert SECRET_WORDS.encode() not in reply.body


@pytest.mark.asyncio(loop_scope="module")
async def test_the_list_of_another_workspace_is_empty(ground: Ground) -> None:
    listed = await ground.house.ask("GET", "/v1/conversations", key=ground.house.other.key)
    found = await ground.house.ask("GET", "/v1/search?q=Xylophone", key=ground.house.other.key)
    own = await ground.house.ask("GET", "/v1/search?q=Xylophone", key=ground.house.shop.key)

    assert listed.json["items"] == []
    assert found.json["items"] == []
    assert len(own.json["items"]) == 1


@pytest.mark.asyncio(loop_scope="module")
async def test_a_key_is_refused_some_seconds_after_it_was_revoked(ground: Ground) -> None:
    house = ground.house
    secret = await house.make_key(house.shop, Scope.CONVERSATIONS_READ)
    before = await house.ask("GET", "/v1/conversations", key=secret)
    key = await house.parts.registry.find_key(hash_secret(secret))
    assert key is not None

    await house.parts.registry.revoke_key(key.id, house.clock.now_ms())
    await house.clock.advance(house.parts.options.credentials.cache_seconds)
    after = await house.ask("GET", "/v1/conversations", key=secret)

    assert (before.status, after.status) == (200, UNKNOWN)


@pytest.mark.asyncio(loop_scope="module")
async def test_every_route_of_the_application_says_who_may_use_it(ground: Ground) -> None:
    app = build_asgi(replace(ground.house.parts, metrics=CollectorRegistry()), all_pages())

    addresses = [route.app for route in app.routes if isinstance(route, Route)]
    undeclared = [route for route in app.routes if not isinstance(getattr(route, "app", None), Address)]

    assert undeclared == []
    performers = [one for address in addresses for one in address.performers.values()]  # type: ignore[attr-defined]
    assert {type(one.access) for one in performers} == {Everybody, KeyWith, AnyVisitor, AnyTeammate}


def test_a_route_without_a_declared_credential_cannot_be_built() -> None:
    whole = OPERATIONS[0]
    given = {name: getattr(whole, name) for name in whole.__dataclass_fields__ if name != "access"}

    with pytest.raises(TypeError, match="access"):
        Operation(**given)


@pytest.mark.asyncio(loop_scope="module")
async def test_answers_are_never_kept_for_everybody_alike(ground: Ground) -> None:
    begin = next(one for one in WIDGET_OPERATIONS if one.name == "widget_begin")

    with pytest.raises(ConfigurationError, match=r"Repeats\.OWN"):
        Performer(replace(begin, repeats=Repeats.KEPT), ground.house.machinery)


@pytest.mark.parametrize("declared", [one for one in EVERY if isinstance(one.access, Everybody)])
def test_whatever_is_open_to_everybody_says_why(declared: Declared) -> None:
    assert isinstance(declared.access, Everybody)
    assert len(declared.access.because.split()) > 3


def test_the_description_names_the_credential_of_every_operation() -> None:
    described = openapi.document(OPERATIONS, version="0")

    needs = {
        operation["operationId"]: operation["security"]
        for path in described["paths"].values()
        for operation in path.values()
    }

    assert needs["post_message"] == [{"key": ["conversations:write"]}]
    assert {name for name, need in needs.items() if not need} == {"health"}
