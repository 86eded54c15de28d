from django.urls import path

from programmes.views import (
    activities,
    cohorts,
    enrolments,
    entering,
    evidence,
    lifecycle,
    lists,
    moves,
    programmes,
    units,
)

app_name = "programmes"

urlpatterns = [
    path("activities/", lists.OwnActivityListView.as_view(), name="activity_list"),
    path("activities/new/", entering.ActivityCreateView.as_view(), name="activity_create"),
    path("activities/<int:pk>/", activities.ActivityDetailView.as_view(), name="activity_detail"),
    path("activities/<int:pk>/change/", entering.ActivityChangeView.as_view(), name="activity_change"),
    path("activities/<int:pk>/send/", activities.ActivitySubmitView.as_view(), name="activity_submit"),
    path("activities/<int:pk>/verify/", activities.ActivityApproveView.as_view(), name="activity_approve"),
    path("activities/<int:pk>/return/", activities.ActivityReturnView.as_view(), name="activity_return"),
    path("evidence/<uuid:pk>/", evidence.EvidenceReadView.as_view(), name="evidence_read"),
    path("evidence/<uuid:pk>/remove/", evidence.EvidenceRemoveView.as_view(), name="evidence_remove"),
    path(
        "learners/<int:pk>/activities/",
        lists.EnrolmentActivityListView.as_view(),
        name="enrolment_activities",
    ),
    path("programmes/", programmes.ProgrammeListView.as_view(), name="programme_list"),
    path("programmes/new/", programmes.ProgrammeCreateView.as_view(), name="programme_create"),
    path("programmes/<int:pk>/", programmes.ProgrammeDetailView.as_view(), name="programme_detail"),
    path("programmes/<int:pk>/change/", programmes.ProgrammeChangeView.as_view(), name="programme_change"),
    path("programmes/<int:pk>/copy/", lifecycle.ProgrammeCopyView.as_view(), name="programme_copy"),
    path("programmes/<int:pk>/archive/", lifecycle.ProgrammeArchiveView.as_view(), name="programme_archive"),
    path("programmes/<int:pk>/reopen/", lifecycle.ProgrammeReopenView.as_view(), name="programme_reopen"),
    path("programmes/<int:pk>/remove/", lifecycle.ProgrammeRemoveView.as_view(), name="programme_remove"),
    path("programmes/<int:pk>/leads/", lifecycle.ProgrammeLeadsView.as_view(), name="programme_leads"),
    path("programmes/<int:pk>/units/new/", units.UnitCreateView.as_view(), name="unit_create"),
    path("programmes/units/<int:pk>/change/", units.UnitChangeView.as_view(), name="unit_change"),
    path("programmes/units/<int:pk>/criteria/", units.UnitCriteriaView.as_view(), name="unit_criteria"),
    path("programmes/units/<int:pk>/move/", units.UnitMoveView.as_view(), name="unit_move"),
    path("programmes/units/<int:pk>/remove/", units.UnitRemoveView.as_view(), name="unit_remove"),
    path("programmes/<int:pk>/cohorts/new/", cohorts.CohortCreateView.as_view(), name="cohort_create"),
    path("programmes/cohorts/<int:pk>/", cohorts.CohortDetailView.as_view(), name="cohort_detail"),
    path("programmes/cohorts/<int:pk>/change/", cohorts.CohortChangeView.as_view(), name="cohort_change"),
    path("programmes/cohorts/<int:pk>/remove/", cohorts.CohortRemoveView.as_view(), name="cohort_remove"),
    path(
        "programmes/cohorts/<int:pk>/enrol/",
        enrolments.EnrolmentCreateView.as_view(),
        name="enrolment_create",
    ),
    path(
        "programmes/cohorts/<int:pk>/invite/",
        enrolments.EnrolmentInviteView.as_view(),
        name="enrolment_invite",
    ),
    path(
        "programmes/enrolments/<int:pk>/", enrolments.EnrolmentDetailView.as_view(), name="enrolment_detail"
    ),
    path(
        "programmes/enrolments/<int:pk>/change/",
        enrolments.EnrolmentChangeView.as_view(),
        name="enrolment_change",
    ),
    path("programmes/enrolments/<int:pk>/start/", moves.EnrolmentStartView.as_view(), name="enrolment_start"),
    path("programmes/enrolments/<int:pk>/break/", moves.EnrolmentBreakView.as_view(), name="enrolment_break"),
    path("programmes/enrolments/<int:pk>/back/", moves.EnrolmentBackView.as_view(), name="enrolment_back"),
    path(
        "programmes/enrolments/<int:pk>/complete/",
        moves.EnrolmentCompleteView.as_view(),
        name="enrolment_complete",
    ),
    path(
        "programmes/enrolments/<int:pk>/withdraw/",
        moves.EnrolmentWithdrawView.as_view(),
        name="enrolment_withdraw",
    ),
    path(
        "programmes/enrolments/<int:pk>/support/<slug:role>/",
        enrolments.SupportChangeView.as_view(),
        name="support_change",
    ),
    path(
        "programmes/enrolments/<int:pk>/support/<slug:role>/invite/",
        enrolments.SupportInviteView.as_view(),
        name="support_invite",
    ),
]
