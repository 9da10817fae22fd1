"""A demo system never speaks to a live endpoint of Amazon, whatever its channels and settings say."""

from dataclasses import replace
from itertools import combinations
from urllib.parse import urlsplit

import pytest

from wharfinger.amazon.regions import LIVE, SANDBOX
from wharfinger.cli.endpoints import NoAmazon, click_and_drop_address, endpoints_for, installation_endpoints
from wharfinger.config.environment import read
from wharfinger.couriers import click_and_drop
from wharfinger.domain.channels.channel import ActivatedFor
from wharfinger.sync.labels_out import NoCourier

LIVE_HOSTS = {urlsplit(region.endpoint).hostname for region in LIVE.regions}
SIMULATOR, OURS = "http://127.0.0.1:8124", "http://127.0.0.1:8125"
CHOICES = ("", "simulator", "sandbox", "Live", "https://sellingpartnerapi-eu.amazon.com")


def a_system(tmp_path, name="demo", simulator=None, sandbox=None):
    configuration = read({"WHARFINGER_HOME": str(tmp_path), "WHARFINGER_SYSTEM": name})
    return replace(configuration, simulator_url=simulator, sandbox_url=sandbox)


def hosts(endpoints):
    return {urlsplit(region.endpoint).hostname for region in endpoints.regions}


def test_a_live_system_speaks_to_the_live_endpoints_whatever_channels_say(tmp_path):
    for chosen in ([], ["simulator"], ["sandbox"], [""]):
        assert endpoints_for(a_system(tmp_path, "live"), chosen) == LIVE


@pytest.mark.parametrize("sandbox", [None, OURS, "https://sellingpartnerapi-na.amazon.com"])
@pytest.mark.parametrize("simulator", [None, SIMULATOR, "https://sellingpartnerapi-eu.amazon.com"])
def test_no_combination_of_channels_of_a_demo_system_reaches_a_live_host(tmp_path, simulator, sandbox):
    system = a_system(tmp_path, simulator=simulator, sandbox=sandbox)
    tried = 0
    for size in range(len(CHOICES) + 1):
        for chosen in combinations(CHOICES, size):
            tried += 1
            try:
                found = endpoints_for(system, chosen)
            except NoAmazon:
                continue
            assert not hosts(found) & LIVE_HOSTS, chosen
    assert tried == 2 ** len(CHOICES)


def test_a_demo_system_buys_labels_of_a_stand_in_and_never_of_royal_mail(tmp_path):
    assert click_and_drop_address(a_system(tmp_path, "live")) == click_and_drop.ADDRESS
    assert click_and_drop_address(replace(a_system(tmp_path), click_and_drop_url=OURS)) == OURS
    for address in (None, click_and_drop.ADDRESS, "https://API.parcel.royalmail.com:443/x"):
        with pytest.raises(NoCourier, match="speaks to no courier"):
            click_and_drop_address(replace(a_system(tmp_path), click_and_drop_url=address))


def test_the_simulator_and_the_sandbox_each_have_their_addresses(tmp_path):
    system = a_system(tmp_path, simulator=SIMULATOR)
    simulator, sandbox = endpoints_for(system, ["simulator"]), endpoints_for(system, ["sandbox"])
    assert (simulator.token_endpoint, simulator.region("EU").endpoint) == (
        f"{SIMULATOR}/auth/o2/token",
        f"{SIMULATOR}/eu",
    )
    assert sandbox == SANDBOX
    assert sandbox.token_endpoint == LIVE.token_endpoint
    moved = endpoints_for(a_system(tmp_path, sandbox=OURS), ["sandbox"])
    assert (moved.token_endpoint, moved.region("NA").endpoint) == (f"{OURS}/auth/o2/token", f"{OURS}/sandbox/na")


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ([], "an administrator activates it"),
        ([""], "an administrator activates it"),
        (["simulator"], "has no simulator"),
        (["simulator", "sandbox"], "different Amazons"),
    ],
)
def test_where_there_is_no_amazon_the_reason_is_reported(tmp_path, chosen, words):
    with pytest.raises(NoAmazon, match=words):
        endpoints_for(a_system(tmp_path), chosen)


def test_the_house_itself_asks_the_simulator_where_there_is_one(tmp_path):
    assert hosts(installation_endpoints(a_system(tmp_path, simulator=SIMULATOR))) == {"127.0.0.1"}
    assert installation_endpoints(a_system(tmp_path)) == SANDBOX
    assert installation_endpoints(a_system(tmp_path, "live")) == LIVE


def test_every_activation_that_there_is_has_its_endpoints(tmp_path):
    system = a_system(tmp_path, simulator=SIMULATOR)
    assert {kind: len(endpoints_for(system, [kind.value]).regions) for kind in ActivatedFor} == dict.fromkeys(
        ActivatedFor, 3
    )
