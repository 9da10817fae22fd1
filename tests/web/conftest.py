from collections.abc import Callable

import pytest
from django.test import Client

from wharfinger.config.clock import SteppedClock
from wharfinger.domain.people import Role


@pytest.fixture
def clock(settings) -> SteppedClock:
    """Trade time as the stories tell it."""
    from tests.web.stories import NOW  # noqa: PLC0415 -- Django is set up after this file is read

    settings.CLOCK = SteppedClock(NOW)
    return settings.CLOCK


@pytest.fixture
def sign_in(clock) -> Callable[..., Client]:
    """A browser in which someone of this role is signed in."""
    from tests.web.stories import someone  # noqa: PLC0415 -- as above

    def signed_in(role: Role = Role.ADMINISTRATOR) -> Client:
        client = Client()
        client.force_login(someone(role))
        return client

    return signed_in
