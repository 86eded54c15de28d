"""What a list of people would do, line by line: worked out anew each time, with the same few queries for any length."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.tags import Tag
from core.texts import LANGUAGES, column
from people.models import Invitation, Membership, User
from programmes.models import Cohort, Enrolment, PeopleImport, Programme, SupportRole
from programmes.queries.choices import people_of
from programmes.queries.people_lists import PersonLine, Remark, day_param

ENDED = frozenset({Enrolment.Status.COMPLETED.value, Enrolment.Status.WITHDRAWN.value})
FULL_WEEK = 40 * 60
SUPPORT = ("coach", "mentor", "manager")

# What a line comes to, in the order in which the counts are shown.
KINDS = {
    "new": (gettext_lazy("Invite and enrol"), "envelope"),
    "other": (gettext_lazy("Invite and enrol: has an account, belongs elsewhere"), "envelope"),
    "invited": (gettext_lazy("Enrol: is invited already"), "hourglass"),
    "member": (gettext_lazy("Enrol: belongs to the employer"), "plus-lg"),
    "change": (gettext_lazy("Change the enrolment"), "pencil"),
    "unchanged": (gettext_lazy("Nothing changes"), "check-circle"),
    "fault": (gettext_lazy("Left out"), "exclamation-triangle"),
}
DONE = {
    "new": gettext_lazy("Invited and enrolled"),
    "other": gettext_lazy("Invited and enrolled: has an account, belongs elsewhere"),
    "invited": gettext_lazy("Enrolled: was invited already"),
    "member": gettext_lazy("Enrolled: belongs to the employer"),
    "change": gettext_lazy("Enrolments changed"),
    "unchanged": gettext_lazy("Nothing changed"),
    "fault": gettext_lazy("Left out"),
}
"""The same once it is done."""

INVITES = frozenset({"new", "other"})
ENROLS = INVITES | {"invited", "member"}


@dataclass(frozen=True)
class PlannedLine:
    """What one line comes to. `support` names who takes which role anew; `enrolment` is the one that is there."""

    line: PersonLine
    kind: str
    faults: Sequence[Remark] = ()
    person: User | None = None
    enrolment: Enrolment | None = None
    team: int | None = None
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    minutes: int = FULL_WEEK
    support: Mapping[str, User] = field(default_factory=dict)
    changes: Sequence[str] = ()


@dataclass(frozen=True)
class ShownLine:
    """A line as the preview shows it; name and address are empty where the line could not be read."""

    line: int
    name: str
    email: str
    tag: Tag
    texts: Sequence[str]


def _tag(kind: str) -> Tag:
    word, icon = KINDS[kind]
    tone: Any = {"fault": "warning", "unchanged": "neutral"}.get(kind, "info")
    return Tag(tone, icon, str(word), is_plain=kind == "unchanged")


@dataclass(frozen=True)
class Plan:
    """All lines of a list, and the faults of those that could not be read."""

    lines: Sequence[PlannedLine]
    unreadable: Sequence[Remark]

    @property
    def faults(self) -> list[Remark]:
        """Everything that is wrong, in the order of the lines."""
        found = [*self.unreadable, *(fault for line in self.lines for fault in line.faults)]
        return sorted(found, key=lambda fault: fault.line or 0)

    @property
    def faulty_lines(self) -> int:
        """How many lines would be left out."""
        return len({fault.line for fault in self.faults})

    @property
    def counts(self) -> Counter[str]:
        """How many lines come to what."""
        return Counter(line.kind for line in self.lines if line.kind != "fault")

    def shown(self, *, only_faults: bool = False) -> list["ShownLine"]:
        """Every line for a table, in the order of the list: what it comes to, or what is wrong with it."""
        unread: dict[int | None, list[str]] = {}
        for fault in self.unreadable:
            unread.setdefault(fault.line, []).append(fault.text)
        rows = [ShownLine(line or 0, "", "", _tag("fault"), texts) for line, texts in unread.items()]
        rows += [
            ShownLine(
                found.line.line,
                found.line.name,
                found.line.email,
                _tag(found.kind),
                [fault.text for fault in found.faults] or found.changes,
            )
            for found in self.lines
            if not only_faults or found.faults
        ]
        return sorted(rows, key=lambda row: row.line)

    @property
    def does_nothing(self) -> bool:
        """Whether no line that can be used changes anything."""
        return set(self.counts) <= {"unchanged"}


def lines_of(people_import: PeopleImport, *, start: int = 0, stop: int | None = None) -> list[PersonLine]:
    """The people of a list, as read."""
    return [PersonLine.restored(stored) for stored in people_import.rows[start:stop]]


def plan_of(people_import: PeopleImport, *, on: dt.date) -> Plan:
    """What the list would do on that day."""
    unreadable = [Remark.restored(stored) for stored in people_import.faults]
    return Plan(plan_lines(people_import, lines_of(people_import), on=on), unreadable)


def plan_lines(people_import: PeopleImport, lines: Sequence[PersonLine], *, on: dt.date) -> list[PlannedLine]:
    """What these lines of the list would do on that day."""
    known = _Known(people_import, lines, on)
    return [known.plan(line) for line in lines]


class _Known:
    """What the database says about everybody whom the lines name."""

    def __init__(self, people_import: PeopleImport, lines: Sequence[PersonLine], on: dt.date) -> None:
        self.people_import, self.on = people_import, on
        self.employer, self.cohort = people_import.employer, people_import.cohort
        self.programme: Programme = self.cohort.programme
        emails = {line.email for line in lines} | {getattr(line, role) for line in lines for role in SUPPORT}
        self.people = {row.email: row for row in User.objects.filter(email__in=emails - {""})}
        ids = [row.pk for row in self.people.values()]
        self.members = _among(people_of(self.employer, on=on), ids)
        coach, provider = Membership.Role.COACH.value, self.programme.organisation
        self.coaches = _among(people_of(provider, on=on, role=coach), ids)
        self.to_come = _among(people_of(self.employer, on=on, or_invited=True), ids)
        waiting = Invitation.objects.pending(at=timezone.now())
        waiting = waiting.filter(organisation=self.employer, person__in=ids)
        self.invited = set(waiting.values_list("person", flat=True))
        current = Membership.objects.current(on=on).filter(person__in=ids)
        self.belong = set(current.values_list("person", flat=True))
        self.teams = {name.casefold(): pk for pk, name in self.employer.teams.values_list("pk", "name")}
        rows = Enrolment.objects.filter(cohort=self.cohort, learner__in=ids)
        self.enrolments = {row.learner_id: row for row in rows.select_related("learner")}
        self.support = self._support()

    def _support(self) -> dict[tuple[int, str], int]:
        """Who holds a role of an enrolment now or later and until further notice."""
        rows = SupportRole.objects.filter(
            Q(ends_on=None) | Q(ends_on__gte=self.on), enrolment__in=self.enrolments.values(), covers=None
        )
        held = rows.order_by("starts_on", "pk").values_list("enrolment", "role", "person")
        return {(enrolment, role): person for enrolment, role, person in held}

    def plan(self, line: PersonLine) -> PlannedLine:
        """What the line comes to."""
        person = self.people.get(line.email)
        enrolment = self.enrolments.get(person.pk) if person else None
        starts_on = line.starts_on or self.cohort.starts_on
        lasts = dt.timedelta(weeks=self.programme.duration_weeks, days=-1)
        faults = [
            *self._faults_of_person(line, person, enrolment),
            *self._faults_of_place(line),
            *self._faults_of_start(line, self.cohort.starts_on + lasts),
            *self._faults_of_support(line),
        ]
        named = {role: self.people.get(getattr(line, role)) for role in SUPPORT}
        found: dict[str, Any] = {
            "person": person,
            "enrolment": enrolment,
            "team": self.teams.get(line.team.casefold()),
            "starts_on": starts_on,
            "ends_on": starts_on + lasts,
            "minutes": line.minutes or FULL_WEEK,
        }
        if faults:
            return PlannedLine(line, "fault", faults, **found)
        if enrolment is not None:
            support = self._new_support(named, enrolment)
            changes = self._changes(line, found["team"], enrolment, support)
            return PlannedLine(
                line, "change" if changes else "unchanged", support=support, changes=changes, **found
            )
        support = {role: holder for role, holder in named.items() if holder is not None}
        return PlannedLine(line, self._kind(person), support=support, **found)

    def _kind(self, person: User | None) -> str:
        if person is None:
            return "new"
        if person.pk in self.members:
            return "member"
        if person.pk in self.invited:
            return "invited"
        return "other" if person.pk in self.belong else "new"

    def _new_support(self, named: Mapping[str, User | None], enrolment: Enrolment) -> dict[str, User]:
        return {
            role: holder
            for role, holder in named.items()
            if holder is not None and self.support.get((enrolment.pk, role)) != holder.pk
        }

    def _changes(
        self, line: PersonLine, team: int | None, enrolment: Enrolment, support: Mapping[str, User]
    ) -> list[str]:
        """What the list says otherwise than the enrolment; nothing once it has ended. Dates are changed on its page."""
        if enrolment.status in ENDED:
            return []
        changes = []
        if team is not None and team != enrolment.team_id:
            changes.append(_("Team: %(name)s") % {"name": line.team})
        if line.minutes and line.minutes != enrolment.contracted_minutes_a_week:
            changes.append(_("Contracted hours a week"))
        labels = dict(SupportRole.Role.choices)
        return [
            *changes,
            *(
                _("%(role)s: %(name)s") % {"role": labels[role], "name": holder.display_name}
                for role, holder in support.items()
            ),
        ]

    def _faults_of_person(
        self, line: PersonLine, person: User | None, enrolment: Enrolment | None
    ) -> Iterable[Remark]:
        if person is None:
            return
        if person.pk == self.people_import.uploaded_by_id:
            yield Remark(line.line, "own_email")
        elif not person.is_active:
            yield Remark(line.line, "closed")
        elif enrolment is not None and enrolment.organisation_id != self.employer.pk:
            yield Remark(line.line, "elsewhere")

    def _faults_of_place(self, line: PersonLine) -> Iterable[Remark]:
        if line.team and line.team.casefold() not in self.teams:
            yield Remark(line.line, "unknown_team", {"value": line.team[:60]})
        if line.employer and line.employer.casefold() != self.employer.name.casefold():
            params = {"value": line.employer[:60], "employer": self.employer.name}
            yield Remark(line.line, "other_employer", params)
        if line.cohort and line.cohort.casefold() != self.cohort.name.casefold():
            yield Remark(line.line, "other_cohort", {"value": line.cohort[:60], "cohort": self.cohort.name})
        if line.programme and line.programme.casefold() not in _names_of(self.programme):
            params = {"value": line.programme[:60], "programme": self.programme.code}
            yield Remark(line.line, "other_programme", params)

    def _faults_of_start(self, line: PersonLine, last: dt.date) -> Iterable[Remark]:
        if line.starts_on and not self.cohort.starts_on <= line.starts_on <= last:
            params = {"first": day_param(self.cohort.starts_on), "last": day_param(last)}
            yield Remark(line.line, "outside", params)

    def _faults_of_support(self, line: PersonLine) -> Iterable[Remark]:
        for role in SUPPORT:
            email = getattr(line, role)
            if not email:
                continue
            holder = self.people.get(email)
            fits = self.coaches if role == "coach" else self.to_come
            if email == line.email:
                yield Remark(line.line, "own_supporter", {"value": email[:60]})
            elif holder is None or holder.pk not in fits or not holder.is_active:
                yield Remark(line.line, f"no_{role}", {"value": email[:60]})


def _among(people: QuerySet[User], ids: Collection[int]) -> set[int]:
    return set(people.filter(pk__in=ids).order_by().values_list("pk", flat=True))


def _names_of(programme: Programme) -> set[str]:
    """The programme's code and its title in every language, as people type them."""
    titles = (getattr(programme, column("title", language)) for language in LANGUAGES)
    return {name.casefold() for name in (programme.code, *titles) if name}


@dataclass(frozen=True)
class Count:
    """How many lines came to something, in words."""

    kind: str
    label: str
    number: int


def counted(counts: Mapping[str, int], left_out: int = 0, *, is_done: bool = False) -> list[Count]:
    """The counts in the order of KINDS, without what there is none of; in words of what was done if `is_done`."""
    numbers = {**counts, "fault": left_out}
    words = DONE if is_done else {kind: word for kind, (word, _icon) in KINDS.items()}
    return [Count(kind, str(words[kind]), numbers[kind]) for kind in KINDS if numbers.get(kind)]


def imports_of(cohort: Cohort, person: User) -> QuerySet[PeopleImport]:
    """The person's latest lists for the cohort, without the people in them."""
    rows = PeopleImport.objects.filter(cohort=cohort, uploaded_by=person).select_related("employer")
    return rows.defer("rows", "faults", "notes", "failures").order_by("-uploaded_at", "-pk")[:10]


def runs_to_go_on() -> QuerySet[PeopleImport]:
    """Lists that somebody said yes to and that are not done, the oldest first."""
    return PeopleImport.objects.filter(status=PeopleImport.Status.RUNNING).order_by("uploaded_at", "pk")
