from collections.abc import Callable
from datetime import datetime

import pytest
from tests.factories.ground import NOW
from tests.factories.people import someone
from tests.factories.shipping import a_service
from tests.factories.stock import a_site
from tests.web.client import Client

from wharfinger.config.clock import SteppedClock
from wharfinger.domain.installation.people import Role


@pytest.fixture
def clock(settings) -> SteppedClock:
    """Trade time of the factories' moments."""
    settings.CLOCK = SteppedClock(NOW)
    return settings.CLOCK


class BothTimes(SteppedClock):
    """Machine time goes with trade time, as a test moves it."""

    def machine_now(self) -> datetime:
        return self.now()


@pytest.fixture
def both_times(settings) -> BothTimes:
    settings.CLOCK = BothTimes(NOW)
    return settings.CLOCK


@pytest.fixture
def sign_in(clock) -> Callable[..., Client]:
    """A browser in which someone of this role is signed in."""

    def signed_in(role: Role = Role.ADMINISTRATOR) -> Client:
        client = Client()
        client.force_login(someone(role))
        return client

    return signed_in


@pytest.fixture
def installation(db) -> dict[str, int]:
    """What an FBM channel needs, and no channel yet."""
    courier = a_service(
        courier="Royal Mail", number_prefix="", amazon_carrier_code="Royal Mail", amazon_carrier_name=""
    )
    return {"site_id": a_site().pk, "courier_service_id": courier.pk}
