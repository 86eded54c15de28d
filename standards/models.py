"""Frameworks of professional standards: a tree of criteria and the scale they are rated on."""

import html
import re

import nh3
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.models import WithTexts
from core.tags import Tag, Tone
from core.transitions import Moves
from people.permissions import AccessPaths, PermittedQuerySet

RICH_TEXT_TAGS = frozenset({"p", "br", "ul", "ol", "li", "b", "strong", "i", "em", "a"})
"""The only HTML that a description may hold."""

_RICH_TEXT_TAG = re.compile(rf"</?({'|'.join(sorted(RICH_TEXT_TAGS))})(\s[^<>]*)?/?>", re.IGNORECASE)


def is_rich_text(text: str) -> bool:
    """Whether a description is HTML: it is when one of the allowed tags is in it, and plain text otherwise."""
    return bool(_RICH_TEXT_TAG.search(text))


def clean_rich_text(text: str) -> str:
    """The HTML `text` with nothing but allowed tags and safe links; plain text when no tag is left."""
    cleaned = nh3.clean(
        text,
        tags=set(RICH_TEXT_TAGS),
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    ).strip()
    if is_rich_text(cleaned):
        return cleaned
    plain = html.unescape(cleaned)
    return f"<p>{cleaned}</p>" if is_rich_text(plain) else plain


class Scale(models.Model):
    """An ordered set of levels, lowest first."""

    code = models.CharField(_("code"), max_length=100, unique=True)
    name = models.CharField(_("name"), max_length=200)

    class Meta:
        ordering = ["code"]
        verbose_name = _("scale")
        verbose_name_plural = _("scales")

    def __str__(self) -> str:
        return self.name or self.code


class Level(models.Model):
    """One level of a scale; `order` counts from 1."""

    scale = models.ForeignKey(Scale, on_delete=models.CASCADE, related_name="levels")
    order = models.PositiveSmallIntegerField(_("order"))
    label = models.CharField(_("label"), max_length=200)
    descriptor = models.TextField(_("descriptor"), blank=True)
    is_proficient = models.BooleanField(_("proficient"), default=False)

    class Meta:
        ordering = ["scale", "order"]
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        constraints = [
            models.UniqueConstraint(fields=["scale", "order"], name="standards_level_unique_order"),
            models.CheckConstraint(condition=Q(order__gte=1), name="standards_level_order_from_1"),
        ]

    def __str__(self) -> str:
        return f"{self.order} {self.label}"


class Framework(models.Model):
    """One version of a professional standard. A published version is never changed: a change is a new version."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")
        ARCHIVED = "archived", _("Archived")

    code = models.CharField(_("code"), max_length=100)
    version = models.CharField(_("version"), max_length=40, default="1")
    language = models.CharField(_("language"), max_length=10, default="en")
    title = models.CharField(_("title"), max_length=300)
    description = models.TextField(_("description"), blank=True)
    issuer = models.CharField(_("issuer"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    status = models.CharField(_("state"), max_length=10, choices=Status, default=Status.DRAFT)
    scale = models.ForeignKey(
        Scale, on_delete=models.PROTECT, null=True, blank=True, related_name="frameworks"
    )

    objects = PermittedQuerySet.as_manager()
    access = AccessPaths(
        for_members=True,
        conditions={"published": {"status": frozenset({Status.PUBLISHED.value, Status.ARCHIVED.value})}},
    )

    class Meta:
        ordering = ["code", "version"]
        verbose_name = _("framework")
        verbose_name_plural = _("frameworks")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="standards_framework_unique_version")
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.version})"

    @property
    def status_tag(self) -> Tag:
        """The framework's state as the pages show it."""
        tone, icon = FRAMEWORK_LOOKS[self.status]
        return Tag(tone, icon, self.get_status_display())


FRAMEWORK_MOVES: Moves = {
    Framework.Status.DRAFT: frozenset({Framework.Status.PUBLISHED}),
    Framework.Status.PUBLISHED: frozenset({Framework.Status.ARCHIVED}),
    Framework.Status.ARCHIVED: frozenset(),
}
FRAMEWORK_LOOKS: dict[str, tuple[Tone, str]] = {
    Framework.Status.DRAFT: ("neutral", "pencil"),
    Framework.Status.PUBLISHED: ("success", "check-circle"),
    Framework.Status.ARCHIVED: ("neutral", "lock"),
}


class Criterion(models.Model):
    """One node of a framework's tree. `order` is the place among its siblings, counted from 0."""

    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="criteria")
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="children"
    )
    code = models.CharField(_("code"), max_length=100)
    title = models.CharField(_("title"), max_length=300)
    description = models.TextField(_("description"), blank=True)
    order = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        ordering = ["framework", "order", "pk"]
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        constraints = [
            models.UniqueConstraint(fields=["framework", "code"], name="standards_criterion_unique_code")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"


class GoalTemplate(WithTexts):
    """A goal that fits a framework, written once: a learner starts from it and ties it to their own work."""

    framework = models.ForeignKey(Framework, on_delete=models.CASCADE, related_name="goal_templates")
    code = models.SlugField(_("code"), max_length=60)
    title = models.CharField(_("title"), max_length=200)
    why = models.TextField(_("why it matters at work"), blank=True, max_length=3000)
    measure = models.TextField(_("how I will know"), blank=True, max_length=2000)
    criteria = models.ManyToManyField(Criterion, related_name="goal_templates", blank=True)
    weeks = models.PositiveSmallIntegerField(_("usual weeks until the target date"), default=8)
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["framework", "order", "code"]
        verbose_name = _("goal template")
        verbose_name_plural = _("goal templates")
        constraints = [
            models.UniqueConstraint(fields=["framework", "code"], name="standards_template_unique_code")
        ]

    def __str__(self) -> str:
        return self.title
