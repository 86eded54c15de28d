"""Which fields of this app exist in three languages."""

from modeltranslation.translator import TranslationOptions, register

from programmes.models import BalanceRule, LearningStrategy, Programme, ProgrammeUnit


@register(Programme)
class ProgrammeTranslation(TranslationOptions):
    fields = ("title", "summary")


@register(ProgrammeUnit)
class ProgrammeUnitTranslation(TranslationOptions):
    fields = ("title", "summary")


@register(LearningStrategy)
class LearningStrategyTranslation(TranslationOptions):
    fields = ("name", "summary", "when_to_choose")


@register(BalanceRule)
class BalanceRuleTranslation(TranslationOptions):
    fields = ("name", "note")
