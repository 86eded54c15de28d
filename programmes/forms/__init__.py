"""What may be typed, and what it means."""

from programmes.forms.activities import (
    AccessReasonForm,
    ActivityFilter,
    ActivityForm,
    copied_from,
    initial_from,
    initial_of,
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
from programmes.forms.strategies import FinderForm, GuideForm, StrategyFilter, StrategyForm

__all__ = [
    "PREFIX",
    "ROWS_AT_MOST",
    "AccessReasonForm",
    "ActivityFilter",
    "ActivityForm",
    "BackForm",
    "BaseDaysFormSet",
    "BreakForm",
    "CohortForm",
    "CoverForm",
    "DaysFormSet",
    "EmployerForm",
    "EnrolForm",
    "EnrolmentFilter",
    "FinderForm",
    "GuideForm",
    "InviteForm",
    "InviteSupportForm",
    "LeadsForm",
    "PlacementForm",
    "ProgrammeCopyForm",
    "ProgrammeCreateForm",
    "ProgrammeFilter",
    "ProgrammeForm",
    "ReturnForm",
    "StrategyFilter",
    "StrategyForm",
    "SupportForm",
    "UnitCriteriaForm",
    "UnitForm",
    "chosen_entries",
    "copied_from",
    "day_rows_from",
    "initial_from",
    "initial_of",
    "placement_in",
    "placement_of",
]
