"""Asking the table: from a model's own description of its rows to queries and answers.

Nothing above this app is imported. A model says by lookup paths how its rows hang on an enrolment, an
organisation or a programme, and the queries are built from those strings.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q
from django.utils import timezone

from people.permissions.grants import GRANTS, NEVER_OWN, SUPPORTERS, Permission, Relation

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django_stubs_ext import StrPromise

    from people.models import User

ENROLMENT_MODEL = "programmes.Enrolment"
"""The one model above this app that it knows by name, because a person's roles start from it."""

Condition = Mapping[str, frozenset[str] | frozenset[bool]]
Conditions = Condition | tuple[Condition, ...]
"""One condition, or several of which any is enough."""


@dataclass(frozen=True)
class Shown:
    """A kind of personal data in a model's rows: what it is, in plain words, and which permission opens it.

    `logged` opens it too, but only after a reason was given, and each time is written down.
    """

    permission: Permission
    what: "str | StrPromise"
    logged: Permission | None = None


@dataclass(frozen=True)
class AccessPaths:
    """Lookup paths from a model's rows to what access hangs on; an empty path is the row itself.

    Rows with an `enrolment` path are reached through it. The enrolment's own model also names its learner and
    support roles. Rows without one name an organisation or a programme, or are for every member (`for_members`).
    `conditions` are the names used in GRANTS: for each field path the values that the row may have, or several such
    ways, of which any is enough; `condition_words`
    says them to the person whose data it is. `shown` are the kinds of personal data in the rows, for the page on who
    can see them; a model whose rows hang on no enrolment names there the path to the `person`.
    """

    enrolment: str | None = None
    organisation: str | None = None
    programme: str | None = None
    learner: str = ""
    support_roles: str = ""
    programme_roles: str = ""
    provider: str = ""
    for_members: bool = False
    conditions: Mapping[str, Conditions] = field(default_factory=dict)
    condition_words: Mapping[str, "str | StrPromise"] = field(default_factory=dict)
    shown: tuple[Shown, ...] = ()
    person: str = ""


def access_of(model: type[models.Model]) -> AccessPaths:
    """What the model says of itself."""
    paths: AccessPaths = model.access  # type: ignore[attr-defined]
    return paths


def follow(model: type[models.Model], path: str) -> type[models.Model]:
    """The model at the end of a lookup path."""
    for name in filter(None, path.split("__")):
        model = model._meta.get_field(name).related_model  # type: ignore[assignment]
    return model


def _at(*parts: str) -> str:
    """Lookup paths put behind one another; empty ones are the row itself."""
    return "__".join(part for part in parts if part)


def _held_today(model: type[models.Model], user: "User") -> models.QuerySet[Any]:
    """The person's dated rows of that model that hold today."""
    today = timezone.localdate()
    ends = Q(ends_on=None) | Q(ends_on__gte=today)
    return model._base_manager.filter(ends, person=user, starts_on__lte=today).order_by()


@dataclass(frozen=True)
class Roles:
    """What a person is today, as ids: where they belong, what they administer and lead, whom they support.

    `leads` are the programmes that they lead, `leads_at` the providers whose programmes they may make and lead: where
    they hold a membership as programme lead.

    `organisation_name` is that of the first organisation by name.

    A support or programme role counts only with a membership that holds on the same day: at the employer for mentor
    and manager, at the provider for coach and lead. Ending the membership is enough to end all access.
    """

    member_of: frozenset[int]
    administers: frozenset[int]
    leads: frozenset[int]
    leads_at: frozenset[int]
    supports: Mapping[Relation, frozenset[int]]
    organisation_name: str

    @property
    def sees_others(self) -> bool:
        """Whether a role of the person's, other than plain membership, opens data about somebody else."""
        return bool(self.administers or self.leads or any(self.supports.values()))


_memo: ContextVar[dict[int, Roles] | None] = ContextVar("roles_of_this_request", default=None)


@contextmanager
def roles_remembered() -> Iterator[None]:
    """Within it, a person's roles are worked out once: for the length of one request, never longer."""
    token = _memo.set({})
    try:
        yield
    finally:
        _memo.reset(token)


def roles_of(user: "User") -> Roles:
    """What the person is today; three small queries, or none when asked again in the same request."""
    memo = _memo.get()
    if memo is not None and user.pk in memo:
        return memo[user.pk]
    roles = _roles_from_rows(user)
    if memo is not None:
        memo[user.pk] = roles
    return roles


def _roles_from_rows(user: "User") -> Roles:
    enrolments = apps.get_model(ENROLMENT_MODEL)
    paths = access_of(enrolments)
    memberships = _held_today(apps.get_model("people.Membership"), user)
    belongs = list(memberships.values_list("organisation", "role", "organisation__name"))
    held = [(pk, role) for pk, role, _name in belongs]
    member_of = frozenset(organisation for organisation, _role in held)
    supports: dict[Relation, set[int]] = {relation: set() for relation in SUPPORTERS}
    named = _held_today(follow(enrolments, paths.support_roles), user)
    employer, provider = _at("enrolment", paths.organisation or ""), _at("enrolment", paths.provider)
    for role, enrolment, at_employer, at_provider in named.values_list(
        "role", "enrolment", employer, provider
    ):
        if (at_provider if role == Relation.COACH else at_employer) in member_of:
            supports[Relation(role)].add(enrolment)
    programmes = follow(enrolments, paths.programme or "")
    leading = _held_today(follow(programmes, access_of(programmes).programme_roles), user)
    organisation = _at("programme", access_of(programmes).organisation or "")
    return Roles(
        member_of=member_of,
        administers=frozenset(pk for pk, role in held if role == Relation.ORG_ADMIN),
        leads=frozenset(pk for pk, at in leading.values_list("programme", organisation) if at in member_of),
        leads_at=frozenset(pk for pk, role in held if role == Relation.PROGRAMME_LEAD),
        supports={relation: frozenset(ids) for relation, ids in supports.items()},
        organisation_name=min((name for _pk, _role, name in belongs), default=""),
    )


NOWHERE = Q(pk__in=[])
ANYWHERE = Q(pk__isnull=False)  # an empty Q() would vanish when put together with others by |


def relation_q(model: type[models.Model], user: "User", relation: Relation, roles: Roles | None = None) -> Q:
    """Which rows of `model` stand in `relation` to the person today; `roles` when they are known already."""
    paths, roles = access_of(model), roles or roles_of(user)
    if relation is Relation.ADMINISTRATOR:
        return ANYWHERE if user.is_administrator else NOWHERE
    if paths.enrolment is not None:
        enrolment = access_of(follow(model, paths.enrolment))
        return _enrolment_q(paths.enrolment, enrolment, user, relation, roles)
    if relation is Relation.PROGRAMME_LEAD and paths.programme is not None:
        return _among(_at(paths.programme, "pk"), roles.leads)
    if relation is Relation.MEMBER and paths.for_members:
        return ANYWHERE if roles.member_of else NOWHERE
    if relation in (ids := _organisations(roles)) and paths.organisation is not None:
        return _among(_at(paths.organisation, "pk"), ids[relation])
    return NOWHERE


def _organisations(roles: Roles) -> dict[Relation, frozenset[int]]:
    """In which organisations the person is what: for rows that hang on an organisation and on no programme."""
    return {
        Relation.MEMBER: roles.member_of,
        Relation.ORG_ADMIN: roles.administers,
        Relation.PROGRAMME_LEAD: roles.leads_at,
    }


def _among(path: str, ids: frozenset[int]) -> Q:
    return Q(**{f"{path}__in": sorted(ids)}) if ids else NOWHERE


def _enrolment_q(prefix: str, paths: AccessPaths, user: "User", relation: Relation, roles: Roles) -> Q:
    """The same for rows that hang on an enrolment, `prefix` away; `paths` are those of the enrolment."""
    if relation is Relation.LEARNER:
        return Q(**{_at(prefix, paths.learner): user.pk})
    if relation in SUPPORTERS:
        return _among(_at(prefix, "pk"), roles.supports[relation])
    if relation is Relation.PROGRAMME_LEAD:
        return _among(_at(prefix, paths.programme or ""), roles.leads)
    if relation is Relation.ORG_ADMIN:
        return _among(_at(prefix, paths.organisation or ""), roles.administers)
    return NOWHERE


def _ways(conditions: Conditions) -> tuple[Condition, ...]:
    return conditions if isinstance(conditions, tuple) else (conditions,)


def _condition_q(conditions: Conditions) -> Q:
    allowed = NOWHERE
    for condition in _ways(conditions):
        q = Q(**{f"{path}__in": sorted(values) for path, values in condition.items()})
        allowed = q if allowed == NOWHERE else allowed | q
    return allowed


def _condition_holds(record: models.Model, conditions: Conditions) -> bool:
    return any(
        all(_value_at(record, path) in values for path, values in condition.items())
        for condition in _ways(conditions)
    )


def _value_at(record: models.Model, path: str) -> Any:
    """What stands at the end of a lookup path; None where a row on the way is missing."""
    value: Any = record
    for name in path.split("__"):
        value = getattr(value, name, None)
    return value


def relations_to(user: "User | AnonymousUser", record: models.Model) -> frozenset[Relation]:
    """Every relation in which the person stands to the record today; one query beside the person's roles."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    paths, roles = access_of(type(record)), roles_of(user)
    found: set[Relation] = {Relation.ADMINISTRATOR} if user.is_administrator else set()
    if paths.enrolment is not None:
        return frozenset(found | _enrolment_relations(user, record, paths.enrolment, roles))
    if paths.programme is not None and _value(record, _at(paths.programme, "pk")) in roles.leads:
        found.add(Relation.PROGRAMME_LEAD)
    if paths.organisation is not None:
        organisation = _value(record, _at(paths.organisation, "pk"))
        held = {relation for relation, ids in _organisations(roles).items() if organisation in ids}
        found |= held if paths.programme is None else held - {Relation.PROGRAMME_LEAD}
    if paths.for_members and roles.member_of:
        found.add(Relation.MEMBER)
    return frozenset(found)


def _value(record: models.Model, path: str) -> Any:
    return type(record)._base_manager.filter(pk=record.pk).values_list(path, flat=True).first()


def _enrolment_relations(user: "User", record: models.Model, prefix: str, roles: Roles) -> set[Relation]:
    paths = access_of(follow(type(record), prefix))
    wanted = ("pk", paths.learner, paths.programme or "", paths.organisation or "")
    rows = (
        type(record)._base_manager.filter(pk=record.pk).values_list(*(_at(prefix, path) for path in wanted))
    )
    row = rows.first()
    if row is None:
        return set()
    enrolment, learner, programme, organisation = row
    found = {relation for relation, ids in roles.supports.items() if enrolment in ids}
    found |= {Relation.LEARNER} if learner == user.pk else set()
    found |= {Relation.PROGRAMME_LEAD} if programme in roles.leads else set()
    found |= {Relation.ORG_ADMIN} if organisation in roles.administers else set()
    return found


@dataclass(frozen=True)
class Standing:
    """A person's relations to one record, asked once and used for several permissions."""

    record: models.Model
    relations: frozenset[Relation]

    def may(self, permission: Permission) -> bool:
        """Whether GRANTS gives the permission to one of the relations, on a row in this state."""
        if permission in NEVER_OWN and Relation.LEARNER in self.relations:
            return False
        conditions = access_of(type(self.record)).conditions
        return any(
            not name or _condition_holds(self.record, conditions[name])
            for relation, name in GRANTS[permission].items()
            if relation in self.relations
        )

    def holds(self, permission: Permission) -> bool:
        """Whether GRANTS gives the permission on at least some of the rows that hang on this record."""
        return not self.relations.isdisjoint(GRANTS[permission])


def standing_of(user: "User | AnonymousUser", record: models.Model) -> Standing:
    """The person's standing to the record, as of today."""
    return Standing(record, relations_to(user, record))


def can(user: "User | AnonymousUser", permission: Permission, record: models.Model) -> bool:
    """Whether the person holds the permission on this record today. For several questions use standing_of()."""
    return standing_of(user, record).may(permission)


class PermittedQuerySet(models.QuerySet[Any]):
    """A queryset that knows who may see its rows. The model declares `access`."""

    def permitted_to(self, user: "User | AnonymousUser", permission: Permission) -> Self:
        """The rows on which the person holds the permission today; none for a visitor."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        conditions, roles = access_of(self.model).conditions, roles_of(user)
        allowed = NOWHERE
        for relation, name in GRANTS[permission].items():
            q = relation_q(self.model, user, relation, roles)
            if q != NOWHERE:
                q = q & _condition_q(conditions[name]) if name else q
                allowed = q if allowed == NOWHERE else allowed | q
        rows = self.filter(allowed)
        if permission in NEVER_OWN:
            rows = rows.exclude(relation_q(self.model, user, Relation.LEARNER, roles))
        return rows
