"""Which rule a programme's planned hours follow, and rules that a provider writes itself."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from core.texts import keep_states, texts_of
from people.models import User
from people.permissions import Permission
from programmes.actions.recording import ChangedMeanwhile, audit_change, require
from programmes.models import BalanceRule, Programme

RULE_TEXTS = ("name", "note")


@dataclass(frozen=True)
class RuleContent:
    """What a lead says about a rule: columns, and the provider's own rule that it follows, if any."""

    fields: Mapping[str, Any]
    follows: BalanceRule | None = None


def rule_from(content: RuleContent, programme: Programme) -> BalanceRule:
    """The rule as it would be written for the programme's provider; not saved."""
    rule = BalanceRule(organisation=programme.organisation, code=f"own-{uuid.uuid4().hex[:12]}")
    before = texts_of(rule, RULE_TEXTS)
    for name, value in content.fields.items():
        setattr(rule, name, value)
    keep_states(rule, RULE_TEXTS, before=before)
    rule.family = content.follows.family if content.follows else rule.code
    return rule


@transaction.atomic
def write_rule(*, programme: Programme, content: RuleContent, revision: int, by: User) -> BalanceRule:
    """A new rule of the programme's provider, which the programme follows from now on. It is never changed.

    Raises ChangedMeanwhile when the programme is no longer as the page showed it.
    """
    require(by, Permission.PROGRAMME_CHANGE, programme)
    rule = rule_from(content, programme)
    if content.follows and content.follows.organisation_id != programme.organisation_id:
        raise ValidationError({"follows": _("Choose one of your own rules.")})
    rule.save(force_insert=True)
    audit_change(programme, action="balance.write", by=by, changes={"rule": [None, rule.pk]})
    choose_rule(programme=programme, rule=rule, revision=revision, by=by)
    return rule


@transaction.atomic
def choose_rule(*, programme: Programme, rule: BalanceRule | None, revision: int, by: User) -> None:
    """Have the programme's planned hours follow the rule, or none: its own planned hours.

    Raises ChangedMeanwhile when the programme is no longer as the page showed it, ValidationError for another
    provider's rule.
    """
    require(by, Permission.PROGRAMME_CHANGE, programme)
    if rule and not BalanceRule.objects.offered_to(programme.organisation).filter(pk=rule.pk).exists():
        raise ValidationError({"rule": _("Choose from the list.")})
    was = programme.balance_rule_id
    rows = Programme.objects.filter(pk=programme.pk, revision=revision)
    if not rows.update(balance_rule=rule, revision=F("revision") + 1):
        raise ChangedMeanwhile
    programme.refresh_from_db()
    audit_change(
        programme,
        action="programme.balance",
        by=by,
        changes={"balance_rule": [was, rule.pk if rule else None]},
    )
