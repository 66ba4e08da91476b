"""Mistakes in the settings of tool sources say where they stand and what to write."""

from __future__ import annotations

import pytest

from fondaco.config import parse, tool_options
from fondaco.domain.errors import ConfigurationError

SOURCE = """
[[tool_sources]]
openapi = "shop.json"
prefix = "shop_"
[[tool_sources.tools]]
operation = "POST /refunds/{id}"
fields = { state = "state" }
"""
TOOL = """
[[tools]]
name = "shop_POST_refunds_id"
description = "Refunds."
url = "https://erp.shop.example/refunds"
"""


def test_a_tool_of_a_source_is_known_by_its_name() -> None:
    settings = parse(SOURCE + '[state_names."shop_POST_refunds_id.state".done]\nde = "erledigt"\n', {})

    assert list(tool_options(settings)) == ["shop_POST_refunds_id"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("[[tool_sources]]\nprefix = 'a'\n", r"line 1: tool_sources\[0\] names neither"),
        (SOURCE.replace("prefix", "mcp_url"), r"tool_sources\[0\] names openapi and mcp_url"),
        ('[[tool_sources]]\nopenapi = "a"\n', r"tool_sources\[0\].tools is empty"),
        (
            '[[tool_sources]]\nmcp_url = "http://shop"\nheaders = { X = "{subject}" }\n',
            r"tool_sources\[0\].headers.X has a place in braces",
        ),
        ('[[tool_sources]]\nmcp_url = "shop:9"\n', r"tool_sources\[0\].mcp_url is no address"),
        (SOURCE + TOOL, r"tool_sources\[0\].tools\[0\] is the second tool called 'shop_POST_refunds_id'"),
        (
            SOURCE + "[[tool_sources.tools.parameters]]\nname = 'id'\npattern = '('\n",
            r"line 10: tool_sources\[0\].tools\[0\].parameters\[0\].pattern does not compile",
        ),
        (SOURCE.replace("operation", "operaton"), "operaton is no setting; did you mean operation"),
        (SOURCE + "[verification]\ntool = 'identify'\n", "write a declared tool: shop_POST_refunds_id"),
    ],
)
def test_a_mistake_says_where_it_stands(text: str, wrong: str) -> None:
    with pytest.raises(ConfigurationError, match=wrong):
        parse(text, {}, "fondaco.toml")


def test_what_a_server_has_is_only_known_when_it_is_asked() -> None:
    settings = parse("[[tool_sources]]\nmcp_command = ['x']\n[verification]\ntool = 'identify'\n", {})

    assert settings.verification is not None
