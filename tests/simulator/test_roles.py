"""A role that is taken away closes its operations, and no others, until it is given back."""

import pytest
from tests.simulator.conftest import EU, UK, Amazon

from amazon_simulator.access.application import ROLES
from amazon_simulator.access.operation_roles import ROLES_OF_OPERATION, opens

ORDERS, LISTINGS, SHIPS, _, INVOICES, _ = ROLES
NEED_NONE = {
    "getMarketplaceParticipations", "getAccount", "createRestrictedDataToken", "rotateApplicationClientSecret",
    "createDestination", "getDestinations", "getDestination", "deleteDestination", "getSubscriptions",
    "createSubscription", "getSubscription", "getSubscriptionById", "deleteSubscriptionById", "sendTestNotification",
}  # fmt: skip


def take(amazon, role, **more):
    status, body = amazon.control("POST", "roles", {"role": role, "granted": False, **more})
    assert status == 200, body
    return body


def listings(amazon):
    return amazon.call("GET", f"/listings/2021-08-01/items/{EU}", query={"marketplaceIds": UK})


def test_every_operation_is_in_the_table_or_needs_no_role(amazon):
    operations = set(amazon.simulator.routes.operations)
    assert operations - set(ROLES_OF_OPERATION) == NEED_NONE
    assert set(ROLES_OF_OPERATION) <= operations
    assert {role for roles in ROLES_OF_OPERATION.values() for role in roles} <= set(ROLES)


@pytest.mark.parametrize("operation", sorted(ROLES_OF_OPERATION))
def test_an_operation_wants_one_of_its_roles(operation):
    wanted = ROLES_OF_OPERATION[operation]
    assert all(opens([role], operation) for role in wanted)
    assert not opens([role for role in ROLES if role not in wanted], operation)


def test_a_role_that_is_withdrawn_closes_its_operations_with_amazons_message(amazon):
    take(amazon, LISTINGS)
    status, body = listings(amazon)
    assert (status, body["errors"][0]) == (
        403,
        {"code": "Unauthorized", "message": "Access to requested resource is denied.", "details": ""},
    )
    assert amazon.set_quantity("HH-0010", 3)[0] == 403
    assert amazon.search()[0] == 200
    assert amazon.call("GET", "/sellers/v1/marketplaceParticipations")[0] == 200
    amazon.control("POST", "roles", {"role": LISTINGS, "granted": True})
    assert listings(amazon)[0] == 200


def test_orders_are_read_with_any_of_their_roles(amazon):
    take(amazon, ORDERS)
    assert amazon.search()[0] == 200
    take(amazon, SHIPS)
    take(amazon, INVOICES)
    assert amazon.search()[0] == 403


def test_a_role_is_taken_away_for_an_hour_and_comes_back(amazon):
    body = take(amazon, LISTINGS, seconds=3600)
    row = next(row for row in body["roles"] if row["role"] == LISTINGS)
    assert (row["granted"], row["givenBackAt"]) == (False, "2026-09-21T15:13:20.000Z")
    assert listings(amazon)[0] == 403
    amazon.advance(3599)
    assert listings(amazon)[0] == 403
    amazon._tokens.clear()
    amazon.advance(2)
    assert listings(amazon)[0] == 200
    assert amazon.control("GET", "roles")[1]["operations"]["searchListingsItems"] == [LISTINGS]


def test_personal_data_go_with_their_role(amazon):
    order = amazon.order()
    assert "recipient" in amazon.read(order, "RECIPIENT")
    take(amazon, SHIPS)
    assert "recipient" not in amazon.read(order, "RECIPIENT")


def test_a_role_stays_away_over_a_kill(tmp_path):
    before = Amazon(tmp_path)
    take(before, LISTINGS, seconds=3600)
    before.simulator.close()
    after = Amazon(tmp_path)
    assert listings(after)[0] == 403
    after.advance(3601)
    after._tokens.clear()
    assert listings(after)[0] == 200
    after.simulator.close()


def test_a_role_that_the_application_does_not_have_is_refused(amazon):
    status, body = amazon.control("POST", "roles", {"role": "King", "granted": False})
    assert (status, body["error"].startswith("role: ")) == (400, True)
