"""Which fields of this app exist in three languages."""

from modeltranslation.translator import TranslationOptions, register

from standards.models import Criterion, Framework, GoalTemplate, Level, Scale


@register(Scale)
class ScaleTranslation(TranslationOptions):
    fields = ("name",)


@register(Level)
class LevelTranslation(TranslationOptions):
    fields = ("label", "descriptor")


@register(Framework)
class FrameworkTranslation(TranslationOptions):
    fields = ("title", "description")


@register(Criterion)
class CriterionTranslation(TranslationOptions):
    fields = ("title", "description")


@register(GoalTemplate)
class GoalTemplateTranslation(TranslationOptions):
    fields = ("title", "why", "measure")
