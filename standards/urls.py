from django.urls import path

from standards.views import frameworks, templates

app_name = "standards"
urlpatterns = [
    path("", frameworks.FrameworkListView.as_view(), name="framework_list"),
    path("<int:pk>/", frameworks.FrameworkDetailView.as_view(), name="framework_detail"),
    path("<int:pk>/goals/", templates.TemplateListView.as_view(), name="template_list"),
    path("<int:pk>/goals/new/", templates.TemplateCreateView.as_view(), name="template_create"),
    path("goals/<int:pk>/change/", templates.TemplateChangeView.as_view(), name="template_change"),
    path("goals/<int:pk>/remove/", templates.TemplateRemoveView.as_view(), name="template_remove"),
]
