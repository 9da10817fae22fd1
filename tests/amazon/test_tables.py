"""The two tables: where Amazon answers, and what it promises."""

from decimal import Decimal

import pytest

from wharfinger.amazon.operations import OPERATIONS
from wharfinger.amazon.regions import LIVE, SANDBOX, Region
from wharfinger.domain.access.authorisation import ROLES


def test_the_live_regions():
    assert [(region.code, region.endpoint, region.aws_region) for region in LIVE.regions] == [
        ("EU", "https://sellingpartnerapi-eu.amazon.com", "eu-west-1"),
        ("NA", "https://sellingpartnerapi-na.amazon.com", "us-east-1"),
        ("FE", "https://sellingpartnerapi-fe.amazon.com", "us-west-2"),
    ]
    assert SANDBOX.token_endpoint == LIVE.token_endpoint == "https://api.amazon.com/auth/o2/token"


def test_a_simulator_is_another_value_of_endpoints():
    moved = LIVE.moved_to(
        token_endpoint="http://127.0.0.1:9700/auth/o2/token", endpoints={"EU": "http://127.0.0.1:9700/eu/"}
    )
    assert moved.token_endpoint == "http://127.0.0.1:9700/auth/o2/token"
    assert moved.region("EU") == Region("EU", "http://127.0.0.1:9700/eu", "eu-west-1")
    with pytest.raises(ValueError, match="EU"):
        moved.region("NA")


@pytest.mark.parametrize("address", ["", "127.0.0.1:9700", "ftp://h", "http://", "http://h/?a=b", "http://h/#x"])
def test_what_is_no_base_address_is_refused(address):
    with pytest.raises(ValueError):
        LIVE.moved_to(token_endpoint=LIVE.token_endpoint, endpoints={"EU": address})


def test_a_region_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="XX"):
        LIVE.moved_to(token_endpoint=LIVE.token_endpoint, endpoints={"XX": "http://h"})


def test_every_operation_with_a_plan_names_the_roles_that_open_it_but_those_that_need_none():
    assert {name for name, row in OPERATIONS.items() if not row.roles} == {
        "exchangeToken",
        "getMarketplaceParticipations",
        "rotateApplicationClientSecret",
        "createDestination",
        "getDestinations",
        "deleteDestination",
        "deleteSubscriptionById",
        "createRestrictedDataToken",
    }
    named = {role for row in OPERATIONS.values() for role in row.roles}
    assert named <= {role.name for role in ROLES}


def test_the_published_plans():
    assert {name: (row.method, row.rate, row.burst) for name, row in OPERATIONS.items()} == {
        "exchangeToken": ("POST", None, None),
        "getMarketplaceParticipations": ("GET", Decimal("0.016"), 15),
        "searchOrders": ("GET", Decimal("0.0056"), 20),
        "getOrder": ("GET", Decimal("0.5"), 30),
        "confirmShipment": ("POST", 2, 10),
        "getOrderRegulatedInfo": ("GET", Decimal("0.5"), 30),
        "updateVerificationStatus": ("PATCH", Decimal("0.5"), 30),
        "createRestrictedDataToken": ("POST", 1, 10),
        "searchListingsItems": ("GET", 5, 5),
        "getListingsItem": ("GET", 5, 10),
        "patchListingsItem": ("PATCH", 5, 5),
        "searchCatalogItems": ("GET", 2, 2),
        "getInventorySummaries": ("GET", 2, 2),
        "createReport": ("POST", Decimal("0.0167"), 15),
        "getReport": ("GET", 2, 15),
        "getReports": ("GET", Decimal("0.0222"), 10),
        "getReportDocument": ("GET", Decimal("0.0167"), 15),
        "createFeedDocument": ("POST", Decimal("0.5"), 15),
        "createFeed": ("POST", Decimal("0.0083"), 15),
        "getFeed": ("GET", 2, 15),
        "getFeeds": ("GET", Decimal("0.0222"), 10),
        "cancelFeed": ("DELETE", 2, 15),
        "getFeedDocument": ("GET", Decimal("0.0222"), 10),
        "createDestination": ("POST", 1, 5),
        "getDestinations": ("GET", 1, 5),
        "deleteDestination": ("DELETE", 1, 5),
        "createSubscription": ("POST", 1, 5),
        "getSubscription": ("GET", 1, 5),
        "deleteSubscriptionById": ("DELETE", 1, 5),
        "rotateApplicationClientSecret": ("POST", Decimal("0.0167"), 1),
        "getRates": ("POST", 80, 100),
        "getAdditionalInputs": ("GET", 80, 100),
        "purchaseShipment": ("POST", 80, 100),
        "getShipmentDocuments": ("GET", 80, 100),
        "cancelShipment": ("PUT", 80, 100),
        "getTracking": ("GET", 80, 100),
    }
