"""What a list of people says, line by line, and what can be wrong with it, in words."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

MAX_LINES = 5_000
MAX_BYTES = 5 * 1024 * 1024
HOURS_AT_MOST = 80

FAULTS = {
    "unreadable": _("The quotation marks in this line do not match, or a cell is too long."),
    "columns": _("This line has %(number)s cells and the first line names %(expected)s columns."),
    "no_email": _("There is no e-mail address."),
    "bad_email": _("“%(value)s” is not an e-mail address."),
    "double_email": _("The same e-mail address is on line %(first)s already."),
    "own_email": _("This is your own e-mail address. You cannot enrol yourself."),
    "no_name": _("There is no name."),
    "long_name": _("The name has to have 2 to 120 characters."),
    "bad_language": _("“%(value)s” is not a language of the portal. Write en, es or pl."),
    "bad_day": _("“%(value)s” is not a day. Write it as 2026-09-01 or 01/09/2026, the day first."),
    "outside": _("The start is outside the programme, which runs from %(first)s to %(last)s."),
    "bad_hours": _("“%(value)s” is not a number of hours a week between 1 and %(most)s."),
    "unknown_team": _("The employer has no team “%(value)s”."),
    "other_employer": _("“%(value)s” is another employer. This list is for %(employer)s."),
    "other_cohort": _("“%(value)s” is another cohort. This list is for %(cohort)s."),
    "other_programme": _("“%(value)s” is another programme. This list is for %(programme)s."),
    "no_coach": _("Nobody with the address %(value)s coaches at the training provider today."),
    "no_mentor": _(
        "The workplace mentor %(value)s does not belong to the employer. Invite them there first."
    ),
    "no_manager": _("The line manager %(value)s does not belong to the employer. Invite them there first."),
    "own_supporter": _("Nobody can support themselves: %(value)s is the learner."),
    "elsewhere": _("This person is in the cohort already, with another employer."),
    "closed": _("This person cannot be enrolled. Ask an administrator."),
    "changed": _("Something changed since the preview, so this line was left alone. Send the list again."),
    "not_permitted": _("You may no longer enrol people here, so this line was left alone."),
}
"""What is wrong with a line, by code: stored as the code and its params, said in the reader's language."""

NOTES = {
    "guessed": _("The file is not UTF-8 and was read as %(encoding)s: check the accented letters."),
    "passwords": _("The column with passwords was not read. People choose their own when they join."),
    "ignored": _("These columns were not read: %(names)s."),
    "role": _("Left out: the role is “%(value)s”, and only learners are read."),
    "inactive": _("Left out: the list says that this person is no longer active."),
}


@dataclass(frozen=True)
class Remark:
    """Something about one line, counted from 1, or without a line about the whole list."""

    line: int | None
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What it says, in the reader's language."""
        shown = {name: _shown(value) for name, value in self.params.items()}
        return str((FAULTS | NOTES)[self.code]) % shown

    def stored(self) -> dict[str, Any]:
        """The remark for a JSON column."""
        return {"line": self.line, "code": self.code, "params": dict(self.params)}

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Self:
        """The remark that stored() gave."""
        return cls(stored["line"], stored["code"], stored["params"])


def _shown(value: Any) -> Any:
    """Days are stored as the standard writes them and shown as the reader does."""
    if isinstance(value, Mapping):
        return date_format(dt.date.fromisoformat(value["day"]))
    return value


def day_param(day: dt.date) -> dict[str, str]:
    """A day among the params of a remark."""
    return {"day": day.isoformat()}


@dataclass(frozen=True)
class PersonLine:
    """One learner as a list names them; an empty value is one that the list does not say."""

    line: int
    email: str
    name: str
    language: str = ""
    team: str = ""
    cohort: str = ""
    programme: str = ""
    employer: str = ""
    coach: str = ""
    mentor: str = ""
    manager: str = ""
    starts_on: dt.date | None = None
    minutes: int | None = None

    def stored(self) -> dict[str, Any]:
        """The line for a JSON column, without what it does not say."""
        found = {name: value for name, value in asdict(self).items() if value not in ("", None)}
        if self.starts_on is not None:
            found["starts_on"] = self.starts_on.isoformat()
        return found

    @classmethod
    def restored(cls, stored: Mapping[str, Any]) -> Self:
        """The line that stored() gave."""
        day = stored.get("starts_on")
        return cls(**{**stored, "starts_on": dt.date.fromisoformat(day) if day else None})


@dataclass(frozen=True)
class ParsedPeople:
    """A list as read: lines without a fault of their own, the faults, the notes; `source` is the kind of list."""

    lines: Sequence[PersonLine]
    faults: Sequence[Remark]
    notes: Sequence[Remark]
    source: str
