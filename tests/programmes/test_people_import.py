"""Lists of learners: read, previewed, confirmed, carried out; the same list again changes nothing."""

import datetime as dt
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone, translation

from core.models import AuditEvent
from core.transitions import TransitionRefused
from notifications.models import Delivery
from people.models import Invitation, Membership, User
from programmes import actions
from programmes.importers import ListRefused, parse_people
from programmes.models import Enrolment, PeopleImport, SupportRole
from programmes.queries.importing import plan_of
from tests.factories import people as p
from tests.factories import programmes as f
from tests.worlds import World

REAL_LISTS = Path(__file__).resolve().parents[3] / "shared" / "standards" / "learners"
HEADER = "Name,E-mail,Team,Coach,Mentor,Manager,Start,Language,Contracted hours a week"
MOODLE = """username,password,firstname,lastname,email,department,cohort1,lang,maildisplay
one,Secret-1,Sample,Learner One,ONE@sample.example,Team Alder,Cohort Alder,es,1
two,Secret-2,Sample,Learner Two,two@sample.example,,cohort alder,pl_utf8,1
"""
MAHARA = """username,password,email,firstname,lastname,studentid
one,Secret-1,one@sample.example,Sample,Learner One,1
"""
ONEROSTER = """sourcedId,status,enabledUser,orgSourcedIds,role,givenName,familyName,email
1,active,TRUE,o1,student,Sample,Learner One,one@sample.example
2,active,TRUE,o1,teacher,Sample,Teacher,two@sample.example
3,tobedeleted,TRUE,o1,student,Sample,Gone,three@sample.example
4,active,FALSE,o1,student,Sample,Off,four@sample.example
"""


def plain(*lines: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *lines]).encode()


def xlsx(rows: list[list[Any]]) -> bytes:
    written = BytesIO()
    with xlsxwriter.Workbook(written) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "d mmm yyyy"})
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, dt.date):
                    sheet.write_datetime(number, column, dt.datetime.combine(cell, dt.time()), day)
                else:
                    sheet.write(number, column, cell)
    return written.getvalue()


def upload(world: World, data: bytes, **also: Any) -> PeopleImport:
    side = world.ours
    fields = {"cohort": side.cohort, "employer": side.employer, "file_name": "list.csv", "language": "en"}
    return actions.upload_people(**{**fields, "people": parse_people(data), "by": side.lead, **also})


def faults_of(world: World, data: bytes) -> list[tuple[int | None, str]]:
    plan = plan_of(upload(world, data), on=timezone.localdate())
    return [(fault.line, fault.text) for fault in plan.faults]


def carry_all_out(made: PeopleImport, *, leave_out: bool = False) -> PeopleImport:
    actions.confirm_import(people_import=made, leave_out=leave_out, by=made.uploaded_by)
    assert made.status == "done"
    return made


# Reading --------------------------------------------------------------------------------


def test_list_of_our_own_columns_is_read() -> None:
    parsed = parse_people(
        plain('Sample One,One@Sample.Example,Office,c@x.example,,,01/09/2026,Español,"37,5"')
    )
    (line,) = parsed.lines
    assert (line.line, line.email, line.name, line.team) == (2, "one@sample.example", "Sample One", "Office")
    assert (line.coach, line.starts_on, line.language) == ("c@x.example", dt.date(2026, 9, 1), "es")
    assert (line.minutes, parsed.source, parsed.faults, parsed.notes) == (2250, "plain", [], [])


@pytest.mark.parametrize(
    "header",
    [
        "Imię i nazwisko;Adres e-mail;Zespół;Język;Początek",
        "Nombre y apellidos;Correo electrónico;Equipo;Idioma;Fecha de inicio",
        "Full name\tE-mail address\tDepartment\tLanguage\tStart date",
        "NAME,email,TEAM,lang,starts_on",
    ],
)
def test_headers_of_three_languages_are_known(header: str) -> None:
    delimiter = next(sign for sign in ";\t," if sign in header)
    row = delimiter.join(["Sample One", "one@sample.example", "Office", "pl", "2026-09-01"])
    (line,) = parse_people(f"{header}\n{row}\n".encode()).lines
    assert (line.name, line.email, line.team) == ("Sample One", "one@sample.example", "Office")
    assert (line.language, line.starts_on) == ("pl", dt.date(2026, 9, 1))


def test_moodle_list_is_read_and_its_passwords_are_not() -> None:
    parsed = parse_people(MOODLE.encode())
    assert [(line.name, line.language, line.cohort) for line in parsed.lines] == [
        ("Sample Learner One", "es", "Cohort Alder"),
        ("Sample Learner Two", "pl", "cohort alder"),
    ]
    assert (parsed.source, [note.code for note in parsed.notes]) == ("moodle", ["passwords", "ignored"])
    assert "Secret" not in repr(parsed)


def test_mahara_list_is_read() -> None:
    parsed = parse_people(MAHARA.encode())
    assert (parsed.source, [line.name for line in parsed.lines]) == ("mahara", ["Sample Learner One"])


def test_of_a_oneroster_list_only_learners_of_today_are_read() -> None:
    parsed = parse_people(ONEROSTER.encode())
    assert (parsed.source, [line.email for line in parsed.lines]) == ("oneroster", ["one@sample.example"])
    assert [(note.line, note.code) for note in parsed.notes if note.line] == [
        (3, "role"),
        (4, "inactive"),
        (5, "inactive"),
    ]


def test_sheet_is_read_like_a_text_file() -> None:
    day = dt.date(2026, 9, 1)
    parsed = parse_people(
        xlsx(
            [
                ["Name", "E-mail", "Start", "Hours", "Password"],
                ["Sample Ünø", "one@sample.example", day, 37.5, "Secret"],
                [],
                ["Sample Two", "two@sample.example", "2026-09-02", 40, ""],
            ]
        )
    )
    assert [(line.line, line.name, line.starts_on, line.minutes) for line in parsed.lines] == [
        (2, "Sample Ünø", day, 2250),
        (4, "Sample Two", dt.date(2026, 9, 2), 2400),
    ]
    assert [note.code for note in parsed.notes] == ["passwords"]


@pytest.mark.parametrize(
    ("row", "text"),
    [
        ("Sample,,,,,,,,", "There is no e-mail address."),
        ("Sample,not an address,,,,,,,", "“not an address” is not an e-mail address."),
        (",one@sample.example,,,,,,,", "There is no name."),
        ("S,one@sample.example,,,,,,,", "The name has to have 2 to 120 characters."),
        ("Sample,one@sample.example,,,,,,de,", "“de” is not a language of the portal. Write en, es or pl."),
        (
            "Sample,one@sample.example,,,,,31/02/2026,,",
            "“31/02/2026” is not a day. Write it as 2026-09-01 or 01/09/2026, the day first.",
        ),
        (
            "Sample,one@sample.example,,,,,,,81",
            "“81” is not a number of hours a week between 1 and 80.",
        ),
        (
            "Sample,one@sample.example,,,,,,,40,more",
            "This line has 10 cells and the first line names 9 columns.",
        ),
    ],
)
def test_fault_of_a_line_is_said_in_words(row: str, text: str) -> None:
    parsed = parse_people(plain("Sample Two,two@sample.example,,,,,,,", row))
    assert [(fault.line, fault.text) for fault in parsed.faults] == [(3, text)]
    assert [line.line for line in parsed.lines] == [2]


def test_all_faults_of_a_line_are_said_and_in_the_language_of_the_reader() -> None:
    parsed = parse_people(plain(",wrong,,,,,soon,xx,none"))
    assert [fault.code for fault in parsed.faults] == [
        "bad_email",
        "no_name",
        "bad_language",
        "bad_day",
        "bad_hours",
    ]
    with translation.override("pl"):
        assert str(parsed.faults[1].text)


def test_same_address_twice_names_the_first_line() -> None:
    parsed = parse_people(plain("Sample,one@sample.example,,,,,,,", "Again,ONE@sample.example,,,,,,,"))
    assert [fault.text for fault in parsed.faults] == ["The same e-mail address is on line 2 already."]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", "The file is empty."),
        (b"Name,E-mail\n", "There is nobody in the list"),
        (b"a,b,c\n1,2,3\n", "The first line has to name the columns"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "This is an old Excel file"),
    ],
)
def test_file_that_is_no_list_is_refused_with_a_reason(data: bytes, text: str) -> None:
    with pytest.raises(ListRefused) as refusal:
        parse_people(data)
    assert text in str(refusal.value)


@pytest.mark.skipif(not REAL_LISTS.is_dir(), reason="the sample lists are not here")
def test_sample_lists_of_other_systems_are_read() -> None:
    found = {}
    for path in sorted(REAL_LISTS.glob("*.csv")):
        try:
            parsed = parse_people(path.read_bytes())
        except ListRefused:
            continue
        found[path.name] = (parsed.source, len(parsed.lines), len(parsed.faults))
    assert found == {
        "OneRosterv1p1BaseCSV_users.csv": ("oneroster", 0, 2),
        "mahara_50users_new.csv": ("mahara", 50, 0),
        "moodle_upload_users_cohorts.csv": ("moodle", 4, 0),
        "moodle_upload_users_enrol_date_period.csv": ("moodle", 2, 0),
        "moodle_upload_users_profile.csv": ("moodle", 2, 0),
        "moodle_uploaduser_example.csv": ("moodle", 3, 0),
    }


# The preview ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("S1,lead.alder@sample.example,,,,,,,", "own_email"),
        ("S1,one@sample.example,Nowhere,,,,,,", "unknown_team"),
        ("S1,one@sample.example,Team Birch,,,,,,", "unknown_team"),
        ("S1,one@sample.example,,coach.birch@sample.example,,,,,", "no_coach"),
        ("S1,one@sample.example,,mentor.alder@sample.example,,,,,", "no_coach"),
        ("S1,one@sample.example,,,mentor.birch@sample.example,,,,", "no_mentor"),
        ("S1,one@sample.example,,,,nobody@sample.example,,,", "no_manager"),
        ("S1,one@sample.example,,,one@sample.example,,,,", "own_supporter"),
        ("S1,one@sample.example,,,,,2020-01-01,,", "outside"),
    ],
)
def test_line_that_does_not_fit_this_cohort_has_a_fault(world: World, row: str, code: str) -> None:
    plan = plan_of(upload(world, plain(row)), on=timezone.localdate())
    assert [(fault.line, fault.code) for fault in plan.faults] == [(2, code)]
    assert all(fault.text for fault in plan.faults)
    assert plan.lines[0].kind == "fault"


def test_other_cohort_programme_and_employer_are_faults(world: World) -> None:
    header = "Name,E-mail,Cohort,Programme,Company"
    fits = "S1,one@sample.example,cohort alder,PROGRAMME-ALDER,sample alder ltd"
    title = "S2,two@sample.example,,Programme Alder,"
    other = "S3,three@sample.example,Cohort Birch,programme-birch,Sample Birch Ltd"
    plan = plan_of(upload(world, plain(fits, title, other, header=header)), on=timezone.localdate())
    assert [line.kind for line in plan.lines] == ["new", "new", "fault"]
    assert [fault.text for fault in plan.faults] == [
        "“Sample Birch Ltd” is another employer. This list is for Sample Alder Ltd.",
        "“Cohort Birch” is another cohort. This list is for Cohort Alder.",
        "“programme-birch” is another programme. This list is for programme-alder.",
    ]


def test_preview_says_what_each_line_comes_to(world: World) -> None:
    side = world.ours
    p.InvitationFactory(organisation=side.employer, person__email="invited@sample.example")
    f.EnrolmentFactory(
        cohort=side.cohort,
        learner=p.UserFactory(email="there@sample.example"),
        organisation=p.OrganisationFactory(),
    )
    p.UserFactory(email="closed@sample.example", is_active=False)
    rows = [
        "Sample New,new@sample.example,,,,,,,",
        "Sample Other,learner.birch@sample.example,,,,,,,",
        "Sample Invited,invited@sample.example,,,,,,,",
        "Sample Member,manager.alder@sample.example,,,,,,,",
        "Sample Same,learner.alder@sample.example,,coach.alder@sample.example,,,,,",
        "Sample There,there@sample.example,,,,,,,",
        "Sample Closed,closed@sample.example,,,,,,,",
    ]
    plan = plan_of(upload(world, plain(*rows)), on=timezone.localdate())
    assert [line.kind for line in plan.lines] == [
        *("new", "other", "invited", "member", "unchanged", "fault", "fault"),
    ]
    assert [fault.code for fault in plan.faults] == ["elsewhere", "closed"]
    assert Invitation.objects.count() == 1


def test_preview_asks_as_often_for_many_lines_as_for_one(
    world: World, django_assert_num_queries: Any
) -> None:
    there = "Sample,learner.alder@sample.example,,coach.alder@sample.example,,,,,"
    for number in (1, 30):
        new = [f"Sample {n},n{n}@sample.example,,,mentor.alder@sample.example,,,," for n in range(number)]
        rows = PeopleImport.objects.select_related("cohort__programme__organisation", "employer")
        made = rows.get(pk=upload(world, plain(there, *new)).pk)
        with django_assert_num_queries(9):
            plan_of(made, on=timezone.localdate())


# Confirmed ------------------------------------------------------------------------------


def test_confirmed_list_invites_enrols_and_names_supporters(world: World) -> None:
    side, today = world.ours, timezone.localdate()
    start = side.cohort.starts_on + dt.timedelta(days=7)
    support = "coach.alder@sample.example,mentor.alder@sample.example,manager.alder@sample.example"
    row = f"Sample New,new@sample.example,team alder,{support},{start},pl,20"
    made = carry_all_out(upload(world, plain(row)))
    person = User.objects.get(email="new@sample.example")
    enrolment = Enrolment.objects.get(learner=person)
    assert (person.display_name, person.language, person.has_usable_password()) == ("Sample New", "pl", False)
    assert (enrolment.cohort, enrolment.organisation, enrolment.team) == (
        side.cohort,
        side.employer,
        side.team,
    )
    assert (enrolment.starts_on, enrolment.contracted_minutes_a_week) == (start, 1200)
    assert enrolment.ends_on == start + dt.timedelta(weeks=52, days=-1)
    support = SupportRole.objects.filter(enrolment=enrolment).values_list("role", "person", "starts_on")
    assert set(support) == {
        ("coach", side.coach.pk, today),
        ("mentor", side.mentor.pk, today),
        ("manager", side.manager.pk, today),
    }
    assert not Membership.objects.filter(person=person).exists()
    assert Delivery.objects.filter(recipient=person).count() == 1
    assert (made.status, made.rows, made.counts) == ("done", [], {"new": 1})
    actions_logged = AuditEvent.objects.filter(object_type="programmes.peopleimport")
    assert list(actions_logged.order_by("pk").values_list("action", flat=True)) == [
        "people_import.upload",
        "people_import.confirm",
        "people_import.done",
    ]


def everything() -> list[Any]:
    return [
        list(model.objects.order_by("pk").values())
        for model in (User, Membership, Invitation, Enrolment, SupportRole, Delivery)
    ]


def test_same_list_again_changes_nothing(world: World) -> None:
    rows = [
        "Sample New,new@sample.example,Team Alder,coach.alder@sample.example,,manager.alder@sample.example,,es,37.5",
        "Sample Other,learner.birch@sample.example,,,mentor.alder@sample.example,,,,",
        "Sample Same,learner.alder@sample.example,Team Alder,coach.alder@sample.example,,,,,38",
    ]
    first = carry_all_out(upload(world, plain(*rows)))
    assert first.counts == {"new": 1, "other": 1, "change": 1}
    before = everything()
    again = upload(world, plain(*rows))
    assert plan_of(again, on=timezone.localdate()).does_nothing
    assert carry_all_out(again).counts == {"unchanged": 3}
    assert everything() == before


def test_person_of_another_organisation_is_invited_and_never_attached(world: World) -> None:
    other = world.theirs.learner
    before = list(other.memberships.values())
    carry_all_out(upload(world, plain(f"Renamed,{other.email},,,,,,pl,")))
    other.refresh_from_db()
    assert list(other.memberships.values()) == before
    assert (other.display_name, other.language) == (world.theirs.learner.display_name, "en")
    invitation = Invitation.objects.get(person=other)
    assert (invitation.organisation, invitation.role) == (world.ours.employer, "member")
    assert Enrolment.objects.get(cohort=world.ours.cohort, learner=other).status == "invited"


def test_change_of_team_hours_and_supporters_is_carried_out(world: World) -> None:
    side = world.ours
    team = p.TeamFactory(organisation=side.employer, name="Workshop")
    colleague = p.MembershipFactory(organisation=side.provider, role="coach").person
    row = f"Whoever,learner.alder@sample.example,workshop,{colleague.email},mentor.alder@sample.example,,,,30"
    made = upload(world, plain(row))
    (line,) = plan_of(made, on=timezone.localdate()).lines
    assert (line.kind, line.changes) == (
        "change",
        ["Team: workshop", "Contracted hours a week", f"Coach: {colleague.display_name}"],
    )
    days = (side.enrolment.starts_on, side.enrolment.ends_on)
    carry_all_out(made)
    side.enrolment.refresh_from_db()
    assert (side.enrolment.team, side.enrolment.contracted_minutes_a_week) == (team, 1800)
    assert (side.enrolment.starts_on, side.enrolment.ends_on) == days
    today = timezone.localdate()
    now = SupportRole.objects.current(on=today).filter(enrolment=side.enrolment, role="coach")
    assert [row.person for row in now] == [colleague]


def test_enrolment_that_has_ended_stays_as_it_is(world: World) -> None:
    Enrolment.objects.filter(pk=world.ours.enrolment.pk).update(status="completed")
    made = upload(world, plain("Whoever,learner.alder@sample.example,Team Alder,,,,,,30"))
    assert [line.kind for line in plan_of(made, on=timezone.localdate()).lines] == ["unchanged"]
    before = everything()
    carry_all_out(made)
    assert everything() == before


def test_faults_block_the_list_until_their_lines_are_left_out(world: World) -> None:
    made = upload(
        world, plain("Sample,one@sample.example,,,,,,,", "Bad,,,,,,,,", "Odd,two@sample.example,No,,,,,,")
    )
    before = everything()
    with pytest.raises(ValidationError):
        actions.confirm_import(people_import=made, leave_out=False, by=world.ours.lead)
    assert (everything(), PeopleImport.objects.get(pk=made.pk).status) == (before, "uploaded")
    carry_all_out(made, leave_out=True)
    assert made.counts == {"left_out": 2, "new": 1}
    assert [failure["code"] for failure in made.failures] == ["unknown_team"]
    assert Enrolment.objects.filter(cohort=world.ours.cohort).count() == 2


def test_list_without_a_line_to_use_is_refused(world: World) -> None:
    made = upload(world, plain("Bad,,,,,,,,"))
    with pytest.raises(ValidationError):
        actions.confirm_import(people_import=made, leave_out=True, by=world.ours.lead)


def test_only_who_sent_the_list_may_confirm_or_discard_it(world: World) -> None:
    made = upload(world, plain("Sample,one@sample.example,,,,,,,"))
    for person in (world.administrator, world.ours.coach, world.theirs.lead):
        with pytest.raises(PermissionDenied):
            actions.confirm_import(people_import=made, leave_out=True, by=person)
        with pytest.raises(PermissionDenied):
            actions.discard_import(people_import=made, by=person)
    made.refresh_from_db()
    assert made.status == "uploaded"


@pytest.mark.parametrize("persona", ["coach", "manager", "learner", "org_admin"])
def test_who_may_not_enrol_may_send_no_list(world: World, persona: str) -> None:
    with pytest.raises(PermissionDenied):
        upload(world, plain("Sample,one@sample.example,,,,,,,"), by=getattr(world.ours, persona))


def test_employer_that_the_provider_does_not_work_with_is_refused(world: World) -> None:
    with pytest.raises(ValidationError):
        upload(world, plain("Sample,one@sample.example,,,,,,,"), employer=world.theirs.employer)


def test_discarded_list_keeps_no_names_and_cannot_be_confirmed(world: World) -> None:
    made = upload(world, plain("Sample,one@sample.example,,,,,,,", "Bad,wrong,,,,,,,"))
    actions.discard_import(people_import=made, by=world.ours.lead)
    made.refresh_from_db()
    assert (made.status, made.rows, made.faults, made.notes) == ("discarded", [], [], [])
    with pytest.raises((TransitionRefused, ValidationError)):
        actions.confirm_import(people_import=made, leave_out=True, by=world.ours.lead)
    with pytest.raises(TransitionRefused):
        actions.discard_import(people_import=made, by=world.ours.lead)


def test_run_goes_on_where_it_was_left_and_does_no_line_twice(world: World) -> None:
    rows = [f"Sample {n},n{n}@sample.example,,,,,,," for n in range(5)]
    made = upload(world, plain(*rows))
    actions.confirm_import(people_import=made, leave_out=False, by=world.ours.lead, at_once=0)
    assert actions.carry_out(people_import=made, lines=2)
    made.refresh_from_db()
    assert (made.position, made.counts, made.status) == (2, {"new": 2}, "running")
    assert Delivery.objects.count() == 2
    assert actions.carry_out(people_import=made, lines=2)
    assert not actions.carry_out(people_import=made, lines=2)
    assert not actions.carry_out(people_import=made, lines=2)
    made.refresh_from_db()
    assert (made.position, made.counts, made.status) == (5, {"new": 5}, "done")
    assert (Delivery.objects.count(), Invitation.objects.count()) == (5, 5)


def test_right_that_ends_while_the_list_runs_stops_it(world: World) -> None:
    rows = [f"Sample {n},n{n}@sample.example,,,,,,," for n in range(4)]
    made = upload(world, plain(*rows))
    actions.confirm_import(people_import=made, leave_out=False, by=world.ours.lead, at_once=0)
    actions.carry_out(people_import=made, lines=2)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Membership.objects.filter(person=world.ours.lead).update(ends_on=yesterday)
    actions.carry_out(people_import=made, lines=2)
    made.refresh_from_db()
    assert (made.status, made.counts) == ("done", {"new": 2, "left_out": 2})
    assert [failure["code"] for failure in made.failures] == ["not_permitted"] * 2
    assert Invitation.objects.count() == 2


def test_programme_archived_while_the_list_runs_takes_nobody_more(world: World) -> None:
    made = upload(world, plain("Sample,one@sample.example,,,,,,,"))
    actions.confirm_import(people_import=made, leave_out=False, by=world.ours.lead, at_once=0)
    type(world.ours.programme).objects.filter(pk=world.ours.programme.pk).update(status="archived")
    actions.carry_out(people_import=made)
    made.refresh_from_db()
    assert (made.counts, Invitation.objects.count()) == ({"left_out": 1}, 0)
    assert [failure["code"] for failure in made.failures] == ["changed"]


def test_lists_are_forgotten_after_a_month(world: World) -> None:
    old, new = (upload(world, plain("Sample,one@sample.example,,,,,,,")) for _n in range(2))
    month = timezone.now() - dt.timedelta(days=31)
    PeopleImport.objects.filter(pk=old.pk).update(uploaded_at=month)
    assert actions.forget_imports() == 1
    assert list(PeopleImport.objects.all()) == [new]
