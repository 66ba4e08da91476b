"""How the browser is started: what a person's browser does besides showing pages is left out."""

from __future__ import annotations

import shutil

from playwright.sync_api import Browser, Playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: What Playwright turns off itself, as its own list is lost once another is given.
_OFF_AS_EVER = (
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)
#: Every window draws pages of its own for the address bar, and a process waits for the next site:
#: together they cost almost as much as the pages that the tests look at.
_OFF_BESIDES = (
    "SpareRendererForSitePerProcess",
    "WebUIOmniboxAimPopup",
    "WebUIOmniboxFullPopup",
    "WebUIOmniboxPopup",
)
_ARGUMENTS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--disable-features={','.join(_OFF_AS_EVER + _OFF_BESIDES)}",
]


def launched(playwright: Playwright) -> Browser:
    """Start the Chromium of this machine, or Playwright's own where there is none."""
    path = next((found for found in map(shutil.which, _NAMES) if found), None)
    return playwright.chromium.launch(
        executable_path=path, args=_ARGUMENTS, chromium_sandbox=False, headless=True
    )
