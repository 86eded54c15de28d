"""Frameworks as rows for a file."""

from collections.abc import Iterable, Iterator

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from core.translated import translated_text
from downloads.tables import Table
from standards.models import Framework, GoalTemplate
from standards.queries import CriterionNode


def frameworks_table(frameworks: Iterable[Framework]) -> Table:
    """The list of frameworks; rows as frameworks_for() gives them."""
    return Table(
        _("Standards"),
        [_("Code"), _("Title"), _("Version"), _("Criteria"), _("Areas"), _("State")],
        (
            [
                row.code,
                translated_text(row, "title").text,
                row.version,
                row.criteria_number,  # type: ignore[attr-defined]
                row.area_number,  # type: ignore[attr-defined]
                str(row.get_status_display()),
            ]
            for row in frameworks
        ),
    )


def criteria_table(framework: Framework, roots: Iterable[CriterionNode]) -> Table:
    """The criteria that the page shows, in its order, each with the code of the one above it."""

    def lines(nodes: Iterable[CriterionNode], parent: str) -> Iterator[list[str]]:
        for node in nodes:
            code = node.criterion.code
            yield [code, parent, node.title.text, strip_tags(node.description.text)]
            yield from lines(node.children, code)

    headings = [_("Code"), _("Part of"), _("Title"), _("Description")]
    return Table(framework.code, headings, lines(roots, ""))


def templates_table(framework: Framework, templates: Iterable[GoalTemplate]) -> Table:
    """The goal templates of a framework, in its page's order."""
    headings = [
        _("Code"),
        _("Goal"),
        _("Why it matters at work"),
        _("How I will know"),
        _("Criteria"),
        _("Weeks"),
    ]
    rows: Iterable[list[str | int]] = (
        [
            template.code,
            *(translated_text(template, name).text for name in ("title", "why", "measure")),
            ", ".join(criterion.code for criterion in template.criteria.all()),
            template.weeks,
        ]
        for template in templates
    )
    return Table(_("Goal templates of %(code)s") % {"code": framework.code}, headings, rows)
