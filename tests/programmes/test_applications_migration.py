"""The migration that asks about activities off the job that were verified before there were prompts."""

from types import SimpleNamespace

from django.apps import apps
from django.db import connection
from django.utils.module_loading import import_string

from programmes.models import ApplicationRecord
from tests.factories import programmes as f
from tests.worlds import World

prompt_verified = import_string(
    "programmes.migrations.0009_applications_of_verified_activities.prompt_verified"
)


def test_what_was_verified_off_the_job_is_asked_about_once(world: World) -> None:
    made = {"enrolment": world.ours.enrolment, "strategy": world.ours.strategy}
    verified = f.ActivityFactory(**made, approved=True)
    answered = f.ApplicationFactory(entry=f.ActivityFactory(**made, approved=True), confirmed=True)
    for fields in (
        {},
        {"sent": True},
        {"returned": True},
        {"superseded": True},
        {"kind": "on_job", "approved": True},
    ):
        f.ActivityFactory(**made, **fields)
    for _again in range(2):
        prompt_verified(apps, SimpleNamespace(connection=connection))
    assert {row.entry_id: row.status for row in ApplicationRecord.objects.all()} == {
        verified.pk: "prompted",
        answered.entry_id: "confirmed",
    }
