"""The demo shop's settings: the operator's own, with Rialto's workspace, tools and words laid over them."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from fondaco.config import Settings, StorageSettings, WorkspaceSettings, parse
from fondaco.domain.hours import Hours
from fondaco.domain.tools import Verification
from fondaco.engine.acting.wording import ActionTexts
from fondaco.engine.handover import TeamOptions
from fondaco.kit.language import Language
from fondaco.tools.options import HttpToolOptions

_DEMANDS_A_CODE = "change_address"
WORKSPACE_ID = "rialto"
DATABASE_NAME = "fondaco-demo.db"  #: the file in the demo's folder
ERP_DATABASE = "rialto-erp.sqlite3"  #: the merchant system's, beside it


def demo_settings(
    base: Settings, erp_address: str, erp_token: str, data_dir: Path, *, codes: bool = False
) -> Settings:
    """Return ``base`` turned into the demo shop, whose merchant system answers at ``erp_address``.

    The database lies in ``data_dir`` unless ``base`` names another one than the default.  With ``codes`` a
    new delivery address demands a one-time code.
    """
    known = {"RIALTO_ADDRESS": erp_address.rstrip("/"), "RIALTO_TOKEN": erp_token}
    declared = _text("fondaco-demo.toml") + (f"\n{_text('fondaco-demo-codes.toml')}" if codes else "")
    rialto = parse(declared, known, "fondaco-demo.toml")
    own_database = base.storage != StorageSettings()
    return msgspec.structs.replace(
        base,
        workspace=_workspace(tomllib.loads(_text("content/shop.toml"))),
        storage=base.storage
        if own_database
        else StorageSettings(url=f"sqlite:///{data_dir / DATABASE_NAME}"),
        tools=tuple(_with_code(tool) if codes else tool for tool in rialto.tools),
        tool_sources=(),
        verification=rialto.verification,
        state_names=_state_names(),
        action_texts=msgspec.convert(tomllib.loads(_text("content/actions.toml")), dict[str, ActionTexts]),
    )


def _with_code(tool: HttpToolOptions) -> HttpToolOptions:
    if tool.name != _DEMANDS_A_CODE:
        return tool
    return msgspec.structs.replace(tool, verification=Verification.CODE)


def _state_names() -> dict[str, dict[str, dict[str, str]]]:
    return msgspec.json.decode(_text("content/states.json"), type=dict[str, dict[str, dict[str, str]]])


def _workspace(told: dict[str, Any]) -> WorkspaceSettings:
    hours = msgspec.convert(told["hours"], Hours)
    return WorkspaceSettings(
        id=WORKSPACE_ID,
        name=told["name"],
        language=Language.DE,
        timezone=hours.timezone,
        opens=hours.opens,
        closes=hours.closes,
        weekdays=hours.weekdays,
        holidays=hours.holidays,
        answer_minutes=hours.answer_minutes,
        teams=tuple(_team(team) for team in told["teams"]),
    )


def _team(told: dict[str, Any]) -> TeamOptions:
    """Return the team; the one that takes whatever no other team names has no topics of its own."""
    return TeamOptions(
        id=told["key"],
        names=msgspec.convert(told["name"], dict[Language, str]),
        topics=() if told.get("default") else tuple(told["topics"]),
    )


def _text(name: str) -> str:
    return resources.files("fondaco.demo").joinpath(name).read_text(encoding="utf-8")
