"""What every page has to stand: axe, no sideways scroll, no report of the security policy, no failed request."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe, AxeResults
from playwright.sync_api import ConsoleMessage, Page, Request, Response

WIDTHS = (1280, 320)
HEIGHT = 900
# Where the layout changes is where it is tightest. No axe there, only the measure.
OTHER_WIDTHS = (576, 900, 1100, 1200)
# target-size is of WCAG 2.2 and off unless asked for by its tag.
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE_ALL = {"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"]}
# All that the other colour scheme changes: the same elements stand in the same places.
AXE_COLOURS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
    "resultTypes": ["violations"],
}
AXE_RUN = "options => axe.run(document, options).then(({violations}) => ({violations}))"

# What every page gets before its own scripts: the security policy does not apply to it.
RECORD_REPORTS = """
  window.policyReports = [];
  document.addEventListener("securitypolicyviolation", event => window.policyReports.push(
    `${event.effectiveDirective} refused ${event.blockedURI} (${event.sourceFile || "?"}:${event.lineNumber})`));
"""
axe_script = Axe().axe_script

# What is only there for screen readers is clipped away on purpose, and a region that scrolls may hold more.
STICKING_OUT = """() => {
  const width = document.documentElement.clientWidth, found = [];
  if (document.scrollingElement.scrollWidth > window.innerWidth)
    found.push(`the page is ${document.scrollingElement.scrollWidth} px wide`);
  const isClipped = element => {
    for (let at = element; at && at !== document.body; at = at.parentElement)
      if (at.matches(".wbl-scroll") || getComputedStyle(at).clipPath !== "none"
          || at.matches(".visually-hidden")) return true;
    return false;
  };
  for (const element of document.querySelectorAll("main *, header *, footer *")) {
    if (element instanceof SVGElement && element.tagName !== "svg") continue;
    const box = element.getBoundingClientRect();
    if (!box.width || !box.height || (box.left >= -1 && box.right <= width + 1) || isClipped(element)) continue;
    found.push(`${element.tagName.toLowerCase()}.${element.className.baseVal ?? element.className} `
      + `from ${Math.round(box.left)} to ${Math.round(box.right)}: `
      + element.textContent.trim().replace(/\\s+/g, " ").slice(0, 50));
  }
  return found.slice(0, 5);
}"""

# Other languages need more room: every word a third longer must fit, too.
STRETCH = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), texts = [];
  while (walker.nextNode()) texts.push(walker.currentNode);
  window.shortTexts = texts.map(text => [text, text.data]);
  for (const text of texts)
    text.data = text.data.replace(/\\p{L}{3,}/gu, word => word + "n".repeat(Math.ceil(word.length / 3)));
}"""
UNSTRETCH = "() => window.shortTexts.forEach(([text, data]) => text.data = data)"


@dataclass
class Watch:
    """Notes everything that goes wrong while a page is used. `expected` are the answers that are no fault."""

    page: Page
    home: str
    expected: set[int] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        self.page.on("request", self._request)
        self.page.on("requestfailed", lambda request: self.faults.append(f"{request.url}: {request.failure}"))
        self.page.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # The answer itself is seen in _response.
        if message.type in {"error", "warning"} and not message.text.startswith("Failed to load resource"):
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.home, "blob:")):
            self.faults.append(f"request to elsewhere: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self.expected:
            self.faults.append(f"{response.url}: {response.status}")

    def take(self) -> list[str]:
        """The faults so far; they are reported once."""
        found, self.faults[:] = [*self.faults, *self._policy_reports()], []
        return found

    def _policy_reports(self) -> list[str]:
        reports: list[str] = self.page.evaluate("window.policyReports ? window.policyReports.splice(0) : []")
        return [f"security policy: {report}" for report in reports]


def set_width(page: Page, width: int) -> None:
    """Make the window this wide."""
    page.set_viewport_size({"width": width, "height": HEIGHT})


def width_of(page: Page) -> int:
    """How wide the window is."""
    assert page.viewport_size is not None
    return page.viewport_size["width"]


def set_scheme(page: Page, scheme: Any) -> None:
    """As if the system asked for this colour scheme. Without motion: no colour is on its way to another."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")


def axe_faults(page: Page, options: dict[str, Any] = AXE_ALL) -> list[str]:
    """What axe finds on the page as it is, a line for each element."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(axe_script)
    results = AxeResults(page.evaluate(AXE_RUN, options))
    return [
        f"axe {violation['id']}: {' '.join(map(str, node['target']))} – {_one_line(node['failureSummary'])}"
        for violation in results.response["violations"]
        for node in violation["nodes"][:3]
    ]


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)[:240]


def sticking_out(page: Page) -> list[str]:
    """What is wider than the window, or reaches out of it."""
    found: list[str] = page.evaluate(STICKING_OUT)
    return found


def page_faults(watch: Watch, name: str) -> list[str]:
    """Everything wrong with the page as it is, light and dark, wide and narrow. Leaves it light, at its own width."""
    page, faults = watch.page, []
    width_before = width_of(page)
    for width in WIDTHS:
        set_width(page, width)
        page.evaluate("scrollTo(0, 0)")  # what happens to lie below the header is no fault of the page
        found = {"light": [*axe_faults(page), *sticking_out(page)]}
        set_scheme(page, "dark")
        found["dark"] = axe_faults(page, AXE_COLOURS)
        set_scheme(page, "light")
        faults += [f"{name}, {width} {scheme}: {text}" for scheme, texts in found.items() for text in texts]
    set_width(page, width_before)
    return faults + [f"{name}: {fault}" for fault in watch.take()]


def layout_faults(page: Page, name: str) -> list[str]:
    """What does not fit at the other widths, and at the narrowest with longer words. Leaves the page as it was."""
    faults = []
    width_before = width_of(page)
    for width in OTHER_WIDTHS:
        set_width(page, width)
        faults += [f"{name}, {width}: {fault}" for fault in sticking_out(page)]
    page.evaluate(STRETCH)
    set_width(page, min(WIDTHS))
    faults += [f"{name}, longer words: {fault}" for fault in sticking_out(page)]
    page.evaluate(UNSTRETCH)
    set_width(page, width_before)
    return faults
