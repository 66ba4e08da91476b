"""Workspaces, connections, teams and teammates: the same promises in memory, SQLite and PostgreSQL."""

from __future__ import annotations

import pytest

from fondaco.domain.access import ChannelKind, Connection, Team, Teammate, Workspace
from fondaco.domain.errors import Conflict, NotFound
from fondaco.domain.ids import ConnectionId, TeamId, TeammateId, WorkspaceId
from fondaco.domain.ports import Registry
from fondaco.kit.language import Language
from tests.contract.registry_fixtures import *  # noqa: F403

SHOP, OTHER = WorkspaceId("wsp_shop"), WorkspaceId("wsp_other")


def connection_in(workspace_id: WorkspaceId, id_: str = "con_1", name: str = "Shop") -> Connection:
    return Connection(
        id=ConnectionId(id_),
        workspace_id=workspace_id,
        channel=ChannelKind.CALLBACK,
        name=name,
        languages=(Language.DE, Language.ZH),
        origins=("https://shop.example",),
        identity_secrets=("k1", "k2"),
        callback_url="https://shop.example/hook",
        callback_secret="whsec_x",
        lookup_url="https://shop.example/seen",
    )


def team_in(workspace_id: WorkspaceId, id_: str = "tem_1", topic: str = "returns") -> Team:
    names = {Language.EN: "Returns", Language.JA: "返品"}
    return Team(id=TeamId(id_), workspace_id=workspace_id, names=names, topics=(topic,))


def teammate_in(workspace_id: WorkspaceId, id_: str = "mate_1", name: str = "Ada") -> Teammate:
    return Teammate(id=TeammateId(id_), workspace_id=workspace_id, name=name, email="ada@shop.example")


async def test_workspaces_are_listed_the_oldest_first(registry: Registry) -> None:
    younger = Workspace(id=SHOP, name="蓝瓷 Shop", created_at_ms=2)
    older = Workspace(id=OTHER, name="Other", created_at_ms=1)
    await registry.create_workspace(younger)
    await registry.create_workspace(older)

    found = await registry.workspaces()

    assert found == [older, younger]


async def test_a_workspace_cannot_be_created_twice(registry: Registry) -> None:
    first = Workspace(id=SHOP, name="First", created_at_ms=1)
    await registry.create_workspace(first)

    with pytest.raises(Conflict, match="wsp_shop exists already"):
        await registry.create_workspace(Workspace(id=SHOP, name="Second", created_at_ms=2))

    assert await registry.workspaces() == [first]


async def test_a_connection_comes_back_as_it_was_put(registry: Registry) -> None:
    connection = connection_in(SHOP)

    await registry.put_connection(connection)

    assert await registry.connection(connection.id) == connection


async def test_putting_a_connection_again_replaces_it(registry: Registry) -> None:
    await registry.put_connection(connection_in(SHOP))
    renamed = connection_in(SHOP, name="New name")

    await registry.put_connection(renamed)

    assert await registry.connections(SHOP) == [renamed]


async def test_a_connection_cannot_be_taken_over_by_another_workspace(registry: Registry) -> None:
    connection = connection_in(SHOP)
    await registry.put_connection(connection)

    with pytest.raises(Conflict, match="taken in another workspace"):
        await registry.put_connection(connection_in(OTHER))

    assert await registry.connection(connection.id) == connection
    assert await registry.connections(OTHER) == []


async def test_connections_of_another_workspace_are_not_listed(registry: Registry) -> None:
    ours, also_ours = connection_in(SHOP, "con_2"), connection_in(SHOP, "con_1")
    await registry.put_connection(ours)
    await registry.put_connection(also_ours)
    await registry.put_connection(connection_in(OTHER, "con_3"))

    found = await registry.connections(SHOP)

    assert found == [also_ours, ours]


async def test_an_unknown_connection_is_not_found(registry: Registry) -> None:
    with pytest.raises(NotFound, match="no connection con_none"):
        await registry.connection(ConnectionId("con_none"))


async def test_two_workspaces_may_name_their_teams_alike(registry: Registry) -> None:
    ours, theirs = team_in(SHOP), team_in(OTHER, topic="")
    await registry.put_team(ours)
    await registry.put_team(theirs)

    found = await registry.teams(SHOP), await registry.teams(OTHER)

    assert found == ([ours], [theirs])


async def test_putting_a_team_again_replaces_it(registry: Registry) -> None:
    await registry.put_team(team_in(SHOP))
    changed = team_in(SHOP, topic="invoices")

    await registry.put_team(changed)

    assert await registry.teams(SHOP) == [changed]


async def test_a_teammate_is_found_and_replaced_by_id(registry: Registry) -> None:
    await registry.put_teammate(teammate_in(SHOP))
    renamed = teammate_in(SHOP, name="Ada L.")

    await registry.put_teammate(renamed)

    assert await registry.teammate(renamed.id) == renamed
    assert await registry.teammates(SHOP) == [renamed]


async def test_a_teammate_cannot_be_taken_over_by_another_workspace(registry: Registry) -> None:
    await registry.put_teammate(teammate_in(SHOP))

    with pytest.raises(Conflict, match="taken in another workspace"):
        await registry.put_teammate(teammate_in(OTHER, name="Mallory"))

    assert await registry.teammates(OTHER) == []
    assert (await registry.teammate(TeammateId("mate_1"))).name == "Ada"


async def test_an_unknown_teammate_is_not_found(registry: Registry) -> None:
    with pytest.raises(NotFound, match="no teammate mate_none"):
        await registry.teammate(TeammateId("mate_none"))
