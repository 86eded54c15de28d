"""Evidence files: shown with their state, served to who may read them, taken off open activities."""

import logging
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from people.permissions import Permission, Relation, standing_of
from people.views.permitted import permitted_or_404
from programmes import actions
from programmes.models import EvidenceFile
from programmes.queries.evidence import evidence_shown
from programmes.views.permitted import entry_or_404, reason_given
from uploads.serving import served

logger = logging.getLogger(__name__)


class EvidenceListView(View):
    """The files of an activity as a part of its page, which asks for it again while one is being checked.

    `waiting` is how many were being checked when it was last drawn: as long as none is settled there is nothing new.
    """

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        entry = entry_or_404(request, pk)
        if not request.htmx:  # type: ignore[attr-defined]
            return redirect("programmes:activity_detail", pk=pk)
        evidence = evidence_shown(request.user, entry)
        if request.GET.get("waiting") == str(evidence.unsettled):
            return HttpResponse(status=204)
        is_own = entry.enrolment.learner_id == request.user.pk
        context = {
            "entry": entry,
            "evidence": evidence,
            "is_own": is_own,
            "may_change": is_own and entry.is_open,
        }
        return render(request, "programmes/_activity_evidence.html", context)


class EvidenceReadView(View):
    """A file for who may read its activity's evidence, once it passed the check."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse | FileResponse:
        rows = EvidenceFile.objects.select_related("entry__enrolment__learner")
        evidence: EvidenceFile = permitted_or_404(
            request, rows, Permission.EVIDENCE_READ, pk, Permission.EVIDENCE_READ_LOGGED
        )
        if not evidence.is_clean:
            return self.refuse(evidence, _("“%(name)s” cannot be opened: it has not passed the check."))
        standing = standing_of(request.user, evidence)
        if not standing.may(Permission.EVIDENCE_READ):
            reason = reason_given(request, evidence.entry)
            if Relation.ADMINISTRATOR in standing.relations and not reason:
                return redirect("programmes:activity_detail", pk=evidence.entry_id)
            actions.record_access(record=evidence, reason=reason, by=request.user)
        try:
            return served(evidence.file, name=evidence.original_name, content_type=evidence.content_type)
        except FileNotFoundError:
            logger.error("The bytes of %s are missing.", evidence.pk)  # noqa: TRY400 - the trace says no more
            return self.refuse(
                evidence,
                _("“%(name)s” is missing from where files are kept. Please tell your administrator."),
            )

    def refuse(self, evidence: EvidenceFile, message: str) -> HttpResponse:
        """Back to the activity's page, which says why."""
        messages.error(self.request, message % {"name": evidence.original_name})
        return redirect("programmes:activity_detail", pk=evidence.entry_id)


class ThumbnailReadView(View):
    """The small picture of a file, for who may open the file without its being logged."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse | FileResponse:
        evidence: EvidenceFile = permitted_or_404(
            request, EvidenceFile.objects.all(), Permission.EVIDENCE_READ, pk
        )
        if not evidence.thumbnail:
            raise Http404
        try:
            return served(evidence.thumbnail, name="thumbnail.webp", content_type="image/webp")
        except FileNotFoundError:
            raise Http404 from None


class EvidenceRemoveView(View):
    """Take a file off an open activity."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        rows = EvidenceFile.objects.select_related("entry__enrolment__learner", "application")
        evidence: EvidenceFile = permitted_or_404(request, rows, Permission.EVIDENCE_READ, pk)
        entry = evidence.entry
        try:
            actions.remove_evidence(evidence=evidence, by=request.user)
        except actions.EntryChanged:
            messages.error(request, _("This activity was sent, so it cannot be changed now."))
            return redirect("programmes:activity_detail", pk=entry.pk)
        messages.success(request, _("Removed: %(name)s.") % {"name": evidence.original_name})
        if evidence.application_id:
            return redirect("programmes:application", pk=entry.pk)
        return redirect("programmes:activity_change", pk=entry.pk)
