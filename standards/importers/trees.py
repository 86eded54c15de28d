"""What must hold for the criteria of a file, whatever its format."""

from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _

from standards.actions import ParsedCriterion
from standards.importers.findings import Findings, quoted
from standards.models import Criterion

MAX_CRITERIA = 20_000
MAX_DEPTH = 10
CODE_LENGTH: int = Criterion._meta.get_field("code").max_length or 0
TITLE_LENGTH: int = Criterion._meta.get_field("title").max_length or 0


def check_length(findings: Findings, line: int, name: str, text: str, limit: int) -> None:
    """A fault when the text is longer than the database keeps; `name` is the column as the file calls it."""
    if len(text) > limit:
        values = {"column": name, "count": len(text), "limit": limit}
        message = _("“%(column)s” is too long: %(count)s characters, up to %(limit)s are kept.")
        findings.fault(line, message % values)


def check_tree(criteria: Sequence[ParsedCriterion], known: Iterable[str], findings: Findings) -> None:
    """Faults for duplicate codes, missing parents, circles and too deep a tree.

    `known` are codes of rows that have faults of their own: their children are not orphans.
    """
    if len(criteria) > MAX_CRITERIA:
        values = {"count": len(criteria), "limit": MAX_CRITERIA}
        findings.fault(None, _("There are %(count)s criteria; a framework has up to %(limit)s.") % values)
        return
    by_code: dict[str, ParsedCriterion] = {}
    for criterion in criteria:
        first = by_code.setdefault(criterion.code, criterion)
        if first is not criterion:
            message = _("“%(code)s” is already on line %(first)s.")
            findings.fault(criterion.line, message % {"code": quoted(criterion.code), "first": first.line})
    _check_parents(by_code, frozenset(known), findings)
    _check_circles(by_code, findings)


def _check_parents(by_code: Mapping[str, ParsedCriterion], known: frozenset[str], findings: Findings) -> None:
    for criterion in by_code.values():
        parent = criterion.parent
        if parent and parent not in by_code and parent not in known:
            values = {"code": quoted(criterion.code), "parent": quoted(parent)}
            findings.fault(
                criterion.line, _("The parent “%(parent)s” of “%(code)s” is not in the file.") % values
            )


def _check_circles(by_code: Mapping[str, ParsedCriterion], findings: Findings) -> None:
    """Walks up from every criterion once; what leads into a circle has no depth and is not reported again."""
    depths: dict[str, int | None] = {}
    for start in by_code:
        path: list[str] = []
        on_path: set[str] = set()
        code = start
        while code in by_code and code not in depths and code not in on_path:
            path.append(code)
            on_path.add(code)
            code = by_code[code].parent
        if code in on_path:
            _report_circle([by_code[one] for one in path[path.index(code) :]], findings)
            depths.update(dict.fromkeys(path))
            continue
        depth = depths.get(code, 0)
        for one in reversed(path):
            depth = None if depth is None else depth + 1
            depths[one] = depth
            if depth == MAX_DEPTH + 1:
                message = _("“%(code)s” is too deep in the tree: up to %(limit)s levels are kept.")
                findings.fault(by_code[one].line, message % {"code": quoted(one), "limit": MAX_DEPTH})


def _report_circle(circle: Sequence[ParsedCriterion], findings: Findings) -> None:
    first = min(range(len(circle)), key=lambda index: circle[index].line)
    ordered = [*circle[first:], *circle[:first]]
    if len(ordered) == 1:
        message = _("“%(code)s” is its own parent.") % {"code": quoted(ordered[0].code)}
    else:
        path = " → ".join(quoted(one.code) for one in [*ordered, ordered[0]])
        message = _("These parents go round in a circle: %(path)s.") % {"path": path}
    findings.fault(ordered[0].line, message)
