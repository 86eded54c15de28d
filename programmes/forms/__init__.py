"""What may be typed, and what it means."""

from programmes.forms.activities import (
    AccessReasonForm,
    ActivityFilter,
    ActivityForm,
    copied_from,
    initial_from,
    initial_of,
)
from programmes.forms.balance import ExampleForm, RuleChoiceForm, RuleForm
from programmes.forms.breaks import BackForm, BreakAskForm, BreakDecideForm, BreakForm
from programmes.forms.days import PREFIX, ROWS_AT_MOST, BaseDaysFormSet, DaysFormSet, day_rows_from
from programmes.forms.deciding import CoverForm, ReturnForm, chosen_entries
from programmes.forms.enrolments import (
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
    "PREFIX",
    "ROWS_AT_MOST",
    "AccessReasonForm",
    "ActivityFilter",
    "ActivityForm",
    "BackForm",
    "BaseDaysFormSet",
    "BreakAskForm",
    "BreakDecideForm",
    "BreakForm",
    "CohortForm",
    "CoverForm",
    "DaysFormSet",
    "EmployerForm",
    "EnrolForm",
    "EnrolmentFilter",
    "ExampleForm",
    "InviteForm",
    "InviteSupportForm",
    "LeadsForm",
    "PlacementForm",
    "ProgrammeCopyForm",
    "ProgrammeCreateForm",
    "ProgrammeFilter",
    "ProgrammeForm",
    "ReturnForm",
    "RuleChoiceForm",
    "RuleForm",
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
