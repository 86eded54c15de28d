"""Frameworks, criteria and scales for tests. Texts are in English unless a test says otherwise."""

import factory
from factory.django import DjangoModelFactory

from standards.models import Criterion, Framework, GoalTemplate, Level, Scale


class ScaleFactory(DjangoModelFactory):
    class Meta:
        model = Scale

    code = factory.Sequence(lambda number: f"scale-{number}")
    name = "Two steps"


class LevelFactory(DjangoModelFactory):
    class Meta:
        model = Level

    scale = factory.SubFactory(ScaleFactory)
    order = factory.Sequence(lambda number: number + 1)
    label = factory.LazyAttribute(lambda level: f"Level {level.order}")
    descriptor = "Does it."


class FrameworkFactory(DjangoModelFactory):
    """Published; `status="draft"` for a draft."""

    class Meta:
        model = Framework

    code = factory.Sequence(lambda number: f"FW-{number}")
    title = factory.LazyAttribute(lambda framework: f"Framework {framework.code}")
    issuer = "Sample Standards Office"
    status = Framework.Status.PUBLISHED


class CriterionFactory(DjangoModelFactory):
    class Meta:
        model = Criterion

    framework = factory.SubFactory(FrameworkFactory)
    code = factory.Sequence(lambda number: f"C{number}")
    title = factory.LazyAttribute(lambda criterion: f"Criterion {criterion.code}")
    order = factory.Sequence(lambda number: number)


class GoalTemplateFactory(DjangoModelFactory):
    class Meta:
        model = GoalTemplate

    framework = factory.SubFactory(FrameworkFactory)
    code = factory.Sequence(lambda number: f"template-{number}")
    title = factory.LazyAttribute(lambda template: f"Template {template.code}")
    why = "It comes up every week."
    measure = "The team does it without asking."
    weeks = 6
