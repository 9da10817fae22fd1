"""The cast as fixtures, for every test."""

import pytest
from tests.factories.accounts import an_application
from tests.factories.cast import Retailer, Trading
from tests.factories.people import olga_the_owner


@pytest.fixture
def olga(db):
    """The owner."""
    return olga_the_owner(email="olga@example.com")


@pytest.fixture
def application(db):
    return an_application()


@pytest.fixture
def shop(db):
    """Harbour & Home before its first order."""
    return Retailer()


@pytest.fixture
def world(db):
    """Harbour & Home in full trade."""
    return Trading()
