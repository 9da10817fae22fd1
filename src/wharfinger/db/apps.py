from django.apps import AppConfig


class DbConfig(AppConfig):
    name = "wharfinger.db"
    label = "wharfinger"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Wharfinger"
