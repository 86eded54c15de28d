"""Django admin for administrators: what is published is read-only here too; new content comes by import."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from modeltranslation.admin import TranslationAdmin, TranslationTabularInline

from core.transitions import TransitionRefused
from standards.actions import archive_framework, publish_framework
from standards.models import Criterion, Framework, Level, Scale

FIXED = (Framework.Status.PUBLISHED, Framework.Status.ARCHIVED)


class FixedOncePublishedAdmin(TranslationAdmin):  # type: ignore[misc]
    """Rows may change until a published framework relies on them. Never deleted by the list's own action."""

    def is_fixed(self, obj: Any) -> bool:
        """Whether a published framework relies on the row."""
        raise NotImplementedError

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or not self.is_fixed(obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and obj is not None and not self.is_fixed(obj)


@admin.register(Framework)
class FrameworkAdmin(FixedOncePublishedAdmin):
    list_display = ("title", "code", "version", "language", "status")
    list_filter = ("status", "language")
    search_fields = ("code", "title_en", "title_es", "title_pl")
    readonly_fields = ("code", "version", "status")
    actions = ("publish", "archive")

    def is_fixed(self, obj: Any) -> bool:
        return obj.status in FIXED

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.action(description=gettext_lazy("Publish the chosen drafts"))
    def publish(self, request: HttpRequest, queryset: QuerySet[Framework]) -> None:
        self._move(request, queryset, publish_framework)

    @admin.action(description=gettext_lazy("Archive the chosen published frameworks"))
    def archive(self, request: HttpRequest, queryset: QuerySet[Framework]) -> None:
        self._move(request, queryset, archive_framework)

    def _move(self, request: HttpRequest, queryset: QuerySet[Framework], action: Any) -> None:
        for framework in queryset:
            try:
                action(framework=framework, by=request.user)
            except TransitionRefused:
                text = _("%(framework)s is not in a state that allows this.") % {"framework": framework}
                messages.error(request, text)


@admin.register(Criterion)
class CriterionAdmin(FixedOncePublishedAdmin):
    list_display = ("code", "title", "framework")
    list_filter = ("framework",)
    list_select_related = ("framework",)
    search_fields = ("code", "title_en", "title_es", "title_pl")
    readonly_fields = ("framework", "parent", "code", "order")

    def is_fixed(self, obj: Any) -> bool:
        return obj.framework.status in FIXED

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class LevelInline(TranslationTabularInline):  # type: ignore[misc]
    model = Level
    extra = 0


@admin.register(Scale)
class ScaleAdmin(FixedOncePublishedAdmin):
    list_display = ("name", "code")
    search_fields = ("code", "name_en", "name_es", "name_pl")
    inlines = (LevelInline,)

    def is_fixed(self, obj: Any) -> bool:
        return obj.frameworks.filter(status__in=FIXED).exists()
