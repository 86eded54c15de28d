"""Take the pictures of the README from a running portal with its sample data (`make run` in another terminal).

    python -m tools.screenshots [http://127.0.0.1:8000]

They land in docs/img. A person's language is set for the picture and put back.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tools import chromium

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "img"
DEFAULT = "http://127.0.0.1:8000"
PASSWORD = "sample-pass-2026"  # noqa: S105 - the published password of the sample accounts
MOST_BYTES = 150_000
COLOURS = 128


@dataclass(frozen=True)
class Shot:
    """One picture: whose page, in which language and colours, and how large the window is."""

    name: str
    path: str
    account: str = ""
    language: str = "en"
    scheme: Literal["light", "dark"] = "light"
    width: int = 1280
    height: int = 900


SHOTS = (
    Shot("landing-en", "/"),
    Shot("learner_home-en", "/learner/", "learner"),
    Shot("activity_form-pl", "/activities/new/", "learner", "pl"),
    Shot("team-en-dark", "/team/", "manager", scheme="dark"),
    Shot("queue-es-phone", "/queue/", "coach", "es", width=360, height=720),
)


def main(arguments: Sequence[str]) -> int:
    """Take every picture; 1 when one is too large to be committed."""
    base = (arguments[0] if arguments else DEFAULT).rstrip("/")
    TARGET.mkdir(parents=True, exist_ok=True)
    too_large = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**chromium.launch_options())
        for shot in SHOTS:
            data = packed(take(browser, base, shot))
            (TARGET / f"{shot.name}.png").write_bytes(data)
            too_large += len(data) > MOST_BYTES
            print(f"{shot.name}.png: {len(data) / 1000:.0f} kB{' - too large' * (len(data) > MOST_BYTES)}")
        browser.close()
    return 1 if too_large else 0


def take(browser: Browser, base: str, shot: Shot) -> bytes:
    """The picture as the browser makes it."""
    context = browser.new_context(
        base_url=base,
        viewport={"width": shot.width, "height": shot.height},
        color_scheme=shot.scheme,
        reduced_motion="reduce",
        locale="en-GB",
    )
    page = context.new_page()
    if shot.account:
        sign_in(page, shot.account)
    page.goto(shot.path)
    before = page.locator("html").get_attribute("lang") or "en"
    switch(page, shot.language)
    picture = page.screenshot()
    if shot.account:
        switch(page, before)
    context.close()
    return picture


def sign_in(page: Page, account: str) -> None:
    """Sign in as the sample account; an error when the portal has no such account."""
    page.goto("/accounts/login/")
    page.locator("[name=login]").fill(f"{account}@sample.example")
    page.locator("[name=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("main form [type=submit]").click()
    if "/accounts/" in page.url:
        raise SystemExit(f"{account}@sample.example cannot sign in at {page.url}: is the sample data there?")


def switch(page: Page, language: str) -> None:
    """With the page's own switch, pressed by script: on a phone it is in the closed menu."""
    with page.expect_navigation():
        page.locator(f"button[name=language][value={language}]").first.dispatch_event("click")


def packed(picture: bytes) -> bytes:
    """The same with a palette: a third of the size, and no difference to be seen in flat colours."""
    target = io.BytesIO()
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(target, "PNG", optimize=True)
    return target.getvalue()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
