"""One way in for every format."""

from collections.abc import Callable
from pathlib import PurePath
from typing import NamedTuple, Protocol

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from standards.actions import ImportResult, Outcome, ParsedFramework
from standards.importers.contents import Content, one_line
from standards.importers.files import DecodedFile, decode_file
from standards.importers.findings import Findings, quoted, refused
from standards.importers.moodle import fits_moodle, parse_moodle
from standards.importers.plain import fits_plain, fits_statements, parse_plain, parse_statements
from standards.importers.rows import DELIMITERS, Row, best_header, find_delimiter, read_rows
from standards.importers.trees import CODE_LENGTH, check_tree
from standards.models import Framework

VERSION_LENGTH: int = Framework._meta.get_field("version").max_length or 0
FRAMEWORK_TITLE_LENGTH: int = Framework._meta.get_field("title").max_length or 0


class _Parse(Protocol):
    def __call__(self, header: Row, rows: list[Row], findings: Findings, *, language: str) -> Content: ...


class _Format(NamedTuple):
    name: str
    fits: Callable[[Row], bool]
    parse: _Parse


_FORMATS = (
    _Format("ksb", fits_statements, parse_statements),
    _Format("plain", fits_plain, parse_plain),
    _Format("moodle", fits_moodle, parse_moodle),  # last: nothing but the number of its columns is certain
)
FORMATS = ("auto", *sorted(one.name for one in _FORMATS))
_OUTCOMES = {  # by what it came to, whether it was only tried, and whether it was published
    (Outcome.CREATED, False, False): gettext_lazy("imported"),
    (Outcome.CREATED, False, True): gettext_lazy("imported and published"),
    (Outcome.CREATED, True, False): gettext_lazy("would be imported"),
    (Outcome.CREATED, True, True): gettext_lazy("would be imported and published"),
    (Outcome.UPDATED, False, False): gettext_lazy(
        "updated, %(added)s added, %(changed)s changed, %(removed)s removed"
    ),
    (Outcome.UPDATED, False, True): gettext_lazy(
        "updated and published, %(added)s added, %(changed)s changed, %(removed)s removed"
    ),
    (Outcome.UPDATED, True, False): gettext_lazy(
        "would be updated, %(added)s added, %(changed)s changed, %(removed)s removed"
    ),
    (Outcome.UPDATED, True, True): gettext_lazy(
        "would be updated and published, %(added)s added, %(changed)s changed, %(removed)s removed"
    ),
    (Outcome.UNCHANGED, False, False): gettext_lazy("nothing changed"),
    (Outcome.UNCHANGED, False, True): gettext_lazy("published, nothing else changed"),
    (Outcome.UNCHANGED, True, False): gettext_lazy("nothing would change"),
    (Outcome.UNCHANGED, True, True): gettext_lazy("would be published, nothing else would change"),
}


def parse_framework(
    data: bytes,
    *,
    name: str,
    format: str = "auto",  # noqa: A002 - the option of the command
    code: str = "",
    version: str = "1",
    language: str = "en",
    title: str = "",
    encoding: str = "",
) -> ParsedFramework:
    """Read a framework out of a file's bytes; nothing is written.

    `name` is the file's name: the code and title come from it where neither the file nor `code` and `title` say
    them. `language` is that of the columns without one. An empty `encoding` is found out. Raises FrameworkRefused
    with every fault.
    """
    findings = Findings()
    _check_arguments(findings, format, version, language)
    file = decode_file(data, encoding=encoding, language=language)
    if file.is_guessed:
        message = _("The file is not UTF-8 and was read as %(encoding)s: check the accented letters.")
        findings.warn(None, message % {"encoding": file.encoding})
    chosen, delimiter, header = _recognised(file, format)
    rows = read_rows(file.text, delimiter, findings)
    content = chosen.parse(
        header, [row for row in rows if row.line > header.line], findings, language=language
    )
    if not content.criteria and not findings.faults:
        findings.fault(None, _("There is no criterion in the file."))
    check_tree(content.criteria, content.known, findings)
    stem = one_line(PurePath(name).stem)
    titles = _titles(content, one_line(title), stem, language, findings)
    final_code = one_line(code) or content.code or stem
    _check_names(findings, final_code, titles[language])
    findings.refuse_if_any()
    return ParsedFramework(
        code=final_code,
        version=version,
        language=language,
        title=titles,
        description=content.description,
        criteria=content.criteria,
        scale=content.scale,
        format=chosen.name,
        encoding=file.encoding,
        delimiter=str(DELIMITERS[delimiter]),
        warnings=sorted(findings.warnings, key=lambda warning: warning.line or 0),
    )


def _check_arguments(findings: Findings, wanted: str, version: str, language: str) -> None:
    if wanted not in FORMATS:
        findings.fault(None, _("The format %(name)s is not known.") % {"name": wanted})
    if not version.strip() or len(version) > VERSION_LENGTH:
        findings.fault(None, _("The version needs 1 to %(limit)s characters.") % {"limit": VERSION_LENGTH})
    if language not in dict(settings.LANGUAGES):
        codes = ", ".join(dict(settings.LANGUAGES))
        findings.fault(None, _("The language must be one of: %(codes)s.") % {"codes": codes})
    findings.refuse_if_any()


def _recognised(file: DecodedFile, wanted: str) -> tuple[_Format, str, Row]:
    """The format, the delimiter and the header. Raises FrameworkRefused when nothing fits."""
    candidates = [one for one in _FORMATS if wanted in ("auto", one.name)]
    for one in candidates:
        found = find_delimiter(file.text, one.fits)
        if found is not None:
            return one, *found
    best = best_header(file.text)
    if best is None:
        findings = Findings()
        read_rows(file.text, ",", findings)
        findings.refuse_if_any()
        raise refused(None, _("The file is empty."))
    if wanted != "auto" and len(best[1].cells) > 1:
        return candidates[0], *best
    message = _(
        "This is not a framework: the first row is “%(header)s”. Expected are the columns of a Moodle framework "
        "(14 or 12), or code,parent,title,description, or code,type,statement."
    )
    raise refused(best[1].line, message % {"header": quoted(", ".join(best[1].cells))})


def _titles(content: Content, title: str, stem: str, language: str, findings: Findings) -> dict[str, str]:
    titles = dict(content.title)
    if title:
        titles[language] = title
    elif not titles.get(language):
        titles[language] = one_line(stem.replace("_", " "))
        if not content.title:
            message = _("The file has no title for the framework; its name is used: “%(title)s”.")
            findings.warn(None, message % {"title": quoted(titles[language])})
    return titles


def _check_names(findings: Findings, code: str, title: str) -> None:
    if not code or len(code) > CODE_LENGTH or "\x00" in code:
        message = _("The code of the framework needs 1 to %(limit)s characters; give it with --code.")
        findings.fault(None, message % {"limit": CODE_LENGTH})
    if not title or len(title) > FRAMEWORK_TITLE_LENGTH or "\x00" in title:
        message = _("The title of the framework needs 1 to %(limit)s characters; give it with --title.")
        findings.fault(None, message % {"limit": FRAMEWORK_TITLE_LENGTH})


def import_summary(parsed: ParsedFramework, result: ImportResult, *, dry_run: bool = False) -> str:
    """One line: criteria (rows of the file), levels of the tree, warnings, and what came of it."""
    criteria = sum(not criterion.is_group for criterion in parsed.criteria)
    levels, warnings = len(parsed.layers), len(parsed.warnings)
    return _("%(criteria)s, %(levels)s, %(warnings)s: %(outcome)s") % {
        "criteria": ngettext("%(count)s criterion", "%(count)s criteria", criteria) % {"count": criteria},
        "levels": ngettext("%(count)s level", "%(count)s levels", levels) % {"count": levels},
        "warnings": ngettext("%(count)s warning", "%(count)s warnings", warnings) % {"count": warnings},
        "outcome": _outcome(result, dry_run),
    }


def _outcome(result: ImportResult, dry_run: bool) -> str:
    counts = {"added": result.added, "changed": result.changed, "removed": result.removed}
    return str(_OUTCOMES[result.outcome, dry_run, result.is_published]) % counts
