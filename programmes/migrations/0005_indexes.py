from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("programmes", "0004_translations_and_leads")]

    operations = [
        migrations.RemoveIndex(
            model_name='activityentry',
            name='programmes__enrolme_cb4ef4_idx',
        ),
        migrations.AddIndex(
            model_name='activityentry',
            index=models.Index(fields=['enrolment', '-done_on', 'kind', 'status', 'minutes', 'is_paid', 'id'], name='programmes_activity_progress'),
        ),
    ]
