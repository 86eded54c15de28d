"""Pages to browse the frameworks of professional standards."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.generic import DetailView, ListView

from core.translated import translated_text
from downloads.tables import table_response, wanted_format
from people.permissions import Permission
from standards.exporters import criteria_table, frameworks_table
from standards.models import Framework
from standards.queries import QUERY_LENGTH, criterion_tree, frameworks_for

FRAMEWORKS_A_PAGE = 25


class FrameworkListView(ListView):
    """The frameworks that the person may read."""

    template_name = "standards/framework_list.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if wanted := wanted_format(request):
            return table_response(frameworks_table(self.get_queryset()), wanted)
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Framework]:
        return frameworks_for(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # not paginate_by: a page number out of range is the last page and not an error
        page = self.get_paginator(self.object_list, FRAMEWORKS_A_PAGE).get_page(self.request.GET.get("page"))
        return super().get_context_data(page_obj=page, **kwargs)


class FrameworkDetailView(DetailView):
    """One framework: the tree of its criteria with a search, and its scale."""

    template_name = "standards/framework_detail.html"
    context_object_name = "framework"

    def get_queryset(self) -> QuerySet[Framework]:
        permitted = Framework.objects.permitted_to(self.request.user, Permission.FRAMEWORK_READ)
        return permitted.select_related("scale").prefetch_related("scale__levels")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if wanted := wanted_format(request):
            framework = self.get_object()
            roots = criterion_tree(framework, query=self.query).roots
            return table_response(criteria_table(framework, roots), wanted)
        return super().get(request, *args, **kwargs)

    @property
    def query(self) -> str:
        """The words searched for."""
        return self.request.GET.get("q", "").strip()[:QUERY_LENGTH]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        language = dict(settings.LANGUAGES).get(self.object.language, self.object.language)
        return super().get_context_data(
            query=self.query,
            tree=criterion_tree(self.object, query=self.query),
            language=language,
            description=translated_text(self.object, "description"),
            **kwargs,
        )
