"""Contact and teammate watch an answer: it grows, is taken back if it breaks off, and comes once."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any
from urllib.request import Request, urlopen

import msgspec
import pytest
from playwright.sync_api import Locator, expect

from fondaco.testing.provider.faults import Fault, FaultRule, Plan
from fondaco.testing.provider.latency import Latency, Spread
from fondaco.testing.provider.presets import SimulatorOptions
from fondaco.testing.provider.running import Setup
from fondaco.testing.provider.script import Rule
from tests.browser.people import Teammate, Widget
from tests.browser.serving import HERE, SHOP_WIDGET, Server, ShopSite

Contact = Callable[..., Widget]
SignedIn = Callable[..., Teammate]

_MODELS = """
[[llm.providers]]
name = "simulated"
base_url = "{address}/v1"
[[llm.models]]
name = "first"
provider = "simulated"
model = "gpt-4.1"
price = "holysheep/gpt-4.1"
[[llm.models]]
name = "second"
provider = "simulated"
model = "deepseek-v3.2"
price = "holysheep/deepseek-v3.2"
[llm.chains]
cheap = ["first", "second"]
[llm.retries]
attempts = 1
"""
#: What is asked, what is answered, its first sentence, and what stands where it was taken back.
_TALKS = {
    "en": (
        "Tell me about your tea",
        "Our tea comes from small gardens in the hills. It is picked by hand in spring. Enjoy it!",
        "Our tea comes from small gardens in the hills.",
        "One moment …",
    ),
    "de": (
        "Erzählen Sie mir von Ihrem Tee",
        "Unser Tee kommt aus kleinen Gärten in den Bergen. Er wird von Hand gepflückt. Viel Freude damit!",
        "Unser Tee kommt aus kleinen Gärten in den Bergen.",
        "Einen Moment …",
    ),
    "zh": (
        "请介绍一下你们的茶叶",
        "我们的茶叶来自山里的小茶园。春天由人工采摘。请慢慢品尝。",
        "我们的茶叶来自山里的小茶园。",
        "请稍等…",
    ),
}
_FIRST = "Is anybody there, who knows about tea?"
_PACE = Spread(p50_ms=80, p99_ms=80)


STALLED = Plan(rules=(FaultRule(fault=Fault.STALL_MIDDLE, at=0.6),))
# The words come so slowly that a busy browser draws the first sentence before it is taken back.
CUT = Plan(rules=(FaultRule(fault=Fault.CUT, model="gpt-4.1", at=0.6),))


def _setup() -> Setup:
    """Say the answers word by word."""
    rules = [Rule(pattern=asked, text=answer) for asked, answer, _, _ in _TALKS.values()]
    rules.append(Rule(pattern=re.escape(_FIRST), text="Yes!"))
    options = SimulatorOptions(latency=Latency(first_token=_PACE, per_token=_PACE))
    return Setup(options=options, rules=tuple(rules))


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    setup = msgspec.json.encode(_setup()).decode()
    command = [sys.executable, "-m", "fondaco.testing.provider", setup]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, site: ShopSite, provider: str) -> Iterator[Server]:
    """The demo shop, whose questions two models answer."""
    folder = tmp_path_factory.mktemp("models")
    config = folder / "fondaco.toml"
    config.write_text((HERE / "fondaco.toml").read_text() + _MODELS.format(address=provider))
    made = Server(folder, config)
    try:
        made.start()
        made.ask("connections", "add", "--id", SHOP_WIDGET, "--origin", site.address, "The shop")
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def link(server: Server) -> str:
    """A sign-in link of this server."""
    return server.sign_in_link()


@pytest.fixture(scope="module")
def kept_cookies() -> list[Any]:
    return []


@pytest.fixture
def meets(provider: str) -> Iterator[Callable[[Plan], None]]:
    """Let the provider follow a plan for one test."""

    def follow(plan: Plan) -> None:
        request = Request(f"{provider}/simulator/plan", msgspec.json.encode(plan), method="POST")  # noqa: S310 -- our own
        with urlopen(request, timeout=10) as answer:  # noqa: S310 -- our own
            assert answer.status == 200

    yield follow
    follow(Plan())


#: In the widget and in the console: the list, what is announced, and the texts of the assistant.
_PANEL = {"log": "messages", "status": "status", "text": ".text"}
_CONSOLE = {"log": "thread", "status": "told", "text": ".words"}
#: Writes down what a screen reader is told, and each state of the bubble in which the assistant speaks.
_LISTEN = """({log: list, status: told, text}) => {
  window.told = []; window.seen = [];
  const log = document.getElementById(list), status = document.getElementById(told);
  const before = new Set(log.querySelectorAll(".assistant"));
  new MutationObserver(() => window.told.push(status.textContent)).observe(status, {childList: true});
  new MutationObserver(() => {
    const [one, ...more] = [...log.querySelectorAll(".assistant")].filter((one) => !before.has(one));
    const kind = one && (["draft", "void"].find((name) => one.classList.contains(name)) ?? "message");
    const place = one?.getBoundingClientRect();
    if (one) seen.push({kind, text: one.querySelector(text).textContent, more: more.length,
                        top: place.top, bottom: place.bottom});
  }).observe(log, {childList: true, subtree: true});
}"""


class Sight:
    """What happened in the panel, or in the console, since somebody listened."""

    def __init__(self, page: Locator, names: dict[str, str]) -> None:
        self._page = page
        self._page.evaluate(f"(_, names) => ({_LISTEN})(names)", names)

    @classmethod
    def of(cls, widget: Widget) -> Sight:
        """Look at the widget."""
        return cls(widget.frame.locator("html"), _PANEL)

    @classmethod
    def of_console(cls, teammate: Teammate) -> Sight:
        """Look at the console."""
        return cls(teammate.page.locator("html"), _CONSOLE)

    @property
    def told(self) -> list[str]:
        """What a screen reader was told."""
        return list(self._page.evaluate("() => window.told"))

    @property
    def states(self) -> list[dict[str, Any]]:
        """The bubble's states, each as often as it changed."""
        return list(self._page.evaluate("() => window.seen"))


def _stands_still(states: list[dict[str, Any]]) -> bool:
    """Say whether the bubble kept its place and never got smaller."""
    tops, bottoms = [round(one["top"]) for one in states], [round(one["bottom"]) for one in states]
    return len(set(tops)) == 1 and bottoms == sorted(bottoms)


def test_an_answer_grows_in_its_bubble_and_is_announced_once(contact: Contact) -> None:
    asked, answer, first, _ = _TALKS["en"]
    widget = contact().open()
    sight = Sight.of(widget)

    widget.say(asked)

    expect(widget.frame.locator(".message.assistant:not(.draft) .text")).to_have_text(answer)
    states = sight.states
    assert [states[0]["text"], states[-1]["text"]] == [first, answer]
    assert {state["kind"] for state in states} == {"draft", "message"}
    assert {state["more"] for state in states} == {0}
    assert _stands_still(states)
    assert [one for one in sight.told if first in one] == [f"New message from AI assistant: {answer}"]


@pytest.mark.parametrize("language", ["de", "zh"])
def test_what_breaks_off_gives_way_to_one_moment_and_then_to_the_whole_answer(
    contact: Contact, meets: Callable[[Plan], None], language: str
) -> None:
    meets(CUT)
    asked, answer, first, moment = _TALKS[language]
    widget = contact(language=language).open()
    sight = Sight.of(widget)

    widget.say(asked)

    expect(widget.frame.locator(".message.assistant:not(.draft, .void) .text")).to_have_text(answer)
    states = sight.states
    kinds = [kind for kind, _ in groupby(state["kind"] for state in states)]
    assert kinds == ["draft", "void", "draft", "message"]
    assert states[0]["text"] == first
    assert {state["text"] for state in states if state["kind"] == "void"} == {moment}
    assert _stands_still(states)
    assert sight.told.count(moment) == 1
    assert sum(answer in one for one in sight.told) == 1


@pytest.fixture
def watching(contact: Contact, teammate: SignedIn) -> tuple[Widget, Teammate]:
    """A contact, and a teammate who has the same conversation open."""
    widget = contact().open().say(_FIRST)
    widget.is_answered()
    mira = teammate().view("all").open(_FIRST)
    expect(mira.thread.locator(".assistant")).to_have_count(1)
    return widget, mira


def test_a_teammate_sees_an_answer_grow_and_become_its_message(watching: tuple[Widget, Teammate]) -> None:
    asked, answer, first, _ = _TALKS["en"]
    widget, mira = watching
    sight = Sight.of_console(mira)

    widget.say(asked)

    expect(mira.thread.locator(".assistant:not(.draft)").last.locator(".words")).to_have_text(answer)
    states = sight.states
    assert [states[0]["text"], states[-1]["text"]] == [first, answer]
    assert [kind for kind, _ in groupby(state["kind"] for state in states)] == ["draft", "message"]
    assert {state["more"] for state in states} == {0}
    assert [one for one in sight.told if first in one] == [answer]


def test_a_teammate_sees_what_was_taken_back_and_what_replaced_it(
    watching: tuple[Widget, Teammate], meets: Callable[[Plan], None]
) -> None:
    meets(CUT)
    asked, answer, first, _ = _TALKS["en"]
    widget, mira = watching
    sight = Sight.of_console(mira)

    widget.say(asked)

    expect(mira.thread.locator(".assistant:not(.draft, .void)").last.locator(".words")).to_have_text(answer)
    states = sight.states
    kinds = [kind for kind, _ in groupby(state["kind"] for state in states)]
    assert kinds == ["draft", "void", "draft", "message"]
    assert states[0]["text"] == first
    assert {state["text"] for state in states if state["kind"] == "void"} == {"Taken back, one moment …"}
    assert {state["more"] for state in states} == {0}


def test_taking_over_ends_the_draft_at_once(
    watching: tuple[Widget, Teammate], meets: Callable[[Plan], None]
) -> None:
    meets(STALLED)
    asked, answer, _, _ = _TALKS["en"]
    widget, mira = watching
    widget.say(asked)
    expect(mira.thread.locator(".draft")).to_be_visible()

    mira.does("takeover")

    expect(mira.page.locator("#head .state")).to_have_text("With you")
    expect(mira.thread.locator(".draft, .void")).to_have_count(0)
    expect(mira.thread.get_by_text(answer)).to_have_count(0)
