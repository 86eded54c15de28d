"""Text of the database in the reader's language, on pages and in queries."""

import pytest
from django.template import Context, Template
from django.utils import translation

from core.translated import TranslatedText, language_column, translated_text
from standards.models import Criterion, Framework, Scale

SCALE = Scale(code="s", name_en="Levels", name_es="Niveles", name_pl="")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", TranslatedText("Levels", "en", False)),
        ("es", TranslatedText("Niveles", "es", False)),
        ("pl", TranslatedText("Levels", "en", True)),
    ],
)
def test_a_missing_translation_falls_back_and_says_so(language: str, expected: TranslatedText) -> None:
    with translation.override(language):
        assert translated_text(SCALE, "name") == expected


def test_text_that_is_missing_everywhere_is_empty_and_no_fallback() -> None:
    with translation.override("es"):
        assert translated_text(Scale(code="s"), "name") == TranslatedText("", "es", False)


def test_a_field_that_is_not_translated_is_an_error() -> None:
    with pytest.raises(AttributeError):
        translated_text(SCALE, "code")


def test_the_page_marks_text_in_another_language() -> None:
    template = Template('{% load components %}{% translated scale "name" %}')
    with translation.override("pl"):
        markup = template.render(Context({"scale": SCALE}))
    assert markup.startswith('<span lang="en">Levels</span> <span class="wbl-langmark">')
    assert '<span aria-hidden="true">EN</span>' in markup
    assert "visually-hidden" in markup
    with translation.override("es"):
        assert template.render(Context({"scale": SCALE})) == "Niveles"


def test_translated_text_is_escaped() -> None:
    template = Template('{% load components %}{% translated scale "name" %}')
    for language in ("en", "pl"):
        with translation.override(language):
            assert "<b>" not in template.render(Context({"scale": Scale(name_en="<b>bold</b>")}))


@pytest.fixture
def scales(db: None) -> None:
    for code, english, spanish in [("1", "Beta", "Alfa"), ("2", "Alpha", "Zeta"), ("3", "Gamma", "")]:
        Scale.objects.create(code=code, name_en=english, name_es=spanish, name_pl=None)


@pytest.mark.usefixtures("scales")
@pytest.mark.parametrize(
    ("language", "ordered"),
    [
        ("en", ["Alpha", "Beta", "Gamma"]),
        ("es", ["Alfa", "Gamma", "Zeta"]),
        ("pl", ["Alpha", "Beta", "Gamma"]),
    ],
)
def test_queries_order_and_read_what_the_page_shows(language: str, ordered: list[str]) -> None:
    with translation.override(language):
        rows = Scale.objects.filter(code__in="123").order_by(language_column("name"))
        assert list(rows.values_list(language_column("name"), flat=True)) == ordered


@pytest.mark.django_db
def test_a_column_can_lie_behind_a_relation() -> None:
    framework = Framework.objects.create(
        code="f", version="1", title_en="Skills", title_es="", title_pl="Umiejętności"
    )
    Criterion.objects.create(framework=framework, code="C1", title_en="One", order=1)
    for language, title in [("en", "Skills"), ("es", "Skills"), ("pl", "Umiejętności")]:
        with translation.override(language):
            rows = framework.criteria.annotate(shown=language_column("framework__title"))
            assert list(rows.values_list("shown", flat=True)) == [title]
