"""The client against the whole pretend Amazon, over real HTTP. The two share no code."""

import importlib.util
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest
from msgspec.structs import replace

from wharfinger.amazon.auth import Credentials, Lwa, TokenCache
from wharfinger.amazon.client import AmazonClient, SearchOrders
from wharfinger.amazon.errors import (
    AmazonError,
    AuthorisationLost,
    InvalidClient,
    InvalidGrant,
    NotFound,
    OffersExpired,
    PageTokenRefused,
    Refused,
    Throttled,
)
from wharfinger.amazon.messages.buy_shipping import Cost, Parcel, ParcelItem, Purchase, ShippingAddress
from wharfinger.amazon.messages.listings import Accepted
from wharfinger.amazon.messages.orders import AmazonOrder, decode_order
from wharfinger.amazon.messages.shipments import ConfirmShipment, ShippedItem
from wharfinger.amazon.regions import LIVE, Endpoints
from wharfinger.amazon.transport import Transport

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(
        importlib.util.find_spec("amazon_simulator") is None
        or importlib.util.find_spec("amazon_simulator.__main__") is None,
        reason="no amazon_simulator here",
    ),
]

UK = "A1F83G8C2ARO7P"
DE = "A1PA6795UKMFR9"
US = "ATVPDKIKX0DER"
STARTS_WITHIN = 20.0


@dataclass
class World:
    """A running simulator: its control pages, and the client of one of its sellers."""

    base: str
    transport: Transport

    def ask(self, path: str, body: Any = None) -> Any:
        url = f"{self.base}/_simulator/{path}"
        answer = httpx2.get(url) if body is None else httpx2.post(url, json=body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    @property
    def now(self) -> datetime:
        return datetime.fromisoformat(self.ask("clock")["now"]).astimezone(UTC)

    def pass_time(self, seconds: int) -> None:
        self.ask("clock", {"advance": seconds})

    @property
    def endpoints(self) -> Endpoints:
        accounts = self.ask("accounts")
        return LIVE.moved_to(token_endpoint=accounts["tokenEndpoint"], endpoints=accounts["endpoints"])

    def account(self, region: str) -> dict[str, Any]:
        return next(one for one in self.ask("accounts")["accounts"] if one["region"] == region)

    def lwa(self, secret: str | None = None) -> Lwa:
        application = self.ask("accounts")["application"]
        credentials = Credentials(application["clientId"], secret or application["clientSecret"])
        return Lwa(self.transport, self.endpoints.token_endpoint, credentials)

    def client(self, region: str = "EU", *, tokens_of: str | None = None) -> AmazonClient:
        source = TokenCache(self.lwa()).source(self.account(tokens_of or region)["refreshToken"])
        return AmazonClient(self.transport, source, self.endpoints.region(region))

    def listing(self, channel: str, *, region: str = "EU") -> dict[str, Any]:
        seller = self.account(region)["sellerId"]
        for one in self.ask(f"books?sellerId={seller}&orders=0")["listings"]:
            if one["channelCode"] == channel and (channel != "DEFAULT" or one["quantity"] > 2):
                return one
        raise AssertionError(f"no listing of {channel}")

    def order(self, sku: str, quantity: int = 1, marketplace: str = UK) -> str:
        placed = self.ask(
            "orders",
            {
                "sellerId": self.account("EU")["sellerId"],
                "marketplaceId": marketplace,
                "fulfilledBy": "MERCHANT",
                "items": [{"sku": sku, "quantity": quantity}],
            },
        )
        return placed["orderId"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    home = tmp_path_factory.mktemp("simulator")
    port_file = home / "port"
    command = [
        *(sys.executable, "-m", "amazon_simulator", "--port", "0", "--port-file", str(port_file)),
        *("--home", str(home / "state"), "--seed", "1", "--rate", "60", "--fresh"),
        *("--redirect-uri", "http://127.0.0.1:8000/amazon/callback"),
    ]
    log = (home / "log").open("wb")
    process = subprocess.Popen(command, stdout=log, stderr=log, cwd=home)
    try:
        with Transport() as transport:
            yield World(f"http://127.0.0.1:{_port(process, port_file, home / 'log')}", transport)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        log.close()


def _port(process: subprocess.Popen[bytes], port_file: Path, log: Path) -> int:
    ends = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < ends and process.poll() is None:
        if port_file.exists():
            return int(port_file.read_text())
        time.sleep(0.05)  # noqa: TID251 -- waiting for another process to listen
    raise AssertionError(log.read_text(errors="replace"))


def _find(world: World, order_id: str, since: datetime) -> AmazonOrder:
    client = world.client()
    page = client.search_orders(SearchOrders(marketplace_ids=(UK, DE), last_updated_after=since), now=world.now).value
    found = [order for order in map(decode_order, page.raw_orders) if order.order_id == order_id]
    assert len(found) == 1
    return found[0]


def test_a_seller_sells_where_the_simulator_says(world):
    participations = world.client().get_marketplace_participations(now=world.now).value
    wanted = {one["id"]: (one["currency"], one["participating"]) for one in world.account("EU")["marketplaces"]}
    assert wanted
    assert {
        one.marketplace.id: (one.marketplace.default_currency_code, one.participation.is_participating)
        for one in participations
        if one.marketplace.id in wanted
    } == wanted


def test_an_order_goes_round(world):
    client = world.client()
    listing = world.listing("DEFAULT")
    marketplace = listing["marketplaceIds"][0]
    before = world.now - timedelta(minutes=5)
    order_id = world.order(listing["sku"], 2, marketplace)
    world.pass_time(300)
    order = _find(world, order_id, before) if marketplace in (UK, DE) else None
    single = decode_order(client.get_order(order_id, now=world.now).value)
    assert order is None or order.order_id == single.order_id
    (line,) = single.order_items
    assert (line.product.seller_sku, line.quantity_ordered) == (listing["sku"], 2)
    assert single.fulfillment is not None
    assert (single.fulfillment.fulfillment_status, single.fulfillment.fulfilled_by) == ("UNSHIPPED", "MERCHANT")
    assert single.proceeds is not None
    assert single.proceeds.grand_total is not None
    assert single.proceeds.grand_total.amount > 0
    assert single.recipient is not None

    confirmation = ConfirmShipment(
        marketplace_id=marketplace,
        package_reference_id=1,
        carrier_code="Other",
        carrier_name="Quay Couriers",
        shipping_method="Tracked",
        tracking_number="QC123",
        ship_date=world.now,
        items=(ShippedItem(order_item_id=line.order_item_id, quantity=2),),
    )
    assert client.confirm_shipment(order_id, confirmation, now=world.now).value is None
    world.pass_time(300)
    shipped = decode_order(client.get_order(order_id, now=world.now).value)
    assert shipped.fulfillment is not None
    assert shipped.fulfillment.fulfillment_status == "SHIPPED"
    assert [(one.package_reference_id, one.tracking_number) for one in shipped.packages or ()] == [("1", "QC123")]


def test_a_label_is_bought_once_whatever_is_repeated_and_confirms_its_order(world):
    client, sku = world.client(), world.listing("DEFAULT")["sku"]
    order_id = world.order(sku)
    (line,) = decode_order(client.get_order(order_id, now=world.now).value).order_items
    parcel = Parcel(
        order_id=order_id,
        reference=f"{order_id}-1",
        items=(ParcelItem(item_identifier=line.order_item_id, quantity=1),),
        grams=900,
        length=30,
        width=20,
        height=10,
        insured=Cost(value=Decimal(20), unit="GBP"),
        ship_from=ShippingAddress(
            name="Harbour", address_line1="1 Quay Street", city="Hull", postal_code="HU1 1AA", country_code="GB"
        ),
    )
    offers = client.get_rates(UK, parcel, now=world.now).value
    rate = offers.rates[0]
    document = rate.choice("ZPL", dpi=300)
    assert document is not None
    services = [group.value_added_services[0].id for group in rate.available_value_added_service_groups]
    purchase = Purchase(
        request_token=offers.request_token, rate_id=rate.rate_id, document=document, services=tuple(services[:1])
    )
    world.ask("faults", {"kind": "cut_after", "operation": "purchaseShipment"})
    with pytest.raises(AmazonError) as caught:
        client.purchase_shipment(UK, parcel.reference, purchase, key="wharfinger-1", now=world.now)
    assert caught.value.outcome_unknown
    bought = client.purchase_shipment(UK, parcel.reference, purchase, key="wharfinger-1", now=world.now).value
    assert bought.tracking_number.encode() in bought.label
    assert [one["trackingNumber"] for one in world.ask("labels")["labels"]] == [bought.tracking_number]
    other = replace(purchase, services=())
    with pytest.raises(Refused):
        client.purchase_shipment(UK, parcel.reference, other, key="wharfinger-1", now=world.now)
    again = client.get_shipment_documents(
        UK, bought.shipment_id, parcel.reference, label_format="PDF", now=world.now
    ).value
    assert (again.tracking_number, again.label[:5]) == (bought.tracking_number, b"%PDF-")
    assert client.get_tracking(UK, bought.tracking_number, rate.carrier_id, now=world.now).value.event_history
    world.pass_time(400)
    shipped = decode_order(client.get_order(order_id, now=world.now).value)
    assert [one.tracking_number for one in shipped.packages or ()] == [bought.tracking_number]
    assert client.cancel_shipment(UK, bought.shipment_id, now=world.now).value is None
    world.pass_time(700)
    with pytest.raises(OffersExpired):
        client.get_additional_inputs(UK, offers.request_token, rate.rate_id, now=world.now)


def test_a_quantity_is_set_and_the_lead_time_stays(world):
    client, listing = world.client(), world.listing("DEFAULT")
    seller, marketplace = world.account("EU")["sellerId"], listing["marketplaceIds"][0]
    data = ("summaries", "attributes", "fulfillmentAvailability", "productTypes")
    before = client.get_listings_item(seller, listing["sku"], marketplace, now=world.now, included_data=data).value
    assert before.merchant_quantity == listing["quantity"]
    assert before.merchant_attribute is not None
    answer = client.set_quantity(
        seller,
        listing["sku"],
        marketplace,
        product_type=before.product_type(marketplace) or "",
        quantity=listing["quantity"] + 5,
        now=world.now,
    ).value
    assert isinstance(answer, Accepted)
    world.pass_time(600)
    after = client.get_listings_item(seller, listing["sku"], marketplace, now=world.now, included_data=data).value
    assert after.merchant_quantity == listing["quantity"] + 5
    assert after.merchant_attribute is not None
    assert after.merchant_attribute.lead_time_to_ship_max_days == before.merchant_attribute.lead_time_to_ship_max_days


def test_every_listing_is_listed_and_the_odd_skus_can_be_fetched(world):
    client, seller = world.client(), world.account("EU")["sellerId"]
    found, token = [], None
    while True:
        world.pass_time(5)
        page = client.search_listings_items(seller, UK, now=world.now, page_token=token).value
        assert page.unreadable == ()
        found += page.items
        token = page.next_token
        if token is None:
            break
    skus = [item.sku for item in found]
    assert len(skus) == len(set(skus)) == page.number_of_results
    odd = [sku for sku in skus if not all(letter.isascii() and (letter.isalnum() or letter in "-_") for letter in sku)]
    assert odd
    for sku in odd:
        world.pass_time(5)
        assert client.get_listings_item(seller, sku, UK, now=world.now).value.sku == sku


def test_fba_levels_are_those_of_the_books(world):
    seller = world.account("EU")["sellerId"]
    books = world.ask(f"books?sellerId={seller}&orders=0")["fba"]
    wanted = {one["sku"]: one["fulfillable"] for one in books if one["pool"] == "UK"}
    assert wanted
    page = world.client().get_inventory_summaries(UK, now=world.now).value
    assert page.unreadable == ()
    assert {
        one.seller_sku: one.inventory_details.fulfillable_quantity
        for one in page.summaries
        if one.inventory_details and one.seller_sku in wanted
    } == wanted


def test_what_amazon_does_not_know_is_not_found(world):
    seller = world.account("EU")["sellerId"]
    with pytest.raises(NotFound):
        world.client().get_order("026-0000000-0000000", now=world.now)
    with pytest.raises(NotFound):
        world.client().get_listings_item(seller, "no such SKU / at all", UK, now=world.now)


def test_a_token_of_another_region_is_denied(world):
    with pytest.raises(AuthorisationLost):
        world.client("EU", tokens_of="NA").get_marketplace_participations(now=world.now)


def test_the_token_endpoint_refuses_in_its_own_words(world):
    with pytest.raises(InvalidGrant):
        world.lwa().refresh("Atzr|nobody", now=world.now)
    with pytest.raises(InvalidGrant):
        world.lwa().exchange_code("no-code", "http://127.0.0.1:8000/amazon/callback", now=world.now)
    with pytest.raises(InvalidClient):
        world.lwa("amzn1.oa2-cs.v1.wrong").refresh(world.account("EU")["refreshToken"], now=world.now)


def test_a_refused_search_and_a_refused_page_token(world):
    client, now = world.client(), world.now
    world.pass_time(600)
    young = SearchOrders(
        marketplace_ids=(UK,), last_updated_after=now, last_updated_before=world.now + timedelta(hours=1)
    )
    with pytest.raises(Refused):
        client.search_orders(young, now=world.now)
    with pytest.raises(PageTokenRefused):
        client.search_orders(
            SearchOrders(marketplace_ids=(UK,), last_updated_after=now, pagination_token="a+/="), now=world.now
        )


def test_the_published_burst_is_all_there_is(world):
    world.ask("clock", {"rate": 1})
    client = world.client("NA")
    now = world.now
    for _ in range(15):
        client.get_marketplace_participations(now=now)
    with pytest.raises(Throttled):
        client.get_marketplace_participations(now=now)


def test_no_error_of_the_simulators_shows_a_secret(world):
    refresh = world.account("EU")["refreshToken"]
    with pytest.raises(AmazonError) as caught:
        world.lwa("wrong").refresh(refresh, now=world.now)
    shown = json.dumps([str(caught.value), repr(caught.value), caught.value.message])
    assert refresh not in shown
