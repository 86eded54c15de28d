"""Every write that matters: guard, write, history and audit row in one transaction.

Who may is asked first (people.permissions); what is asked here is whether it may happen now.
"""

from programmes.actions.activities import (
    OPEN_ENROLMENTS,
    ActivityContent,
    approve_activity,
    change_activity,
    create_activity,
    return_activity,
    submit_activity,
)
from programmes.actions.cohorts import change_cohort, create_cohort, remove_cohort
from programmes.actions.enrolments import (
    ENDED,
    Placement,
    begin_break,
    change_enrolment,
    complete_enrolment,
    current_break,
    end_break,
    enrol_learner,
    start_enrolment,
    withdraw_enrolment,
)
from programmes.actions.evidence import FILES_AN_ENTRY, attach_evidence, remove_evidence
from programmes.actions.inviting import Newcomer, invite_learner, invite_supporter
from programmes.actions.programmes import (
    ProgrammeContent,
    archive_programme,
    change_leads,
    change_programme,
    copy_programme,
    create_programme,
    remove_programme,
    reopen_programme,
)
from programmes.actions.recording import ChangedMeanwhile, EntryChanged, record_access
from programmes.actions.support import change_support
from programmes.actions.units import (
    UnitContent,
    change_unit,
    create_unit,
    map_unit,
    move_unit,
    remove_unit,
)

__all__ = [
    "ENDED",
    "FILES_AN_ENTRY",
    "OPEN_ENROLMENTS",
    "ActivityContent",
    "ChangedMeanwhile",
    "EntryChanged",
    "Newcomer",
    "Placement",
    "ProgrammeContent",
    "UnitContent",
    "approve_activity",
    "archive_programme",
    "attach_evidence",
    "begin_break",
    "change_activity",
    "change_cohort",
    "change_enrolment",
    "change_leads",
    "change_programme",
    "change_support",
    "change_unit",
    "complete_enrolment",
    "copy_programme",
    "create_activity",
    "create_cohort",
    "create_programme",
    "create_unit",
    "current_break",
    "end_break",
    "enrol_learner",
    "invite_learner",
    "invite_supporter",
    "map_unit",
    "move_unit",
    "record_access",
    "remove_cohort",
    "remove_evidence",
    "remove_programme",
    "remove_unit",
    "reopen_programme",
    "return_activity",
    "start_enrolment",
    "submit_activity",
    "withdraw_enrolment",
]
