"""The tools of these tests find what they are there for."""

import pytest

from tests.browser import checks
from tests.browser.portal import sample_person

pytestmark = pytest.mark.browser


def test_a_sound_page_has_no_faults(open_browser):
    watch = open_browser(sample_person("learner"))
    watch.page.goto("/profile/")
    assert checks.page_faults(watch, "profile") == []


@pytest.mark.parametrize(
    ("break_it", "rule"),
    [
        ("document.querySelector('label[for=id_display_name]').remove()", "axe label"),
        ("document.querySelector('h1').style.color = 'lightgrey'", "axe color-contrast"),
        ("document.documentElement.removeAttribute('lang')", "axe html-has-lang"),
        ("document.querySelector('main').id = 'elsewhere'", "axe skip-link"),
        (
            "document.querySelector('h1').insertAdjacentHTML('afterend',"
            ' \'<a href="/a" class="wbl-small">a</a><a href="/b" class="wbl-small">b</a>\')',
            "axe target-size",
        ),
    ],
)
def test_axe_finds_a_broken_page(open_browser, break_it, rule):
    watch = open_browser(sample_person("learner"))
    watch.page.goto("/profile/")
    watch.page.evaluate(break_it)
    assert any(fault.startswith(rule) for fault in checks.axe_faults(watch.page))


def test_what_sticks_out_is_found(open_browser):
    watch = open_browser(sample_person("learner"), width=320)
    watch.page.goto("/profile/")
    watch.page.evaluate("document.querySelector('h1').style.width = '400px'")
    faults = checks.sticking_out(watch.page)
    assert "the page is" in faults[0]
    assert any(fault.startswith("h1.") for fault in faults)


def test_what_the_security_policy_refuses_is_found(open_browser):
    watch = open_browser()
    watch.page.goto("/")
    watch.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')")
    faults = watch.take()
    assert any(fault.startswith("security policy: style-src") for fault in faults)
    assert any(fault.startswith("console:") for fault in faults)


def test_a_missing_file_is_found(open_browser):
    watch = open_browser()
    watch.page.goto("/")
    with watch.page.expect_response("**/missing.png"):
        watch.page.evaluate("new Image().src = '/static/missing.png'")
    assert [fault.rpartition("/")[2] for fault in watch.take()] == ["missing.png: 404"]
