"""Customised lines: the buyer's archive is saved while its address lives."""

import json
from datetime import timedelta

import pytest
from tests.factories.amazon_orders import later, line, order
from tests.sync.orders_world import World

from wharfinger.amazon.errors import NotAnsweredAsPromised, TimedOut
from wharfinger.db.models import Customisation, WantedOrder
from wharfinger.db.queries.orders.customisations import archive_of
from wharfinger.operations.orders.customisations import TRIED_AT_MOST
from wharfinger.sync.orders import orders_by_number

pytestmark = pytest.mark.django_db
ADDRESS = "https://custom.example/1.zip?signature=first"


@pytest.fixture
def world():
    made = World()
    made.downloads = []
    made.archives = {ADDRESS: b"PK-the-archive"}

    def download(address):
        made.downloads.append(address)
        answer = made.archives.get(address)
        if answer is None:
            raise NotAnsweredAsPromised("downloadCustomisation", status=403, message="the address is refused")
        if isinstance(answer, Exception):
            raise answer
        return answer

    made.amazon.download_customisation = download
    return made


def customised(address=ADDRESS):
    product = {"sellerSku": "MUG", "asin": "B000000001", "title": "Mug", "customization": {"customizedUrl": address}}
    return order(line("MUG", product=product))


def with_address(message, address):
    changed = later(message)
    changed["orderItems"][0]["product"]["customization"] = {"customizedUrl": address}
    return changed


def fetch(world):
    return orders_by_number.run(world.account.pk, world.amazon, world.clock)


def test_the_archive_is_fetched_once_and_kept(world):
    world.item("MUG", 5)
    message = customised()
    world.hear(message)
    assert fetch(world).outcome == "0 orders downloaded by number, 1 customisation saved"
    sale = world.sale(message)
    row = Customisation.objects.get()
    assert (row.size, row.again_at, row.fetched_at) == (14, None, world.now())
    assert archive_of(sale.pk, sale.lines.get().pk) == b"PK-the-archive"
    world.hear(with_address(message, f"{ADDRESS}&again"))
    fetch(world)
    assert world.downloads == [ADDRESS]


def test_what_is_not_reached_is_tried_again_with_a_pause(world):
    world.item("MUG", 5)
    world.archives[ADDRESS] = TimedOut("downloadCustomisation", message="whole")
    world.hear(customised())
    fetch(world)
    fetch(world)
    assert world.downloads == [ADDRESS]
    world.archives[ADDRESS] = b"PK"
    world.clock.at += timedelta(minutes=10)
    fetch(world)
    assert Customisation.objects.get().size == 2
    assert not WantedOrder.objects.exists()


def test_an_address_that_has_expired_is_replaced_by_the_one_of_a_new_download(world):
    world.item("MUG", 5)
    message = customised("https://custom.example/old.zip")
    fresh = with_address(message, ADDRESS)
    world.hear(message)
    world.amazon.orders[message["orderId"]] = _bytes(fresh)
    fetch(world)
    assert world.amazon.fetched == [message["orderId"]]
    world.take_waiting()
    fetch(world)
    assert Customisation.objects.get().size == 14


def test_it_is_given_up_in_the_end_and_the_order_goes_on(world):
    world.item("MUG", 5)
    message = customised("https://custom.example/old.zip")
    world.hear(message)
    world.amazon.orders[message["orderId"]] = _bytes(message)
    for _ in range(TRIED_AT_MOST + 3):
        fetch(world)
        world.take_waiting()
        world.clock.at += timedelta(hours=1)
    row = Customisation.objects.get()
    assert (row.attempts, row.again_at, row.size) == (TRIED_AT_MOST, None, 0)
    assert world.sale(message).state == "ready_to_ship"


def _bytes(message):
    return json.dumps(message).encode()
