from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardsConfig(AppConfig):
    name = "dashboards"
    verbose_name = _("Home pages")

    def ready(self) -> None:
        """Tell the downloads which long tables there are."""
        from dashboards.exporters import LEARNERS_PARAMS, learners_producer
        from downloads import producers

        producers.register("learners", learners_producer, params=LEARNERS_PARAMS)
