"""What may be typed, and what it means."""

from programmes.forms.activities import AccessReasonForm, ActivityFilter, ActivityForm, ReturnForm, initial_of
from programmes.forms.enrolments import (
    BackForm,
    BreakForm,
    CohortForm,
    EmployerForm,
    EnrolForm,
    InviteForm,
    InviteSupportForm,
    PlacementForm,
    SupportForm,
    placement_in,
    placement_of,
)
from programmes.forms.filters import EnrolmentFilter, ProgrammeFilter
from programmes.forms.programmes import (
    LeadsForm,
    ProgrammeCopyForm,
    ProgrammeCreateForm,
    ProgrammeForm,
    UnitCriteriaForm,
    UnitForm,
)

__all__ = [
    "AccessReasonForm",
    "ActivityFilter",
    "ActivityForm",
    "BackForm",
    "BreakForm",
    "CohortForm",
    "EmployerForm",
    "EnrolForm",
    "EnrolmentFilter",
    "InviteForm",
    "InviteSupportForm",
    "LeadsForm",
    "PlacementForm",
    "ProgrammeCopyForm",
    "ProgrammeCreateForm",
    "ProgrammeFilter",
    "ProgrammeForm",
    "ReturnForm",
    "SupportForm",
    "UnitCriteriaForm",
    "UnitForm",
    "initial_of",
    "placement_in",
    "placement_of",
]
