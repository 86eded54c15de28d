"""Ways of learning: what each is, when to choose it, whom and what it takes; and a provider's own words about it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.models import WithTexts
from people.models import Organisation
from people.permissions import AccessPaths, PermittedQuerySet


class Disruption(models.TextChoices):
    """How much the day's work has to give way."""

    LOW = "low", _("Low disruption")
    MEDIUM = "medium", _("Medium disruption")
    HIGH = "high", _("High disruption")


class CostLevel(models.TextChoices):
    """What it costs beside the time."""

    NONE = "none", _("No cost")
    LOW = "low", _("Low cost")
    MEDIUM = "medium", _("Medium cost")
    HIGH = "high", _("High cost")


class Company(models.TextChoices):
    """With how many others one learns in this way."""

    ALONE = "alone", _("Alone")
    PAIR = "pair", _("In a pair")
    GROUP = "group", _("In a group")


class Need(models.TextChoices):
    """What kind of thing somebody wants to learn."""

    KNOWLEDGE = "knowledge", _("To know or understand something")
    PRACTICE = "practice", _("To be able to do something")
    PEOPLE = "people", _("To work better with others")
    PROBLEMS = "problems", _("To solve a problem at work")
    ATTITUDE = "attitude", _("To change how I go about my work")


def validate_needs(value: Any) -> None:
    """Raises ValidationError unless the value is a list of different needs."""
    known = isinstance(value, list) and all(item in Need.values for item in value)
    if not known or len(set(value)) != len(value):
        raise ValidationError(_("Choose from the kinds of need that are listed."))


class LearningStrategy(WithTexts):
    """A way of learning, such as coaching or job shadowing, and when to choose it.

    These are the site's own words; `usual_kind` "" is both on and off the job, and any other "" is not said.
    """

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    summary = models.TextField(_("what it is"), blank=True, max_length=3000)
    when_to_choose = models.TextField(_("when to choose it"), blank=True, max_length=3000)
    skills = models.TextField(_("for which skill"), blank=True, max_length=3000)
    people_needed = models.TextField(_("who is needed"), blank=True, max_length=3000)
    usual_kind = models.CharField(_("usually"), max_length=7, blank=True)
    disruption = models.CharField(
        _("disruption of the day's work"), max_length=6, choices=Disruption, blank=True
    )
    cost_level = models.CharField(_("cost"), max_length=6, choices=CostLevel, blank=True)
    group = models.CharField(_("alone or with others"), max_length=5, choices=Company, blank=True)
    suits = models.JSONField(
        _("for which kind of need"), default=list, blank=True, validators=[validate_needs]
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    revision = models.PositiveIntegerField(default=1, editable=False)

    objects = PermittedQuerySet.as_manager()
    # It belongs to no provider, so nobody stands to it as a programme lead: no row is left out by the name.
    access = AccessPaths(for_members=True, conditions={"provider": {}})

    class Meta:
        ordering = ["order", "code"]
        verbose_name = _("learning strategy")
        verbose_name_plural = _("learning strategies")

    def __str__(self) -> str:
        return self.name


class StrategyGuide(WithTexts):
    """A training provider's own words about a way of learning, for its own people.

    What it leaves empty is read in the site's words.
    """

    strategy = models.ForeignKey(LearningStrategy, on_delete=models.CASCADE, related_name="guides")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="strategy_guides")
    summary = models.TextField(_("what it is"), blank=True, max_length=3000)
    when_to_choose = models.TextField(_("when to choose it"), blank=True, max_length=3000)
    skills = models.TextField(_("for which skill"), blank=True, max_length=3000)
    people_needed = models.TextField(_("who is needed"), blank=True, max_length=3000)
    revision = models.PositiveIntegerField(default=1)

    objects = PermittedQuerySet.as_manager()
    access = AccessPaths(
        organisation="organisation",
        conditions={"provider": {"organisation__kind": frozenset({Organisation.Kind.PROVIDER.value})}},
    )

    class Meta:
        ordering = ["strategy", "organisation"]
        verbose_name = _("guide to a way of learning")
        verbose_name_plural = _("guides to ways of learning")
        constraints = [
            models.UniqueConstraint(
                fields=["strategy", "organisation"], name="programmes_guide_once_a_provider"
            )
        ]

    def __str__(self) -> str:
        return f"{self.strategy} · {self.organisation}"


GUIDE_TEXTS = ("summary", "when_to_choose", "skills", "people_needed")
STRATEGY_TEXTS = ("name", *GUIDE_TEXTS)
