"""Deliveries for tests."""

import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from notifications.models import Delivery
from tests.factories.people import UserFactory


class DeliveryFactory(DjangoModelFactory):
    class Meta:
        model = Delivery

    rule = "sample"
    object_id = factory.Sequence(str)
    recipient = factory.SubFactory(UserFactory)
    due_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(seconds=1))
    due_on = factory.LazyFunction(timezone.localdate)
