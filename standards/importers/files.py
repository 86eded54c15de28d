"""From bytes to text: which encoding a file is in, and whether it is text at all."""

import codecs
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

import charset_normalizer
import filetype  # type: ignore[import-untyped, unused-ignore]
from django.utils.translation import gettext as _

from standards.importers.findings import Findings, FrameworkRefused, refused

MAX_BYTES = 25 * 1024 * 1024
MAX_CONTROL_SHARE = 0.02  # a text has tabs and line ends only; a stray control character may slip in
SAMPLE_CHARACTERS = 100_000
SURE_SHARE = 0.9  # of the letters beyond ASCII

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_BROKEN = re.compile(r"[\udc80-\udcff]+")  # how surrogateescape shows bytes that are not UTF-8

# Letters beyond ASCII that texts in a language use. Short texts give charset-normalizer too little to tell
# windows-1250 from windows-1252: which letters come out decides better.
_TYPOGRAPHY = frozenset("–—‘’‚“”„…•·«»€°§º¹²³½×®©\u00a0")
_LETTERS = {
    "es": frozenset("áéíóúüñçÁÉÍÓÚÜÑÇ¿¡ºªà") | _TYPOGRAPHY,
    "pl": frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ") | _TYPOGRAPHY,
    "en": frozenset("éèêëàâçñöüïÉÖÜ£") | _TYPOGRAPHY,
}
_ONE_BYTE_ENCODINGS = ("cp1252", "cp1250", "iso8859_2")
_NAMES = {"cp1250": "windows-1250", "cp1252": "windows-1252", "iso8859_2": "ISO-8859-2"}


@dataclass(frozen=True)
class DecodedFile:
    """The text of a file with \\n as the end of each line; `is_guessed` when nothing in it says the encoding."""

    text: str
    encoding: str
    is_guessed: bool = False


def decode_file(data: bytes, *, encoding: str = "", language: str = "en") -> DecodedFile:
    """Find the encoding (unless it is given) and decode. Raises FrameworkRefused.

    `language` settles which of two encodings it is when the letters themselves do not.
    """
    if len(data) > MAX_BYTES:
        limit = MAX_BYTES // (1024 * 1024)
        raise refused(None, _("The file is too large: up to %(limit)s MB are read.") % {"limit": limit})
    if not data.strip():
        raise refused(None, _("The file is empty."))
    found = _decoded(data, encoding, language)
    text = unicodedata.normalize("NFC", _plain_line_ends(found.text.removeprefix("\ufeff")))
    _refuse_binary(data, text)
    _refuse_nul(text)
    return DecodedFile(text, found.encoding, found.is_guessed)


def _plain_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes, encoding: str, language: str) -> DecodedFile:
    if encoding:
        return _decoded_as(data, encoding)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _decoded_as(data, "utf-16")
    label = "UTF-8 (BOM)" if data.startswith(codecs.BOM_UTF8) else "UTF-8"
    text = data.decode("utf-8", errors="surrogateescape")
    letters = _letters_of(text)
    broken = sum(number for letter, number in letters.items() if _BROKEN.match(letter))
    if not broken:
        return DecodedFile(text, label)
    _refuse_binary(data, text)
    sound = letters.total() - broken
    if sound > broken or label != "UTF-8":
        raise FrameworkRefused(_broken_lines(text).faults)
    return _guessed(data, language)


def _letters_of(text: str) -> Counter[str]:
    """How often each character beyond ASCII is there; counted, not listed: a file may be nothing else."""
    return Counter(character for character in text if character > "\x7f")


def _decoded_as(data: bytes, encoding: str) -> DecodedFile:
    try:
        return DecodedFile(data.decode(encoding), encoding.upper())
    except LookupError:
        raise refused(None, _("The encoding %(name)s is not known.") % {"name": encoding}) from None
    except UnicodeError as error:
        start = error.start if isinstance(error, UnicodeDecodeError) else 0
        before = _plain_line_ends(data[:start].decode(encoding, errors="replace"))
        message = _("The text is not in the encoding %(name)s.") % {"name": encoding.upper()}
        raise refused(before.count("\n") + 1, message) from None


def _broken_lines(text: str) -> Findings:
    findings = Findings()
    for number, line in enumerate(_plain_line_ends(text).split("\n"), start=1):
        if _BROKEN.search(line):
            findings.fault(number, _("A character is damaged: the file is UTF-8, and this line is not."))
    return findings


def _refuse_binary(data: bytes, text: str) -> None:
    sample = text[:SAMPLE_CHARACTERS]
    if len(_CONTROLS.findall(sample)) <= MAX_CONTROL_SHARE * len(sample):
        return
    kind = filetype.guess(data)
    if kind is None:
        raise refused(None, _("This is not a text file. Save the table as CSV and import that."))
    message = _(
        "This is a file of the type %(type)s, not a text file. Save the table as CSV and import that."
    )
    raise refused(None, message % {"type": kind.extension.upper()})


def _refuse_nul(text: str) -> None:
    findings = Findings()
    if "\x00" in text:
        for number, line in enumerate(text.split("\n"), start=1):
            if "\x00" in line:
                findings.fault(number, _("There is a NUL character in this line."))
    findings.refuse_if_any()


def _guessed(data: bytes, language: str) -> DecodedFile:
    """The likeliest encoding of one byte a character; charset-normalizer where our three languages do not fit."""
    best = max(
        (_candidate(data, encoding, index, language) for index, encoding in enumerate(_ONE_BYTE_ENCODINGS)),
        key=lambda candidate: candidate[0],
    )
    if best[0][0] >= SURE_SHARE:
        return DecodedFile(best[2], _NAMES[best[1]], is_guessed=True)
    match = charset_normalizer.from_bytes(data).best()
    if match is None:
        raise refused(
            None, _("The encoding of the text cannot be told. Save the file as UTF-8 and try again.")
        )
    return DecodedFile(str(match), match.encoding, is_guessed=True)


def _candidate(
    data: bytes, encoding: str, index: int, language: str
) -> tuple[tuple[float, bool, int], str, str]:
    """How well the letters fit one language, whether it is the expected one, the rank; the encoding; the text."""
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return (0.0, False, -index), encoding, ""
    letters = _letters_of(text)
    share, is_expected = max(
        (sum(letters[letter] for letter in known) / letters.total(), name == language)
        for name, known in _LETTERS.items()
    )
    return (share, is_expected, -index), encoding, text
