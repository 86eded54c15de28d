"""Every address of the portal."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.utils.translation import gettext_lazy as _

from core.health import livez, readyz

admin.site.site_header = admin.site.site_title = _("WBL Portal administration")
admin.site.index_title = _("Site")

# The administration has no sign-in of its own: the portal's has rate limits and the second step.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("dashboards.urls")),
    path("", include("people.urls")),
    path("", include("programmes.urls")),
    path("", include("downloads.urls")),
    path("standards/", include("standards.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/second-step/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("admin/", admin.site.urls),
    path("livez", livez, name="livez"),
    path("readyz", readyz, name="readyz"),
]

if settings.IS_EMBEDDED:
    from wbl_portal.mailbox import mailbox

    urlpatterns.append(path("mail/", mailbox, name="mailbox"))
