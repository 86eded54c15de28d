"""Goal templates of a framework: made, changed, removed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Max
from django.utils.translation import gettext_lazy as _

from core.audit import record_event
from core.texts import keep_states, texts_of
from people.models import User, pseudonym_of
from people.permissions import Permission, can
from standards.models import Criterion, Framework, GoalTemplate

TEXTS = ("title", "why", "measure")


class TemplateChanged(Exception):
    """Somebody, or another tab, changed the template since the page was opened."""


@dataclass(frozen=True)
class TemplateContent:
    """What is said about a template: columns, its criteria, and the translations that are right as they are."""

    fields: Mapping[str, Any]
    criteria: Collection[Criterion]
    still_right: Collection[str] = field(default_factory=frozenset)


def _require(by: User, framework: Framework) -> None:
    if not can(by, Permission.TEMPLATE_CHANGE, framework):
        raise PermissionDenied


def _guard(framework: Framework, content: TemplateContent) -> None:
    if {criterion.framework_id for criterion in content.criteria} - {framework.pk}:
        raise ValidationError({"criteria": _("Choose from the criteria of this standard.")})


def _audit(template: GoalTemplate, action: str, by: User, names: Collection[str]) -> None:
    changes = dict.fromkeys(names)
    record_event(action=action, on=template, actor=pseudonym_of(by), role="administrator", changes=changes)


@transaction.atomic
def create_template(*, framework: Framework, content: TemplateContent, by: User) -> GoalTemplate:
    """A new template behind the others. Raises ValidationError for criteria of another framework."""
    _require(by, framework)
    _guard(framework, content)
    last = framework.goal_templates.aggregate(last=Max("order"))["last"] or 0
    template = GoalTemplate(framework=framework, order=last + 1)
    before = texts_of(template, TEXTS)
    for name, value in content.fields.items():
        setattr(template, name, value)
    keep_states(template, TEXTS, before=before)
    template.save(force_insert=True)
    template.criteria.set(content.criteria)
    _audit(template, "goal_template.create", by, content.fields)
    return template


@transaction.atomic
def change_template(*, template: GoalTemplate, content: TemplateContent, revision: int, by: User) -> None:
    """Rewrite a template; goals that were made from it stay as they are. Raises TemplateChanged when it is no longer as
    the page showed it.
    """
    _require(by, template.framework)
    _guard(template.framework, content)
    rows = GoalTemplate.objects.filter(pk=template.pk, revision=revision)
    if not rows.update(revision=F("revision") + 1):
        raise TemplateChanged
    template.refresh_from_db()
    before = texts_of(template, TEXTS)
    for name, value in content.fields.items():
        setattr(template, name, value)
    keep_states(template, TEXTS, before=before, still_right=content.still_right)
    template.save()
    template.criteria.set(content.criteria)
    _audit(template, "goal_template.change", by, content.fields)


@transaction.atomic
def remove_template(*, template: GoalTemplate, by: User) -> None:
    """Remove a template for good; goals that were made from it stay as they are."""
    _require(by, template.framework)
    _audit(template, "goal_template.remove", by, ["code"])
    template.delete()
