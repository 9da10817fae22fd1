"""Prime orders on pages: what is said of their labels, and where that is set."""

import pytest
from tests.operations.test_prime_labels import Shop

from wharfinger.db.models import AuditEntry, Marketplace
from wharfinger.domain.installation.people import Role
from wharfinger.domain.shipping.prime import PrimeLabels

pytestmark = pytest.mark.django_db


def test_the_order_and_the_bench_say_it(world, sign_in):
    shop, packer = Shop(world, PrimeLabels.WARN), sign_in(Role.WAREHOUSE)
    url = f"/sales-orders/{shop.order.pk}/"
    assert "is the safe choice" in packer.get(url).text
    Marketplace.objects.update(prime_labels=PrimeLabels.REQUIRE)
    assert "requires a label bought from Amazon" in packer.get(url).text
    on_bench = packer.post("/shipping/bench/scan/", {"code": shop.order.code}, follow=True)
    assert "requires a label bought from Amazon" in on_bench.text
    Marketplace.objects.update(prime_labels=PrimeLabels.PREFER)
    assert "safe choice" not in packer.get(url).text


def test_an_administrator_sets_it_for_each_marketplace(world, sign_in):
    marketplace = world.fbm.marketplace
    olga = sign_in(Role.ADMINISTRATOR)
    assert "Labels of Prime orders" in olga.get("/settings/").text
    olga.post("/settings/prime-labels/", {marketplace.pk: "require"})
    marketplace.refresh_from_db()
    assert marketplace.prime_labels is PrimeLabels.REQUIRE
    assert AuditEntry.objects.latest("pk").after == {"Prime labels": "require"}
    assert olga.post("/settings/prime-labels/", {marketplace.pk: "always"}).status_code == 422
    packer = sign_in(Role.WAREHOUSE)
    assert packer.post("/settings/prime-labels/", {marketplace.pk: "warn"}).status_code == 403
