"""A teammate decides on what the assistant may not do by itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from fondaco.domain.contracts import Action
from fondaco.domain.ids import ConversationId
from fondaco.storage.sqlite import changes
from fondaco.storage.sqlite.connect import connect_writing
from tests.browser.people import Teammate, Widget
from tests.browser.serving import Server
from tests.scenario.approving import agreed, until_it_waits

Contact = Callable[..., Widget]
SignedIn = Callable[..., Teammate]

# An action in each of these conversations, whatever the demo's books hold, is written beside the server.


def let_wait(server: Server, page: Page) -> Action:
    """Let a refund wait for a teammate in the conversation that a page shows."""
    named = page.locator("#content").get_attribute("data-conversation")
    assert named is not None
    with closing(connect_writing(server.database)) as connection:
        connection.execute("begin immediate")
        base = changes.read_conversation(connection, ConversationId(named))
        for change in until_it_waits(base, base.updated_at_ms, turn=named):
            changes.commit(connection, change, None)
        connection.execute("commit")
    page.reload()
    return agreed(named)


@pytest.fixture
def waiting(contact: Contact, teammate: SignedIn, server: Server, request: pytest.FixtureRequest) -> Teammate:
    """A teammate who looks at a refund that waits."""
    subject = f"Can I pay by card? {request.node.name[5:30].replace('_', ' ')}"
    contact().open().say(subject).is_answered()
    mira = teammate().view("all").open(subject)
    let_wait(server, mira.page)
    return mira


def test_a_teammate_sees_what_is_wanted_and_approves_it(waiting: Teammate) -> None:
    deed = waiting.page.locator("#actions .deed")
    expect(deed).to_contain_text("Approval needed: Refund · €249.00")
    expect(deed).to_contain_text("RI-10482")

    deed.get_by_role("button", name="Approve").click()

    expect(deed).to_have_count(0)
    expect(waiting.thread).to_contain_text("Refund: approved · Mira")
    expect(waiting.thread).to_contain_text("Mira handed back to the assistant")


def test_a_teammate_refuses_and_says_why_to_the_team_alone(waiting: Teammate) -> None:
    deed = waiting.page.locator("#actions .deed")

    deed.get_by_label("Reason, for the team").fill("no receipt")
    deed.get_by_role("button", name="Refuse").click()

    expect(deed).to_have_count(0)
    expect(waiting.thread).to_contain_text("Refund: refused · Mira")


def test_the_why_pane_tells_who_said_yes(waiting: Teammate) -> None:
    waiting.page.locator('#thread a.ask[data-turn^="trn_2"]').click()

    course = waiting.page.locator(".why:visible .course")
    expect(course).to_contain_text("Action: Refund · €249.00")
    expect(course).to_contain_text("allowed by the rules · Assistant")
    expect(course).to_contain_text("confirmed · Contact")
