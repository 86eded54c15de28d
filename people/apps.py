from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    name = "people"
    verbose_name = _("People")

    def ready(self) -> None:
        """Tell the outbox what our mails say."""
        from notifications import letters
        from people.actions.invitations import LETTER
        from people.letters import invitation_letter

        letters.register(LETTER, invitation_letter)
