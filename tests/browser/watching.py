"""What must never happen while a page is open."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request

#: Tells what a policy forbade, in every document.
TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} in ${location.href}`));
"""


@dataclass
class Watch:
    """Collects errors, violations and requests to strangers."""

    own: tuple[str, ...]
    seen: list[str] = field(default_factory=list)
    forgiven: list[str] = field(default_factory=list)

    def context(self, context: BrowserContext) -> None:
        """Watch every page that opens here."""
        context.add_init_script(TELL_VIOLATIONS)
        context.on("page", self._page)

    def forgive(self, pattern: str) -> None:
        """Expect an error that the test itself brings about."""
        self.forgiven.append(pattern)

    @property
    def faults(self) -> list[str]:
        """What was seen and not forgiven."""
        return [one for one in self.seen if not any(re.search(known, one) for known in self.forgiven)]

    def _page(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.seen.append(f"error: {error}"))
        page.on("request", self._request)
        page.on("dialog", self._dialog)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.seen.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https"} and f"{parts.scheme}://{parts.netloc}" not in self.own:
            self.seen.append(f"request to a stranger: {request.url}")

    def _dialog(self, dialog: Dialog) -> None:
        self.seen.append(f"dialog: {dialog.message}")
        dialog.dismiss()
