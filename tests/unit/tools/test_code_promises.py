"""Tools of the one-time code that could be told by a message whom it is for are found at the start."""

from __future__ import annotations

import re

import pytest
from msgspec import structs

from fondaco.domain.errors import ConfigurationError
from fondaco.domain.tools import Parameter, ToolSpec, Verification
from fondaco.tools import Toolbox
from fondaco.tools.toolbox import Absent
from tests.scenario.codes_house import CODE, VERIFIER, Post, code_tools
from tests.unit.tools.toolkit import SUBJECT, Scripted, scripted, spec

ADDRESS = Parameter(name="address", pattern=r"\S+@\S+")


def toolbox(send: ToolSpec, check: ToolSpec) -> Toolbox:
    identify = structs.replace(spec(), name="identify")
    return Toolbox([scripted(identify), Scripted(send, iter(())), Scripted(check, iter(()))], VERIFIER)


def specs() -> tuple[ToolSpec, ToolSpec]:
    send, check = code_tools(Post())
    return send.spec, check.spec


def test_tools_that_the_server_alone_tells_whom_it_is_for_are_taken() -> None:
    box = toolbox(*specs())

    assert box.proving == {"identify", "send_code", "check_code"}
    assert [one.name for one in box.specs_of_records[2].parameters] == ["subject", "challenge"]


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ((SUBJECT, ADDRESS), "'send_code' takes address from messages; let it be nothing"),
        ((), "'send_code' is not told whom the code is for; bind a parameter"),
    ],
)
def test_a_sending_that_a_message_could_turn_elsewhere_is_refused(
    parameters: tuple[Parameter, ...], told: str
) -> None:
    send, check = specs()

    with pytest.raises(ConfigurationError, match=re.escape(told)):
        toolbox(structs.replace(send, parameters=parameters), check)


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ((SUBJECT,), "'check_code' takes nothing from messages; let it be code"),
        ((SUBJECT, CODE, ADDRESS), "'check_code' takes address, code from messages; let it be code"),
        ((CODE,), "'check_code' is not told whom the code is for"),
    ],
)
def test_a_check_that_takes_anything_but_the_code_is_refused(
    parameters: tuple[Parameter, ...], told: str
) -> None:
    send, check = specs()

    with pytest.raises(ConfigurationError, match=re.escape(told)):
        toolbox(send, structs.replace(check, parameters=parameters))


@pytest.mark.parametrize("demanded", [Verification.CODE, Verification.SIGNED])
def test_what_leads_to_a_code_cannot_demand_one(demanded: Verification) -> None:
    send, check = specs()

    with pytest.raises(ConfigurationError, match="leads to the code"):
        toolbox(structs.replace(send, verification=demanded), check)


def test_a_tool_that_is_not_there_is_named() -> None:
    identify = structs.replace(spec(), name="identify")

    with pytest.raises(ConfigurationError, match=r"verification\.code\.send_tool names 'send_code'"):
        Toolbox([scripted(identify)], VERIFIER)


def test_a_tool_that_cannot_be_reached_now_is_waited_for() -> None:
    identify = structs.replace(spec(), name="identify")

    box = Toolbox([scripted(identify), Absent("send_code"), Absent("check_code")], VERIFIER)

    assert box.code is VERIFIER.code
