"""Long tables made in the background: asked for, made with the owner's rights, opened by nobody else, forgotten."""

import csv
import datetime as dt
import tracemalloc
from collections.abc import Callable
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from downloads import actions, views
from downloads.models import Export
from downloads.producers import UnknownTable, produce
from downloads.tables import Table, write_table
from downloads.tasks import forget, make
from people.models import Membership, User
from programmes.models import ActivityEntry, ProgrammeRole
from tests.factories import programmes as f
from tests.worlds import World
from uploads.storage import PrivateStorage, private_storage

ClientOf = Callable[[User | None], Client]


def entries(world: World, number: int = 3) -> list[ActivityEntry]:
    made = [
        f.ActivityFactory(enrolment=side.enrolment, strategy=side.strategy, sent=True)
        for side in (world.ours, world.theirs)
        for _n in range(number)
    ]
    f.ActivityFactory(enrolment=world.ours.enrolment, strategy=world.ours.strategy, title="A draft")
    return made[:number]


def ask(world: World, **also: Any) -> Export:
    fields = {"table": "activities", "params": {}, "wanted": "csv", "language": "en", "by": world.ours.lead}
    return actions.request_export(**{**fields, **also})


def made(world: World, **also: Any) -> Export:
    export = ask(world, **also)
    actions.make_exports()
    export.refresh_from_db()
    return export


def read(client: Client, export: Export) -> Any:
    return client.get(reverse("downloads:export_read", args=[export.pk]))


def content(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def bytes_of(export: Export) -> bytes:
    with export.file.open("rb") as file:
        return file.read()


def csv_rows(written: bytes) -> list[list[str]]:
    return list(csv.reader(StringIO(written.decode("utf-8-sig"), newline="")))


# Made -----------------------------------------------------------------------------------


def test_file_is_made_and_holds_what_the_owner_may_see(world: World, client_of: ClientOf) -> None:
    rows = entries(world)
    export = made(world)
    assert (export.status, export.done, export.total, export.claim) == ("done", 3, 3, None)
    response = read(client_of(world.ours.lead), export)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="activities-of-your-learners-' in response["Content-Disposition"]
    assert response["Content-Disposition"].startswith("attachment")
    found = csv_rows(content(response))
    assert found[0][:4] == ["Learner", "Employer", "Cohort", "Date"]
    assert {row[4] for row in found[1:]} == {row.title for row in rows}


@pytest.mark.parametrize("params", [{"cohort": "cohort"}, {"programme": "programme"}, {}])
def test_file_of_a_cohort_a_programme_and_all(world: World, params: dict[str, str]) -> None:
    rows = entries(world)
    other = f.CohortFactory(programme__organisation=world.ours.provider)
    f.ProgrammeRoleFactory(programme=other.programme, person=world.ours.lead)
    extra = f.ActivityFactory(
        enrolment=f.EnrolmentFactory(cohort=other), strategy=world.ours.strategy, sent=True
    )
    named = {name: str(getattr(world.ours, row).pk) for name, row in params.items()}
    export = made(world, params=named, wanted="xlsx")
    sheet = load_workbook(BytesIO(bytes_of(export))).worksheets[0]
    titles = {row[4] for row in list(sheet.iter_rows(values_only=True))[1:]}
    assert titles == {row.title for row in rows} | (set() if params else {extra.title})


def test_file_of_learners_is_the_table_of_the_page(world: World, client_of: ClientOf) -> None:
    export = made(world, table="learners")
    of_file = csv_rows(bytes_of(export))
    of_page = csv_rows(client_of(world.ours.lead).get("/lead/?download=csv&table=learners").content)
    assert of_file == of_page
    assert len(of_file) == 2


def test_file_speaks_the_language_in_which_it_was_asked_for(world: World) -> None:
    entries(world)
    export = made(world, language="pl")
    assert csv_rows(bytes_of(export))[0][:2] == ["Osoba ucząca się", "Pracodawca"]


def test_same_request_while_it_waits_makes_one_row(world: World) -> None:
    first = ask(world)
    assert ask(world) == first
    assert ask(world, wanted="xlsx") != first
    assert ask(world, params={"cohort": str(world.ours.cohort.pk), "odd": "x"}) != first
    assert sorted(map(str, Export.objects.values_list("params", flat=True))) == [
        f"{{'cohort': '{world.ours.cohort.pk}'}}",
        "{}",
        "{}",
    ]
    actions.make_exports()
    assert ask(world) != first


def test_database_holds_one_open_request(world: World) -> None:
    first = ask(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.create(
            owner=first.owner, request_key=first.request_key, expires_at=timezone.now(), format="csv"
        )


@pytest.mark.parametrize(
    ("also", "error"),
    [({"table": "nothing"}, UnknownTable), ({"wanted": "pdf"}, ValueError)],
)
def test_odd_request_is_refused(world: World, also: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        ask(world, **also)


@pytest.mark.parametrize("persona", ["learner", "coach", "manager", "org_admin"])
@pytest.mark.parametrize("table", ["activities", "learners"])
def test_who_leads_nothing_gets_no_file(world: World, persona: str, table: str) -> None:
    with pytest.raises(PermissionDenied):
        ask(world, by=getattr(world.ours, persona), table=table)


@pytest.mark.parametrize(
    "params", [{"cohort": "theirs"}, {"programme": "theirs"}, {"cohort": "x"}, {"programme": "0"}]
)
def test_what_others_lead_cannot_be_named(world: World, params: dict[str, str]) -> None:
    theirs = {"cohort": world.theirs.cohort.pk, "programme": world.theirs.programme.pk}
    named = {name: str(theirs[name]) if value == "theirs" else value for name, value in params.items()}
    with pytest.raises(PermissionDenied):
        ask(world, params=named)


# Rights that end ------------------------------------------------------------------------


def end_leading(world: World) -> None:
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    ProgrammeRole.objects.filter(person=world.ours.lead).update(ends_on=yesterday)


def test_right_that_ends_before_the_file_is_made_makes_none(world: World, client_of: ClientOf) -> None:
    export = ask(world)
    end_leading(world)
    actions.make_exports()
    export.refresh_from_db()
    assert (export.status, export.fault, bool(export.file)) == ("failed", "not_permitted", False)
    page = client_of(world.ours.lead).get(reverse("downloads:export_detail", args=[export.pk]))
    assert "You may no longer see these rows." in page.text


def test_right_that_ends_after_the_file_was_made_closes_it(world: World, client_of: ClientOf) -> None:
    entries(world)
    export, client = made(world), client_of(world.ours.lead)
    assert content(read(client, export))
    end_leading(world)
    assert read(client, export).status_code == 403


def test_one_programme_less_closes_a_file_of_all(world: World, client_of: ClientOf) -> None:
    cohort = f.CohortFactory(programme__organisation=world.ours.provider)
    role = f.ProgrammeRoleFactory(programme=cohort.programme, person=world.ours.lead)
    export, client = made(world), client_of(world.ours.lead)
    role.delete()
    assert read(client, export).status_code == 403


def test_membership_that_ends_closes_the_file(world: World, client_of: ClientOf) -> None:
    export = made(world)
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    Membership.objects.filter(person=world.ours.lead).update(ends_on=yesterday)
    assert read(client_of(world.ours.lead), export).status_code == 403


def test_file_of_a_closed_account_is_not_made(world: World) -> None:
    export = ask(world)
    User.objects.filter(pk=world.ours.lead.pk).update(is_active=False)
    actions.make_exports()
    export.refresh_from_db()
    assert export.fault == "not_permitted"


@pytest.mark.parametrize("persona", ["coach", "other_lead", "administrator"])
def test_file_is_its_owners_alone(world: World, client_of: ClientOf, persona: str) -> None:
    export = made(world)
    client = client_of(world.everybody()[persona])
    for name in ("export_detail", "export_read"):
        assert client.get(reverse(f"downloads:{name}", args=[export.pk])).status_code == 404
    assert client.post(reverse("downloads:export_remove", args=[export.pk])).status_code == 404
    with pytest.raises(PermissionDenied):
        actions.remove_export(export=export, by=world.everybody()[persona])
    assert Export.objects.filter(pk=export.pk).exists()


# Workers that die, rows that go ---------------------------------------------------------


def test_worker_that_dies_leaves_a_row_that_is_made_again(world: World) -> None:
    entries(world)
    export = ask(world)
    dead = actions.claim_next()
    assert dead is not None
    assert actions.claim_next() is None
    Export.objects.update(claimed_until=timezone.now() - dt.timedelta(seconds=1))
    assert actions.make_exports() == 1
    export.refresh_from_db()
    assert (export.status, export.attempts) == ("done", 2)
    with pytest.raises(actions.ClaimLost):
        actions.make_claimed(dead)
    again = Export.objects.get(pk=export.pk)
    assert (again.file.name, again.status) == (export.file.name, "done")
    stored = [path for path in Path(private_storage().location).rglob("*") if path.is_file()]
    assert len(stored) == 1


def test_file_that_ends_its_workers_is_given_up(world: World) -> None:
    export = ask(world)
    for _attempt in range(actions.MAX_ATTEMPTS):
        assert actions.claim_next() is not None
        Export.objects.update(claimed_until=timezone.now() - dt.timedelta(seconds=1))
    actions.make_exports()
    export.refresh_from_db()
    assert (export.status, export.fault) == ("failed", "gave_up")


def test_file_removed_while_it_is_made_leaves_no_bytes(world: World) -> None:
    entries(world)
    export = ask(world)
    claimed = actions.claim_next()
    actions.remove_export(export=export, by=world.ours.lead)
    with pytest.raises(actions.ClaimLost):
        actions.make_claimed(claimed)
    assert not Path(private_storage().location).exists()


def test_bytes_stored_for_a_row_that_went_meanwhile_are_deleted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries(world)
    export = ask(world)
    save = PrivateStorage.save

    def save_and_lose_the_row(self: PrivateStorage, *arguments: Any) -> str:
        name = save(self, *arguments)
        Export.objects.filter(pk=export.pk).delete()
        return name

    monkeypatch.setattr(PrivateStorage, "save", save_and_lose_the_row)
    assert actions.make_exports() == 0
    assert [path for path in Path(private_storage().location).rglob("*") if path.is_file()] == []


def test_removed_file_takes_its_bytes_along(
    world: World, client_of: ClientOf, django_capture_on_commit_callbacks: Any
) -> None:
    export = made(world)
    name = export.file.name
    assert private_storage().exists(name)
    with django_capture_on_commit_callbacks(execute=True):
        response = client_of(world.ours.lead).post(
            reverse("downloads:export_remove", args=[export.pk]), follow=True
        )
    assert "Removed: Activities of your learners." in response.text
    assert (Export.objects.count(), private_storage().exists(name)) == (0, False)


def test_files_are_forgotten_after_a_week(
    world: World, client_of: ClientOf, django_capture_on_commit_callbacks: Any
) -> None:
    export, kept = made(world), made(world, wanted="xlsx")
    Export.objects.filter(pk=export.pk).update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert read(client_of(world.ours.lead), export).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        forget()
    assert list(Export.objects.all()) == [kept]
    assert not private_storage().exists(export.file.name)


def test_file_whose_bytes_are_gone_is_not_found(world: World, client_of: ClientOf) -> None:
    export = made(world)
    private_storage().delete(export.file.name)
    assert read(client_of(world.ours.lead), export).status_code == 404


def test_progress_is_written_down_on_the_way(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    entries(world, 5)
    monkeypatch.setattr(actions, "ROWS_A_STEP", 2)
    seen = []
    step = actions._step

    def watched(export: Export, **progress: int) -> None:
        seen.append(progress)
        step(export, **progress)

    monkeypatch.setattr(actions, "_step", watched)
    made(world)
    assert seen == [{"total": 5}, {"done": 2}, {"done": 4}, {}]


# The pages ------------------------------------------------------------------------------


def test_short_table_comes_at_once_and_a_long_one_is_offered(
    world: World, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries(world)
    client = client_of(world.ours.lead)
    url = f"/programmes/cohorts/{world.ours.cohort.pk}/?table=activities&download=csv"
    assert len(csv_rows(client.get(url).content)) == 4
    monkeypatch.setattr(views, "ROWS_AT_ONCE", 2)
    offer = client.get(url)
    assert ("This table has 3 rows." in offer.text, Export.objects.count()) == (True, 0)
    sent = {"table": "activities", "format": "csv", "cohort": world.ours.cohort.pk}
    for name, value in sent.items():
        assert f'name="{name}" value="{value}"' in offer.text
    waiting = client.post(reverse("downloads:export_list"), sent, follow=True)
    assert "Your file is being made" in waiting.text
    assert ('hx-trigger="every 2s"' in waiting.text, "Look again" in waiting.text) == (True, True)
    assert client.get(waiting.request["PATH_INFO"] + "?seen=queued-0").status_code == 204
    make()
    assert client.get(waiting.request["PATH_INFO"] + "?seen=queued-0").status_code == 200
    ready = client.get(waiting.request["PATH_INFO"])
    assert ("Your file is ready" in ready.text, "every 2s" in ready.text) == (True, False)
    assert "Activities of Cohort Alder" in client.get(reverse("downloads:export_list")).text


@pytest.mark.parametrize("where", ["/lead/", "/programmes/{programme}/", "/programmes/cohorts/{cohort}/"])
def test_all_activities_are_offered_to_the_lead_and_only_there(
    world: World, client_of: ClientOf, where: str
) -> None:
    rows = entries(world)
    where = where.format(programme=world.ours.programme.pk, cohort=world.ours.cohort.pk)
    client = client_of(world.ours.lead)
    assert "table=activities&amp;download=csv" in client.get(where).text
    found = csv_rows(client.get(f"{where}?table=activities&download=csv").content)
    assert {row[4] for row in found[1:]} == {row.title for row in rows}
    if where != "/lead/":
        administrator = client_of(world.administrator)
        assert "table=activities" not in administrator.get(where).text
        assert administrator.get(f"{where}?table=activities&download=csv").status_code == 403


@pytest.mark.parametrize(
    "sent", [{"table": "nothing", "format": "csv"}, {"table": "learners", "format": "exe"}, {}]
)
def test_odd_post_is_not_found(world: World, client_of: ClientOf, sent: dict[str, str]) -> None:
    assert client_of(world.ours.lead).post(reverse("downloads:export_list"), sent).status_code == 404


# Memory ---------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("wanted", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_rows(tmp_path: Path, wanted: str) -> None:
    rows = ([f"Sample {n}", n, dt.date(2026, 1, 1), "x" * 50] for n in range(50_000))
    table = Table("Long", ["Name", "Number", "Day", "Text"], rows)
    tracemalloc.start()
    with (tmp_path / "long").open("wb") as file:
        write_table(table, wanted, file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (tmp_path / "long").stat().st_size > 500_000
    assert peak < 5 * 1024 * 1024, peak


def test_rows_are_fetched_in_pieces(world: World, django_assert_num_queries: Any, monkeypatch: Any) -> None:
    entries(world, 6)
    monkeypatch.setattr("programmes.queries.exports.ROWS_A_PIECE", 2)
    produced = produce("activities", world.ours.lead, {})
    with django_assert_num_queries(1 + 3 * 2):
        assert len(list(produced.table.rows)) == 6
