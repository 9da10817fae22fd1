import pytest

from wharfinger.domain.access.roles import cause_of, with_same_cause

LISTING, FBA, SHIPPING = frozenset({"Listing"}), frozenset({"Fulfilment", "Listing"}), frozenset({"Shipping", "Orders"})
NONE = frozenset()


@pytest.mark.parametrize(
    ("roles", "denied", "cause"),
    [
        (FBA, [FBA], FBA),
        (FBA, [FBA, LISTING], LISTING),
        (LISTING, [FBA, LISTING], LISTING),
        (SHIPPING, [SHIPPING, LISTING, NONE], SHIPPING),
        (NONE, [NONE, LISTING], NONE),
    ],
)
def test_the_fewest_roles_that_would_open_it_are_the_cause(roles, denied, cause):
    assert cause_of(roles, denied) == cause


def test_flows_with_one_cause_stand_together_and_a_denial_without_a_role_alone():
    denied = {"stock_out": LISTING, "listings_in": LISTING, "fba_stock_in": FBA, "orders_in": SHIPPING, "odd": NONE}
    assert with_same_cause("fba_stock_in", denied) == ("fba_stock_in", "listings_in", "stock_out")
    assert with_same_cause("orders_in", denied) == ("orders_in",)
    assert with_same_cause("odd", denied) == ("odd",)
