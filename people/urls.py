from django.urls import path

from people.views import invitations, profile

app_name = "people"

urlpatterns = [
    path("profile/", profile.ProfileView.as_view(), name="profile"),
    path("language/", profile.LanguageView.as_view(), name="language"),
    path("invitations/<str:token>/", invitations.InvitationView.as_view(), name="invitation"),
]
