"""Django admin for administrators: the programmes and who is in them, nothing that a learner owns."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from modeltranslation.admin import TranslationAdmin, TranslationTabularInline

from people.models import Organisation
from programmes.models import (
    BalanceRule,
    Cohort,
    LearningStrategy,
    Partnership,
    Programme,
    ProgrammeRole,
    ProgrammeUnit,
)


class UnitInline(TranslationTabularInline):  # type: ignore[misc]
    model = ProgrammeUnit
    extra = 0
    filter_horizontal = ("criteria",)


class RoleInline(admin.TabularInline):  # type: ignore[type-arg]
    model = ProgrammeRole
    extra = 0
    autocomplete_fields = ("person",)


class CohortInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Cohort
    extra = 0


@admin.register(Programme)
class ProgrammeAdmin(TranslationAdmin):  # type: ignore[misc]
    list_display = ("title", "organisation", "duration_weeks")
    list_select_related = ("organisation",)
    filter_horizontal = ("frameworks",)
    inlines = (UnitInline, RoleInline, CohortInline)


@admin.register(BalanceRule)
class BalanceRuleAdmin(TranslationAdmin):  # type: ignore[misc]
    """Rules for everybody come in here. One that is there is never changed: another follows it."""

    list_display = ("name", "organisation", "kind", "starts_from", "starts_until")
    list_select_related = ("organisation",)
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def has_change_permission(self, request: HttpRequest, obj: BalanceRule | None = None) -> bool:
        return False


@admin.register(LearningStrategy)
class LearningStrategyAdmin(TranslationAdmin):  # type: ignore[misc]
    list_display = ("name", "code", "order")


class PartnershipForm(forms.ModelForm):  # type: ignore[type-arg]
    """A provider on the one side, an employer on the other."""

    class Meta:
        model = Partnership
        fields = ("provider", "employer")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("provider", "employer"):
            self.fields[name].queryset = Organisation.objects.filter(kind=name)  # type: ignore[attr-defined]


@admin.register(Partnership)
class PartnershipAdmin(admin.ModelAdmin):
    form = PartnershipForm
    list_display = ("provider", "employer")
    list_select_related = ("provider", "employer")
