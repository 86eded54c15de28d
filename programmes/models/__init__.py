"""Programmes, who is in them, and what they do there."""

from programmes.models.activities import (
    ACTIVITY_MOVES,
    ActivityEntry,
    EvidenceFile,
    Reflection,
    UncountedReason,
)
from programmes.models.applications import (
    APPLICATION_MOVES,
    ApplicationBenefit,
    ApplicationEvent,
    ApplicationRecord,
    BenefitUnit,
)
from programmes.models.balance import BalanceRule
from programmes.models.enrolments import (
    BREAK_MOVES,
    ENROLMENT_MOVES,
    BreakInLearning,
    Cohort,
    Enrolment,
    SupportRole,
)
from programmes.models.goals import GOAL_MOVES, Goal, GoalCheckIn, GoalEvent
from programmes.models.history import ActivityEvent, AutosavedForm, ReturnPreset
from programmes.models.importing import IMPORT_MOVES, PeopleImport
from programmes.models.programmes import PROGRAMME_MOVES, Partnership, Programme, ProgrammeRole, ProgrammeUnit
from programmes.models.strategies import (
    Company,
    CostLevel,
    Disruption,
    LearningStrategy,
    Need,
    StrategyGuide,
)

__all__ = [
    "ACTIVITY_MOVES",
    "APPLICATION_MOVES",
    "BREAK_MOVES",
    "ENROLMENT_MOVES",
    "GOAL_MOVES",
    "IMPORT_MOVES",
    "PROGRAMME_MOVES",
    "ActivityEntry",
    "ActivityEvent",
    "ApplicationBenefit",
    "ApplicationEvent",
    "ApplicationRecord",
    "AutosavedForm",
    "BalanceRule",
    "BenefitUnit",
    "BreakInLearning",
    "Cohort",
    "Company",
    "CostLevel",
    "Disruption",
    "Enrolment",
    "EvidenceFile",
    "Goal",
    "GoalCheckIn",
    "GoalEvent",
    "LearningStrategy",
    "Need",
    "Partnership",
    "PeopleImport",
    "Programme",
    "ProgrammeRole",
    "ProgrammeUnit",
    "Reflection",
    "ReturnPreset",
    "StrategyGuide",
    "SupportRole",
    "UncountedReason",
]
