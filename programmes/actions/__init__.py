"""Every write that matters: guard, write, history and audit row in one transaction.

Who may is asked first (people.permissions); what is asked here is whether it may happen now.
"""

from programmes.actions.activities import (
    OPEN_ENROLMENTS,
    Day,
    change_activity,
    create_activities,
    create_activity,
    delete_activity,
)
from programmes.actions.balance import RuleContent, choose_rule, rule_from, write_rule
from programmes.actions.breaks import (
    agree_break,
    ask_break,
    begin_break,
    current_break,
    end_break,
    guard_days,
    refuse_break,
    run_breaks,
    withdraw_break,
)
from programmes.actions.cohorts import change_cohort, create_cohort, remove_cohort
from programmes.actions.cover import end_cover, set_cover
from programmes.actions.deciding import UNDO_SECONDS, approve_activity, return_activity, undo_decisions
from programmes.actions.enrolments import (
    ENDED,
    Placement,
    change_enrolment,
    complete_enrolment,
    enrol_learner,
    start_enrolment,
    withdraw_enrolment,
)
from programmes.actions.entering import discard_form, keep_form
from programmes.actions.evidence import FILES_AN_ENTRY, attach_evidence, check_evidence, remove_evidence
from programmes.actions.inviting import Newcomer, invite_learner, invite_supporter
from programmes.actions.leave import mark_leave, unmark_leave
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
from programmes.actions.sending import WeekSent, submit_activity, submit_week, withdraw_activity
from programmes.actions.support import change_support
from programmes.actions.units import UnitContent, change_unit, create_unit, map_unit, move_unit, remove_unit
from programmes.queries.entering import ActivityContent

__all__ = [
    "ENDED",
    "FILES_AN_ENTRY",
    "OPEN_ENROLMENTS",
    "UNDO_SECONDS",
    "ActivityContent",
    "ChangedMeanwhile",
    "Day",
    "EntryChanged",
    "Newcomer",
    "Placement",
    "ProgrammeContent",
    "RuleContent",
    "UnitContent",
    "WeekSent",
    "agree_break",
    "approve_activity",
    "archive_programme",
    "ask_break",
    "attach_evidence",
    "begin_break",
    "change_activity",
    "change_cohort",
    "change_enrolment",
    "change_leads",
    "change_programme",
    "change_support",
    "change_unit",
    "check_evidence",
    "choose_rule",
    "complete_enrolment",
    "copy_programme",
    "create_activities",
    "create_activity",
    "create_cohort",
    "create_programme",
    "create_unit",
    "current_break",
    "delete_activity",
    "discard_form",
    "end_break",
    "end_cover",
    "enrol_learner",
    "guard_days",
    "invite_learner",
    "invite_supporter",
    "keep_form",
    "map_unit",
    "mark_leave",
    "move_unit",
    "record_access",
    "refuse_break",
    "remove_cohort",
    "remove_evidence",
    "remove_programme",
    "remove_unit",
    "reopen_programme",
    "return_activity",
    "rule_from",
    "run_breaks",
    "set_cover",
    "start_enrolment",
    "submit_activity",
    "submit_week",
    "undo_decisions",
    "unmark_leave",
    "withdraw_activity",
    "withdraw_break",
    "withdraw_enrolment",
    "write_rule",
]
