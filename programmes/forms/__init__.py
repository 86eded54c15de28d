"""What may be typed, and what it means."""

from programmes.forms.activities import (
    AccessReasonForm,
    ActivityFilter,
    ActivityForm,
    copied_from,
    initial_from,
    initial_of,
)
from programmes.forms.applications import (
    ApplicationFilter,
    ApplicationForm,
    QuestionForm,
    chosen_applications,
)
from programmes.forms.days import PREFIX, ROWS_AT_MOST, BaseDaysFormSet, DaysFormSet, day_rows_from
from programmes.forms.deciding import CoverForm, ReturnForm, chosen_entries
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
    "NO",
    "NOT_YET",
    "PREFIX",
    "ROWS_AT_MOST",
    "YES",
    "AccessReasonForm",
    "ActivityFilter",
    "ActivityForm",
    "ApplicationFilter",
    "ApplicationForm",
    "BackForm",
    "BaseDaysFormSet",
    "BreakForm",
    "CohortForm",
    "CoverForm",
    "DaysFormSet",
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
    "QuestionForm",
    "ReturnForm",
    "SupportForm",
    "UnitCriteriaForm",
    "UnitForm",
    "chosen_applications",
    "chosen_entries",
    "copied_from",
    "day_rows_from",
    "initial_from",
    "initial_of",
    "placement_in",
    "placement_of",
]
