"""Django set up for one configuration, once in a process, after secrets and database are known."""

import django

from wharfinger.cli.postgres.places import make_home
from wharfinger.config import environment, secrets
from wharfinger.config.environment import Configuration


def prepare_home(configuration: Configuration) -> Configuration:
    """Make the home's secrets when they are missing; returns the configuration that knows them."""
    make_home(configuration.home)
    secrets.make_missing_secrets(configuration.home)
    return environment.adopt(environment.with_secrets_of_home(configuration))


def set_up_django(configuration: Configuration) -> None:
    environment.adopt(configuration)
    environment.set_for_this_process({"DJANGO_SETTINGS_MODULE": "wharfinger.config.settings"})
    django.setup()
