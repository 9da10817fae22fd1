"""What makes the world of the main job as hard as the real one.

Marketplaces without a channel, a private application with a pasted token, a marketplace whose day has begun already,
odd addresses, a cent that is missing, a role that is taken away for an hour, page tokens that are refused without
words, another application that uses up a limit. All of it is done to the simulator, by what anybody may send to it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx2

WITHOUT_CHANNEL = "APJ6JRA9NG5V4"
"""Amazon.it: the seller sells there and has no channel for it."""
ALREADY_TOMORROW = "A1PA6795UKMFR9"
"""Amazon.de: when trade begins it is past midnight there and not yet in UTC; its channels start on that day."""
PRIVATE_SINCE = "NA"
"""The region whose seller has a private application: he pastes a token of Develop Apps instead of a consent."""

ODD_ADDRESSES = (
    ("A1F83G8C2ARO7P", "street_in_line_2"),
    ("A1F83G8C2ARO7P", "street_in_line_3"),
    ("A1F83G8C2ARO7P", "no_name"),
    ("A1F83G8C2ARO7P", "masked_postcode"),
    ("A1F83G8C2ARO7P", "business"),
    ("A1PA6795UKMFR9", "packstation"),
    ("A1PA6795UKMFR9", "street_in_line_2"),
    ("A13V1IB3VIYZZH", "no_town"),
    ("ATVPDKIKX0DER", "no_state"),
)
"""Where the buyer lives, and what is odd about the address."""
CENTS_MISSING = 3
IN_ITALY = 4
ROLE = "Product Listing"
HOUR = 3600


@dataclass(frozen=True, slots=True)
class World:
    """The simulator's control, and who sells there."""

    control: httpx2.Client
    accounts: tuple[Mapping[str, Any], ...]

    def seller_in(self, marketplace: str) -> str:
        """The id of the seller who sells in this marketplace."""
        for account in self.accounts:
            if any(row["id"] == marketplace for row in account["marketplaces"]):
                return str(account["sellerId"])
        raise LookupError(f"nobody sells in {marketplace}")

    def send(self, what: str, body: Mapping[str, Any]) -> Any:
        return self.control.post(what, json=body).raise_for_status().json()


def begin_after_midnight_in_berlin(world: World, now: datetime) -> datetime:
    """Go on to two minutes after the next midnight there, which is an evening in UTC; returns that moment."""
    berlin = ZoneInfo("Europe/Berlin")
    tomorrow = now.astimezone(berlin).date() + timedelta(days=1)
    moment = datetime.combine(tomorrow, time(0, 2), berlin).astimezone(UTC)
    world.send("clock", {"now": moment.isoformat().replace("+00:00", "Z")})
    return moment


def make_application_private(world: World) -> None:
    world.send("application", {"kind": "private"})


def take_role_away(world: World) -> None:
    """Quantities are refused for an hour of trade; orders, parcels and FBA stock are none of it."""
    world.send("roles", {"role": ROLE, "granted": False, "seconds": HOUR})


def refuse_page_tokens(world: World) -> None:
    """Two page tokens of each kind of list die, and Amazon does not say why."""
    for operation in ("searchOrders", "searchListingsItems"):
        world.send("faults", {"kind": "page_token_refused", "operation": operation, "count": 2})


def share_a_limit(world: World) -> None:
    """Another application of the sellers empties the bucket of order searches and keeps it empty for twenty minutes."""
    world.send("limits/others", {"operation": "searchOrders", "rate": 0.05, "seconds": HOUR / 3})


def place_odd_orders(world: World) -> int:
    """The orders that a mix does not bring; returns how many were placed."""
    bodies = list(_odd_orders(world))
    for body in bodies:
        world.send("orders", body)
    return len(bodies)


def _odd_orders(world: World) -> Iterator[dict[str, Any]]:
    skus = _plenty(world)
    for marketplace, kind in ODD_ADDRESSES:
        yield _order(world, marketplace, skus) | {"addressKind": kind}
    for _ in range(CENTS_MISSING):
        yield _order(world, "A1F83G8C2ARO7P", skus) | {"totalOff": 1}
    for _ in range(IN_ITALY):
        yield _order(world, WITHOUT_CHANNEL, skus)


def _order(world: World, marketplace: str, skus: Mapping[str, Iterator[str]]) -> dict[str, Any]:
    seller = world.seller_in(marketplace)
    return {
        "sellerId": seller,
        "marketplaceId": marketplace,
        "fulfilledBy": "MERCHANT",
        "items": [{"sku": next(skus[seller]), "quantity": 1}],
    }


def _plenty(world: World) -> dict[str, Iterator[str]]:
    """For each seller the SKUs of his own that show most, most first."""
    books = (
        world.control.get("books?orders=0&fbaEvents=0&transactions=0&writes=0&faultEvents=0").raise_for_status().json()
    )
    found: dict[str, list[tuple[int, str]]] = {}
    for row in books["listings"]:
        if row["channelCode"] == "DEFAULT" and row["listed"] and row["quantity"]:
            found.setdefault(row["sellerId"], []).append((-row["quantity"], row["sku"]))
    return {seller: iter([sku for _, sku in sorted(rows)]) for seller, rows in found.items()}
