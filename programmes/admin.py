"""Django admin for administrators: the programmes and who is in them, nothing that a learner owns."""

from django.contrib import admin
from modeltranslation.admin import TranslationAdmin, TranslationTabularInline

from programmes.models import Cohort, LearningStrategy, Programme, ProgrammeRole, ProgrammeUnit


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


@admin.register(LearningStrategy)
class LearningStrategyAdmin(TranslationAdmin):  # type: ignore[misc]
    list_display = ("name", "code", "order")
