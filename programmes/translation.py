"""Which fields of this app exist in three languages."""

from modeltranslation.translator import TranslationOptions, register

from programmes.models import BalanceRule, LearningStrategy, Programme, ProgrammeUnit, StrategyGuide
from programmes.models.strategies import GUIDE_TEXTS, STRATEGY_TEXTS


@register(Programme)
class ProgrammeTranslation(TranslationOptions):
    fields = ("title", "summary")


@register(ProgrammeUnit)
class ProgrammeUnitTranslation(TranslationOptions):
    fields = ("title", "summary")


@register(LearningStrategy)
class LearningStrategyTranslation(TranslationOptions):
    fields = STRATEGY_TEXTS


@register(StrategyGuide)
class StrategyGuideTranslation(TranslationOptions):
    fields = GUIDE_TEXTS


@register(BalanceRule)
class BalanceRuleTranslation(TranslationOptions):
    fields = ("name", "note")
