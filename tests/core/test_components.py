"""The building blocks: what they draw, in which numbers, and that no template breaks the policy of the pages."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from core.tags import Tag
from core.templatetags.components import hours, hours_number
from core.templatetags.icons import NAMES, UnknownIcon, render_icon

TEMPLATES = sorted(
    path for path in (settings.BASE_DIR / "templates").rglob("*") if path.suffix in {".html", ".txt"}
)


def draw(source: str, **context: object) -> str:
    return Template("{% load components icons %}" + source).render(Context(context)).strip()


class Elements(HTMLParser):
    """Every start tag with its attributes."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def one(self, css_class: str) -> dict[str, str | None]:
        (only,) = (attrs for _tag, attrs in self.found if css_class in (attrs.get("class") or "").split())
        return only

    def has(self, css_class: str) -> bool:
        return any(css_class in (attrs.get("class") or "").split() for _tag, attrs in self.found)


# Icons and tags ---------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_icon_of_the_table_is_drawn(name: str) -> None:
    tag, attrs = Elements(render_icon(name)).found[0]
    assert tag == "svg"
    assert (attrs["class"], attrs["aria-hidden"], attrs["focusable"]) == ("wbl-icon", "true", "false")


def test_an_icon_takes_classes_and_an_unknown_one_is_an_error() -> None:
    assert 'class="wbl-icon me-1"' in draw('{% icon "flag" class="me-1" %}')
    with pytest.raises(UnknownIcon, match="no-such-icon"):
        draw('{% icon "no-such-icon" %}')


@pytest.mark.parametrize(
    ("tag", "classes"),
    [
        (Tag("neutral", "pencil", "Draft"), "wbl-tag"),
        (Tag("success", "check-circle", "Verified"), "wbl-tag wbl-tag-success"),
        (Tag("neutral", "hourglass", "Not yet", is_plain=True), "wbl-tag wbl-tag-plain"),
    ],
)
def test_a_status_is_an_icon_and_its_word(tag: Tag, classes: str) -> None:
    markup = draw("{% status_tag tag %}", tag=tag)
    assert Elements(markup).found[0] == ("span", {"class": classes})
    assert "<svg" in markup
    assert markup.endswith(f"{tag.word}</span>")


def test_words_are_escaped() -> None:
    assert "&lt;b&gt;" in draw("{% status_tag tag %}", tag=Tag("info", "send", "<b>"))
    assert "&lt;b&gt;" in draw('{% kind series="on" icon="tools" word=word %}', word="<b>")


# Hours ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "minutes", "number"),
    [
        ("en", 7110, "118.5"),
        ("en", 120, "2"),
        ("en", 0, "0"),
        ("en", 100, "1.7"),
        ("en", 3, "0.1"),
        ("en", 2, "0"),
        ("en", -90, "-1.5"),
        ("es", 7110, "118,5"),
        ("pl", 7110, "118,5"),
        ("en", 74070, "1,234.5"),
        ("es", 74070, "1.234,5"),
        ("pl", 74070, "1 234,5"),
    ],
)
def test_minutes_become_hours_of_the_language(language: str, minutes: int, number: str) -> None:
    with translation.override(language):
        assert hours_number(minutes).replace("\u00a0", " ") == number
        assert hours(minutes).replace("\u00a0", " ").startswith(f"{number} ")


@pytest.mark.parametrize("language", ["en", "es", "pl"])
def test_hours_never_break_before_their_unit(language: str) -> None:
    with translation.override(language):
        assert " " not in hours(74070)
        assert hours(74070).endswith({"en": "\u00a0h", "es": "\u00a0h", "pl": "\u00a0godz."}[language])


def test_no_minutes_are_no_text() -> None:
    assert draw("{{ nothing|hours }}{{ nothing|hours_number }}", nothing=None) == ""


# Bar --------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "es", "pl"])
def test_the_bar_has_decimal_points_in_every_language(language: str) -> None:
    with translation.override(language):
        markup = draw(
            '{% bar series="off" total=16704 counted=7110 waiting=360 expected=7920 label="Hours" %}'
        )
    drawn = Elements(markup)
    assert drawn.one("wbl-bar-off")["width"] == "42.6%"
    assert drawn.one("wbl-bar-wait-off") | {"height": ""} == {
        "class": "wbl-bar-wait-off", "x": "42.6%", "width": "2.1%", "height": ""
    }  # fmt: skip
    assert drawn.one("wbl-bar-mark")["x1"] == "47.4%"
    assert (drawn.one("wbl-bar")["role"], drawn.one("wbl-bar")["aria-label"]) == ("img", "Hours")
    assert "," not in re.sub(r'aria-label="[^"]*"', "", markup)


def test_the_bar_never_leaves_its_track() -> None:
    drawn = Elements(draw('{% bar series="on" total=600 counted=900 waiting=60 expected=1200 %}'))
    assert drawn.one("wbl-bar-on")["width"] == "100.0%"
    assert drawn.one("wbl-bar-mark")["x1"] == "100.0%"
    assert not drawn.has("wbl-bar-wait-on")
    drawn = Elements(draw('{% bar series="on" total=600 counted=540 waiting=120 %}'))
    assert (drawn.one("wbl-bar-on")["width"], drawn.one("wbl-bar-wait-on")["width"]) == ("90.0%", "10.0%")
    assert not drawn.has("wbl-bar-mark")


def test_a_bar_without_a_total_fills_with_its_largest_amount() -> None:
    drawn = Elements(draw('{% bar series="on" total=0 counted=30 expected=60 %}'))
    assert (drawn.one("wbl-bar-on")["width"], drawn.one("wbl-bar-mark")["x1"]) == ("50.0%", "100.0%")
    drawn = Elements(draw('{% bar series="on" total=0 counted=0 %}'))
    assert drawn.one("wbl-bar-on")["width"] == "0.0%"


def test_a_bar_without_a_label_is_hidden_from_screen_readers() -> None:
    attrs = Elements(draw('{% bar series="on" total=5 counted=3 height=6 %}')).one("wbl-bar")
    assert (attrs["aria-hidden"], attrs["height"], "role" in attrs) == ("true", "6", False)


# Spark ------------------------------------------------------------------------


def test_the_spark_draws_a_bar_a_week_and_a_stub_for_an_empty_one() -> None:
    with translation.override("pl"):
        drawn = Elements(draw('{% spark weeks expected=180 label="Weeks" %}', weeks=[360, 90, 0]))
    bars = [attrs for _tag, attrs in drawn.found if attrs.get("class") == "wbl-spark-off"]
    assert [(bar["x"], bar["y"], bar["height"]) for bar in bars] == [
        ("1", "4.0", "24.0"),
        ("11", "22.0", "6.0"),
    ]
    assert drawn.one("wbl-spark-zero")["x"] == "21"
    assert drawn.one("wbl-spark-line")["y1"] == "16.0"
    assert drawn.one("wbl-spark")["viewbox"] == "0 0 30 28"
    assert drawn.one("wbl-spark")["aria-label"] == "Weeks"


def test_a_spark_of_empty_weeks_or_of_none_is_drawn() -> None:
    assert draw("{% spark weeks %}", weeks=[0, 0]).count("wbl-spark-zero") == 2
    assert "<rect" not in draw('{% spark weeks series="on" %}', weeks=[])


# Forms ------------------------------------------------------------------------


class SampleForm(forms.Form):
    title = forms.CharField(
        label="What did you do?",
        help_text="In a few words",
        error_messages={"required": "Say in a few words what you did."},
        widget=forms.TextInput(attrs={"placeholder": "Title"}),
    )
    place = forms.CharField(label="Where?")
    note = forms.CharField(label="More", required=False)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    token = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> None:
        raise forms.ValidationError("These two do not fit together.")


def test_the_error_summary_links_every_error_to_its_control() -> None:
    markup = draw("{% error_summary form %}", form=SampleForm({}))
    assert "Please fix 5 things" in " ".join(markup.split())
    links = re.findall(r'<a href="#(\w+)">([^<]+)</a>', markup)
    assert links == [
        ("id_title", "Say in a few words what you did."),
        ("id_place", "Where? – This field is required."),
        ("id_kind_0", "Kind – This field is required."),
    ]
    assert "<li>These two do not fit together.</li>" in markup
    box = Elements(markup).one("wbl-error-summary")
    assert (box["role"], box["tabindex"], "autofocus" in box) == ("alert", "-1", True)


def test_there_is_no_error_summary_without_errors() -> None:
    assert draw("{% error_summary form nothing %}", form=SampleForm(), nothing=None) == ""


def test_a_field_says_label_hint_and_error_before_the_control() -> None:
    markup = draw("{% field form.title %}", form=SampleForm({}))
    order = ["<label", 'id="id_title_helptext"', 'id="id_title_error"', "<input"]
    assert [markup.index(part) for part in order] == sorted(markup.index(part) for part in order)
    control = Elements(markup).one("form-control")
    assert control["aria-describedby"] == "id_title_helptext id_title_error"
    assert control["aria-invalid"] == "true"
    assert "is-invalid" in (control["class"] or "")
    assert Elements(markup).has("wbl-field-error")
    assert "placeholder" not in control


def test_optional_fields_are_marked_and_required_ones_are_not() -> None:
    assert "(optional)" in draw("{% field form.note %}", form=SampleForm())
    assert "(optional)" not in draw("{% field form.place %}", form=SampleForm())


def test_a_group_of_choices_is_a_fieldset_that_names_its_error() -> None:
    markup = draw("{% field form.kind %}", form=SampleForm({}))
    tag, attrs = Elements(markup).found[0]
    assert (tag, attrs["aria-describedby"]) == ("fieldset", "id_kind_error")
    assert markup.count('type="radio"') == 2
    assert 'for="id_kind_1"' in markup


def test_a_field_takes_other_words_for_label_and_hint() -> None:
    markup = draw('{% field form.title label="Title" hint="" %}', form=SampleForm())
    assert ">Title</label>" in " ".join(markup.split())
    assert "helptext" not in markup


# Empty state, pages of a list, error pages -------------------------------------


def test_an_empty_state_says_what_to_do_first() -> None:
    markup = draw(
        '{% empty_state icon="inbox" title="Nothing yet" text="Start here." %}<a>Go</a>{% endempty_state %}'
    )
    assert '<h2 class="m-0">Nothing yet</h2>' in markup
    assert "<p>Start here.</p>" in markup
    assert "<a>Go</a>" in markup


def test_pages_of_a_list_keep_the_filters_of_the_address() -> None:
    from django.core.paginator import Paginator

    request = RequestFactory().get("/activities/", {"kind": "on_job", "page": "2"})
    page = Paginator(range(30), 10).page(2)
    markup = render_to_string("components/pagination.html", {"page_obj": page}, request=request)
    assert re.findall(r'href="([^"]+)"', markup) == ["?kind=on_job&amp;page=1", "?kind=on_job&amp;page=3"]
    assert "Page 2 of 3" in " ".join(markup.split())


@pytest.mark.parametrize("name", ["400.html", "403_csrf.html", "404.html", "500.html"])
@pytest.mark.parametrize("language", ["en", "es", "pl"])
def test_error_pages_need_neither_request_nor_database(name: str, language: str) -> None:
    with translation.override(language):
        markup = render_to_string(name)
    assert Elements(markup).found[0] == ("html", {"lang": language})
    assert "<form" not in markup
    assert markup.count("<h1") == 1


# Promises about all files --------------------------------------------------------


def test_both_dark_blocks_of_the_theme_are_equal() -> None:
    css = Path(settings.BASE_DIR, "static/css/theme.css").read_text()
    system = re.search(r":root:not\(\[data-bs-theme\]\) \{([^}]+)\}", css)
    choice = re.search(r'^  \[data-bs-theme="dark"\] \{([^}]+)\}', css, re.MULTILINE)
    assert system is not None
    assert choice is not None
    assert system[1].split() == choice[1].split()
    light = re.search(r'\[data-bs-theme="light"\] \{([^}]+)\}', css)
    assert light is not None
    tokens = set(re.findall(r"(--wbl-[\w-]+):", light[1])) - {"--wbl-mark", "--wbl-mark-dot"}
    assert tokens == set(re.findall(r"(--wbl-[\w-]+):", system[1]))


def test_components_of_the_theme_use_tokens_only() -> None:
    css = Path(settings.BASE_DIR, "static/css/theme.css").read_text()
    components = re.sub(r"/\*.*?\*/", "", css[css.index("/* 2. BOOTSTRAP MAPPING") :], flags=re.DOTALL)
    assert re.findall(r"#[0-9a-f]{3,8}\b(?=[;\s])|rgba?\(|url\((?!#)|data:", components) == []


@pytest.mark.parametrize(
    "path", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR / "templates"))
)
def test_no_template_holds_style_script_or_handlers(path: Path) -> None:
    source = path.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|javascript:|data:\w+/", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)|<script[^>]*>[^<]", source)
    assert len(source.splitlines()) <= 120


def test_a_form_drawn_whole_has_an_error_summary() -> None:
    """Errors of the form as a whole are shown there and nowhere else."""
    drawn_whole = [path for path in TEMPLATES if re.search(r"\{% crispy |\|crispy", path.read_text())]
    assert [path.name for path in drawn_whole if "{% error_summary " not in path.read_text()] == []
