"""Customers: who bought, with their orders; people only for those who may see them."""

import pytest
from django.urls import reverse
from tests.factories import moments
from tests.factories.cast import Trading
from tests.factories.ground import NOW

from wharfinger.db.models import Customer, SalesOrder
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db
ADDRESS = {"name": "Grace Hopper", "line_1": "1 Quay Street", "town": "Bristol", "postcode": "BS1 4DJ", "country": "GB"}


@pytest.fixture
def customer(db):
    world = Trading()
    order = moments.sales_order(world, 1, moments.stocked_item(world, "MUG"))
    found = Customer.objects.get_or_create(
        pk=order.customer_id, defaults={"code": "C000042", "name": "Grace Hopper", "made_at": NOW}
    )[0]
    Customer.objects.filter(pk=found.pk).update(code="C000042", address=ADDRESS, email="grace@example.com")
    SalesOrder.objects.filter(pk=order.pk).update(customer=found)
    Customer.objects.create(code="Amazo-1126", generic=True, name="Amazon.co.uk FBA November", made_at=NOW)
    return Customer.objects.get(pk=found.pk)


def test_a_customer_is_found_by_code_and_by_whatever_finds_an_order(customer, sign_in):
    client = sign_in()
    for text in ("C000042", "c42", "42", "SO1", "026-0000001", "hopper", "BS1 4DJ"):
        page = client.get(reverse("customer-list"), {"q": text}).text
        assert ("C000042" in page, "Amazo-1126" in page) == (True, False), text
    assert "No customer fits this filter" in client.get(reverse("customer-list"), {"q": "nobody"}).text


def test_the_page_of_a_customer_shows_orders_and_the_person_by_right(customer, sign_in):
    page = reverse("customer", args=[customer.pk])
    full, packer, viewer = (sign_in(role).get(page).text for role in (Role.MANAGER, Role.WAREHOUSE, Role.VIEWER))
    assert [text for text in ("SO1", "Grace Hopper", "1 Quay Street", "grace@example.com") if text not in full] == []
    assert ("1 Quay Street" in packer, "grace@example.com" in packer) == (True, False)
    assert [text for text in ("Hopper", "Quay", "Bristol", "grace@") if text in viewer] == []
    assert "SO1" in viewer


def test_a_viewer_neither_sees_nor_finds_a_person(customer, sign_in):
    client = sign_in(Role.VIEWER)
    page = client.get(reverse("customer-list")).text
    assert ("C000042" in page, "Hopper" in page, "Bristol" in page) == (True, False, False)
    assert "C000042" not in client.get(reverse("customer-list"), {"q": "hopper"}).text


def test_kinds_of_customers_are_filtered_and_the_list_says_how_many(customer, sign_in):
    client = sign_in()
    page = client.get(reverse("customer-list"), {"kind": "generic"}).text
    assert ("Amazo-1126" in page, "C000042" in page) == (True, False)
    assert client.get(reverse("customer", args=[999_999])).status_code == 404


def test_two_records_are_merged_after_the_page_has_said_what_will_happen(customer, sign_in):
    other = Customer.objects.create(code="C000050", name="G. Hopper", address=ADDRESS, made_at=NOW)
    client = sign_in(Role.MANAGER)
    address = reverse("customer-merge", args=[customer.pk])
    assert "No customer has this code" in client.get(address, {"into": "C9"}).text
    page = client.get(address, {"into": "c000050"}).text
    assert [
        said for said in ("cannot be undone", "1 order of C000042", "G. Hopper", ">Merge<") if said not in page
    ] == []
    assert Customer.objects.filter(merged_into=None).count() == 3
    page = client.post(address, {"into": "C000050"}, follow=True).text
    assert ("C000042 is merged into C000050" in page, "SO1" in page, "Merged records" in page) == (True, True, True)
    assert "Merged into C000050" in client.get(reverse("customer", args=[customer.pk])).text
    assert ">C000042<" not in client.get(reverse("customer-list")).text
    assert ">C000050<" in client.get(reverse("customer-list"), {"q": "C000042"}).text
    assert "was merged in the meantime" in client.post(address, {"into": "C000050"}).text
    assert other.pk == SalesOrder.objects.get().customer_id


def test_a_customers_page_says_totals_by_currency_and_which_order_went_where(customer, sign_in):
    order = SalesOrder.objects.get()
    SalesOrder.objects.update(total="25.98", currency="GBP", delivery=ADDRESS)
    page = sign_in(Role.MANAGER).get(reverse("customer", args=[customer.pk])).text
    assert [said for said in ("Total in GBP", "£25.98", "Delivery addresses", order.code) if said not in page] == []
    assert "Delivery addresses" not in sign_in(Role.VIEWER).get(reverse("customer", args=[customer.pk])).text


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.ACCOUNTS, Role.VIEWER])
def test_only_managers_merge_customers(role, customer, sign_in):
    client = sign_in(role)
    assert "/merge/" not in client.get(reverse("customer", args=[customer.pk])).text
    assert client.post(reverse("customer-merge", args=[customer.pk]), {"into": "x"}).status_code == 403
