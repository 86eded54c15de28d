from django.urls import path

from programmes.views import activities, entering, evidence, lists

app_name = "programmes"

urlpatterns = [
    path("activities/", lists.OwnActivityListView.as_view(), name="activity_list"),
    path("activities/new/", entering.ActivityCreateView.as_view(), name="activity_create"),
    path("activities/<int:pk>/", activities.ActivityDetailView.as_view(), name="activity_detail"),
    path("activities/<int:pk>/change/", entering.ActivityChangeView.as_view(), name="activity_change"),
    path("activities/<int:pk>/send/", activities.ActivitySubmitView.as_view(), name="activity_submit"),
    path("activities/<int:pk>/verify/", activities.ActivityApproveView.as_view(), name="activity_approve"),
    path("activities/<int:pk>/return/", activities.ActivityReturnView.as_view(), name="activity_return"),
    path("activities/<int:pk>/evidence/", evidence.EvidenceListView.as_view(), name="activity_evidence"),
    path("evidence/<uuid:pk>/", evidence.EvidenceReadView.as_view(), name="evidence_read"),
    path("evidence/<uuid:pk>/thumbnail/", evidence.ThumbnailReadView.as_view(), name="evidence_thumbnail"),
    path("evidence/<uuid:pk>/remove/", evidence.EvidenceRemoveView.as_view(), name="evidence_remove"),
    path(
        "learners/<int:pk>/activities/",
        lists.EnrolmentActivityListView.as_view(),
        name="enrolment_activities",
    ),
]
