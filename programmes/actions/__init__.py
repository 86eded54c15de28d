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
from programmes.actions.cover import end_cover, set_cover
from programmes.actions.deciding import (
    UNDO_SECONDS,
    approve_activity,
    return_activity,
    undo_decisions,
)
from programmes.actions.entering import discard_form, keep_form
from programmes.actions.evidence import FILES_AN_ENTRY, attach_evidence, check_evidence, remove_evidence
from programmes.actions.leave import mark_leave, unmark_leave
from programmes.actions.recording import EntryChanged, record_access
from programmes.actions.sending import WeekSent, submit_activity, submit_week, withdraw_activity
from programmes.queries.entering import ActivityContent

__all__ = [
    "FILES_AN_ENTRY",
    "OPEN_ENROLMENTS",
    "UNDO_SECONDS",
    "ActivityContent",
    "Day",
    "EntryChanged",
    "WeekSent",
    "approve_activity",
    "attach_evidence",
    "change_activity",
    "check_evidence",
    "create_activities",
    "create_activity",
    "delete_activity",
    "discard_form",
    "end_cover",
    "keep_form",
    "mark_leave",
    "record_access",
    "remove_evidence",
    "return_activity",
    "set_cover",
    "submit_activity",
    "submit_week",
    "undo_decisions",
    "unmark_leave",
    "withdraw_activity",
]
