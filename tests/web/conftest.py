from collections.abc import Callable
from datetime import datetime

import pytest
from tests.web.client import Client

from wharfinger.config.clock import SteppedClock
from wharfinger.domain.installation.people import Role


@pytest.fixture
def clock(settings) -> SteppedClock:
    """Trade time as the stories tell it."""
    from tests.web.stories import NOW  # noqa: PLC0415 -- Django is set up after this file is read

    settings.CLOCK = SteppedClock(NOW)
    return settings.CLOCK


class BothTimes(SteppedClock):
    """Machine time goes with trade time, as a test moves it."""

    def machine_now(self) -> datetime:
        return self.now()


@pytest.fixture
def both_times(settings) -> BothTimes:
    from tests.web.stories import NOW  # noqa: PLC0415 -- as above

    settings.CLOCK = BothTimes(NOW)
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
