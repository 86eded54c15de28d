from django.urls import path

from people.views import invitations, organisations, profile, visibility

app_name = "people"

ONE = "organisations/<int:pk>/"

urlpatterns = [
    path("profile/", profile.ProfileView.as_view(), name="profile"),
    path("profile/who-sees-my-data/", visibility.VisibilityView.as_view(), name="visibility"),
    path("language/", profile.LanguageView.as_view(), name="language"),
    path("invitations/<str:token>/", invitations.InvitationView.as_view(), name="invitation"),
    path("organisations/", organisations.OrganisationListView.as_view(), name="organisation_list"),
    path(f"{ONE}people/", organisations.OrganisationPeopleView.as_view(), name="organisation_people"),
    path(
        f"{ONE}people/<int:membership>/end/",
        organisations.MembershipEndView.as_view(),
        name="membership_end",
    ),
    path(
        f"{ONE}invitations/",
        organisations.OrganisationInvitationsView.as_view(),
        name="organisation_invitations",
    ),
    path(f"{ONE}invitations/new/", organisations.InvitationCreateView.as_view(), name="invitation_create"),
    path(
        f"{ONE}invitations/<int:invitation>/resend/",
        organisations.InvitationResendView.as_view(),
        name="invitation_resend",
    ),
    path(
        f"{ONE}invitations/<int:invitation>/revoke/",
        organisations.InvitationRevokeView.as_view(),
        name="invitation_revoke",
    ),
]
