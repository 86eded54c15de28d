"""Goal templates of a framework: to read for who may read it, to write for who may change them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views import View

from core.texts import LANGUAGES
from downloads.tables import table_response, wanted_format
from people.permissions import Permission, can
from standards import actions
from standards.exporters import templates_table
from standards.forms import TemplateForm
from standards.models import Criterion, Framework, GoalTemplate


def framework_or_404(request: HttpRequest, pk: int) -> Framework:
    """A framework that the person may read."""
    permitted = Framework.objects.permitted_to(request.user, Permission.FRAMEWORK_READ)
    framework: Framework = get_object_or_404(permitted, pk=pk)
    return framework


class TemplateListView(View):
    """The goal templates of a framework."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        framework = framework_or_404(request, pk)
        ordered = Criterion.objects.order_by("parent__order", "order", "pk")
        rows = framework.goal_templates.prefetch_related(Prefetch("criteria", ordered))
        if wanted := wanted_format(request):
            return table_response(templates_table(framework, rows), wanted)
        context = {
            "framework": framework,
            "rows": rows,
            "languages": LANGUAGES,
            "may_change": can(request.user, Permission.TEMPLATE_CHANGE, framework),
        }
        return render(request, "standards/template_list.html", context)


class TemplateFormView(View):
    """What making and changing a template have in common."""

    framework: Framework
    template: GoalTemplate | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.find(kwargs["pk"])
        if not can(request.user, Permission.TEMPLATE_CHANGE, self.framework):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def find(self, pk: int) -> None:
        """Look up the template by its key, when the person may read its framework."""
        self.template = GoalTemplate.objects.filter(pk=pk).first()
        if self.template is None:
            raise Http404
        self.framework = framework_or_404(self.request, self.template.framework_id)

    def form(self, *data: Any, **kwargs: Any) -> TemplateForm:
        if self.template is not None:
            kwargs["instance"] = self.template
        return TemplateForm(*data, framework=self.framework, **kwargs)

    def show(self, form: TemplateForm) -> HttpResponse:
        context = {"form": form, "framework": self.framework, "template": self.template}
        return render(self.request, "standards/template_form.html", context)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form)
        try:
            with transaction.atomic():
                self.save(form)
        except IntegrityError:  # the same code from two windows at once
            form.add_error("code", _("Another template of this standard has this code."))
        except actions.TemplateChanged:
            form.add_error(
                None,
                _("It was changed in another window since you opened it. Copy your text, then open it anew."),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("standards:template_list", pk=self.framework.pk)
        return self.show(form)

    def save(self, form: TemplateForm) -> None:
        raise NotImplementedError


class TemplateCreateView(TemplateFormView):
    """A new template; the key in the address is the framework's."""

    def find(self, pk: int) -> None:
        self.framework = framework_or_404(self.request, pk)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(self.form(initial={"source_language": self.framework.language, "weeks": 8}))

    def save(self, form: TemplateForm) -> None:
        actions.create_template(framework=self.framework, content=form.content(), by=self.request.user)
        messages.success(self.request, _("The template was added."))


class TemplateChangeView(TemplateFormView):
    """Change a template."""

    template: GoalTemplate

    def save(self, form: TemplateForm) -> None:
        revision = form.cleaned_data["revision"] or 0
        actions.change_template(
            template=self.template, content=form.content(), revision=revision, by=self.request.user
        )
        messages.success(self.request, _("The template was changed."))


class TemplateRemoveView(TemplateFormView):
    """Remove a template: first the question, then for good."""

    template: GoalTemplate

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        context = {"framework": self.framework, "template": self.template}
        return render(request, "standards/template_remove.html", context)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        actions.remove_template(template=self.template, by=request.user)
        messages.success(request, _("The template was removed."))
        return redirect("standards:template_list", pk=self.framework.pk)
