"""Where settings come from, and which of two sources wins."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import pytest

from fondaco.config import LogLevel, Settings, load, parse, shop, state_names_of
from fondaco.domain.errors import ConfigurationError
from fondaco.kit.language import Language


def test_without_a_file_the_defaults_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    settings = load(None, {})

    assert settings == Settings()


@pytest.mark.parametrize(
    ("text", "environ", "level"),
    [
        ("", {}, LogLevel.WARNING),
        ("[telemetry]\nlog_level = 'info'\n", {}, LogLevel.INFO),
        ("", {"FONDACO_TELEMETRY__LOG_LEVEL": "debug"}, LogLevel.DEBUG),
    ],
)
def test_what_a_command_assumes_gives_way_to_the_file_and_the_environment(
    text: str, environ: dict[str, str], level: LogLevel
) -> None:
    settings = parse(text, environ, defaults={"telemetry": {"log_level": "warning"}})

    assert settings.telemetry.log_level is level


def test_the_file_of_the_working_directory_is_read_unasked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("fondaco.toml").write_text("[server]\nport = 9000\n")

    settings = load(None, {})

    assert settings.server.port == 9000


def test_the_environment_wins_over_the_file() -> None:
    settings = parse("[server]\nport = 9000\n", {"FONDACO_SERVER__PORT": "9001"})

    assert settings.server.port == 9001


@pytest.mark.parametrize(
    ("variable", "value", "key", "expected"),
    [
        ("FONDACO_SERVER__BEHIND_TLS", "true", ("server", "behind_tls"), True),
        ("FONDACO_WORKSPACE__WEEKDAYS", "[1, 2]", ("workspace", "weekdays"), (1, 2)),
        ("FONDACO_WORKSPACE__OPENS", "08:30", ("workspace", "opens"), time(8, 30)),
        ("FONDACO_WORKSPACE__LANGUAGE", "ja", ("workspace", "language"), Language.JA),
        ("FONDACO_KNOWLEDGE__ANSWER_AT", "0.8", ("knowledge", "answer_at"), 0.8),
        ("FONDACO_TELEMETRY__LOG_LEVEL", "debug", ("telemetry", "log_level"), LogLevel.DEBUG),
        (
            "FONDACO_KNOWLEDGE__ANSWER_AT_BY_LANGUAGE",
            '{"ja": 0.95}',
            ("knowledge", "answer_at_by_language"),
            {Language.JA: 0.95},
        ),
    ],
)
def test_a_variable_is_read_as_its_key_demands(
    variable: str, value: str, key: tuple[str, str], expected: object
) -> None:
    settings = parse("", {variable: value})

    assert getattr(getattr(settings, key[0]), key[1]) == expected


def test_a_list_of_tables_can_be_given_as_json() -> None:
    tools = '[{"name": "stock", "description": "Tells the stock.", "url": "https://erp.example/stock"}]'

    settings = parse("", {"FONDACO_TOOLS": tools})

    assert settings.tools[0].name == "stock"


@pytest.mark.parametrize("variable", ["FONDACO_DEMO_ERP_TOKEN", "FONDACO_CONFIG", "HOME"])
def test_variables_that_are_no_settings_are_left_alone(variable: str) -> None:
    settings = parse("", {variable: "something"})

    assert settings == Settings()


def test_a_secret_comes_from_the_environment() -> None:
    settings = parse('[storage]\nurl = "postgresql://f:${PASSWORD}@db/f"\n', {"PASSWORD": "s3cret"})

    assert settings.storage.url == "postgresql://f:s3cret@db/f"


def test_two_dollar_signs_stand_for_themselves() -> None:
    settings = parse('[workspace]\nname = "$${SHOP}"\n', {})

    assert settings.workspace.name == "${SHOP}"


def test_a_byte_order_mark_is_no_key(tmp_path: Path) -> None:
    file = tmp_path / "marked.toml"
    file.write_bytes(b"\xef\xbb\xbf[server]\nport = 9000\n")

    settings = load(file, {})

    assert settings.server.port == 9000


def test_the_engine_is_told_the_hours_and_teams() -> None:
    settings = parse('[workspace]\ntimezone = "Asia/Tokyo"\n[[workspace.teams]]\nid = "all"\n', {})

    told = shop(settings)

    assert (told.hours.timezone, [team.id for team in told.teams]) == ("Asia/Tokyo", ["all"])


def test_a_tool_is_told_the_names_of_its_own_states() -> None:
    names = {"new": {"en": "new"}}
    settings = Settings(state_names={"order.state": names, "orders.state": {}})

    assert state_names_of(settings, "order") == {"state": names}


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no file .*missing\.toml; name another one with --config"):
        load(tmp_path / "missing.toml", {})


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is a folder; name the file in it"):
        load(tmp_path, {})


def test_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "old.toml"
    file.write_bytes(b'[workspace]\nname = "K\xf6ln"\n')

    with pytest.raises(ConfigurationError, match=r"old\.toml line 2 is not UTF-8"):
        load(file, {})


def test_broken_toml_is_named_with_line_and_column() -> None:
    with pytest.raises(ConfigurationError, match=r"f\.toml is not valid TOML: .*line 2, column"):
        parse("[server]\nport 9000\n", {}, "f.toml")


def test_a_row_of_failures_may_be_switched_off() -> None:
    settings = parse("[llm.breaker]\nin_a_row = 0", {}, "f.toml")

    assert settings.llm.breaker.in_a_row == 0
