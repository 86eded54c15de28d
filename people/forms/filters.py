"""The filters above lists of people: what they do not know or understand they leave out."""

from typing import Any

import django_filters
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from people.models import Invitation, Membership


class LenientFilter(django_filters.FilterSet):  # type: ignore[misc]
    """A set of filters in the address, of which unknown values are ignored and the others still work."""

    def understood(self) -> dict[str, Any]:
        """The filters that are set, with their values."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def qs(self) -> QuerySet[Any]:
        """The filtered rows."""
        rows: QuerySet[Any] = self.queryset.all()
        for name, value in self.understood().items():
            rows = self.filters[name].filter(rows, value)
        return rows


class MembershipFilter(LenientFilter):
    """Who belongs to an organisation: by name or address, role, and whether now or formerly (now, unless said)."""

    class When(models.TextChoices):
        NOW = "now", pgettext_lazy("memberships", "Now")
        ENDED = "ended", pgettext_lazy("memberships", "Ended")

    q = django_filters.CharFilter(method="by_words", label=_("Name or e-mail"))
    role = django_filters.ChoiceFilter(choices=Membership.Role.choices, label=_("Role"))
    when = django_filters.ChoiceFilter(choices=When.choices, method="by_time", label=_("When"))

    class Meta:
        model = Membership
        fields = ("q", "role", "when")

    def by_words(self, rows: QuerySet[Membership], name: str, value: str) -> QuerySet[Membership]:
        return rows.filter(Q(person__display_name__icontains=value) | Q(person__email__icontains=value))

    def by_time(self, rows: QuerySet[Membership], name: str, value: str) -> QuerySet[Membership]:
        has_ended = Q(ends_on__lt=timezone.localdate())
        return rows.filter(has_ended) if value == self.When.ENDED else rows.exclude(has_ended)

    @property
    def qs(self) -> QuerySet[Membership]:
        """The filtered rows; memberships that are over only when asked for."""
        rows: QuerySet[Membership] = super().qs
        return rows if "when" in self.understood() else self.by_time(rows, "when", self.When.NOW)


class InvitationFilter(LenientFilter):
    """Invitations of an organisation: by name or address, and state (unanswered ones, unless said)."""

    q = django_filters.CharFilter(method="by_words", label=_("Name or e-mail"))
    state = django_filters.ChoiceFilter(
        choices=Invitation.State.choices, method="by_state", label=_("State"), empty_label=_("Unanswered")
    )

    class Meta:
        model = Invitation
        fields = ("q", "state")

    def by_words(self, rows: QuerySet[Invitation], name: str, value: str) -> QuerySet[Invitation]:
        return rows.filter(Q(display_name__icontains=value) | Q(email__icontains=value))

    def by_state(self, rows: QuerySet[Invitation], name: str, value: str) -> QuerySet[Invitation]:
        now = timezone.now()
        conditions = {
            Invitation.State.PENDING: Q(accepted_at=None, revoked_at=None, expires_at__gt=now),
            Invitation.State.EXPIRED: Q(accepted_at=None, revoked_at=None, expires_at__lte=now),
            Invitation.State.ACCEPTED: Q(accepted_at__isnull=False),
            Invitation.State.REVOKED: Q(revoked_at__isnull=False),
        }
        return rows.filter(conditions[Invitation.State(value)])

    @property
    def qs(self) -> QuerySet[Invitation]:
        """The filtered rows; answered ones only when asked for."""
        rows: QuerySet[Invitation] = super().qs
        return rows if "state" in self.understood() else rows.filter(accepted_at=None, revoked_at=None)
