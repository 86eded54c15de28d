"""Pages of one's own account: invitations, the second step, security keys."""

from allauth.mfa.models import Authenticator
from django.urls import reverse
from playwright.sync_api import Page

from tests.browser.actors import PASSWORD
from tests.browser.people import link_of, made, sample_invitation
from tests.browser.portal import sample_person
from tests.browser.views import View, press

FORM = "main form.card [type=submit]"


def invitation_views() -> list[View]:
    """As a visitor sees them: somebody new, somebody with an account, and a link that leads nowhere."""
    new = link_of(sample_invitation(made("guest")))
    known = link_of(sample_invitation(sample_person("learner")))
    return [
        View("invitation", new, shows="#id_password1"),
        View("invitation with errors", new, press(FORM), "#errors"),
        View("invitation of who has an account", known, shows="main a.btn-primary"),
        View("invitation that is closed", reverse("people:invitation", args=["stale"]), status=404),
    ]


def nobody_views() -> list[View]:
    return [
        View("no role", reverse("dashboards:home"), shows=".wbl-empty"),
        View("somebody else's invitation", link_of(sample_invitation(made("guest"))), status=403),
    ]


def set_up_views() -> list[View]:
    """Of somebody who has no second step yet."""
    app = reverse("mfa_activate_totp")
    return [
        View("second step", reverse("mfa_index"), shows="#totp-h"),
        View("app", app, shows="svg.wbl-qr"),
        View("app with errors", app, press(FORM), "#errors"),
        View("key", reverse("mfa_add_webauthn"), shows="[name=name]"),
        View("password once more", reverse("account_reauthenticate")),
        View("sessions", reverse("usersessions_list"), shows=".wbl-tag-success"),
        View("who sees my data, for somebody in no programme", reverse("people:visibility")),
    ]


def second_step_views() -> list[View]:
    """Of somebody with an app and codes."""
    return [
        View("second step in use", reverse("mfa_index"), shows="#codes-h"),
        View("app's removal", reverse("mfa_deactivate_totp"), shows=".btn-outline-danger"),
        View("codes", reverse("mfa_view_recovery_codes"), shows="main code, main pre, main li"),
        View("new codes", reverse("mfa_generate_recovery_codes"), shows="main form.wbl-formactions"),
        View("second step once more", reverse("mfa_reauthenticate")),
    ]


def key_views() -> list[View]:
    """Of somebody with a security key."""
    key = Authenticator.objects.get(user=made("keyholder"), type=Authenticator.Type.WEBAUTHN)
    return [
        View("second step with a key", reverse("mfa_index"), shows="#keys-h"),
        View("keys", reverse("mfa_list_webauthn"), shows=".wbl-rows"),
        View("key's name", reverse("mfa_edit_webauthn", args=[key.pk]), shows="[name=name]"),
        View("key's removal", reverse("mfa_remove_webauthn", args=[key.pk]), shows=".btn-outline-danger"),
    ]


def _with_password(page: Page) -> None:
    page.locator("[name=login]").fill(made("protected").email)
    page.locator("[name=password]").fill(PASSWORD)
    press("main form:has([name=password]) [type=submit]")(page)


def signing_in_views() -> list[View]:
    """As a visitor sees it: a code by mail, and the second step."""
    code, sign_in = reverse("account_request_login_code"), reverse("account_login")
    return [
        View("code by mail", code),
        View("code by mail with errors", code, press("main form [type=submit]"), "#errors"),
        View("second step at signing in", sign_in, _with_password, "[name=code]"),
    ]
