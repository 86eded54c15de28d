"""What an import writes: whole or not at all, the same again without a change, never over a published version."""

from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from core.models import AuditEvent
from people.models import pseudonym_of
from standards.actions import (
    ImportRefused,
    ImportResult,
    Outcome,
    ParsedLevel,
    ParsedScale,
    archive_framework,
    import_framework,
    publish_framework,
)
from standards.importers import parse_framework
from standards.models import Criterion, Framework, Level, Scale
from tests.factories.people import UserFactory
from tests.standards.samples import MOODLE, PLAIN, STATEMENTS, framework_row, moodle_row, moodle_text

pytestmark = pytest.mark.django_db


def read(text: str, **options: str) -> Any:
    options = {"code": "OTHERS", "title": "Working together", **options}
    return parse_framework(text.encode(), name="sample.csv", **options)


def counts_of(result: ImportResult) -> tuple[str, int, int, int]:
    return result.outcome, result.added, result.changed, result.removed


def tree_of(framework: Framework) -> dict[str, tuple[str, int]]:
    rows = framework.criteria.select_related("parent")
    return {row.code: (row.parent.code if row.parent else "", row.order) for row in rows}


def stored() -> tuple[int, int, int, int]:
    own = Framework.objects.filter(code__in=["OTHERS", "FW", "sample"])
    criteria = Criterion.objects.filter(framework__in=own)
    return own.count(), criteria.count(), Scale.objects.count(), AuditEvent.objects.count()


def test_import_creates_a_draft() -> None:
    result = import_framework(parsed=read(PLAIN))
    framework = Framework.objects.get(code="OTHERS", version="1")
    assert result.framework == framework
    assert counts_of(result) == (Outcome.CREATED, 4, 0, 0)
    assert (framework.status, framework.language, framework.scale) == ("draft", "en", None)
    assert tree_of(framework) == {"A": ("", 0), "A1": ("A", 0), "A2": ("A", 1), "B": ("", 1)}
    first = framework.criteria.get(code="A1")
    assert (first.title_en, first.title_es, first.title_pl) == ("Listens", "Escucha", "Słucha")
    assert (first.description_en, first.description_es) == (
        "Lets others finish.",
        "Deja terminar a los demás.",
    )
    assert not first.description_pl


def test_import_of_moodle_brings_its_scale() -> None:
    framework = import_framework(parsed=parse_framework(MOODLE.encode(), name="x.csv")).framework
    assert (framework.code, framework.title_en) == ("FW", "Workshop skills")
    assert framework.scale is not None
    levels = framework.scale.levels.values_list("order", "label_en", "is_proficient")
    assert list(levels) == [(1, "Not yet", False), (2, "On the way", False), (3, "There", True)]


def test_same_content_twice_changes_nothing() -> None:
    for text in (PLAIN, STATEMENTS, MOODLE):
        import_framework(parsed=read(text, version=text[:20]))
        before = stored()
        assert counts_of(import_framework(parsed=read(text, version=text[:20]))) == (
            Outcome.UNCHANGED,
            0,
            0,
            0,
        )
        assert stored() == before


def test_same_content_of_a_published_version_changes_nothing() -> None:
    import_framework(parsed=read(MOODLE), publish=True)
    assert counts_of(import_framework(parsed=read(MOODLE))) == (Outcome.UNCHANGED, 0, 0, 0)


def test_draft_is_brought_up_to_date_in_place() -> None:
    import_framework(parsed=read(PLAIN))
    before = dict(Criterion.objects.filter(framework__code="OTHERS").values_list("code", "pk"))
    text = (
        "code,parent,title,title_es\nB,,Keeping order,Mantener el orden\nB1,B,Files,Archiva\n"
        "A1,B,Listens well,Escucha\nA2,,Asks,Pregunta\n"
    )
    result = import_framework(parsed=read(text))
    assert counts_of(result) == (Outcome.UPDATED, 1, 3, 1)
    assert tree_of(result.framework) == {"B": ("", 0), "B1": ("B", 0), "A1": ("B", 1), "A2": ("", 1)}
    after = {row.code: row for row in result.framework.criteria.all()}
    assert {code: row.pk for code, row in after.items() if code != "B1"} == {
        code: pk for code, pk in before.items() if code != "A"
    }
    assert (after["A1"].title_en, after["A1"].title_pl) == (
        "Listens well",
        "Słucha",
    )  # no Polish column: left alone


def test_framework_texts_alone_count_as_a_change() -> None:
    import_framework(parsed=read(PLAIN))
    result = import_framework(parsed=read(PLAIN, title="Working with people"))
    assert counts_of(result) == (Outcome.UPDATED, 0, 0, 0)
    assert Framework.objects.get(code="OTHERS").title_en == "Working with people"


def test_published_version_is_refused_and_left_alone() -> None:
    import_framework(parsed=read(PLAIN), publish=True)
    before = stored()
    with pytest.raises(ImportRefused) as refusal:
        import_framework(parsed=read(PLAIN.replace("Listens", "Hears")))
    assert str(refusal.value) == (
        "OTHERS, version 1, is published and cannot change, and this file differs from it. "
        "Import the file as a new version (--version)."
    )
    assert stored() == before
    assert Criterion.objects.get(framework__code="OTHERS", code="A1").title_en == "Listens"


def test_new_version_stands_beside_the_published_one() -> None:
    first = import_framework(parsed=read(PLAIN), publish=True).framework
    second = import_framework(parsed=read(PLAIN.replace("Listens", "Hears"), version="2")).framework
    assert (first.criteria.get(code="A1").title_en, second.criteria.get(code="A1").title_en) == (
        "Listens",
        "Hears",
    )


def test_publish_with_and_after_the_import() -> None:
    assert import_framework(parsed=read(PLAIN), publish=True).framework.status == "published"
    import_framework(parsed=read(PLAIN, version="2"))
    result = import_framework(parsed=read(PLAIN, version="2"), publish=True)
    assert (result.outcome, result.is_published, result.framework.status) == (
        Outcome.UNCHANGED,
        True,
        "published",
    )


def test_archived_version_is_refused() -> None:
    framework = import_framework(parsed=read(PLAIN), publish=True).framework
    archive_framework(framework=framework)
    with pytest.raises(ImportRefused):
        import_framework(parsed=read(PLAIN.replace("Listens", "Hears")))


def test_dry_run_keeps_nothing() -> None:
    before = stored()
    result = import_framework(parsed=read(MOODLE), publish=True, dry_run=True)
    assert counts_of(result) == (Outcome.CREATED, 4, 0, 0)
    assert stored() == before


def test_scale_of_a_draft_changes_and_of_a_published_framework_does_not() -> None:
    def with_levels(version: str, *labels: str) -> Any:
        levels = [ParsedLevel({"en": label}, {"en": f"{label}."}) for label in labels]
        scale = ParsedScale("steps", {"en": "Steps"}, levels)
        return import_framework(parsed=replace(read(PLAIN, version=version), scale=scale)).framework

    first = with_levels("1", "Low", "Middle", "High")
    assert with_levels("1", "Low", "Top").scale == first.scale
    levels = Level.objects.filter(scale__code="steps").values_list("order", "label_en", "descriptor_en")
    assert list(levels) == [(1, "Low", "Low."), (2, "Top", "Top.")]
    publish_framework(framework=first)
    assert with_levels("2", "Low", "Top").scale == first.scale
    with pytest.raises(ImportRefused) as refusal:
        with_levels("3", "Low", "Summit")
    assert str(refusal.value) == (
        "The scale steps is used by a published framework and cannot change. Give it a new code."
    )
    assert not Framework.objects.filter(code="OTHERS", version="3").exists()


def test_audit_names_who_and_how_many() -> None:
    person = UserFactory()
    framework = import_framework(parsed=read(PLAIN), by=person, publish=True).framework
    rows = AuditEvent.objects.filter(object_type="standards.framework", object_id=str(framework.pk))
    assert list(rows.order_by("pk").values_list("action", "actor", "changes")) == [
        ("framework.import", pseudonym_of(person), {"outcome": "created", "criteria": [0, 4]}),
        ("framework.publish", pseudonym_of(person), {"status": ["draft", "published"]}),
    ]


def test_import_in_another_language_of_the_reader() -> None:
    with translation.override("pl"):
        framework = import_framework(parsed=read(PLAIN)).framework
        again = import_framework(parsed=read(PLAIN))
    assert again.outcome is Outcome.UNCHANGED
    first = framework.criteria.get(code="A1")
    assert (first.title_en, first.title_es, first.title_pl) == ("Listens", "Escucha", "Słucha")


def queries_to_import_and_change(number: int) -> tuple[int, int]:
    """Queries for a new framework of that many criteria, and for changing every one of them."""
    rows = [
        moodle_row(f"c{n // 8}" if n >= 8 else "", f"c{n}", f"Title {n}", f"<p>Text {n}</p>")
        for n in range(number)
    ]
    rows[0][0] = ""
    text = moodle_text([framework_row(), *rows])
    with CaptureQueriesContext(connection) as importing:
        assert import_framework(parsed=read(text)).added == number
    with CaptureQueriesContext(connection) as changing:
        assert import_framework(parsed=read(text.replace("Title", "Name"))).changed == number
    Framework.objects.all().delete()
    return len(importing), len(changing)


@pytest.mark.slow
def test_import_of_2000_criteria_asks_hardly_more_than_one_of_20() -> None:
    """A query a row would be 2,000: what comes on top are batches."""
    small, large = queries_to_import_and_change(20), queries_to_import_and_change(2000)
    assert max(small + large) < 50


# The command ------------------------------------------------------------------------------


def run(path: Path, *options: str) -> tuple[list[str], list[str]]:
    """What the command prints: the lines of its output and of its warnings."""
    out, err = StringIO(), StringIO()
    call_command("import_framework", str(path), *options, stdout=out, stderr=err)
    return out.getvalue().splitlines(), err.getvalue().splitlines()


@pytest.fixture
def plain_file(tmp_path: Path) -> Path:
    path = tmp_path / "sample.csv"
    path.write_text(PLAIN, encoding="utf-8")
    return path


def test_command_imports_and_imports_again(plain_file: Path) -> None:
    warning = "The file has no title for the framework; its name is used: “sample”."
    read_as = "sample.csv: plain, UTF-8, comma."
    assert run(plain_file) == ([read_as, "4 criteria, 2 levels, 1 warning: imported"], [warning])
    assert run(plain_file)[0] == [read_as, "4 criteria, 2 levels, 1 warning: nothing changed"]
    plain_file.write_text(PLAIN.replace("A2,", "A3,"), encoding="utf-8")
    assert run(plain_file, "--title", "Sample")[0][-1] == (
        "4 criteria, 2 levels, 0 warnings: updated, 1 added, 0 changed, 1 removed"
    )


def test_command_dry_run(plain_file: Path) -> None:
    before = stored()
    assert run(plain_file, "--dry-run")[0][-1] == "4 criteria, 2 levels, 1 warning: would be imported"
    assert stored() == before


def test_command_code_version_and_publish(plain_file: Path) -> None:
    line = run(plain_file, "--code", "OTHERS", "--version", "2026", "--title", "Others", "--publish")[0][-1]
    assert line == "4 criteria, 2 levels, 0 warnings: imported and published"
    assert Framework.objects.get(code="OTHERS", version="2026").status == "published"
    plain_file.write_text(PLAIN.replace("Listens", "Hears"), encoding="utf-8")
    with pytest.raises(CommandError, match=r"^OTHERS, version 2026, is published and cannot change"):
        run(plain_file, "--code", "OTHERS", "--version", "2026", "--title", "Others")


def test_command_counts_statements_and_not_their_groups(tmp_path: Path) -> None:
    path = tmp_path / "ST0001.csv"
    path.write_text(STATEMENTS, encoding="utf-8")
    assert run(path)[0] == ["ST0001.csv: ksb, UTF-8, comma.", "3 criteria, 2 levels, 1 warning: imported"]


def test_command_prints_every_fault_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "sample.csv"
    path.write_text("code,parent,title\nA,X,First\nA,,Second\nB,B,Third\n", encoding="utf-8")
    before, err = stored(), StringIO()
    with pytest.raises(CommandError, match=r"^3 faults: nothing changed$"):
        call_command("import_framework", str(path), stdout=StringIO(), stderr=err)
    assert err.getvalue().splitlines() == [
        "Line 2: The parent “X” of “A” is not in the file.",
        "Line 3: “A” is already on line 2.",
        "Line 4: “B” is its own parent.",
    ]
    assert stored() == before


def test_command_without_a_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file or directory"):
        run(tmp_path / "nowhere.csv")
