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
from programmes.actions.evidence import FILES_AN_ENTRY, attach_evidence, check_evidence, remove_evidence
from programmes.actions.recording import EntryChanged, record_access

__all__ = [
    "FILES_AN_ENTRY",
    "OPEN_ENROLMENTS",
    "ActivityContent",
    "EntryChanged",
    "approve_activity",
    "attach_evidence",
    "change_activity",
    "check_evidence",
    "create_activity",
    "record_access",
    "remove_evidence",
    "return_activity",
    "submit_activity",
]
