"""What an imported order waits for, as values. Their text in the database is written and read here alone."""

from dataclasses import dataclass
from typing import assert_never

from wharfinger.domain.orders.order import Fulfilment


@dataclass(frozen=True, slots=True)
class ForChannel:
    """A channel that is saved, enabled, activated or linked, or whose first import is started."""

    channel_id: int


@dataclass(frozen=True, slots=True)
class ForNewChannel:
    """A channel that is made; `marketplace_id` empty = Amazon named a marketplace that is not known."""

    account_id: int
    marketplace_id: str
    kind: Fulfilment


@dataclass(frozen=True, slots=True)
class ForLevels:
    """The stock levels of an FBA site."""

    site_id: int


@dataclass(frozen=True, slots=True)
class ForLink:
    """A link of a SKU to a stock item: single lines wait for it, not the whole order."""

    account_id: int
    sku: str


@dataclass(frozen=True, slots=True)
class ForDownload:
    """The order once more, fetched from Amazon by its number."""


WaitsFor = ForChannel | ForNewChannel | ForLevels | ForLink | ForDownload


def write_waits_for(cause: WaitsFor | None) -> str:
    """As it is stored; None = nothing that we could bring about."""
    match cause:
        case None:
            return ""
        case ForChannel(channel):
            return f"channel:{channel}"
        case ForNewChannel(account, marketplace, kind):
            return f"nochannel:{account}:{marketplace}:{kind.value}"
        case ForLevels(site):
            return f"site:{site}"
        case ForLink(account, sku):
            return f"sku:{account}:{sku}"
        case ForDownload():
            return "download"
        case _:
            assert_never(cause)


def read_waits_for(text: str) -> WaitsFor | None:
    """What was written; None also for a text that no version of ours reads any more."""
    try:
        return _read(text)
    except ValueError:
        return None


def _read(text: str) -> WaitsFor | None:
    word, _, rest = text.partition(":")
    match word:
        case "channel":
            return ForChannel(int(rest))
        case "nochannel":
            account, marketplace_and_kind = rest.split(":", 1)
            marketplace, kind = marketplace_and_kind.rsplit(":", 1)
            return ForNewChannel(int(account), marketplace, Fulfilment(kind))
        case "site":
            return ForLevels(int(rest))
        case "sku":
            account, sku = rest.split(":", 1)
            return ForLink(int(account), sku)
        case "download":
            return ForDownload()
        case _:
            return None
