"""Who belongs to an organisation and who is invited to, as rows for a file."""

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext as _

from downloads.tables import Table
from people.models import Invitation, Membership


def memberships_table(memberships: Iterable[Membership], *, title: str) -> Table:
    """Memberships with their persons and teams."""
    return Table(
        title,
        [_("Name"), _("E-mail"), _("Role"), _("Team"), _("First day"), _("Last day")],
        (
            [
                row.person.display_name,
                row.person.email,
                str(row.get_role_display()),
                row.team.name if row.team else "",
                row.starts_on,
                row.ends_on,
            ]
            for row in memberships
        ),
    )


def invitations_table(invitations: Iterable[Invitation], *, title: str) -> Table:
    """Invitations with who sent them."""
    return Table(
        title,
        [_("Name"), _("E-mail"), _("Role"), _("Team"), _("Invited by"), _("State"), _("Valid until")],
        (
            [
                row.display_name,
                row.email,
                str(row.get_role_display()),
                row.team.name if row.team else "",
                row.invited_by.display_name if row.invited_by else "",
                row.state_tag.word,
                timezone.localdate(row.expires_at),
            ]
            for row in invitations
        ),
    )
