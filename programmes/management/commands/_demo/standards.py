"""The sample framework with its scale, in three languages, through the same action as an imported file."""

import csv
from collections.abc import Iterator

from programmes.management.commands._demo.content import DATA, LANGUAGES, read
from standards.actions import ParsedCriterion, ParsedFramework, ParsedLevel, ParsedScale, import_framework
from standards.models import Criterion, Framework


def write_framework() -> tuple[Framework, dict[str, Criterion]]:
    """The sample framework, published, and its criteria by code. Raises ImportRefused when another holds its code."""
    framework = import_framework(parsed=_parsed_framework(), publish=True).framework
    return framework, {row.code: row for row in Criterion.objects.filter(framework=framework)}


def _parsed_framework() -> ParsedFramework:
    about = read("framework_sme_skills.json")
    return ParsedFramework(
        code=about["code"],
        version=about["version"],
        language=about["language"],
        title=about["title"],
        description=about["description"],
        issuer=about["issuer"],
        licence=about["licence"],
        source=about["source"],
        scale=_parsed_scale(),
        criteria=list(_parsed_criteria(about["file"])),
    )


def _parsed_scale() -> ParsedScale:
    about = read("scale_sme.json")
    levels = [
        ParsedLevel(label=row["label"], descriptor=row["descriptor"], is_proficient=row["is_proficient"])
        for row in about["levels"]
    ]
    return ParsedScale(code=about["code"], name=about["name"], levels=levels)


def _parsed_criteria(name: str) -> Iterator[ParsedCriterion]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            yield ParsedCriterion(
                line=line,
                code=row["code"],
                parent=row["parent"],
                title=_texts(row, "title"),
                description=_texts(row, "description"),
            )


def _texts(row: dict[str, str], field: str) -> dict[str, str]:
    """The column itself is English; the others carry their language in the name."""
    return {language: row[field if language == "en" else f"{field}_{language}"] for language in LANGUAGES}
