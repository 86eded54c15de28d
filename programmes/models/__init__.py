"""Programmes, who is in them, and what they do there."""

from programmes.models.activities import (
    ACTIVITY_MOVES,
    ActivityEntry,
    EvidenceFile,
    LearningStrategy,
    Reflection,
    UncountedReason,
)
from programmes.models.enrolments import ENROLMENT_MOVES, BreakInLearning, Cohort, Enrolment, SupportRole
from programmes.models.history import ActivityEvent, AutosavedForm, ReturnPreset
from programmes.models.programmes import PROGRAMME_MOVES, Partnership, Programme, ProgrammeRole, ProgrammeUnit

__all__ = [
    "ACTIVITY_MOVES",
    "ENROLMENT_MOVES",
    "PROGRAMME_MOVES",
    "ActivityEntry",
    "ActivityEvent",
    "AutosavedForm",
    "BreakInLearning",
    "Cohort",
    "Enrolment",
    "EvidenceFile",
    "LearningStrategy",
    "Partnership",
    "Programme",
    "ProgrammeRole",
    "ProgrammeUnit",
    "Reflection",
    "ReturnPreset",
    "SupportRole",
    "UncountedReason",
]
