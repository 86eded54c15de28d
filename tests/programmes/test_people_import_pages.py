"""The pages of a list of people: sent in, looked at, confirmed, discarded; and the command that does the same."""

import csv
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import translation

from people.models import Invitation, User
from programmes import actions
from programmes.importers import parse_people
from programmes.models import Enrolment, PeopleImport
from programmes.tasks import forget_imports, import_people
from tests.factories import programmes as f
from tests.programmes.test_people_import import plain, upload
from tests.worlds import World

ClientOf = Callable[[User | None], Client]
NEW = "Sample New,new@sample.example,,,,,,,"


def send(client: Client, world: World, data: bytes, name: str = "people.csv", **also: Any) -> Any:
    fields = {"employer": world.ours.employer.pk, "language": "en", "file": SimpleUploadedFile(name, data)}
    url = reverse("programmes:people_import", args=[world.ours.cohort.pk])
    return client.post(url, {**fields, **also})


def test_list_is_sent_previewed_confirmed_and_its_result_shown(world: World, client_of: ClientOf) -> None:
    client = client_of(world.ours.lead)
    page = client.get(reverse("programmes:people_import", args=[world.ours.cohort.pk]))
    assert "example/?download=xlsx" in page.text
    response = send(client, world, plain(NEW, "Sample Member,manager.alder@sample.example,,,,,,,"))
    made = PeopleImport.objects.get()
    url = reverse("programmes:people_import_detail", args=[made.pk])
    assert (response.status_code, response["Location"]) == (302, url)
    preview = client.get(url)
    assert "Invite and enrol" in preview.text
    assert "Enrol: belongs to the employer" in preview.text
    assert not Invitation.objects.exists()
    done = client.post(url, follow=True)
    assert "2 people were enrolled." in done.text
    assert "What the list did" in done.text
    assert "Enrolled: belongs to the employer" in done.text
    assert set(Enrolment.objects.filter(status="invited").values_list("learner__email", flat=True)) == {
        "new@sample.example",
        "manager.alder@sample.example",
    }
    again = client.post(url, follow=True)
    assert "confirmed or discarded already" in again.text


def test_same_list_again_says_that_it_would_change_nothing(world: World, client_of: ClientOf) -> None:
    client = client_of(world.ours.lead)
    send(client, world, plain("Sample,learner.alder@sample.example,,,,,,,"))
    url = reverse("programmes:people_import_detail", args=[PeopleImport.objects.get().pk])
    page = client.get(url)
    assert "It would change nothing." in page.text
    assert "Enrol and invite" not in page.text
    assert "Nothing was changed." in client.post(url, follow=True).text


def test_faults_are_shown_by_line_and_block_until_left_out(world: World, client_of: ClientOf) -> None:
    client = client_of(world.ours.lead)
    send(client, world, plain(NEW, "Sample,,,,,,,,", "Sample,two@sample.example,Nowhere,,,,,,"))
    url = reverse("programmes:people_import_detail", args=[PeopleImport.objects.get().pk])
    page = client.get(url)
    assert "2 lines have faults" in page.text
    assert "Line 3: There is no e-mail address." in page.text
    assert "Line 4: The employer has no team “Nowhere”." in page.text
    refused = client.post(url)
    assert (refused.status_code, "leave these lines out" in refused.text) == (200, True)
    assert not Invitation.objects.exists()
    assert "1 person was enrolled." in client.post(url, {"leave_out": "on"}, follow=True).text
    result = client.get(url)
    assert "Line 3: There is no e-mail address." in result.text
    assert "Line 4: The employer has no team “Nowhere”." in result.text


def test_only_lines_with_faults_are_shown_and_downloaded_when_asked_for(
    world: World, client_of: ClientOf
) -> None:
    client = client_of(world.ours.lead)
    send(client, world, plain(NEW, "=cmd(),two@sample.example,Nowhere,,,,,,"))
    url = reverse("programmes:people_import_detail", args=[PeopleImport.objects.get().pk])
    page = client.get(f"{url}?show=faults")
    assert ("=cmd()" in page.text, "new@sample.example" in page.text) == (True, False)
    response = client.get(f"{url}?show=faults&download=csv")
    rows = list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))
    assert rows[1:] == [
        ["3", "'=cmd()", "two@sample.example", "Left out", "The employer has no team “Nowhere”."]
    ]


@pytest.mark.parametrize(
    ("data", "name", "text"),
    [
        (b"", "list.csv", "The file is empty."),
        (b"a,b\n1,2\n", "list.csv", "The first line has to name the columns"),
        (b"PK\x03\x04broken", "list.xlsx", "The file is damaged or incomplete."),
    ],
)
def test_file_that_is_no_list_comes_back_with_the_reason(
    world: World, client_of: ClientOf, data: bytes, name: str, text: str
) -> None:
    response = send(client_of(world.ours.lead), world, data, name)
    assert (response.status_code, text in response.text) == (200, True)
    assert not PeopleImport.objects.exists()


def test_another_employer_cannot_be_named(world: World, client_of: ClientOf) -> None:
    response = send(client_of(world.ours.lead), world, plain(NEW), employer=world.theirs.employer.pk)
    assert (response.status_code, PeopleImport.objects.count()) == (200, 0)


def test_archived_programme_takes_no_list(world: World, client_of: ClientOf) -> None:
    type(world.ours.programme).objects.filter(pk=world.ours.programme.pk).update(status="archived")
    response = send(client_of(world.ours.lead), world, plain(NEW))
    assert (response.status_code, PeopleImport.objects.count()) == (302, 0)


def test_list_of_another_lead_of_the_same_programme_is_closed(world: World, client_of: ClientOf) -> None:
    made = upload(world, plain(NEW))
    f.ProgrammeRoleFactory(programme=world.ours.programme, person=world.ours.coach)
    url = reverse("programmes:people_import_detail", args=[made.pk])
    for person in (world.ours.coach, world.administrator):
        assert client_of(person).get(url).status_code == 403
    assert client_of(world.theirs.lead).get(url).status_code == 404


def test_discarded_list_invites_nobody(world: World, client_of: ClientOf) -> None:
    made, client = upload(world, plain(NEW)), client_of(world.ours.lead)
    url = reverse("programmes:people_import_discard", args=[made.pk])
    assert "The list was discarded." in client.post(url, follow=True).text
    assert (
        "names in it were deleted"
        in client.get(reverse("programmes:people_import_detail", args=[made.pk])).text
    )
    assert "confirmed or discarded already" in client.post(url, follow=True).text
    assert not User.objects.filter(email="new@sample.example").exists()


def test_longer_list_shows_its_progress_and_is_done_by_the_task(
    world: World, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"Sample {n},n{n}@sample.example,,,,,,," for n in range(3)]
    made, client = upload(world, plain(*rows)), client_of(world.ours.lead)
    actions.confirm_import(people_import=made, leave_out=False, by=world.ours.lead, at_once=0)
    actions.carry_out(people_import=made, lines=1)
    url = reverse("programmes:people_import_detail", args=[made.pk])
    page = client.get(url)
    assert "1 of 3 lines are done." in page.text
    assert ('hx-trigger="every 2s"' in page.text, "Look again" in page.text) == (True, True)
    assert 'hx-get="' + url + '?seen=1"' in page.text
    assert client.get(f"{url}?seen=1").status_code == 204
    assert client.get(f"{url}?seen=0").status_code == 200
    import_people()
    assert client.get(f"{url}?seen=1").status_code == 200
    page = client.get(url)
    assert ("What the list did" in page.text, "every 2s" in page.text) == (True, False)
    assert Invitation.objects.count() == 3
    forget_imports()
    assert PeopleImport.objects.count() == 1


@pytest.mark.parametrize("language", ["en", "es", "pl"])
@pytest.mark.parametrize("wanted", ["csv", "xlsx"])
def test_example_in_every_language_can_be_read_again(
    world: World, client_of: ClientOf, language: str, wanted: str
) -> None:
    User.objects.filter(pk=world.ours.lead.pk).update(language=language)
    lead = User.objects.get(pk=world.ours.lead.pk)
    url = reverse("programmes:people_import_example", args=[world.ours.cohort.pk])
    with translation.override(language):
        response = client_of(lead).get(f"{url}?download={wanted}")
        parsed = parse_people(response.content)
    first, second = parsed.lines
    assert (parsed.faults, parsed.notes) == ([], [])
    assert (first.name, first.email, first.minutes) == ("Sample Learner A", "learner.a@company.example", 2400)
    assert (first.coach, first.mentor, first.manager) == (
        "coach@provider.example",
        "mentor@company.example",
        "manager@company.example",
    )
    assert first.starts_on is not None
    assert (second.language, second.starts_on) == ("pl", None)


# The command ----------------------------------------------------------------------------


def command(world: World, tmp_path: Path, data: bytes, *options: str) -> str:
    file, said = tmp_path / "people.csv", StringIO()
    file.write_bytes(data)
    side = world.ours
    named = ["--cohort", str(side.cohort.pk), "--employer", side.employer.name, "--as", side.lead.email]
    call_command("import_people", str(file), *named, *options, stdout=said, stderr=said)
    return said.getvalue()


def test_command_says_what_it_would_do_and_does_it_when_told(world: World, tmp_path: Path) -> None:
    said = command(world, tmp_path, plain(NEW))
    assert said.splitlines() == ["Invite and enrol: 1", "Nothing was changed: say --confirm to do it."]
    assert not Invitation.objects.exists()
    assert command(world, tmp_path, plain(NEW), "--confirm").splitlines()[-1] == "Done."
    assert Invitation.objects.count() == 1


def test_command_refuses_a_list_with_faults(world: World, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Some lines have faults"):
        command(world, tmp_path, plain(NEW, "Bad,,,,,,,,"), "--confirm")
    said = command(world, tmp_path, plain(NEW, "Bad,,,,,,,,"), "--confirm", "--leave-out")
    assert "Line 3: There is no e-mail address." in said
    assert Invitation.objects.count() == 1


def test_command_asks_for_the_right(world: World, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="may not enrol"):
        command(world, tmp_path, plain(NEW), "--as", world.ours.manager.email)
