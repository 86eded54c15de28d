"""Amending a verified activity."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View

from core.transitions import TransitionRefused
from people.permissions import Permission, standing_of
from programmes import actions
from programmes.models import ActivityEntry
from programmes.tasks import check_evidence_soon
from programmes.views.pages import Frame, show_question
from programmes.views.permitted import entry_or_404


class ActivityAmendView(View):
    """Begin an amendment, after a page that says what it means; on to the form."""

    entry: ActivityEntry

    def dispatch(self, request: HttpRequest, pk: int) -> Any:
        self.entry = entry_or_404(request, pk)
        if not standing_of(request.user, self.entry).may(Permission.ACTIVITY_CHANGE):
            raise PermissionDenied
        return super().dispatch(request, pk)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.entry.status != ActivityEntry.Status.APPROVED:
            return self.refuse(_("Only a verified activity is amended."))
        frame = Frame(
            _("Amend “%(title)s”?") % {"title": self.entry.title},
            [
                (_("Activities"), reverse("programmes:activity_list")),
                (self.entry.title, reverse("programmes:activity_detail", args=[pk])),
            ],
            _("Begin the amendment"),
        )
        lines = [
            _("You get a draft with everything that is in the verified activity, its files included."),
            _(
                "Say why you amend it, and send it: it is verified again, by somebody who sees what you changed."
            ),
            _("Until then the verified activity stays as it is, and its hours count."),
            _("Afterwards both can still be read, and only the new one counts."),
        ]
        return show_question(request, frame, lines)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        try:
            amendment = actions.amend_activity(entry=self.entry, by=request.user)
        except actions.AmendedAlready as error:
            messages.info(request, _("There is an amendment of this activity already: here it is."))
            return redirect("programmes:activity_detail", pk=error.amendment.pk)
        except TransitionRefused:
            return self.refuse(_("Only a verified activity is amended."))
        except ValidationError as error:
            return self.refuse(" ".join(error.messages))
        check_evidence_soon()
        messages.success(request, _("The amendment was begun. Change it, say why, and send it."))
        return redirect("programmes:activity_change", pk=amendment.pk)

    def refuse(self, text: str) -> HttpResponse:
        messages.error(self.request, text)
        return redirect("programmes:activity_detail", pk=self.entry.pk)
