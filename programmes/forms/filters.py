"""Filters above the lists of a lead; what a filter does not know or understand it leaves out."""

from typing import Any

import django_filters
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from core.texts import column
from programmes.models import Enrolment, Programme


class TolerantFilter(django_filters.FilterSet):  # type: ignore[misc]
    """Unknown values are ignored, and the others still work."""

    @property
    def understood(self) -> dict[str, Any]:
        """What is set and makes sense, by filter."""
        self.form.is_valid()
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def qs(self) -> QuerySet[Any]:
        """The filtered rows."""
        rows: QuerySet[Any] = self.queryset.all()
        for name, value in self.understood.items():
            rows = self.filters[name].filter(rows, value)
        return rows


class ProgrammeFilter(TolerantFilter):
    """Programmes by words of their code or title, in any language, and by state."""

    q = django_filters.CharFilter(method="by_words", label=_("Search"))
    status = django_filters.ChoiceFilter(choices=Programme.Status.choices, label=_("State"))

    class Meta:
        model = Programme
        fields = ("q", "status")

    def by_words(self, rows: QuerySet[Programme], name: str, value: str) -> QuerySet[Programme]:
        match = Q(code__icontains=value)
        for language, _name in settings.LANGUAGES:
            match |= Q(**{f"{column('title', language)}__icontains": value})
        return rows.filter(match)


class EnrolmentFilter(TolerantFilter):
    """Who is in a cohort, by name or employer, and by state."""

    q = django_filters.CharFilter(method="by_words", label=_("Search"))
    status = django_filters.ChoiceFilter(choices=Enrolment.Status.choices, label=_("State"))

    class Meta:
        model = Enrolment
        fields = ("q", "status")

    def by_words(self, rows: QuerySet[Enrolment], name: str, value: str) -> QuerySet[Enrolment]:
        return rows.filter(Q(learner__display_name__icontains=value) | Q(organisation__name__icontains=value))
