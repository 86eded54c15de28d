"""Two thousand odd requests to every form and filter: the form again, a redirect, 400, 403, 404 or 405, never a fault.

Where to is found, not listed: every declared route × the personas who may use it, the forms as they stand on the pages.
Nothing of the other organisation appears in an answer or is changed. PostgreSQL is what counts: SQLite takes a NUL.
"""

import traceback
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote, urlsplit
from zlib import crc32

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection, models, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from people.models import User
from programmes.models import Reflection
from tests.factories import people as p
from tests.factories import programmes as f
from tests.standing.fuzz import (
    PASSWORD,
    QUERY_NAMES,
    Control,
    OddRequest,
    PageForm,
    odd_gets,
    odd_posts,
    read_page,
)
from tests.standing.test_routes import ROUTES, answer_of, rows_of
from tests.worlds import PERSONAS, Side, World

FINE = {200, 302, 400, 403, 404, 405}
GETS, POSTS, AT_LEAST = 9, 21, 2000
WHO = (*PERSONAS, "administrator", "outsider", "visitor")
"""Who sends: the other side's people would send the same."""
ALONE = 2
"""Among how many personas the examples of a route are shared out."""
MARK = "Zzbirchzz"
"""Stands in every name of the other side's, and nowhere else."""


@dataclass(frozen=True)
class Target:
    """A route and a method, and how many odd requests one persona sends there."""

    label: str
    method: str
    examples: int

    @property
    def name(self) -> str:
        return self.label.split()[0]


def users_of(label: str, method: str) -> list[str]:
    """At most two personas: of those who get the page, else of those whom the route sends on, else of all."""
    route = ROUTES[label]
    declared = route.get if method == "get" else route.post or {405: "*"}
    of_visitor = route.visitor[0 if method == "get" else 1]
    answers = {who: of_visitor if who == "visitor" else answer_of(declared, who) for who in WHO}
    found: list[str] = []
    for wanted in (200, 302, 403, 404, 405):
        found = found or [who for who in WHO if answers[who] == wanted]
    if len(found) <= ALONE:
        return found
    start = crc32(label.encode()) % len(found)  # not always the same two
    chosen = (found + found)[start : start + ALONE]
    if (
        method == "post" and "coach" in found
    ):  # to whom the pages show most of the forms that everybody may send
        chosen = ["coach", next(who for who in chosen if who != "coach")]
    return chosen


def targets() -> dict[str, list[Target]]:
    made: dict[str, list[Target]] = {who: [] for who in WHO}
    for label, route in ROUTES.items():
        for method, examples in (("get", GETS), ("post", POSTS)):
            if method == "post" and route.post is None:
                continue
            users = users_of(label, method)
            for who in users:
                made[who].append(Target(label, method, -(-examples // len(users))))
    return made


TARGETS = targets()


# The ground -----------------------------------------------------------------------------


NAMES = {"name", "title", "title_en", "display_name", "original_name"}


def of_the_other_side(side: Side) -> dict[type[models.Model], set[Any]]:
    """Rows of every kind that belong to them: what hangs on their people, organisations and programme."""
    made = {"enrolment": side.enrolment, "strategy": side.strategy}
    for fields in ({"kind": "on_job"}, {"kind": "on_job", "sent": True}, {"kind": "off_job", "sent": True}):
        entry = f.ActivityFactory(**made, **fields)
        Reflection.objects.create(entry=entry, text=MARK)
        f.EvidenceFactory(entry=entry, file="cd/sample.txt")
    p.InvitationFactory(organisation=side.employer)
    owned: dict[type[models.Model], set[Any]] = {User: {getattr(side, name).pk for name in PERSONAS}}
    for row in (side.employer, side.provider, side.programme, side.cohort, side.enrolment):
        owned.setdefault(type(row), set()).add(row.pk)
    number = 0
    while number != (number := sum(map(len, owned.values()))):
        for model, hanging in watched(owned).items():
            owned.setdefault(model, set()).update(hanging.values_list("pk", flat=True))
    for model, keys in owned.items():
        for column in model._meta.concrete_fields:
            if column.name in NAMES:
                for key in keys:
                    model._base_manager.filter(pk=key).update(**{column.name: f"{MARK} {key}"})
    return owned


def watched(owned: dict[type[models.Model], set[Any]]) -> dict[type[models.Model], models.QuerySet[Any]]:
    """For every model the rows that are theirs, or point to one of theirs; new ones too."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        hanging = models.Q(pk__in=owned.get(model, ()))
        for column in model._meta.concrete_fields:
            if column.is_relation and column.related_model in owned:
                hanging |= models.Q(**{f"{column.name}__in": owned[column.related_model]})
        found[model] = model._base_manager.filter(hanging).order_by("pk")
    return found


@dataclass
class Ground:
    """One persona's portal: the browser, the forms on all pages, the ids to try, the rows to watch."""

    who: str
    client: Client
    rows: dict[str, Any]
    more: dict[str, list[Any]]
    foreign: list[str]
    theirs: dict[type[models.Model], models.QuerySet[Any]]
    forms: list[PageForm] = field(default_factory=list)
    query_names: set[str] = field(default_factory=lambda: set(QUERY_NAMES))
    before: list[Any] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        """Keys of rows of every kind, ours and theirs."""
        return [*map(str, self.rows.values()), *self.foreign]

    def walk(self, labels: Iterable[str]) -> None:
        """Read the forms of every page that opens."""
        for label in labels:
            for path in self.paths(label):
                for form in self.read(path):
                    if form.method == "get" and form.path == path:  # some pages ask one thing before the next
                        self.read(f"{path}?{form.filled_in()}")
        self.before = self.state_of_theirs()

    def read(self, path: str) -> list[PageForm]:
        """Read the forms of one page; gives those that were new."""
        response = self.ask("get", path)
        if response.status_code != 200 or "html" not in response["Content-Type"]:
            return []
        forms, names = read_page(response.text, path)
        new = [form for form in forms if form not in self.forms]
        self.forms += new
        self.query_names |= names
        return new

    def paths(self, label: str) -> list[str]:
        """The route's address with our row of each kind, and with the others that it may be about."""
        args, name = ROUTES[label].args, label.split(maxsplit=1)[0]
        found = [reverse(name, args=[self.rows[arg] for arg in args])]
        for place, arg in enumerate(args):
            for key in self.more.get(arg, ()):
                given_args = [self.rows[each] for each in args]
                given_args[place] = key
                found.append(reverse(name, args=given_args))
        return found

    def foreign_paths(self, label: str) -> list[str]:
        """The same with an odd id in place of each of ours."""
        here, args = self.paths(label)[0], ROUTES[label].args
        odd = [*self.foreign, "0", "9" * 30, "-1", "abc", "\x00", "\u202e", "a" * 3000]
        return [here.replace(f"/{self.rows[arg]}/", f"/{quote(key)}/") for arg in args for key in odd]

    def forms_to(self, target: Target) -> list[PageForm]:
        """The forms on any page that go there; else one with the fields that are declared for the route."""
        paths = self.paths(target.label)
        found = [form for form in self.forms if form.method == "post" and form.path in paths]
        if not found:
            found = [PageForm(path, "post", path, False, []) for path in paths]
        return [form.with_values(ROUTES[target.label].body) for form in found]

    def filters_of(self, target: Target) -> list[Control]:
        """The fields of the filters on the page, and whatever else stands in an address somewhere."""
        paths = self.paths(target.label)
        named = [
            c for form in self.forms if form.method == "get" and form.path in paths for c in form.controls
        ]
        return [*named * 3, *(Control(name, "text") for name in sorted(self.query_names))]

    def ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> Any:
        response = self.client.generic(method.upper(), path, body, content_type=kind or "text/plain")
        if response.streaming:
            b"".join(response.streaming_content)
        return response

    def state_of_theirs(self) -> list[Any]:
        return [list(rows.values_list()) for rows in self.theirs.values()]

    def send(self, odd: OddRequest) -> None:
        """Send it, follow where it leads to, look at what it did; all that is forgotten afterwards."""
        cookies = self.client.cookies.output()
        cache.clear()  # rate limits start anew
        with transaction.atomic():
            body, kind = odd.body() if odd.method == "post" else (b"", "")
            address = f"{odd.path}?{odd.query}" if odd.query else odd.path
            response = self.ask(odd.method, address, body, kind)
            self.look_at(odd, response)
            if response.status_code == 302 and response["Location"].startswith("/"):
                self.look_at(odd, self.ask("get", response["Location"]))
            elif odd.page and urlsplit(odd.page).path != odd.path:  # kept by its script, it is shown again
                self.look_at(odd, self.ask("get", odd.page))
            if odd.method == "post":
                connection.check_constraints()  # foreign keys are compared at the end of a transaction only
                assert self.who == "administrator" or self.state_of_theirs() == self.before, "theirs changed"
            transaction.set_rollback(True)
        self.client.cookies = SimpleCookie(cookies.replace("Set-Cookie: ", ""))

    def look_at(self, odd: OddRequest, response: Any) -> None:
        fault = "".join(traceback.format_exception(*response.exc_info)) if response.exc_info else ""
        assert response.status_code in FINE, f"{response.status_code} to {odd}\n{fault}"
        if self.who != "administrator" and not response.streaming:
            assert MARK.encode() not in response.content, f"theirs appears: {odd}"


def ground_of(world: World, who: str, labels: Iterable[str]) -> Ground:
    side, person = world.ours, world.everybody()[who]
    owned = of_the_other_side(world.theirs)
    rows = rows_of(world)
    on_break = f.EnrolmentFactory(cohort=side.cohort, organisation=side.employer, status="on_break")
    on_break.breaks.create(starts_on=on_break.starts_on)
    p.MembershipFactory(organisation=side.provider, role="coach")  # who could cover
    archived = f.ProgrammeFactory(organisation=side.provider, status="archived")
    f.ProgrammeRoleFactory(programme=archived, person=side.lead)
    if person is not None:
        person.set_password(PASSWORD)
        person.save()
        person.emailaddress_set.create(email=person.email, verified=True, primary=True)
    client = Client(raise_request_exception=False)
    if person is not None:  # by the password, just now: what asks for it again lets them pass
        fields = {"login": person.email, "password": PASSWORD}
        assert client.post(reverse("account_login"), fields).status_code == 302
    ground = Ground(
        who,
        client,
        rows,
        more={"enrolment": [on_break.pk], "programme": [archived.pk]},
        foreign=[str(key) for keys in owned.values() if keys for key in {min(keys), max(keys)}],
        theirs=watched(owned),
    )
    ground.walk(labels)
    return ground


# The tests ------------------------------------------------------------------------------


def odd_requests(ground: Ground, target: Target) -> st.SearchStrategy[OddRequest]:
    if target.method == "post":
        return odd_posts(ground.forms_to(target), ground.ids)
    own, foreign = ground.paths(target.label), ground.foreign_paths(target.label)
    return odd_gets(own, foreign, ground.filters_of(target), ground.ids)


def try_out(ground: Ground, target: Target, examples: int) -> None:
    """As many odd requests as wanted, the same ones in every run. An example is legible as it is: none is shrunk."""

    @seed(crc32(f"{ground.who} {target}".encode()))
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(odd=odd_requests(ground, target))
    def is_answered(odd: OddRequest) -> None:
        ground.send(odd)

    is_answered()


def test_examples_are_enough_and_reach_every_route() -> None:
    everywhere = [target for found in TARGETS.values() for target in found]
    assert sum(target.examples for target in everywhere) >= AT_LEAST
    tried = {(target.label, target.method) for target in everywhere}
    assert {
        label for label in ROUTES if (label, "get") not in tried and (label, "post") not in tried
    } == set()


LONG_RUN = [pytest.param(who, marks=pytest.mark.slow) for who in ("coach", "org_admin", "administrator")]


@pytest.mark.parametrize("who", ["learner", "lead", "visitor", *LONG_RUN])
def test_few_odd_requests_are_answered(world: World, who: str) -> None:
    """Two each to five of the routes, when there is little time; the first of two is always the plainest."""
    few = TARGETS[who][:: max(1, len(TARGETS[who]) // 5)][:5]
    ground = ground_of(world, who, [target.label for target in few])
    for target in few:
        try_out(ground, target, 2)


@pytest.mark.slow
@pytest.mark.parametrize("who", WHO)
def test_odd_requests_are_answered(world: World, subtests: Any, who: str) -> None:
    ground = ground_of(world, who, ROUTES)
    for target in TARGETS[who]:
        with subtests.test(f"{target.method} {target.label}"):
            try_out(ground, target, target.examples)
