"""A learner's record in a browser: parts change in place, the title and the focus follow, going back works."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.people import person_of, sample_enrolment
from tests.browser.portal import Portal

pytestmark = pytest.mark.browser


def test_parts_change_in_place_and_going_back_shows_the_page(open_browser, portal: Portal):
    page = open_browser(person_of("coach")).page
    learner = sample_enrolment()
    page.goto(reverse("dashboards:record", args=[learner.pk]))
    page.evaluate("window.isSamePage = true")
    page.locator("#tab-timeline").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#tab-timeline[aria-current=page]")).to_be_focused()
    expect(page.locator(".wbl-timeline").first).to_be_visible()
    expect(page).to_have_url(f"{portal.url}{reverse('dashboards:timeline', args=[learner.pk])}")
    expect(page).to_have_title(f"Timeline – {learner.learner.display_name} – WBL Portal")
    assert page.evaluate("window.isSamePage")
    page.go_back()
    expect(page.locator("#tab-overview[aria-current=page]")).to_be_visible()
    expect(page.locator("h1")).to_have_text(learner.learner.display_name)
    assert page.evaluate("Object.keys(sessionStorage).filter(key => key.includes('history-cache'))") == []
