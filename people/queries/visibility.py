"""Who can see a person's data today: read from GRANTS and today's roles, the way rights themselves are.

Models say by `access.shown` which kinds of personal data their rows hold; GRANTS says which relations open each;
today's support roles, programme roles and memberships say who stands in these relations. Nothing here is a copy.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.models import Membership, User
from people.permissions import (
    ENROLMENT_MODEL,
    GRANTS,
    AccessPaths,
    Permission,
    Relation,
    Shown,
    access_of,
    follow,
)

ROLE_NAMES: Mapping[Relation, Promise] = {
    Relation.LEARNER: _("Learner"),
    Relation.COACH: _("Coach"),
    Relation.MENTOR: _("Workplace mentor"),
    Relation.MANAGER: _("Line manager"),
    Relation.PROGRAMME_LEAD: _("Programme lead"),
    Relation.ORG_ADMIN: _("Organisation administrator"),
    Relation.ADMINISTRATOR: _("Administrator"),
    Relation.MEMBER: _("Member"),
}
SUPPORTERS = (Relation.COACH, Relation.MENTOR, Relation.MANAGER)
Holders = Mapping[Relation, list[User]]


@dataclass(frozen=True)
class Viewer:
    """People who see a kind of data in one role; `condition` says of which rows, "" for all."""

    role: str
    people: list[User]
    condition: str


@dataclass(frozen=True)
class KindOfData:
    """One kind of data: who sees it, and which roles only with a reason that is written down."""

    what: str
    viewers: list[Viewer]
    logged_roles: list[str]


@dataclass(frozen=True)
class Place:
    """A programme or an organisation, with the kinds of data that the person has there."""

    title: str
    kinds: list[KindOfData]


def places_of(person: User) -> list[Place]:
    """Every programme and organisation in which the site holds data of the person, with who may see what today.

    A fixed number of queries, however many places there are. The person is not among those named.
    """
    return [*_programmes(person), *_organisations(person)]


def _today() -> Q:
    """Dated rows that hold today."""
    day = timezone.localdate()
    return (Q(ends_on=None) | Q(ends_on__gte=day)) & Q(starts_on__lte=day)


def _programmes(person: User) -> Iterator[Place]:
    enrolments: Any = apps.get_model(ENROLMENT_MODEL)
    paths = access_of(enrolments)
    programme, provider = paths.programme or "", paths.provider
    rows = enrolments._base_manager.filter(**{paths.learner: person}).select_related(programme)
    wanted = {"_programme": models.F(programme), "_provider": models.F(provider)}
    rows = list(rows.annotate(**wanted).order_by("-starts_on", "pk"))
    employers = {row.pk: getattr(row, f"{paths.organisation}_id") for row in rows}
    members = _members({*employers.values(), *(row._provider for row in rows)})
    supporters = _supporters(enrolments, paths, [row.pk for row in rows])
    leads = _leads(follow(enrolments, programme), {row._programme for row in rows})
    administrators = _administrators()
    kinds = [(model, shown) for model, shown in _shown() if access_of(model).enrolment is not None]
    for row in rows:
        employer = employers[row.pk]
        holders: dict[Relation, list[User]] = {
            relation: _belonging(
                supporters[row.pk, relation],
                members[row._provider if relation is Relation.COACH else employer],
            )
            for relation in SUPPORTERS
        }
        holders[Relation.PROGRAMME_LEAD] = _belonging(leads[row._programme], members[row._provider])
        holders[Relation.ORG_ADMIN] = _in_role(members[employer], Membership.Role.ORG_ADMIN)
        holders[Relation.ADMINISTRATOR] = administrators
        title = str(_value(row, programme))
        yield Place(title, [_kind(model, shown, holders, person) for model, shown in kinds])


def _organisations(person: User) -> Iterator[Place]:
    kinds = [(model, shown) for model, shown in _shown() if access_of(model).person]
    own = Membership.objects.current(on=timezone.localdate()).filter(person=person)
    organisations = {row.organisation for row in own.select_related("organisation")}
    members = _members({organisation.pk for organisation in organisations})
    administrators = _administrators()
    for organisation in sorted(organisations, key=lambda found: found.name):
        here = members[organisation.pk]
        holders = {
            Relation.MEMBER: [membership.person for membership in here],
            Relation.ORG_ADMIN: _in_role(here, Membership.Role.ORG_ADMIN),
            Relation.ADMINISTRATOR: administrators,
        }
        found = [_kind(model, shown, holders, person) for model, shown in kinds]
        yield Place(organisation.name, found)


def _shown() -> Iterator[tuple[type[models.Model], Shown]]:
    """Every kind of personal data that a model announces, in the order of apps and models."""
    for model in apps.get_models():
        paths: AccessPaths | None = getattr(model, "access", None)
        for shown in paths.shown if paths is not None else ():
            yield model, shown


def _kind(model: type[models.Model], shown: Shown, holders: Holders, person: User) -> KindOfData:
    words = access_of(model).condition_words
    viewers = []
    for relation, condition in _granted(shown.permission):
        people = [found for found in _once(holders.get(relation, [])) if found.pk != person.pk]
        if people:
            viewers.append(Viewer(str(ROLE_NAMES[relation]), people, str(words.get(condition, ""))))
    logged = _granted(shown.logged) if shown.logged is not None else []
    return KindOfData(
        str(shown.what), viewers, [str(ROLE_NAMES[relation]) for relation, _condition in logged]
    )


def _granted(permission: Permission) -> list[tuple[Relation, str]]:
    """The relations that open it to others than the person, in one order on the whole page."""
    grants = GRANTS[permission]
    others = [relation for relation in ROLE_NAMES if relation is not Relation.LEARNER]
    return [(relation, grants[relation]) for relation in others if relation in grants]


def _members(organisations: set[int]) -> dict[int, list[Membership]]:
    """Today's memberships by organisation, of people who can sign in."""
    rows = Membership.objects.filter(_today(), organisation__in=organisations, person__is_active=True)
    found: dict[int, list[Membership]] = defaultdict(list)
    for row in rows.select_related("person").order_by("person__display_name", "pk"):
        found[row.organisation_id].append(row)
    return found


def _in_role(members: Iterable[Membership], role: str) -> list[User]:
    return [membership.person for membership in members if membership.role == role]


def _belonging(people: Iterable[User], members: Iterable[Membership]) -> list[User]:
    """Those who belong to the organisation today: without a membership a role is void."""
    ids = {membership.person_id for membership in members}
    return [person for person in people if person.pk in ids]


def _supporters(
    enrolments: type[models.Model], paths: AccessPaths, ids: list[int]
) -> dict[tuple[int, str], list[User]]:
    """Today's supporters by enrolment and role."""
    model = follow(enrolments, paths.support_roles)
    rows = model._base_manager.filter(_today(), enrolment__in=ids, person__is_active=True)
    found: dict[tuple[int, str], list[User]] = defaultdict(list)
    for row in rows.select_related("person").order_by("person__display_name", "pk"):
        found[row.enrolment_id, row.role].append(row.person)  # type: ignore[attr-defined]
    return found


def _leads(programmes: type[models.Model], ids: set[int]) -> dict[int, list[User]]:
    """Today's leads by programme."""
    model = follow(programmes, access_of(programmes).programme_roles)
    rows = model._base_manager.filter(_today(), programme__in=ids, person__is_active=True)
    found: dict[int, list[User]] = defaultdict(list)
    for row in rows.select_related("person").order_by("person__display_name", "pk"):
        found[row.programme_id].append(row.person)  # type: ignore[attr-defined]
    return found


def _administrators() -> list[User]:
    return list(User.objects.filter(is_administrator=True, is_active=True))


def _once(people: Iterable[User]) -> list[User]:
    return list({person.pk: person for person in people}.values())


def _value(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row
