from django.urls import path

from downloads import views

app_name = "downloads"

urlpatterns = [
    path("files/", views.ExportListView.as_view(), name="export_list"),
    path("files/<uuid:pk>/", views.ExportDetailView.as_view(), name="export_detail"),
    path("files/<uuid:pk>/download/", views.ExportReadView.as_view(), name="export_read"),
    path("files/<uuid:pk>/remove/", views.ExportRemoveView.as_view(), name="export_remove"),
]
