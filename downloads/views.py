"""Long tables: offered to be made in the background, watched, opened, removed. Each file is its owner's alone."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views import View

from downloads import actions
from downloads.models import Export
from downloads.producers import Params, UnknownTable, known_params, produce
from downloads.tables import CONTENT_TYPES, FORMATS, table_response
from downloads.tasks import make_soon
from uploads.serving import served

ROWS_AT_ONCE = 2_000
"""Longer tables are made in the background."""

ROWS_A_PAGE = 25


def table_or_export(
    request: HttpRequest, table: str, wanted: str, params: Params | None = None
) -> HttpResponse:
    """The table as a file, or the page that offers to make it in the background when it is long.

    `wanted` is one of FORMATS. Raises PermissionDenied as the producer does.
    """
    chosen = known_params(table, params or {})
    produced = produce(table, request.user, chosen)
    total = produced.count()
    if total <= ROWS_AT_ONCE:
        return table_response(produced.table, wanted)
    context = {
        "title": produced.table.title,
        "total": total,
        "wanted": wanted,
        "sent": [("table", table), ("format", wanted), *chosen.items()],
    }
    return render(request, "downloads/export_offer.html", context)


class ExportListView(View):
    """The person's own files, the latest first; asking for another is a POST."""

    def get(self, request: HttpRequest) -> HttpResponse:
        page = Paginator(own_exports(request), ROWS_A_PAGE).get_page(request.GET.get("page"))
        return render(request, "downloads/export_list.html", {"page": page})

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            export = actions.request_export(
                table=request.POST.get("table", ""),
                params=request.POST.dict(),
                wanted=request.POST.get("format", FORMATS[0]),
                language=get_language() or "",
                by=request.user,
            )
        except (UnknownTable, ValueError):
            raise Http404 from None
        make_soon()
        return redirect("downloads:export_detail", pk=export.pk)


def own_exports(request: HttpRequest) -> Any:
    """The person's files whose time is not over."""
    return Export.objects.filter(owner=request.user, expires_at__gte=timezone.now())


class ExportDetailView(View):
    """How far a file is, and the way to it."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        export = get_object_or_404(own_exports(request), pk=pk)
        if export.is_open and request.GET.get("seen") == f"{export.status}-{export.done}":
            return HttpResponse(status=204)  # the page asks for news, and there is none
        return render(request, "downloads/export_detail.html", {"export": export})


class ExportReadView(View):
    """The file, as long as its owner's rights are those with which it was made."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse | FileResponse:
        export = get_object_or_404(own_exports(request), pk=pk, status=Export.Status.DONE)
        if produce(export.table, request.user, export.params).scope != export.scope:
            raise PermissionDenied
        day = timezone.localdate(export.finished_at)
        name = f"{slugify(export.title) or 'table'}-{day:%Y-%m-%d}.{export.format}"
        try:
            return served(export.file, name=name, content_type=CONTENT_TYPES[export.format])
        except FileNotFoundError:
            raise Http404 from None


class ExportRemoveView(View):
    """Delete a file of one's own, made or not."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        export = get_object_or_404(own_exports(request), pk=pk)
        actions.remove_export(export=export, by=request.user)
        messages.success(request, _("Removed: %(name)s.") % {"name": export.title})
        return redirect("downloads:export_list")
