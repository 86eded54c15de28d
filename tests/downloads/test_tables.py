"""Tables as CSV and XLSX: numbers stay numbers, no cell is a formula, the rows are those of the page."""

import csv
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.test import Client, RequestFactory
from openpyxl import load_workbook

from downloads.tables import Table, neutralised, table_response, wanted_format
from people.models import User
from tests.factories import people as p
from tests.factories import programmes as f
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
HOSTILE = ['=HYPERLINK("//x")', "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"]


def csv_rows(response: Any) -> list[list[str]]:
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = response.content.decode("utf-8-sig")
    assert response.content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(StringIO(text, newline="")))


def xlsx_rows(response: Any) -> list[list[Any]]:
    book = load_workbook(BytesIO(response.content))
    sheet = book.worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "d"}
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def table(*rows: Any) -> Table:
    return Table("Wykaz: „Łódź” / [1]", ["Name", "Day", "Hours"], rows)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_starts_a_formula_is_text_in_both_formats(text: str) -> None:
    assert neutralised(text) == f"'{text}"
    made = table([text, None, None])
    assert csv_rows(table_response(made, "csv"))[1][0] == f"'{text}"
    assert xlsx_rows(table_response(made, "xlsx"))[1][0].replace("_x000D_", "\r") == f"'{text}"


@pytest.mark.parametrize("text", ["plain", "a=b", "1-2", "", "Zażółć"])
def test_other_text_is_left_alone(text: str) -> None:
    assert neutralised(text) == text


def test_numbers_and_days_are_numbers_and_days() -> None:
    made = table(["One", dt.date(2026, 11, 22), Decimal("-1.50")], ["Two", None, 3])
    assert csv_rows(table_response(made, "csv")) == [
        ["Name", "Day", "Hours"],
        ["One", "2026-11-22", "-1.50"],
        ["Two", "", "3"],
    ]
    assert xlsx_rows(table_response(made, "xlsx")) == [
        ["Name", "Day", "Hours"],
        ["One", dt.datetime(2026, 11, 22), -1.5],  # noqa: DTZ001 - a sheet knows no time zones
        ["Two", None, 3],
    ]


def test_odd_text_makes_no_broken_file() -> None:
    texts = ["a\x00b\x0bc\uffff", 'quote " and, comma\nand line', "x" * 40_000]
    made = table(*([text, None, None] for text in texts))
    rows = xlsx_rows(table_response(made, "xlsx"))
    assert [rows[1][0], rows[2][0], len(rows[3][0])] == ["abc", texts[1], 32_766]
    assert csv_rows(table_response(made, "csv"))[2][0] == texts[1]


def test_the_file_is_named_plainly() -> None:
    name = table_response(table(), "csv")["Content-Disposition"]
    assert name.startswith('attachment; filename="wykaz-odz-1-20')


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ""),
        ({"download": "csv"}, "csv"),
        ({"download": "pdf"}, ""),
        ({"download": "csv", "table": "x"}, ""),
    ],
)
def test_an_unknown_format_or_table_is_the_page(query: dict[str, str], expected: str) -> None:
    assert wanted_format(RequestFactory().get("/", query)) == expected


# The pages ------------------------------------------------------------------------------


def sent(world: World, **fields: Any) -> Any:
    entry = f.ActivityFactory(
        enrolment=world.ours.enrolment, strategy=world.ours.strategy, sent=True, **fields
    )
    entry.criteria.set(world.ours.criteria[:2])
    return entry


def test_the_list_of_activities_has_the_filters_of_the_page(world: World, client_of: ClientOf) -> None:
    sent(world, title="=cmd", kind="on_job", minutes=100)
    sent(world, title="Not wanted", kind="off_job")
    learner = client_of(world.ours.learner)
    assert "?kind=on_job&amp;download=csv" in learner.get("/activities/?kind=on_job&page=1").text
    rows = csv_rows(learner.get("/activities/?kind=on_job&download=csv"))
    assert [row[1:] for row in rows[1:]] == [
        [
            "'=cmd",
            "On the job",
            world.ours.strategy.name,
            "",
            "A1, A2",
            "1.67",
            "Sent",
            "No",
            "It waits to be verified.",
        ]
    ]
    assert len(xlsx_rows(learner.get("/activities/?download=xlsx"))) == 3


def test_drafts_are_in_nobodys_file_but_the_learners(world: World, client_of: ClientOf) -> None:
    f.ActivityFactory(enrolment=world.ours.enrolment, title="Draft")
    url = f"/learners/{world.ours.enrolment.pk}/activities/?download=csv"
    assert len(csv_rows(client_of(world.ours.coach).get(url))) == 1
    assert len(csv_rows(client_of(world.ours.learner).get("/activities/?download=csv"))) == 2
    assert client_of(world.theirs.coach).get(url).status_code == 404


def test_the_queue_gives_what_waits_and_the_learners(world: World, client_of: ClientOf) -> None:
    sent(world, title="Waits", kind="on_job", is_paid=False)
    coach, manager = client_of(world.ours.coach), client_of(world.ours.manager)
    learner = world.ours.learner.display_name
    for client, url, looked_at in (
        (coach, "/queue/", "No reflection; Not in paid working time"),
        (manager, "/team/", "Not in paid working time"),
    ):
        rows = csv_rows(client.get(url, {"download": "csv", "table": "waiting"}))
        found = [(set(row[1:4]) & {"Waits", learner}, row[-1]) for row in rows[1:]]
        assert found == [({"Waits", learner}, looked_at)]
    for client, url, name in ((coach, "/queue/", "learners"), (manager, "/team/", "team")):
        rows = csv_rows(client.get(url, {"download": "csv", "table": name}))
        assert [row[0] for row in rows[1:]] == [world.ours.learner.display_name]


def test_the_lead_gets_all_pages_in_one_file(world: World, client_of: ClientOf) -> None:
    for _n in range(26):
        f.EnrolmentFactory(cohort=world.ours.cohort, organisation=world.ours.employer)
    assert len(csv_rows(client_of(world.ours.lead).get("/lead/?download=csv&table=learners"))) == 28


def test_totals_of_small_groups_are_kept_back_in_files_too(world: World, client_of: ClientOf) -> None:
    admin = client_of(world.ours.org_admin)
    query = {"download": "csv", "table": f"totals-{world.ours.employer.pk}"}
    rows = csv_rows(admin.get("/organisation/", query))
    assert rows[1][1:] == ["1", *["kept back"] * 6]
    people = csv_rows(admin.get("/organisation/", {"download": "csv", "table": "people"}))
    assert [row[0] for row in people[1:]] == [world.ours.learner.display_name]
    foreign = admin.get("/organisation/", query | {"table": f"totals-{world.theirs.employer.pk}"})
    assert foreign["Content-Type"].startswith("text/html")


def test_standards_and_their_criteria(world: World, client_of: ClientOf) -> None:
    learner = client_of(world.ours.learner)
    assert [row[0] for row in csv_rows(learner.get("/standards/?download=csv"))[1:]] == [
        "FW-Alder",
        "FW-Birch",
    ]
    url = f"/standards/{world.ours.framework.pk}/"
    rows = csv_rows(learner.get(url, {"download": "csv", "q": "Alder 2"}))
    assert rows[1:] == [["A2", "", "Criterion Alder 2", ""]]


def test_leads_get_their_programmes_and_who_is_in_a_cohort(world: World, client_of: ClientOf) -> None:
    side, lead = world.ours, client_of(world.ours.lead)
    rows = csv_rows(lead.get("/programmes/?download=csv"))
    assert [row[:3] for row in rows[1:]] == [[side.programme.code, side.programme.title, side.provider.name]]
    assert rows[1][4:] == ["52", "1", "1"]
    rows = csv_rows(lead.get(f"/programmes/cohorts/{side.cohort.pk}/?download=csv"))
    assert [row[:3] for row in rows[1:]] == [[side.learner.display_name, "Active", side.employer.name]]
    assert lead.get(f"/programmes/cohorts/{world.theirs.cohort.pk}/?download=csv").status_code == 404


def test_people_and_invitations_are_for_who_looks_after_the_organisation(
    world: World, client_of: ClientOf
) -> None:
    side, base = world.ours, f"/organisations/{world.ours.employer.pk}"
    p.InvitationFactory(organisation=side.employer, display_name="=Sample", invited_by=side.org_admin)
    admin = client_of(side.org_admin)
    people = csv_rows(admin.get(f"{base}/people/?download=csv"))
    assert side.learner.email in [row[1] for row in people[1:]]
    invited = csv_rows(admin.get(f"{base}/invitations/?download=csv"))
    assert [(row[0], row[4]) for row in invited[1:]] == [("'=Sample", side.org_admin.display_name)]
    for page in ("people", "invitations"):
        assert client_of(world.theirs.org_admin).get(f"{base}/{page}/?download=csv").status_code == 404


def test_headings_are_in_the_readers_language(world: World, client_of: ClientOf) -> None:
    person = p.UserFactory(language="pl")
    f.EnrolmentFactory(cohort=world.ours.cohort, learner=person, organisation=world.ours.employer)
    rows = csv_rows(client_of(person).get("/activities/?download=csv"))
    assert rows[0][:2] == ["Data", "Aktywność"]
