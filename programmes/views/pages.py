"""Pages that many changes share: a form, a question before something that cannot be undone, a preview."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from core.translated import translated_text
from programmes.models import Cohort, Enrolment, Programme
from programmes.queries.effects import Effects

Crumb = tuple[str, str]
NOT_SENT = ("csrfmiddlewaretoken", "confirm", "edit")


@dataclass(frozen=True)
class Frame:
    """What stands around a form or a question: where one is, what the button says, where "Cancel" leads."""

    title: str
    crumbs: Sequence[Crumb]
    button: str
    intro: str = ""
    is_danger: bool = False

    @property
    def back(self) -> str:
        """The page above this one."""
        return self.crumbs[-1][1]


def crumbs_to(row: Programme | Cohort | Enrolment | None = None) -> list[Crumb]:
    """The way from the list of programmes down to that row."""
    if isinstance(row, Enrolment):
        url = reverse("programmes:enrolment_detail", args=[row.pk])
        return [*crumbs_to(row.cohort), (row.learner.display_name, url)]
    if isinstance(row, Cohort):
        url = reverse("programmes:cohort_detail", args=[row.pk])
        return [*crumbs_to(row.programme), (row.name, url)]
    top = [(_("Programmes"), reverse("programmes:programme_list"))]
    if row is None:
        return top
    url = reverse("programmes:programme_detail", args=[row.pk])
    return [*top, (translated_text(row, "title").text, url)]


def show_form(
    request: HttpRequest,
    form: BaseForm,
    frame: Frame,
    template: str = "programmes/form_page.html",
    **more: Any,
) -> HttpResponse:
    """The form in its frame, with what is wrong with it on top."""
    return render(request, template, {"form": form, "frame": frame, **more})


def show_question(request: HttpRequest, frame: Frame, lines: Sequence[str]) -> HttpResponse:
    """What would happen, and one button."""
    return render(request, "programmes/confirm_page.html", {"frame": frame, "lines": lines})


def show_preview(request: HttpRequest, frame: Frame, effects: Effects) -> HttpResponse:
    """What the change does to who is in the programme; what was typed waits in the page, nothing is saved."""
    posted = [(name, value) for name in request.POST for value in request.POST.getlist(name)]
    sent = [(name, value) for name, value in posted if name not in NOT_SENT]
    return render(request, "programmes/preview_page.html", {"frame": frame, "effects": effects, "sent": sent})


def has_to_ask(request: HttpRequest, effects: Effects) -> bool:
    """Whether the change has effects that nobody has said yes to."""
    return effects.need_a_yes and "confirm" not in request.POST


def refuse(form: BaseForm, error: ValidationError) -> None:
    """Put what an action refused on the form: with its field where the form has it."""
    if hasattr(error, "error_dict") and set(error.error_dict) <= set(form.fields):
        form.add_error(None, error)
    else:
        form.add_error(None, error.messages)  # type: ignore[arg-type]


def changed_meanwhile(form: BaseForm) -> None:
    """Say that somebody else was faster; what was typed stays in the form."""
    form.add_error(
        None,
        _("It was changed in another window since you opened it. Copy your text, then open it anew."),
    )
