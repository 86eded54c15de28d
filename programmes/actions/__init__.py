"""Every write that matters: guard, write, history and audit row in one transaction.

Who may is asked first (people.permissions); what is asked here is whether it may happen now.
"""

from programmes.actions.activities import (
    Day,
    change_activity,
    create_activities,
    create_activity,
    delete_activity,
)
from programmes.actions.agreeing import agree_goal, ask_goal_change, undo_goal_decisions
from programmes.actions.amending import SAY_WHY_AMENDED, AmendedAlready, amend_activity
from programmes.actions.applying import (
    answer_application,
    decline_application,
    prompt_application,
    put_off_application,
    submit_application,
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
from programmes.actions.confirming import confirm_application, return_application, undo_confirmations
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
from programmes.actions.goals import (
    change_goal,
    check_in,
    close_goal,
    create_goal,
    delete_goal,
    propose_goal,
    start_goal,
    withdraw_goal,
)
from programmes.actions.importing import (
    AT_ONCE,
    carry_out,
    confirm_import,
    discard_import,
    forget_imports,
    upload_people,
)
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
from programmes.actions.strategies import (
    StrategyContent,
    change_strategy,
    load_strategies,
    remove_guide,
    write_guide,
)
from programmes.actions.support import change_support
from programmes.actions.units import UnitContent, change_unit, create_unit, map_unit, move_unit, remove_unit
from programmes.models.enrolments import OPEN_ENROLMENTS
from programmes.queries.answering import ApplicationContent, BenefitContent
from programmes.queries.entering import ActivityContent
from programmes.queries.goals import GoalContent

__all__ = [
    "AT_ONCE",
    "ENDED",
    "FILES_AN_ENTRY",
    "OPEN_ENROLMENTS",
    "SAY_WHY_AMENDED",
    "UNDO_SECONDS",
    "ActivityContent",
    "AmendedAlready",
    "ApplicationContent",
    "BenefitContent",
    "ChangedMeanwhile",
    "Day",
    "EntryChanged",
    "GoalContent",
    "Newcomer",
    "Placement",
    "ProgrammeContent",
    "RuleContent",
    "StrategyContent",
    "UnitContent",
    "WeekSent",
    "agree_break",
    "agree_goal",
    "amend_activity",
    "answer_application",
    "approve_activity",
    "archive_programme",
    "ask_break",
    "ask_goal_change",
    "attach_evidence",
    "begin_break",
    "carry_out",
    "change_activity",
    "change_cohort",
    "change_enrolment",
    "change_goal",
    "change_leads",
    "change_programme",
    "change_strategy",
    "change_support",
    "change_unit",
    "check_evidence",
    "check_in",
    "choose_rule",
    "close_goal",
    "complete_enrolment",
    "confirm_application",
    "confirm_import",
    "copy_programme",
    "create_activities",
    "create_activity",
    "create_cohort",
    "create_goal",
    "create_programme",
    "create_unit",
    "current_break",
    "decline_application",
    "delete_activity",
    "delete_goal",
    "discard_form",
    "discard_import",
    "end_break",
    "end_cover",
    "enrol_learner",
    "forget_imports",
    "guard_days",
    "invite_learner",
    "invite_supporter",
    "keep_form",
    "load_strategies",
    "map_unit",
    "mark_leave",
    "move_unit",
    "prompt_application",
    "propose_goal",
    "put_off_application",
    "record_access",
    "refuse_break",
    "remove_cohort",
    "remove_evidence",
    "remove_guide",
    "remove_programme",
    "remove_unit",
    "reopen_programme",
    "return_activity",
    "return_application",
    "rule_from",
    "run_breaks",
    "set_cover",
    "start_enrolment",
    "start_goal",
    "submit_activity",
    "submit_application",
    "submit_week",
    "undo_confirmations",
    "undo_decisions",
    "undo_goal_decisions",
    "unmark_leave",
    "upload_people",
    "withdraw_activity",
    "withdraw_break",
    "withdraw_enrolment",
    "withdraw_goal",
    "write_guide",
    "write_rule",
]
