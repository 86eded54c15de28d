"""Evidence files: served to who may read them, taken off open activities."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views import View

from people.permissions import Permission, Relation, standing_of
from programmes import actions
from programmes.models import EvidenceFile
from programmes.views.permitted import permitted_or_404, reason_given


class EvidenceReadView(View):
    """A file, as an attachment that can run nothing, for who may read its activity's evidence."""

    def get(self, request: HttpRequest, pk: Any) -> HttpResponse | FileResponse:
        rows = EvidenceFile.objects.select_related("entry__enrolment__learner")
        evidence: EvidenceFile = permitted_or_404(
            request, rows, Permission.EVIDENCE_READ, pk, Permission.EVIDENCE_READ_LOGGED
        )
        standing = standing_of(request.user, evidence)
        if not standing.may(Permission.EVIDENCE_READ):
            reason = reason_given(request, evidence.entry)
            if Relation.ADMINISTRATOR in standing.relations and not reason:
                return redirect("programmes:activity_detail", pk=evidence.entry_id)
            actions.record_access(record=evidence, reason=reason, by=request.user)
        response = FileResponse(
            evidence.file.open("rb"),
            as_attachment=True,
            filename=evidence.original_name,
            content_type=evidence.content_type,
        )
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        response["Cache-Control"] = "private, no-store"
        return response


class EvidenceRemoveView(View):
    """Take a file off an open activity."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, pk: Any) -> HttpResponse:
        rows = EvidenceFile.objects.select_related("entry__enrolment__learner")
        evidence: EvidenceFile = permitted_or_404(request, rows, Permission.EVIDENCE_READ, pk)
        entry = evidence.entry
        try:
            actions.remove_evidence(evidence=evidence, by=request.user)
        except actions.EntryChanged:
            messages.error(request, _("This activity was sent, so it cannot be changed now."))
            return redirect("programmes:activity_detail", pk=entry.pk)
        messages.success(request, _("Removed: %(name)s.") % {"name": evidence.original_name})
        return redirect("programmes:activity_change", pk=entry.pk)
