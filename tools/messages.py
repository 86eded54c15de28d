"""The messages of the portal: extract them, merge them into the catalogues, check and compile the catalogues.

    python -m tools.messages update     extract, merge into locale/*/LC_MESSAGES/django.po (needs GNU gettext)
    python -m tools.messages check      nothing missing, left over, fuzzy, wrongly filled or left in English
    python -m tools.messages compile    .po to .mo where the .po is newer (needs no gettext)

The catalogues are sorted by message and hold no line numbers, so two branches that add messages merge by themselves.
A text that is rightly the same as in English is listed in tools/same_as_english.txt.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import django
import polib

from tools import debian

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("es", "pl")
ALLOWED = ROOT / "tools" / "same_as_english.txt"
NOT_SHOWN = ("tests", "tools", "docs", "locale", "static", "staticfiles", "var", "migrations", "node_modules")
PLACEHOLDER = re.compile(r"%\(\w+\)[#0 +-]*\d*(?:\.\d+)?[a-zA-Z]|%[sdrfi]|%%|\{\w*\}")
TAG = re.compile(r"</?[a-z][a-z0-9]*")
NO_GETTEXT = "GNU gettext is missing: install it (on Debian and Ubuntu: sudo apt-get install gettext)."

Key = tuple[str, str]


def main(arguments: list[str] | None = None) -> int:
    """Run one of the three commands; 1 when it found a fault, each fault on a line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=("update", "check", "compile"))
    command = parser.parse_args(arguments).command
    if command == "compile":
        compile_all(ROOT / "locale")
        return 0
    try:
        template = extract(ROOT)
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    if command == "update":
        for language in LANGUAGES:
            merge(template, catalogue_path(language), language)
        return 0
    faults = list(
        check(template, {language: catalogue_path(language) for language in LANGUAGES}, read_allowed())
    )
    for fault in faults:
        print(fault)
    count = len(template)
    print(
        f"messages: {count} in {', '.join(LANGUAGES)}: " + (f"{len(faults)} faults" if faults else "complete")
    )
    return 1 if faults else 0


def catalogue_path(language: str, root: Path = ROOT) -> Path:
    """Where the catalogue of a language is."""
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def read_allowed(path: Path = ALLOWED) -> set[str]:
    """The texts that may be the same as in English, written `text` or `language: text`; # starts a comment."""
    lines = path.read_text().splitlines() if path.exists() else []
    return {line.strip() for line in lines if line.strip() and not line.startswith("#")}


# --- extract ------------------------------------------------------------------------------------------------------


def extract(root: Path) -> polib.POFile:
    """All messages of the tree, extracted by Django's makemessages in a copy. Raises RuntimeError with one line."""
    if not (shutil.which("xgettext") and shutil.which("msguniq")) and not debian.install("gettext"):
        raise RuntimeError(NO_GETTEXT)
    with tempfile.TemporaryDirectory(prefix="wbl-messages-") as name:
        copy = Path(name)
        for path in source_files(root):
            target = copy / path.relative_to(root)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        (copy / "locale").mkdir()
        environment = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
        done = subprocess.run(
            [sys.executable, "-m", "django", "makemessages", "-l", "es", "--keep-pot", "--no-wrap"],
            cwd=copy,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        template = copy / "locale" / "django.pot"
        if done.returncode or not template.exists():
            lines = (done.stderr or done.stdout).strip().splitlines() or ["no message was found"]
            raise RuntimeError(f"makemessages failed: {lines[-1]}")
        return polib.pofile(str(template))


def source_files(root: Path) -> Iterator[Path]:
    """The files whose messages a person can see, in a fixed order."""
    for folder, names, files in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith(".") and name not in NOT_SHOWN)
        for name in sorted(files):
            if name.endswith((".py", ".html", ".txt")) and Path(folder) != root:
                yield Path(folder) / name


# --- merge --------------------------------------------------------------------------------------------------------


def merge(template: polib.POFile, path: Path, language: str) -> None:
    """Write the catalogue anew: the template's messages in order, with the translations that are there.

    Nothing is guessed (no fuzzy entries), and what is no longer shown is dropped: git remembers it.
    """
    old = {key(entry): entry for entry in (polib.pofile(str(path)) if path.exists() else [])}
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.metadata = {
        "Project-Id-Version": "wbl-portal",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": plural_forms(language),
    }
    for entry in sorted(template, key=lambda entry: (entry.msgid.casefold(), key(entry))):
        known = old.get(key(entry))
        same_shape = known is not None and known.msgid_plural == entry.msgid_plural and not known.fuzzy
        catalogue.append(_filled(entry, known if same_shape else None, language))
    path.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(path))


def _filled(entry: polib.POEntry, known: polib.POEntry | None, language: str) -> polib.POEntry:
    """The template's entry with the known translation, or with the right number of empty forms."""
    filled = polib.POEntry(
        msgid=entry.msgid,
        msgctxt=entry.msgctxt,
        msgid_plural=entry.msgid_plural,
        comment=entry.comment,
        flags=[flag for flag in entry.flags if flag != "fuzzy"],
    )
    if entry.msgid_plural:
        forms = known.msgstr_plural if known else {}
        filled.msgstr_plural = {number: forms.get(number, "") for number in range(plural_count(language))}
    else:
        filled.msgstr = known.msgstr if known else ""
    return filled


def key(entry: polib.POEntry) -> Key:
    """What makes a message: its context and its English text."""
    return entry.msgctxt or "", entry.msgid


def plural_forms(language: str) -> str:
    """The Plural-Forms header of Django's own catalogue, which ours must share."""
    path = Path(django.__file__).parent / "conf" / "locale" / language / "LC_MESSAGES" / "django.mo"
    return str(polib.mofile(str(path)).metadata["Plural-Forms"])


def plural_count(language: str) -> int:
    """How many plural forms the language has there."""
    found = re.search(r"nplurals\s*=\s*(\d+)", plural_forms(language))
    assert found, language
    return int(found.group(1))


# --- check --------------------------------------------------------------------------------------------------------


def check(template: polib.POFile, catalogues: dict[str, Path], allowed: set[str]) -> Iterator[str]:
    """Yield a line for each fault of the catalogues (language to path) against the extracted messages."""
    used: set[str] = set()
    for language, path in catalogues.items():
        if not path.exists():
            yield f"{language}: no catalogue: run `make messages`"
            continue
        yield from _check_one(template, polib.pofile(str(path)), language, allowed, used)
    for line in sorted(allowed - used):
        yield f"same_as_english.txt: {line!r} is no longer needed"


def _check_one(
    template: polib.POFile, catalogue: polib.POFile, language: str, allowed: set[str], used: set[str]
) -> Iterator[str]:
    if catalogue.metadata.get("Plural-Forms") != plural_forms(language):
        yield f"{language}: Plural-Forms is not the one of Django's catalogue: {plural_forms(language)}"
    wanted = {key(entry): entry for entry in template}
    present = {key(entry): entry for entry in catalogue if not entry.obsolete}
    for entry in catalogue:
        if entry.obsolete or key(entry) not in wanted:
            yield f"{language}: left over: {entry.msgid!r}"
    for name, message in wanted.items():
        entry = present.get(name)
        if entry is None or entry.msgid_plural != message.msgid_plural:
            yield f"{language}: missing: {message.msgid!r}"
        elif entry.fuzzy:
            yield f"{language}: fuzzy: {message.msgid!r}"
        else:
            for fault in _faults(entry, language, allowed, used):
                yield f"{language}: {fault}: {message.msgid!r}"


def _faults(entry: polib.POEntry, language: str, allowed: set[str], used: set[str]) -> Iterator[str]:
    """What is wrong with the translation of one message."""
    forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if not all(form.strip() for form in forms):
        yield "untranslated"
        return
    if entry.msgid_plural and len(forms) != plural_count(language):
        yield f"{len(forms)} plural forms instead of {plural_count(language)}"
    if any(form in (entry.msgid, entry.msgid_plural) for form in forms):
        same = {entry.msgid, f"{language}: {entry.msgid}"} & allowed
        used |= same
        if not same:
            yield "equal to the English"
    source = entry.msgid_plural or entry.msgid
    for number, form in enumerate(forms):
        lacking = _lacking(form, source)
        # The first form of Spanish and Polish is for one thing alone, and may spell the number out.
        if lacking is None or lacking > (1 if entry.msgid_plural and number == 0 else 0):
            yield "other placeholders than the English"
        if sorted(TAG.findall(form)) != sorted(TAG.findall(source)):
            yield "other HTML tags than the English"
        if form[:1].isspace() != source[:1].isspace() or form[-1:].isspace() != source[-1:].isspace():
            yield "other spaces at the ends than the English"


def _lacking(text: str, source: str) -> int | None:
    """How many of the source's placeholders the text lacks; None when it has one that the source has not."""
    has, should = Counter(PLACEHOLDER.findall(text)), Counter(PLACEHOLDER.findall(source))
    return None if has - should else (should - has).total()


# --- compile ------------------------------------------------------------------------------------------------------


def compile_all(folder: Path) -> list[Path]:
    """Compile each catalogue below the folder that is newer than its .mo; return the .mo files written."""
    written = []
    for source in sorted(folder.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
            written.append(target)
    return written


if __name__ == "__main__":
    sys.exit(main())
