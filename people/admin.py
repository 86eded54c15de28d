"""Django admin for administrators: people and organisations, nothing that a learner owns."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from people import actions
from people.models import Membership, Organisation, Team, User

# What only its owner sees: the means of the second step, and where somebody is signed in.
admin.site.unregister(Authenticator)
admin.site.unregister(UserSession)


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Membership
    extra = 0
    autocomplete_fields = ("person", "organisation", "team")


class UserForm(forms.ModelForm):  # type: ignore[type-arg]
    """No password field: a new person sets one through the reset page."""

    class Meta:
        model = User
        fields = ("email", "display_name", "language", "time_zone", "theme", "is_active", "is_administrator")

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = UserForm
    list_display = ("display_name", "email", "language", "is_active", "is_administrator")
    list_filter = ("is_active", "is_administrator", "language")
    search_fields = ("display_name", "email")
    inlines = (MembershipInline,)
    actions = ("remove_second_step",)

    @admin.action(description=_("Remove the second step of people who lost it"), permissions=["change"])
    def remove_second_step(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        others = queryset.exclude(pk=request.user.pk)
        number = sum(actions.remove_second_step(person=person, by=request.user) for person in others)
        text = ngettext(
            "The second step of %(number)s person was removed.",
            "The second step of %(number)s people was removed.",
            number,
        )
        self.message_user(request, text % {"number": number}, messages.SUCCESS)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change or "email" in form.changed_data:
            # The administrator vouches for the address: the mail to it that sets a password is the only way in.
            EmailAddress.objects.filter(user=obj).delete()
            EmailAddress.objects.create(user=obj, email=obj.email, verified=True, primary=True)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # people are made inactive; erasure is a process of its own


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "kind", "country")
    list_filter = ("kind",)
    search_fields = ("name",)


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "organisation")
    search_fields = ("name", "organisation__name")
    list_select_related = ("organisation",)
