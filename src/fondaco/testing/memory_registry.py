"""A registry that keeps everything in memory, with the contract of the real ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, TypeVar

import msgspec

from fondaco.domain.access import ApiKey, Connection, SignIn, Stored, Team, Teammate, Visitor, Workspace
from fondaco.domain.articles import Article
from fondaco.domain.errors import Conflict, NotFound
from fondaco.domain.ids import ConnectionId, KeyId, TeammateId, WorkspaceId
from fondaco.storage.article_changes import an_id_is_taken, changes_of, demand_importable
from fondaco.storage.secret_hashes import demand_digest


class _Owned(Protocol):
    @property
    def workspace_id(self) -> WorkspaceId: ...


_Thing = TypeVar("_Thing", bound=_Owned)


def _of(workspace_id: WorkspaceId, things: Iterable[_Thing]) -> list[_Thing]:
    return [thing for thing in things if thing.workspace_id == workspace_id]


class _Link(msgspec.Struct, kw_only=True):
    """A one-time sign-in link."""

    teammate_id: TeammateId
    expires_at_ms: int
    used_at_ms: int | None = None

    def is_good(self, now_ms: int) -> bool:
        """Say whether it could be spent now."""
        return self.used_at_ms is None and now_ms < self.expires_at_ms


class _Access:
    """Workspaces, connections, teams and teammates."""

    def __init__(self) -> None:
        super().__init__()
        self._workspaces: dict[WorkspaceId, Workspace] = {}
        self._connections: dict[str, Connection] = {}
        self._teams: dict[tuple[str, str], Team] = {}
        self._teammates: dict[str, Teammate] = {}

    async def create_workspace(self, workspace: Workspace) -> None:
        if workspace.id in self._workspaces:
            raise Conflict(f"Workspace {workspace.id} exists already; choose another id.", field="id")
        self._workspaces[workspace.id] = workspace

    async def workspaces(self) -> list[Workspace]:
        return sorted(self._workspaces.values(), key=lambda each: (each.created_at_ms, each.id))

    async def put_connection(self, connection: Connection) -> None:
        _demand_own(self._connections.get(connection.id), connection)
        self._connections[connection.id] = connection

    async def connection(self, connection_id: ConnectionId) -> Connection:
        return _found(self._connections.get(connection_id), "connection", connection_id)

    async def connections(self, workspace_id: WorkspaceId) -> list[Connection]:
        return sorted(_of(workspace_id, self._connections.values()), key=lambda each: each.id)

    async def put_team(self, team: Team) -> None:
        self._teams[team.workspace_id, team.id] = team

    async def teams(self, workspace_id: WorkspaceId) -> list[Team]:
        return sorted(_of(workspace_id, self._teams.values()), key=lambda each: each.id)

    async def put_teammate(self, teammate: Teammate) -> None:
        _demand_own(self._teammates.get(teammate.id), teammate)
        self._teammates[teammate.id] = teammate

    async def teammate(self, teammate_id: TeammateId) -> Teammate:
        return _found(self._teammates.get(teammate_id), "teammate", teammate_id)

    async def teammates(self, workspace_id: WorkspaceId) -> list[Teammate]:
        return sorted(_of(workspace_id, self._teammates.values()), key=lambda each: each.id)


class _Credentials:
    """Keys, visitors, sign-in links and sign-ins, by the hash of their secret."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: dict[str, ApiKey] = {}
        self._visitors: dict[str, Visitor] = {}
        self._links: dict[str, _Link] = {}
        self._sign_ins: dict[str, SignIn] = {}

    async def create_key(self, key: ApiKey, secret_hash: str) -> None:
        if any(each.id == key.id for each in self._keys.values()):
            raise Conflict("This api_key exists already; make a new secret.", field="secret_hash")
        _add(self._keys, secret_hash, key)

    async def find_key(self, secret_hash: str) -> ApiKey | None:
        return self._keys.get(secret_hash)

    async def keys(self, workspace_id: WorkspaceId) -> list[ApiKey]:
        return sorted(_of(workspace_id, self._keys.values()), key=lambda each: (each.created_at_ms, each.id))

    async def revoke_key(self, key_id: KeyId, at_ms: int) -> None:
        for secret_hash, key in self._keys.items():
            if key.id == key_id:
                revoked_at_ms = at_ms if key.revoked_at_ms is None else key.revoked_at_ms
                self._keys[secret_hash] = msgspec.structs.replace(key, revoked_at_ms=revoked_at_ms)
                return
        raise NotFound(f"There is no key {key_id}; list the workspace's keys to find its id.")

    async def create_visitor(self, visitor: Visitor, secret_hash: str) -> None:
        _add(self._visitors, secret_hash, visitor)

    async def find_visitor(self, secret_hash: str) -> Visitor | None:
        return self._visitors.get(secret_hash)

    async def create_link(self, secret_hash: str, teammate_id: TeammateId, expires_at_ms: int) -> None:
        _add(self._links, secret_hash, _Link(teammate_id=teammate_id, expires_at_ms=expires_at_ms))

    async def is_link_good(self, secret_hash: str, now_ms: int) -> bool:
        link = self._links.get(secret_hash)
        return link is not None and link.is_good(now_ms)

    async def use_link(self, secret_hash: str, now_ms: int) -> TeammateId | None:
        link = self._links.get(secret_hash)
        if link is None or not link.is_good(now_ms):
            return None
        link.used_at_ms = now_ms
        return link.teammate_id

    async def create_sign_in(self, sign_in: SignIn, secret_hash: str) -> None:
        _add(self._sign_ins, secret_hash, sign_in)

    async def find_sign_in(self, secret_hash: str) -> SignIn | None:
        return self._sign_ins.get(secret_hash)

    async def touch_sign_in(self, secret_hash: str, seen_at_ms: int) -> None:
        sign_in = self._sign_ins.get(secret_hash)
        if sign_in is not None and sign_in.seen_at_ms < seen_at_ms:
            self._sign_ins[secret_hash] = msgspec.structs.replace(sign_in, seen_at_ms=seen_at_ms)

    async def end_sign_in(self, secret_hash: str) -> None:
        self._sign_ins.pop(secret_hash, None)


class _Articles(_Access):
    """Articles by id, and the number that grows with their changes."""

    def __init__(self) -> None:
        super().__init__()
        self._articles: dict[str, Article] = {}
        self._versions: dict[WorkspaceId, int] = {}

    async def put_articles(self, workspace_id: WorkspaceId, articles: Sequence[Article]) -> Stored:
        demand_importable(workspace_id, articles)
        version = await self.articles_version(workspace_id)
        changes = changes_of(_of(workspace_id, self._articles.values()), articles)
        if any(each.id in self._articles for each in changes.created):
            raise an_id_is_taken()
        self._articles |= {each.id: each for each in (*changes.created, *changes.updated)}
        if changes.created or changes.updated:
            self._versions[workspace_id] = version + 1
        return changes.stored

    async def articles(self, workspace_id: WorkspaceId) -> list[Article]:
        return sorted(_of(workspace_id, self._articles.values()), key=lambda each: (each.key, each.language))

    async def article(self, workspace_id: WorkspaceId, article_id: str) -> Article:
        article = self._articles.get(article_id)
        if article is None or article.workspace_id != workspace_id:
            raise NotFound(f"There is no article {article_id} in workspace {workspace_id}.")
        return article

    async def delete_article(self, workspace_id: WorkspaceId, article_id: str) -> None:
        await self.article(workspace_id, article_id)
        del self._articles[article_id]
        self._versions[workspace_id] = self._versions.get(workspace_id, 0) + 1

    async def articles_version(self, workspace_id: WorkspaceId) -> int:
        _found(self._workspaces.get(workspace_id), "workspace", workspace_id)
        return self._versions.get(workspace_id, 0)


class MemoryRegistry(_Articles, _Credentials):
    """The ``Registry`` of ``fondaco.domain.ports``, for tests; nothing outlives the process.

    No operation waits for anything half-way, so each is atomic among the tasks of one event loop.
    """

    def __init__(self) -> None:
        super().__init__()
        self._replies: dict[tuple[str, str], tuple[str, bytes, int]] = {}

    async def remember_reply(
        self, credential: str, key: str, request_hash: str, reply: bytes, at_ms: int
    ) -> None:
        self._replies.setdefault((credential, key), (request_hash, reply, at_ms))

    async def recall_reply(self, credential: str, key: str) -> tuple[str, bytes] | None:
        kept = self._replies.get((credential, key))
        return None if kept is None else kept[:2]

    async def forget_expired(self, now_ms: int, keep_ms: int) -> int:
        before_ms = now_ms - keep_ms
        links = [hash_ for hash_, link in self._links.items() if _last_use_ms(link) < before_ms]
        sign_ins = [hash_ for hash_, each in self._sign_ins.items() if each.expires_at_ms < before_ms]
        replies = [place for place, kept in self._replies.items() if kept[2] < before_ms]
        for hash_ in links:
            del self._links[hash_]
        for hash_ in sign_ins:
            del self._sign_ins[hash_]
        for place in replies:
            del self._replies[place]
        return len(links) + len(sign_ins) + len(replies)


def _last_use_ms(link: _Link) -> int:
    return link.expires_at_ms if link.used_at_ms is None else min(link.used_at_ms, link.expires_at_ms)


_Kept = TypeVar("_Kept")


def _add(kept: dict[str, _Kept], secret_hash: str, thing: _Kept) -> None:
    if demand_digest(secret_hash) in kept:
        raise Conflict("This secret exists already; make a new one.", field="secret_hash")
    kept[secret_hash] = thing


def _found(thing: _Kept | None, kind: str, id_: str) -> _Kept:
    if thing is None:
        raise NotFound(f"There is no {kind} {id_}; create it first.")
    return thing


def _demand_own(before: Connection | Teammate | None, after: Connection | Teammate) -> None:
    if before is not None and before.workspace_id != after.workspace_id:
        raise Conflict(f"The id {after.id} is taken in another workspace; choose another id.", field="id")
