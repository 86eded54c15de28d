from django.db import migrations

BATCH = 2000


def prompt_verified(apps, schema_editor):
    """A prompt for each activity off the job that was verified before there were prompts."""
    entries = apps.get_model("programmes", "ActivityEntry").objects.using(schema_editor.connection.alias)
    records = apps.get_model("programmes", "ApplicationRecord")
    verified = entries.filter(kind="off_job", status="approved", application=None).order_by("pk")
    keys = list(verified.values_list("pk", flat=True))
    for first in range(0, len(keys), BATCH):
        records.objects.using(schema_editor.connection.alias).bulk_create(
            records(entry_id=pk) for pk in keys[first : first + BATCH]
        )


class Migration(migrations.Migration):
    dependencies = [("programmes", "0008_applications")]

    operations = [migrations.RunPython(prompt_verified, migrations.RunPython.noop)]
