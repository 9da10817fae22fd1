"""What New Channel checks and proposes, over facts alone."""

from dataclasses import replace

import pytest

from wharfinger.domain.channels.setup_checks import (
    CheckState,
    PoolSite,
    SetupFacts,
    checks_for,
    courier_service_for,
    lacks_fba_site,
    site_for,
    stops,
)
from wharfinger.domain.orders.order import Fulfilment

FBM, FBA = Fulfilment.FBM, Fulfilment.FBA
GOOD, WARN, BAD = CheckState.GOOD, CheckState.WARN, CheckState.BAD
READY = SetupFacts(
    marketplace="Amazon.de",
    country="DE",
    pool="Europe",
    pool_title="Europe",
    region="EU",
    pool_sites=(PoolSite(3, "FBA Europe", loaded=True, account="Northwind"),),
    own_sites=((1, "Main warehouse"),),
    prompt_couriers=((5, "DHL Paket"),),
    other_couriers=("Spedition Weber",),
    twins=(),
    twin_sellers=frozenset(),
    application=True,
)


def states(kind, seller_id="", *, comes_back=True, **changes):
    return [check.state for check in checks_for(kind, replace(READY, **changes), seller_id, comes_back=comes_back)]


@pytest.mark.parametrize("kind", [FBM, FBA])
def test_where_everything_is_there_every_check_is_good(kind):
    assert set(states(kind)) == {GOOD}


@pytest.mark.parametrize(
    ("kind", "changes", "found"),
    [
        (FBM, {"prompt_couriers": ()}, [WARN, GOOD, GOOD, GOOD, GOOD]),
        (FBM, {"prompt_couriers": (), "other_couriers": ()}, [BAD, GOOD, GOOD, GOOD, GOOD]),
        (FBM, {"own_sites": ()}, [GOOD, BAD, GOOD, GOOD, GOOD]),
        (FBM, {"pool_sites": ()}, [GOOD, GOOD, GOOD, GOOD, GOOD]),
        (FBA, {"pool_sites": ()}, [BAD, GOOD, GOOD, GOOD]),
        (FBA, {"pool_sites": (PoolSite(3, "FBA Europe", False, ""),)}, [GOOD, WARN, GOOD, GOOD, GOOD]),
        (FBA, {"prompt_couriers": (), "other_couriers": (), "own_sites": ()}, [GOOD, GOOD, GOOD, GOOD, GOOD]),
        (FBM, {"application": False}, [GOOD, GOOD, GOOD, WARN, GOOD]),
    ],
)
def test_what_is_missing_is_a_warning_or_a_stop(kind, changes, found):
    assert states(kind, **changes) == found
    assert stops(checks_for(kind, replace(READY, **changes), comes_back=True)) == found.count(BAD)


def test_a_second_channel_is_for_another_seller_only():
    twins = {"twins": ((7, "Amazon.de FBM"),), "twin_sellers": frozenset({"A1"})}
    assert [states(FBM, seller, **twins)[2] for seller in ("", "A2", "A1")] == [WARN, WARN, BAD]


def test_without_a_way_back_from_amazon_there_is_a_warning():
    assert states(FBM, comes_back=False) == [GOOD, GOOD, GOOD, GOOD, WARN]


@pytest.mark.parametrize("kind", [FBM, FBA])
def test_what_failed_says_what_to_do(kind):
    bare = replace(READY, prompt_couriers=(), other_couriers=(), own_sites=(), pool_sites=(), application=False)
    checks = checks_for(kind, bare, comes_back=False)
    assert all(check.remedy for check in checks if check.state is not GOOD)
    assert [bool(check.go) for check in checks] == [bool(check.button) for check in checks]


def test_an_fba_channel_needs_a_site_of_its_pool():
    assert lacks_fba_site(FBA, replace(READY, pool_sites=())).startswith("Amazon.de is served from the pool Europe, ")
    assert [lacks_fba_site(FBM, replace(READY, pool_sites=())), lacks_fba_site(FBA, READY)] == ["", ""]


@pytest.mark.parametrize(
    ("kind", "own_sites", "chosen", "site"),
    [
        (FBM, ((1, "Main"),), "", "1"),
        (FBM, ((1, "Main"), (2, "Shop")), "", ""),
        (FBM, ((1, "Main"), (2, "Shop")), "2", "2"),
        (FBM, (), "", ""),
        (FBA, (), "", "3"),
        (FBA, (), "9", "3"),
    ],
)
def test_a_site_is_filled_in_where_there_is_no_doubt(kind, own_sites, chosen, site):
    assert site_for(kind, replace(READY, own_sites=own_sites), chosen) == site


@pytest.mark.parametrize(
    ("kind", "couriers", "chosen", "filled_in"),
    [
        (FBM, ((5, "DHL"),), "", "5"),
        (FBM, ((5, "DHL"), (6, "DPD")), "", ""),
        (FBM, ((5, "DHL"),), "6", "6"),
        (FBA, ((5, "DHL"),), "", ""),
    ],
)
def test_a_courier_service_is_filled_in_where_there_is_no_doubt(kind, couriers, chosen, filled_in):
    assert courier_service_for(kind, replace(READY, prompt_couriers=couriers), chosen) == filled_in
