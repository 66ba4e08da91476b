"""A wrong setting is told with its place, what was found and what to write."""

from __future__ import annotations

import re

import pytest

from fondaco.config import parse
from fondaco.domain.errors import ConfigurationError

TOOL = """[[tools]]
name = "a"
description = "A."
url = "https://erp.example/{id}"
[[tools.parameters]]
name = "id"
pattern = '(\\d+)'
ask = "ask_order_number"
"""
SOURCE = "[[tool_sources]]\nopenapi = 'a.json'\n[[tool_sources.tools]]\noperation = 'a'\n"
CODE = "[verification]\ntool = 'a'\n[verification.code]\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[server]\nprot = 1", "f.toml line 2: server.prot is no setting; did you mean port?"),
        ("[servr]\nport = 1", "f.toml line 1: servr is no setting; did you mean server?"),
        ("[server]\nhost = 1", "server.host is a number (1); write a text in quotes"),
        ("[server]\nport = '1'", "line 2: server.port is a text ('1'); write a whole number"),
        ("[server]\nbehind_tls = 'yes'", "server.behind_tls is a text ('yes'); write true or false."),
        ("server = 3", "server is a number (3); write a table [server] with keys of its own."),
        ("tools = 3", "tools is a number (3); write a list of tables."),
        ("[telemetry]\nlog_format = 'xml'", 'write one of "json", "text".'),
        ("[workspace]\nopens = '9'", "write a time of day, such as 09:00:00."),
        ("[workspace]\nholidays = ['x']", "write a list; each item is a date, such as 2026-12-24."),
        ("[limits]\nkey = { per_minute = 1 }", "limits.key.burst is missing; write burst = a whole number"),
        ("[storage]\nurl = 'mysql://x'", "storage.url has an unknown form (mysql:…); write sqlite:///"),
        ("[storage]\nurl = '${DB}'", "storage.url names the environment variable DB, which is not set"),
    ],
)
def test_a_wrong_value_is_told_with_what_to_write(text: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(told)):
        parse(text, {}, "f.toml")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[server]\nport = 70000", "server.port is 70000; write a port from 0 to 65535"),
        ("[server]\npublic_url = 'x'", "server.public_url is 'x'; write https://"),
        ("[inbox]\nmax_characters = 0", "inbox.max_characters is 0; write a number greater than 0"),
        ("[llm.breaker]\nin_a_row = -1", "llm.breaker.in_a_row is -1; write a number"),
        ("[outbox]\npoll_seconds = nan", "outbox.poll_seconds is nan; write a number greater than 0"),
        ("[knowledge]\nanswer_at = 1.5", "knowledge.answer_at is 1.5; write a share"),
        ("[workspace]\ntimezone = 'Berlin'", "workspace.timezone is 'Berlin'; write an IANA name"),
        ("[workspace]\nweekdays = [7]", "workspace.weekdays names a day over 6; write 0 for Monday"),
        ("[workspace]\nopens = 19:00:00", "workspace.closes is not after workspace.opens"),
        ("[[workspace.teams]]\nid = 'a'\ntopics = ['x']", "workspace.teams gives every team topics"),
        ("[verification]\ntool = 'x'", "verification.tool names 'x'; write a declared tool: none"),
        (TOOL + CODE + "send_tool = 'x'\ncheck_tool = 'a'", "verification.code.send_tool names 'x'; write"),
        (TOOL + CODE + "send_tool = 'a'\ncheck_tool = 'x'", "verification.code.check_tool names 'x'; write"),
        (TOOL + CODE + "send_tool = 'a'\ncheck_tool = 'a'\nmax_tries = 0", "max_tries is 0; write a number"),
        ('[state_names."a.b".c]\nde = "d"', "names no field of a tool; write tool.field"),
        (TOOL + "[action_texts.a.title]\nen = 'x'", "action_texts.a names a tool that only reads; remove it"),
        (TOOL + TOOL, "tools[1] is the second one called 'a'; give it a name of its own"),
        (TOOL.replace("https", "ftp"), "tools[0].url is no address; begin it with http://"),
        (TOOL.replace("{id}", "{ids}"), "tools[0].url names 'ids'; declare it as a parameter (declared: id)"),
        (TOOL.replace(r"(\d+)", "("), "tools[0].parameters[0].pattern does not compile"),
        (TOOL.replace(r"'(\d+)'", "''"), "tools[0].parameters[0].pattern is empty"),
        (
            TOOL.replace("ask_order", "ask_odd"),
            "tools[0].parameters[0].ask is 'ask_odd_number'; write one of",
        ),
        (TOOL + "source = 'server'\nserver_value = 'subject'", "tools[0].verification is 'none'"),
        (TOOL + "source = 'server'\nserver_value = 'x'", "tools[0].parameters[0].server_value is 'x'"),
        (TOOL.replace("url", "method = 'DELETE'\nurl"), "tools[0].effect is 'read'; write effect ="),
        (
            TOOL.replace("url", "contract.claims = ['refunded', 'canceled']\nurl"),
            "tools[0].contract.claims names the claim 'canceled', which is none; did you mean cancelled?",
        ),
        (
            TOOL.replace("url", "contract.claims = ['xyzzy']\nurl"),
            "tools[0].contract.claims names the claim 'xyzzy', which is none; write one of refunded, ",
        ),
        (
            "[memory]\nearlier_days = 4000",
            "memory.earlier_days is 4000; write a number from 0 to 3,650",
        ),
        ("[memory]\nearlier_days = -1", "memory.earlier_days is -1; write a number from 0 to 3,650"),
        ("[server]\nport = -1", "server.port is -1; write a number that is 0 or greater"),
        (SOURCE + "contract.claims = ['refund']", "tools[0].contract.claims names the claim 'refund'"),
    ],
)
def test_a_value_that_cannot_work_is_refused(text: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(told)):
        parse(text, {}, "f.toml")


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [
        ("FONDACO_SERVER__PORT", "many", "FONDACO_SERVER__PORT: server.port is 'many'; write a whole number"),
        ("FONDACO_SERVR__PORT", "1", "FONDACO_SERVR__PORT: servr is no setting; did you mean server?"),
        ("FONDACO_WORKSPACE__WEEKDAYS", "0,1", "FONDACO_WORKSPACE__WEEKDAYS is no JSON"),
    ],
)
def test_a_wrong_variable_is_named(variable: str, value: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(told)):
        parse("", {variable: value})


def test_a_variable_cannot_reach_into_a_list() -> None:
    with pytest.raises(ConfigurationError, match="leads through tools, which is a list"):
        parse(TOOL, {"FONDACO_TOOLS__0__NAME": "b"})


def test_the_password_of_a_database_is_not_told() -> None:
    with pytest.raises(ConfigurationError) as told:
        parse("[storage]\nurl = 'mysql://me:${PASSWORD}@db'", {"PASSWORD": "s3cret"})

    assert "s3cret" not in str(told.value)


def test_the_second_table_of_a_list_is_found_by_its_line() -> None:
    second = TOOL.replace('"a"', '"b"').replace("https", "ftp")

    with pytest.raises(ConfigurationError, match=re.escape("f.toml line 12: tools[1].url")):
        parse(TOOL + second, {}, "f.toml")
