"""Files made in the background, for tests."""

import datetime as dt
import uuid

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from downloads.models import Export
from tests.factories.people import UserFactory


class ExportFactory(DjangoModelFactory):
    """A file that waits to be made; with `running`, `ready` or `failed` it is that far."""

    class Meta:
        model = Export

    owner = factory.SubFactory(UserFactory)
    table = "activities"
    format = "csv"
    language = "en"
    title = factory.Sequence(lambda n: f"Sample table {n}")
    request_key = factory.Sequence(lambda n: f"key-{n}")
    total = 3
    expires_at = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=7))

    class Params:
        running = factory.Trait(
            status=Export.Status.RUNNING,
            claim=factory.LazyFunction(uuid.uuid4),
            claimed_until=factory.LazyFunction(timezone.now),
        )
        ready = factory.Trait(
            status=Export.Status.DONE,
            file="ab/sample.txt",
            done=3,
            size=11,
            finished_at=factory.LazyFunction(timezone.now),
        )
        failed = factory.Trait(status=Export.Status.FAILED, fault=Export.Fault.GAVE_UP)
