"""Odd requests, made from the pages themselves: the forms are read from the HTML, a post that would do is made from
each, and a few of its fields are spoilt. Nothing here knows a form of the portal by name."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from django.utils import timezone
from hypothesis import strategies as st

BOUNDARY = "multipart/form-data; boundary=BoUnDaRy"
URLENCODED = "application/x-www-form-urlencoded"

# What is on a page ----------------------------------------------------------------------


@dataclass(frozen=True)
class Upload:
    """A file as a browser would send it, or as none would."""

    name: str
    content: bytes
    kind: str = "text/plain"


Pair = tuple[str, str | Upload]


@dataclass
class Control:
    """A field of a form: what it is, what is in it, what could be chosen."""

    name: str
    kind: str
    value: str = ""
    is_on: bool = True
    is_needed: bool = False
    options: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PageForm:
    """A form of a page: where it stands, where it goes (path and query), and its fields."""

    page: str
    method: str
    action: str
    is_multipart: bool
    controls: Sequence[Control]

    @property
    def path(self) -> str:
        return urlsplit(self.action).path

    @property
    def query(self) -> str:
        return urlsplit(self.action).query

    def with_values(self, values: dict[str, Any]) -> "PageForm":
        """The same form with these values in fields that are empty or not on the page."""
        have = [
            replace(control, value=control.value or str(values.get(control.name, "")))
            for control in self.controls
        ]
        there = {control.name for control in have}
        more = [Control(name, "text", str(value)) for name, value in values.items() if name not in there]
        return replace(self, controls=[*have, *more])

    def filled_in(self) -> str:
        """The query of a form that is sent by GET, with something chosen wherever one can choose."""
        choices = {
            control.name: next(filter(None, control.options), control.value) for control in self.controls
        }
        return encoded(list(choices.items()))

    @property
    def buttons(self) -> int:
        return sum(control.kind == "submit" for control in self.controls)

    def pairs(self, pressed: int) -> list[Pair]:
        """What would be sent when all that is needed was filled in, and the button of that number pressed."""
        pairs: list[Pair] = []
        button = -1
        chosen = {control.name for control in self.controls if control.kind == "radio" and control.is_on}
        for control in self.controls:
            if control.kind == "submit":
                button += 1
                if button != pressed:
                    continue
            if control.kind == "radio" and not control.is_on:
                if control.name in chosen:
                    continue
                chosen.add(control.name)
            elif control.kind == "file" or not control.is_on:
                continue
            pairs.append((control.name, plausible(control)))
        return pairs


PASSWORD = "a long enough password"
PLAUSIBLE = {
    "email": "sample.new@sample.example",
    "password": PASSWORD,
    "time": "09:00",
    "number": "1",
    "decimal": "10",
    "numeric": "1",
    "url": "https://sample.example/",
}


def plausible(control: Control) -> str:
    """What is in the field; where it has to be filled in and is empty, something that might do."""
    if control.value or not (control.is_needed or control.kind == "password"):
        return control.value
    if control.kind == "select":
        return next(filter(None, reversed(control.options)), "")
    if control.kind == "date":
        return timezone.localdate().isoformat()
    return PLAUSIBLE.get(control.kind, "sample-text")


class PageReader(HTMLParser):
    """Collects the forms of a page, and the names that its links put into addresses."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[tuple[dict[str, str], list[Control]]] = []
        self.named: dict[str, list[Control]] = {}
        self.query_names: set[str] = set()
        self.select: Control | None = None
        self.textarea: Control | None = None
        self.is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        have = {name: value or "" for name, value in attrs}
        if tag == "form":
            controls: list[Control] = self.named.setdefault(have.get("id") or f"#{len(self.forms)}", [])
            self.forms.append((have, controls))
            self.is_inside = True
        elif tag == "a":
            self.query_names |= {name for name, _value in parse_qsl(urlsplit(have.get("href", "")).query)}
        elif tag == "option" and self.select is not None:
            value = have.get("value", "")
            self.select.options.append(value)
            if "selected" in have:
                self.select.value = value
        elif tag in {"input", "select", "textarea", "button"} and have.get("name"):
            self._control(tag, have)

    def _control(self, tag: str, have: dict[str, str]) -> None:
        kind = have.get("type", "text") if tag == "input" else tag
        if kind == "button":
            kind = have.get("type", "submit")
        control = Control(have["name"], have.get("inputmode", kind) if kind == "text" else kind)
        control.value = have.get("value", "on" if kind in {"checkbox", "radio"} else "")
        control.is_on = kind not in {"checkbox", "radio"} or "checked" in have
        control.is_needed = "required" in have or have.get("lang") == "en"
        if tag == "select":
            self.select = control
        elif tag == "textarea":
            self.textarea = control
        if "form" in have:
            self.named.setdefault(have["form"], []).append(control)
        elif self.is_inside:
            self.forms[-1][1].append(control)

    def handle_data(self, data: str) -> None:
        if self.textarea is not None:
            self.textarea.value += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_inside = False
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.textarea = None

    def found(self) -> list[PageForm]:
        """The forms; one whose typing is also kept by the page's script counts a second time, for that."""
        made = []
        for have, controls in self.forms:
            is_multipart = have.get("enctype") == "multipart/form-data"
            method = have.get("method", "get").lower()
            made.append(
                PageForm(
                    self.url, method, urljoin(self.url, have.get("action", "")), is_multipart, list(controls)
                )
            )
            if "hx-post" in have:
                made.append(
                    PageForm(self.url, "post", urljoin(self.url, have["hx-post"]), False, list(controls))
                )
        return made


def read_page(html: str, url: str) -> tuple[list[PageForm], set[str]]:
    """The forms of a page that was got from `url`, and the names in the queries of its links."""
    reader = PageReader(url)
    reader.feed(html)
    return reader.found(), reader.query_names


# What is odd ----------------------------------------------------------------------------

HUGE = "1" + "0" * 30
TEXTS = (
    "", " ", "\x00", "a\x00b", "\ud800", "a\udfff", "\x01\x1b\x7f", "\r\n", "\u202eabc\u2066", "\ufeff", "\u00a0",
    "a" * 300, "ż" * 6000, "x" * 70_000, "🧑‍🔧" * 40, "<script>alert(1)</script>", "'; DROP TABLE x; --", "{{ 7 }}",
    "%(name)s %s %", "{0}", "../../etc/passwd", "=1+1", "ﬀ", "½", "１", "İ", "on", "true", "null", "[]", '{"a": 1}',
    "[[[[", '{"id": "\\u0000", "rawId": "\\ud800"}', "https://evil.example/", "//evil.example", "a@b", "ü@ü.example",
    "en-US", "xx", "../..", "Europe/Nowhere", "/etc/localtime",
)  # fmt: skip
NUMBERS = (
    HUGE, "-" + HUGE, "-1", "0", "1.5", "1,5", "1e9", "1e400", "1e-400", "1e999999999", "NaN", "sNaN", "inf",
    "-Infinity",
    "0x10", "1_000", "+1", "2147483647", "2147483648", "9223372036854775807", "9223372036854775808", "9" * 5000,
    "32768", "00000001", "１２", "٣", "²", "12 ", "99999", "1001",
)  # fmt: skip
DAYS = (
    "0000-00-00", "0001-01-01", "0001-12-31", "9999-12-31", "9999-12-30", "9998-06-01", "2026-02-30", "1900-01-01",
    "2026-W10", "2026-2-3", "2026-11-22T10:00", "24:61", "23:59", "00:00", "99:99:99", "20261122", "10000-01-01",
    "-0001-01-01", "٢٠٢٦-١١-٢٢",
)  # fmt: skip
FILES = tuple(
    Upload(name, content, kind)
    for name in ("", ".", "..", "a.txt", "../../a.txt", "a\x00.txt", "\u202etxt.exe", "\ud800.txt", "é" * 300 + ".txt",
                 ".txt", "a.png", "a.pdf", "a.docx", "C:\\a.txt", "a\x1b[31m.txt", "🧑‍🔧.csv")
    for content, kind in ((b"Notes", "text/plain"), (b"", "image/png"), (b"\x89PNG\r\n\x1a\n\x00", "image/png"),
                          (b"%PDF-1.7\n\xff\x00", "\x00/pdf"), (b"PK\x03\x04\x00", "a" * 300))
)  # fmt: skip
MANAGEMENT = ("", "-1", "abc", HUGE, "1000", "1001", "14", "3", "0", "9" * 5000, "\x00", "1e3")
EXTRA_NAMES = (
    "status", "id", "pk", "enrolment", "learner", "organisation", "is_administrator", "approved_at", "confirm", "edit",
    "send", "discard", "more_days", "next", "do", "ids", "events", "form_token", "\x00", "days-TOTAL_FORMS", "[]",
)  # fmt: skip
QUERY_NAMES = (
    "page", "ordering", "download", "table", "enrolment", "copy", "done_on", "q", "learner", "next", "waiting",
)  # fmt: skip

anything = st.text(st.characters(exclude_categories=()), max_size=40)


def odd_for(control: Control, ids: Sequence[str]) -> st.SearchStrategy[str | Upload]:
    """Values that nobody should send in the field, and some that somebody would."""
    if control.kind == "file":
        return st.sampled_from(FILES)
    if control.name.endswith("_FORMS"):
        return st.sampled_from(MANAGEMENT)
    groups: list[st.SearchStrategy[str]] = [
        *(st.sampled_from(values) for values in (TEXTS, NUMBERS, DAYS, ids)),
        anything,
    ]
    closest = {"date": DAYS, "time": DAYS, "number": NUMBERS, "decimal": NUMBERS, "numeric": NUMBERS}
    if control.kind in closest:
        groups += [st.sampled_from(closest[control.kind])] * 4
    if choices := [*control.options, *([control.value] if control.value else [])]:
        groups += [st.sampled_from(choices)] * 2
    return st.integers(0, len(groups) - 1).flatmap(groups.__getitem__)


# A request ------------------------------------------------------------------------------


@dataclass(frozen=True)
class OddRequest:
    """What is sent, from which page; `changes` says what is odd about it."""

    method: str
    path: str
    query: str = ""
    page: str = ""
    pairs: tuple[Pair, ...] = field(default=(), repr=False)
    is_multipart: bool = field(default=False, repr=False)
    changes: tuple[str, ...] = ()

    def body(self) -> tuple[bytes, str]:
        """The bytes and their content type; half surrogate pairs go out as they are."""
        if not self.is_multipart:
            pairs = [(name, value if isinstance(value, str) else value.name) for name, value in self.pairs]
            return encoded(pairs).encode(), URLENCODED
        return b"".join(map(_part, self.pairs)) + b"--BoUnDaRy--\r\n", BOUNDARY


def raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def encoded(pairs: Sequence[tuple[str, str]]) -> str:
    return urlencode([(raw(name), raw(value)) for name, value in pairs])


def _part(pair: Pair) -> bytes:
    name, value = pair
    head = b'--BoUnDaRy\r\nContent-Disposition: form-data; name="%s"' % raw(name)
    if isinstance(value, Upload):
        head += b'; filename="%s"\r\nContent-Type: %s' % (raw(value.name), raw(value.kind))
        return head + b"\r\n\r\n" + value.content + b"\r\n"
    return head + b"\r\n\r\n" + raw(value) + b"\r\n"


@st.composite
def odd_pairs(draw: Any, controls: Sequence[Control], pairs: list[Pair], ids: Sequence[str]) -> Any:
    """`pairs` with one to three things done to them: changed, left out, sent twice, sent along."""
    spoilt, changes = list(pairs), []
    known = list(controls) or [Control(name, "text") for name in EXTRA_NAMES]
    for _time in range(draw(st.integers(1, 3))):
        deed = draw(st.sampled_from(["change", "change", "change", "drop", "repeat", "add"]))
        control = draw(st.sampled_from(known))
        if deed == "add":
            control = replace(control, name=draw(st.sampled_from(EXTRA_NAMES)), kind="text")
        name = control.name
        if deed in {"change", "drop"}:
            spoilt = [pair for pair in spoilt if pair[0] != name]
        if deed == "drop":
            changes.append(f"without {name!r}")
            continue
        value = draw(odd_for(control, ids))
        spoilt.append((name, value))
        changes.append(f"{deed} {name!r}: {value if isinstance(value, Upload) else value[:60]!r}")
    return tuple(spoilt), tuple(changes)


def odd_posts(forms: Sequence[PageForm], ids: Sequence[str]) -> st.SearchStrategy[OddRequest]:
    """One of the forms, filled in, one of its buttons pressed, and then spoilt."""

    @st.composite
    def made(draw: Any) -> OddRequest:
        form = draw(st.sampled_from(forms))
        filled_in = form.pairs(draw(st.integers(0, max(0, form.buttons - 1))))
        pairs, changes = draw(odd_pairs(form.controls, filled_in, ids))
        return OddRequest("post", form.path, form.query, form.page, pairs, form.is_multipart, changes)

    return made()  # not with the forms as arguments: hypothesis would write them all out as its name


def odd_gets(
    own: Sequence[str], foreign: Sequence[str], controls: Sequence[Control], ids: Sequence[str]
) -> st.SearchStrategy[OddRequest]:
    """An address with a query of which some is odd; of three addresses one is odd itself."""

    @st.composite
    def made(draw: Any) -> OddRequest:
        is_foreign = draw(st.integers(0, 2)) == 2 and foreign
        pairs, changes = draw(odd_pairs(controls, [], ids))
        query = encoded([(name, value if isinstance(value, str) else value.name) for name, value in pairs])
        path = draw(st.sampled_from(foreign if is_foreign else own))
        return OddRequest("get", path, query, changes=changes)

    return made()
