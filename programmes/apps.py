from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProgrammesConfig(AppConfig):
    name = "programmes"
    verbose_name = _("Programmes")

    def ready(self) -> None:
        """Tell the downloads which long tables there are."""
        from downloads import producers
        from programmes.exporters import activities_producer

        producers.register("activities", activities_producer, params=frozenset({"cohort", "programme"}))
