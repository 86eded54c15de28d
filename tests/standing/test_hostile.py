"""What somebody might send who means harm, or a broken client: the form again, 400, 403 or 404; never a 500, and never
a row that is not theirs."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from core.models import AuditEvent
from people.models import User
from programmes.models import ActivityEntry
from tests.factories import programmes as f
from tests.standing.forms import BOUNDARY, faults_of, parts, post_new, typed
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
HUGE = "1" + "0" * 30


@pytest.fixture
def learner(world: World, client_of: ClientOf) -> Client:
    return client_of(world.ours.learner)


# Text -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/%00",
        "/activities/%00/",
        "/activities/?q=%00",
        "/?%00=1",
        "/accounts/login/?next=/%00",
        "/standards/?q=a%00b",
    ],
)
def test_nul_byte_in_the_address_is_a_bad_request(client: Client, db: None, path: str) -> None:
    response = client.get(path)
    assert (response.status_code, response["Content-Type"]) == (400, "text/plain")


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "django_language", "messages"])
def test_nul_byte_in_a_cookie_is_a_bad_request(client: Client, db: None, name: str) -> None:
    """Quoted cookies have escapes of their own, which no server in front of us looks at."""
    response = client.get("/", headers={"cookie": f'{name}="aaaaaaaaaaaa\\000"'})
    assert response.status_code == 400


@pytest.mark.parametrize(
    "field",
    [
        "kind",
        "title",
        "done_on",
        "strategy",
        "hours",
        "mins",
        "criteria",
        "reflection",
        "description",
        "carried_out_by",
        "place",
        "starts_at",
        "cost",
        "revision",
    ],
)
def test_nul_byte_in_a_field_gives_the_form_again(world: World, learner: Client, field: str) -> None:
    assert faults_of(post_new(learner, typed(world, **{field: "1\x00"}))) == {field}
    assert ActivityEntry.objects.count() == 0


def test_nul_byte_in_other_forms_gives_them_again(world: World, client_of: ClientOf) -> None:
    side = world.ours
    entry = f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, sent=True)
    coach = client_of(side.coach)
    returned = coach.post(reverse("programmes:activity_return", args=[entry.pk]), {"reason": "Why\x00"})
    assert faults_of(returned) == {"reason"}
    asked = client_of(world.administrator).post(
        reverse("programmes:activity_detail", args=[entry.pk]), {"reason": "Why\x00"}
    )
    assert faults_of(asked) == {"reason"}
    profile = {"display_name": "A\x00b", "language": "e\x00", "time_zone": "UTC\x00", "theme": "\x00"}
    assert faults_of(coach.post(reverse("people:profile"), profile)) == set(profile)
    assert coach.post(reverse("people:language"), {"language": "es\x00"}).status_code == 400
    visitor = client_of(None)
    assert faults_of(
        visitor.post(reverse("account_login"), {"login": "a\x00@b.example", "password": "\x00"})
    ) == {
        "login",
        "password",
    }
    assert faults_of(visitor.post(reverse("account_reset_password"), {"email": "a\x00@b.example"})) == {
        "email"
    }
    entry.refresh_from_db()
    assert entry.status == "submitted"


def test_nul_byte_in_what_is_being_typed_is_left_out(world: World, learner: Client) -> None:
    """A JSON column cannot hold it, neither in a text nor in a name; the rest of the typing is kept."""
    fields = typed(world, title="Half a\x00 title", form_token=str(uuid4()), **{"o\x00dd": "\x00"})
    assert "Kept at" in learner.post(reverse("programmes:form_keep"), fields).text
    assert (
        learner.get(reverse("programmes:activity_create")).context["form"]["title"].value() == "Half a title"
    )


def test_typing_under_names_that_are_far_too_long_is_not_kept(world: World, learner: Client) -> None:
    kind = "application/x-www-form-urlencoded"
    for length, is_kept in ((100, True), (40_000, False)):
        body = f"form_token={uuid4()}&{'a' * length}="
        response = learner.generic("POST", reverse("programmes:form_keep"), body, content_type=kind)
        assert (response.status_code, "Kept at" in response.text) == (200, is_kept)


def test_half_a_surrogate_pair_is_stored_as_the_sign_for_unreadable(world: World, learner: Client) -> None:
    fields = typed(world)
    fields.pop("title")
    body = parts(
        *((f'name="{name}"', str(value).encode()) for name, value in fields.items() if name != "criteria"),
        ('name="title"', b"Half \xed\xa0\x80"),
    )
    response = learner.generic("POST", reverse("programmes:activity_create"), body, content_type=BOUNDARY)
    assert response.status_code == 302
    assert ActivityEntry.objects.get().title == "Half \ufffd\ufffd\ufffd"


@pytest.mark.parametrize("charset", ["utf-7", "utf-16", "unicode_escape", "raw_unicode_escape", "latin-1"])
def test_another_encoding_is_a_bad_request(world: World, learner: Client, charset: str) -> None:
    """UTF-7 and some others can say half a surrogate pair, at which every write and every page would fail."""
    body = parts(('name="title"', b"+2AA-"))
    kind = f"{BOUNDARY}; charset={charset}"
    assert learner.generic("POST", "/activities/new/", body, content_type=kind).status_code == 400
    asked = learner.get("/activities/?q=%2B2AA-", headers={"content-type": f"text/plain; charset={charset}"})
    assert asked.status_code == 400


def test_utf_8_may_be_said_and_an_unknown_encoding_is_ignored(world: World, learner: Client) -> None:
    for charset in ("utf-8", "UTF8", "no-such-encoding"):
        headers = {"content-type": f"text/plain; charset={charset}"}
        assert learner.get("/activities/?q=a", headers=headers).status_code == 200


def test_form_that_is_no_form_is_a_bad_request(learner: Client) -> None:
    url = reverse("programmes:activity_create")
    assert learner.generic("POST", url, b"x", content_type="multipart/form-data").status_code == 400
    many = "&".join(f"f{number}=1" for number in range(1001))
    kind = "application/x-www-form-urlencoded"
    assert learner.generic("POST", url, many, content_type=kind).status_code == 400
    assert learner.generic("POST", url, "title=" + "a" * 3_000_000, content_type=kind).status_code == 400


# Addresses ------------------------------------------------------------------------------


ODD_PAGES = ["page=" + page for page in (HUGE, "-1", "0", "abc", "9" * 5000, "1.5", "", "%27", "1&page=2")]
ODD_FILTERS = [
    *("kind=nonsense", "status=nonsense&kind=on_job", "ordering=-password", "o=1", "unknown=1"),
    *("criterion=" + pk for pk in (HUGE, "abc", "-1", "9" * 5000, "1&criterion=2", "%27")),
    *("q=" + words for words in ("a" * 5000, "%25", "_", "%5C", "%27%3B--", "%ED%A0%80", "%FF", "%E2%80%AE")),
    *("q[]=1", "&&&", "%", "=", "?", "enrolment="),
]


@pytest.mark.parametrize(
    ("persona", "path", "queries"),
    [
        pytest.param("learner", "/activities/", ODD_PAGES + ODD_FILTERS, marks=pytest.mark.slow),
        (
            "learner",
            "/activities/new/",
            ["done_on=" + day for day in (HUGE, "2026-02-30", "9999-12-31", "0001-01-01")],
        ),
        ("coach", "/learners/{enrolment}/activities/", ODD_FILTERS[:8]),
        ("coach", "/queue/", ODD_PAGES),
        ("lead", "/lead/", ODD_PAGES),
        ("org_admin", "/organisation/", ODD_PAGES),
        ("learner", "/standards/", ODD_PAGES),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_odd_query_is_answered_with_the_page(
    world: World, client_of: ClientOf, persona: str, path: str, queries: list[str]
) -> None:
    side = world.ours
    f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, sent=True)
    client = client_of(getattr(side, persona))
    path = path.format(enrolment=side.enrolment.pk)
    answers = {query: client.get(f"{path}?{query}").status_code for query in queries}
    assert answers == dict.fromkeys(queries, 200)


def test_page_past_the_end_is_the_last_one(world: World, learner: Client) -> None:
    f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy)
    last = learner.get("/activities/?page=999999").context["page"]
    assert last.number == last.paginator.num_pages > 1


def test_filter_that_is_not_understood_leaves_the_others_working(world: World, learner: Client) -> None:
    side = world.ours
    for kind in ("on_job", "off_job"):
        f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, kind=kind, title=f"It was {kind}")
    text = learner.get(f"/activities/?status=nonsense&kind=on_job&criterion={HUGE}").text
    assert ("It was on_job" in text, "It was off_job" in text) == (True, False)


@pytest.mark.parametrize("pk", [HUGE, "0", "9" * 5000])
def test_number_that_no_row_has_is_not_found(world: World, client_of: ClientOf, pk: str) -> None:
    for person in (world.ours.learner, world.administrator):
        client = client_of(person)
        for path in (
            f"/activities/{pk}/",
            f"/activities/{pk}/change/",
            f"/learners/{pk}/activities/",
            f"/standards/{pk}/",
        ):
            assert client.get(path).status_code == 404, path
        for verb in ("send", "verify", "return"):
            assert client.post(f"/activities/{pk}/{verb}/", {"reason": "No"}).status_code == 404, verb


@pytest.mark.parametrize("wanted", ["theirs", HUGE, "0", "-1", "abc", "%27", "1%20"])
def test_enrolment_in_the_address_is_ones_own_or_not_found(
    world: World, learner: Client, wanted: str
) -> None:
    wanted = str(world.theirs.enrolment.pk) if wanted == "theirs" else wanted
    for path in ("/learner/", "/activities/", "/activities/new/"):
        assert learner.get(f"{path}?enrolment={wanted}").status_code == 404, path
    assert learner.post(f"/activities/new/?enrolment={wanted}", typed(world)).status_code == 404
    assert ActivityEntry.objects.count() == 0


# Between sites --------------------------------------------------------------------------


def test_post_without_its_token_gets_our_page_and_changes_nothing(world: World) -> None:
    side = world.ours
    entry = f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, sent=True)
    client = Client(enforce_csrf_checks=True)
    client.force_login(side.coach, backend="allauth.account.auth_backends.AuthenticationBackend")
    for path in (
        reverse("programmes:activity_approve", args=[entry.pk]),
        reverse("people:language"),
        reverse("people:profile"),
        reverse("account_logout"),
        reverse("account_login"),
    ):
        response = client.post(path)
        assert (response.status_code, response.templates[0].name) == (403, "403_csrf.html"), path
    entry.refresh_from_db()
    assert (entry.status, AuditEvent.objects.count()) == ("submitted", 0)


ELSEWHERE = """
    https://evil.example/ //evil.example ///evil.example /\\evil.example https:evil.example javascript:alert(1)
    data:text/html,x http://[::1 http://testserver@evil.example/ \x01//evil.example
    23:59 people:profile evil.example
"""


@pytest.mark.parametrize("target", ["", *ELSEWHERE.split()])
def test_language_switch_leads_nowhere_else(client: Client, db: None, target: str) -> None:
    response = client.post(reverse("people:language"), {"language": "es", "next": target})
    assert (response.status_code, response["Location"]) == (302, "/")


@pytest.mark.parametrize("target", ["/activities/?q=a&page=2", "http://testserver/standards/"])
def test_language_switch_leads_back(client: Client, db: None, target: str) -> None:
    response = client.post(reverse("people:language"), {"language": "es", "next": target})
    assert (response.status_code, response["Location"]) == (302, target)


def test_sign_in_leads_nowhere_else(world: World, client: Client) -> None:
    person = world.ours.learner
    person.set_password("a long enough password")
    person.save()
    person.emailaddress_set.create(email=person.email, verified=True, primary=True)
    for target in ("https://evil.example/", "//evil.example"):
        fields = {"login": person.email, "password": "a long enough password", "next": target}
        response = client.post(reverse("account_login"), fields)
        assert (response.status_code, response["Location"]) == (302, "/home/")
        client.logout()
