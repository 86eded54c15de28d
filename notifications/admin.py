"""Django admin for administrators: what became of the mails, to read only."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.transitions import TransitionRefused
from notifications.actions import retry_delivery
from notifications.models import Delivery


@admin.register(Delivery)
class DeliveryAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("queued_at", "rule", "recipient", "status", "attempts", "due_at", "sent_at", "fault")
    list_filter = ("status", "rule")
    list_select_related = ("recipient",)
    date_hierarchy = "queued_at"
    actions = ("try_again",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=_("Try failed ones again"), permissions=["view"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        number = 0
        for delivery in queryset.filter(status=Delivery.Status.FAILED):
            try:
                retry_delivery(delivery=delivery)
            except TransitionRefused:  # somebody else was quicker
                continue
            number += 1
        text = ngettext("%(number)s mail waits again.", "%(number)s mails wait again.", number)
        self.message_user(request, text % {"number": number}, messages.SUCCESS)
