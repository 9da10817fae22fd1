from django.apps import AppConfig
from django.utils.translation import gettext

from wharfinger.domain.labels import show_labels_with


class DbConfig(AppConfig):
    name = "wharfinger.db"
    label = "wharfinger"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Wharfinger"

    def ready(self) -> None:
        show_labels_with(gettext)
