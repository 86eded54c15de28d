"""The check of the catalogues: each kind of fault is seen; and the portal's own have none."""

from pathlib import Path

import polib
import pytest

from tools import messages

TEMPLATE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8"

msgid "Save"
msgstr ""

msgid "Hello %(name)s"
msgstr ""

msgctxt "verb"
msgid "<b>Open</b>"
msgstr ""

msgid "%(count)s activity"
msgid_plural "%(count)s activities"
msgstr[0] ""
msgstr[1] ""
"""
POLISH = {
    "Save": "Zapisz",
    "Hello %(name)s": "Dzień dobry, %(name)s",
    "<b>Open</b>": "<b>Otwórz</b>",
    "%(count)s activity": [
        "jedna aktywność",
        "%(count)s aktywności",
        "%(count)s aktywności",
        "%(count)s aktywności",
    ],
}


def template() -> polib.POFile:
    return polib.pofile(TEMPLATE)


def catalogue(folder: Path, **changes: str | list[str]) -> Path:
    """A complete Polish catalogue; `changes` replace translations, named by a word of the message."""
    path = folder / "pl.po"
    messages.merge(template(), path, "pl")
    translated = polib.pofile(str(path))
    for entry in translated:
        text = next((text for word, text in changes.items() if word in entry.msgid), POLISH[entry.msgid])
        if isinstance(text, list):
            entry.msgstr_plural = dict(enumerate(text))
        else:
            entry.msgstr = text
    translated.save(str(path))
    return path


def faults(path: Path, allowed: set[str] | None = None) -> list[str]:
    return list(messages.check(template(), {"pl": path}, allowed or set()))


def test_a_complete_catalogue_has_no_fault(tmp_path: Path) -> None:
    assert faults(catalogue(tmp_path)) == []


def test_a_catalogue_that_is_not_there(tmp_path: Path) -> None:
    assert faults(tmp_path / "pl.po") == ["pl: no catalogue: run `make messages`"]


def test_a_missing_message(tmp_path: Path) -> None:
    path = catalogue(tmp_path)
    catalogued = polib.pofile(str(path))
    catalogued.remove(catalogued.find("Save"))
    catalogued.save()
    assert faults(path) == ["pl: missing: 'Save'"]


@pytest.mark.parametrize("obsolete", [False, True])
def test_a_message_left_over(tmp_path: Path, obsolete: bool) -> None:
    path = catalogue(tmp_path)
    catalogued = polib.pofile(str(path))
    catalogued.append(polib.POEntry(msgid="Gone", msgstr="Nie ma", obsolete=obsolete))
    catalogued.save()
    assert faults(path) == ["pl: left over: 'Gone'"]


def test_a_fuzzy_message(tmp_path: Path) -> None:
    path = catalogue(tmp_path)
    catalogued = polib.pofile(str(path))
    catalogued.find("Save").flags.append("fuzzy")
    catalogued.save()
    assert faults(path) == ["pl: fuzzy: 'Save'"]


@pytest.mark.parametrize(
    ("word", "text", "fault"),
    [
        ("Save", "", "pl: untranslated: 'Save'"),
        ("Save", "Save", "pl: equal to the English: 'Save'"),
        ("Save", "Zapisz ", "pl: other spaces at the ends than the English: 'Save'"),
        ("Hello", "Dzień dobry, %(nome)s", "pl: other placeholders than the English: 'Hello %(name)s'"),
        ("Open", "<i>Otwórz</i>", "pl: other HTML tags than the English: '<b>Open</b>'"),
        ("count", ["a", "b", "", "d"], "pl: untranslated: '%(count)s activity'"),
        (
            "count",
            ["jedna", "%(count)s a", "kilka", "%(count)s a"],  # only the first form is for one alone
            "pl: other placeholders than the English: '%(count)s activity'",
        ),
    ],
)
def test_a_wrong_translation(tmp_path: Path, word: str, text: str | list[str], fault: str) -> None:
    assert faults(catalogue(tmp_path, **{word: text})) == [fault]


def test_too_few_plural_forms(tmp_path: Path) -> None:
    path = catalogue(tmp_path, count=["%(count)s a", "%(count)s b"])
    assert faults(path) == ["pl: 2 plural forms instead of 4: '%(count)s activity'"]


def test_another_plural_rule_than_djangos(tmp_path: Path) -> None:
    path = catalogue(tmp_path)
    catalogued = polib.pofile(str(path))
    catalogued.metadata["Plural-Forms"] = "nplurals=2; plural=(n != 1);"
    catalogued.save()
    assert [fault.split(":")[1] for fault in faults(path)] == [
        " Plural-Forms is not the one of Django's catalogue"
    ]


@pytest.mark.parametrize("line", ["Save", "pl: Save"])
def test_an_allowed_text_may_equal_the_english(tmp_path: Path, line: str) -> None:
    assert faults(catalogue(tmp_path, Save="Save"), {line}) == []


def test_an_allowed_text_that_is_not_needed(tmp_path: Path) -> None:
    assert faults(catalogue(tmp_path), {"es: Save"}) == [
        "same_as_english.txt: 'es: Save' is no longer needed"
    ]


def test_merge_keeps_translations_drops_the_rest_and_changes_nothing_twice(tmp_path: Path) -> None:
    path = catalogue(tmp_path)
    catalogued = polib.pofile(str(path))
    catalogued.append(polib.POEntry(msgid="Gone", msgstr="Nie ma"))
    catalogued.save()
    messages.merge(template(), path, "pl")
    first = path.read_text()
    assert faults(path) == []
    messages.merge(template(), path, "pl")
    assert path.read_text() == first


def test_merge_does_not_keep_a_guess(tmp_path: Path) -> None:
    path = catalogue(tmp_path)
    catalogued = polib.pofile(str(path))
    catalogued.find("Save").flags.append("fuzzy")
    catalogued.save()
    messages.merge(template(), path, "pl")
    assert faults(path) == ["pl: untranslated: 'Save'"]


def test_compile_writes_only_what_is_older(tmp_path: Path) -> None:
    folder = tmp_path / "pl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue(tmp_path).rename(folder / "django.po")
    assert messages.compile_all(tmp_path) == [folder / "django.mo"]
    assert polib.mofile(str(folder / "django.mo")).find("Save").msgstr == "Zapisz"
    assert messages.compile_all(tmp_path) == []


@pytest.mark.slow
def test_extract_reads_code_and_templates_but_not_tests(tmp_path: Path) -> None:
    for name, text in {
        "app/forms.py": 'from django.utils.translation import gettext as _\n_("From code")\n',
        "templates/page.html": "{% load i18n %}{% blocktranslate trimmed %}\n From a\n page\n{% endblocktranslate %}",
        "tests/test_forms.py": '_("From a test")\n',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert sorted(entry.msgid for entry in messages.extract(tmp_path)) == ["From a page", "From code"]


@pytest.mark.slow
def test_the_portal_is_translated_completely() -> None:
    catalogues = {language: messages.catalogue_path(language) for language in messages.LANGUAGES}
    assert list(messages.check(messages.extract(messages.ROOT), catalogues, messages.read_allowed())) == []
