"""An order that only Amazon's labels ship says so where it is dispatched: on its page and at the bench."""

import pytest
from tests.sync.test_ship_plus import Shop

from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db
SAID = "Only a label bought from Amazon ships this order"


def test_its_page_says_it_before_and_after_it_left(sign_in):
    client, shop = sign_in(Role.WAREHOUSE), Shop()
    page = client.get(f"/sales-orders/{shop.order.pk}/").content.decode()
    assert SAID in page
    shop.dispatch()
    page = client.get(f"/sales-orders/{shop.order.pk}/").content.decode()
    assert "Waiting for Amazon" in page
    assert "Send again" not in page
    assert "Correct carrier / tracking number" in page


def test_another_order_says_nothing_of_it(sign_in):
    shop = Shop(programs=[])
    assert SAID not in sign_in(Role.WAREHOUSE).get(f"/sales-orders/{shop.order.pk}/").content.decode()


def test_the_bench_says_it(sign_in):
    client, shop = sign_in(Role.WAREHOUSE), Shop()
    assert SAID in client.post("/shipping/bench/scan/", {"code": shop.order.code}).content.decode()
