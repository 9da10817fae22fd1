"""Which Amazon a call goes to: the one place that decides it.

A live system speaks to the live endpoints. A demo system speaks to the simulator or to Amazon's sandbox, as an
administrator activated the seller account's channels, and to nobody where none is activated; whatever its settings
say, no address that comes out of here is a live Selling Partner API endpoint.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from wharfinger.amazon.regions import LIVE, SANDBOX, Endpoints
from wharfinger.config.environment import Configuration
from wharfinger.couriers import click_and_drop
from wharfinger.domain.channels.channel import ActivatedFor
from wharfinger.sync.labels_out import NoCourier

_LIVE_HOSTS = frozenset(urlsplit(region.endpoint).hostname for region in LIVE.regions)
_CODES = tuple(region.code for region in LIVE.regions)


class NoAmazon(Exception):
    """There is no Amazon that this may speak to; says why, and what to do."""


def endpoints_for(configuration: Configuration, activated_for: Iterable[str]) -> Endpoints:
    """`activated_for`: what the account's activated channels are activated for; a live system does not look at it."""
    if configuration.system == "live":
        return LIVE
    targets = set(activated_for)
    if len(targets) > 1:
        labels = ", ".join(each.label for each in ActivatedFor if each in targets)
        raise NoAmazon(
            f"Channels of one seller account are activated for different Amazons ({labels}). "
            "Deactivate those that do not belong."
        )
    endpoints = _stand_in(configuration, *targets)
    for region in endpoints.regions:
        if urlsplit(region.endpoint).hostname in _LIVE_HOSTS:
            raise NoAmazon(f"A demo system never calls a live endpoint of Amazon, and {region.endpoint} is one.")
    return endpoints


def installation_endpoints(configuration: Configuration) -> Endpoints:
    """Where this system's calls usually go, whoever's they are."""
    usual = ActivatedFor.SIMULATOR if configuration.simulator_url else ActivatedFor.SANDBOX
    return endpoints_for(configuration, [usual])


def click_and_drop_address(configuration: Configuration) -> str:
    """A live system speaks to Royal Mail; a demo system to a stand-in, and never to Royal Mail itself."""
    if configuration.system == "live":
        return click_and_drop.ADDRESS
    address = configuration.click_and_drop_url
    if address is None or urlsplit(address).hostname == urlsplit(click_and_drop.ADDRESS).hostname:
        raise NoCourier("This demo system buys no labels: it speaks to no courier. A live system does.")
    return address


def _stand_in(configuration: Configuration, activated_for: str = "") -> Endpoints:
    match activated_for:
        case ActivatedFor.SIMULATOR:
            return _simulator(configuration.simulator_url)
        case ActivatedFor.SANDBOX:
            return _sandbox(configuration.sandbox_url)
        case _:
            raise NoAmazon("No channel of it is activated in this demo system: an administrator activates it.")


def _simulator(address: str | None) -> Endpoints:
    if address is None:
        raise NoAmazon("This demo system has no simulator. Start “wharfinger demo”, or activate it for the sandbox.")
    return LIVE.moved_to(
        token_endpoint=f"{address}/auth/o2/token", endpoints={code: f"{address}/{code.lower()}" for code in _CODES}
    )


def _sandbox(address: str | None) -> Endpoints:
    """Amazon's own, whose tokens come from the live token endpoint; `address`: who answers in its place."""
    if address is None:
        return SANDBOX
    return SANDBOX.moved_to(
        token_endpoint=f"{address}/auth/o2/token",
        endpoints={code: f"{address}/sandbox/{code.lower()}" for code in _CODES},
    )
