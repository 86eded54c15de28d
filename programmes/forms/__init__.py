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
from programmes.forms.goals import (
    AskChangeForm,
    CheckInForm,
    CloseForm,
    GoalFilter,
    GoalForm,
    chosen_goals,
    initial_of_template,
    target_in,
)
from programmes.forms.importing import ConfirmImportForm, PeopleListForm
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
    "AskChangeForm",
    "BackForm",
    "BaseDaysFormSet",
    "BreakAskForm",
    "BreakDecideForm",
    "BreakForm",
    "CheckInForm",
    "CloseForm",
    "CohortForm",
    "ConfirmImportForm",
    "CoverForm",
    "DaysFormSet",
    "EmployerForm",
    "EnrolForm",
    "EnrolmentFilter",
    "ExampleForm",
    "FinderForm",
    "GoalFilter",
    "GoalForm",
    "GuideForm",
    "InviteForm",
    "InviteSupportForm",
    "LeadsForm",
    "PeopleListForm",
    "PlacementForm",
    "ProgrammeCopyForm",
    "ProgrammeCreateForm",
    "ProgrammeFilter",
    "ProgrammeForm",
    "QuestionForm",
    "ReturnForm",
    "RuleChoiceForm",
    "RuleForm",
    "StrategyFilter",
    "StrategyForm",
    "SupportForm",
    "UnitCriteriaForm",
    "UnitForm",
    "chosen_applications",
    "chosen_entries",
    "chosen_goals",
    "copied_from",
    "day_rows_from",
    "initial_from",
    "initial_of",
    "initial_of_template",
    "placement_in",
    "placement_of",
    "target_in",
]
