from django.urls import path

from programmes.views import activities, cover, deciding, entering, evidence, lists, sending

app_name = "programmes"

urlpatterns = [
    path("activities/", lists.OwnActivityListView.as_view(), name="activity_list"),
    path("activities/new/", entering.ActivityCreateView.as_view(), name="activity_create"),
    path("activities/keep/", entering.FormKeepView.as_view(), name="form_keep"),
    path("activities/decide/", deciding.ActivitiesDecideView.as_view(), name="activities_decide"),
    path("activities/undo/", deciding.DecisionUndoView.as_view(), name="decision_undo"),
    path("activities/<int:pk>/", activities.ActivityDetailView.as_view(), name="activity_detail"),
    path("activities/<int:pk>/change/", entering.ActivityChangeView.as_view(), name="activity_change"),
    path("activities/<int:pk>/keep/", entering.FormKeepView.as_view(), name="form_keep_changed"),
    path("activities/<int:pk>/delete/", sending.ActivityDeleteView.as_view(), name="activity_delete"),
    path("activities/<int:pk>/send/", sending.ActivitySubmitView.as_view(), name="activity_submit"),
    path("activities/<int:pk>/withdraw/", sending.ActivityWithdrawView.as_view(), name="activity_withdraw"),
    path("activities/<int:pk>/verify/", deciding.ActivityApproveView.as_view(), name="activity_approve"),
    path("activities/<int:pk>/return/", deciding.ActivityReturnView.as_view(), name="activity_return"),
    path("cover/", cover.CoverView.as_view(), name="cover"),
    path("cover/<int:pk>/end/", cover.CoverEndView.as_view(), name="cover_end"),
    path("activities/<int:pk>/evidence/", evidence.EvidenceListView.as_view(), name="activity_evidence"),
    path("evidence/<uuid:pk>/", evidence.EvidenceReadView.as_view(), name="evidence_read"),
    path("evidence/<uuid:pk>/thumbnail/", evidence.ThumbnailReadView.as_view(), name="evidence_thumbnail"),
    path("evidence/<uuid:pk>/remove/", evidence.EvidenceRemoveView.as_view(), name="evidence_remove"),
    path(
        "learners/<int:pk>/activities/",
        lists.EnrolmentActivityListView.as_view(),
        name="enrolment_activities",
    ),
    path("learners/<int:pk>/weeks/<str:week>/send/", sending.WeekSubmitView.as_view(), name="week_submit"),
    path("learners/<int:pk>/weeks/<str:week>/leave/", sending.LeaveMarkView.as_view(), name="leave_mark"),
    path("learners/<int:pk>/leave/<int:leave>/end/", sending.LeaveUnmarkView.as_view(), name="leave_unmark"),
]
