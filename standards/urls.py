from django.urls import path

from standards import views

app_name = "standards"
urlpatterns = [
    path("", views.FrameworkListView.as_view(), name="framework_list"),
    path("<int:pk>/", views.FrameworkDetailView.as_view(), name="framework_detail"),
]
