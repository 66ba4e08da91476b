"""What people do in front of our pages, in their words."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import FrameLocator, Locator, Page, expect


@dataclass(frozen=True)
class Widget:
    """The widget in a shop's page, as a contact uses it."""

    page: Page

    @property
    def launcher(self) -> Locator:
        return self.page.locator("fondaco-widget button")

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator("fondaco-widget iframe")

    @property
    def field(self) -> Locator:
        return self.frame.locator("#text")

    @property
    def messages(self) -> Locator:
        return self.frame.locator("#messages > .message")

    @property
    def offers(self) -> Locator:
        return self.frame.locator(".offer")

    def by(self, author: str) -> Locator:
        """Return the messages of one kind of author."""
        return self.frame.locator(f"#messages > .message.{author}")

    def open(self) -> Widget:
        """Press the launcher."""
        self.launcher.click()
        expect(self.field).to_be_enabled()
        return self

    def say(self, text: str) -> Widget:
        """Write a message and send it by Enter."""
        self.field.fill(text)
        self.field.press("Enter")
        return self

    def hears(self, text: str) -> None:
        """Wait for a message of the shop that holds this."""
        expect(self.frame.locator("#messages")).to_contain_text(text)

    def is_answered(self, times: int = 1) -> Locator:
        """Wait for so many messages of the assistant and return the last one."""
        expect(self.by("assistant")).to_have_count(times)
        return self.by("assistant").last


@dataclass(frozen=True)
class Teammate:
    """The console, as a teammate uses it."""

    page: Page

    @property
    def rows(self) -> Locator:
        return self.page.locator("#list .row")

    @property
    def thread(self) -> Locator:
        return self.page.locator("#thread")

    @property
    def field(self) -> Locator:
        return self.page.locator("#reply-text")

    def view(self, name: str) -> Teammate:
        """Open a view of the inbox."""
        self.page.goto(f"/console?view={name}")
        return self

    def open(self, subject: str) -> Teammate:
        """Open the conversation with this subject."""
        self.rows.filter(has_text=subject).first.click()
        expect(self.page.locator("#content h1")).to_contain_text(subject)
        return self

    def does(self, name: str) -> None:
        """Press one of the buttons above the reply box."""
        self.page.locator(f"#controls form[data-act={name}] button").click()

    def writes(self, text: str) -> None:
        """Send what the reply box is set to: a reply or a note."""
        self.field.fill(text)
        self.page.locator("#reply > button").click()
