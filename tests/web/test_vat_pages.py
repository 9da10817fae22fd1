"""Settings, VAT; the VAT of a sales order on its page and in files."""

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from tests.factories.incoming import ADDRESS, a_line, an_order
from tests.factories.outcomes import the_order

from wharfinger.db.models import AuditEntry, Site, VatItemRate, VatRegistration
from wharfinger.db.queries.orders.vat import vat_of_orders
from wharfinger.domain.installation.people import Role
from wharfinger.domain.orders.order import IncomingBuyer, LineAmounts, Particulars
from wharfinger.domain.vat_facts import Scheme

pytestmark = pytest.mark.django_db

REGISTRATION = {"kind": "vat", "country": "gb", "number": "GB123456789", "since": "2020-01-01", "established": "on"}


def taxed(total="12.00", **particulars):
    amounts = LineAmounts(item=Decimal(total), total=Decimal(total))
    return a_line(amounts=amounts, particulars=Particulars(**particulars))


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.ACCOUNTS])
def test_registrations_are_added_and_removed_by_those_who_keep_the_books(role, sign_in):
    client = sign_in(role)
    assert client.post("/settings/vat/add/", REGISTRATION)["Location"] == "/settings/vat/"
    row = VatRegistration.objects.get()
    assert (row.kind, row.country, row.since, row.until, row.established) == ("vat", "GB", date(2020, 1, 1), None, True)
    assert "GB123456789" in client.get("/settings/vat/").text
    client.post(f"/settings/vat/{row.pk}/remove/")
    assert not VatRegistration.objects.exists()
    audited = AuditEntry.objects.filter(noun="VAT registration").order_by("pk")
    assert list(audited.values_list("verb", flat=True)) == ["create", "delete"]


@pytest.mark.parametrize("role", [Role.MANAGER, Role.WAREHOUSE, Role.VIEWER])
def test_others_read_them_only(role, sign_in):
    client = sign_in(role)
    page = client.get("/settings/vat/")
    assert (page.status_code, "/settings/vat/add/" in page.text) == (200, False)
    assert client.post("/settings/vat/add/", REGISTRATION).status_code == 403


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"country": "US"}, "country"),
        ({"kind": "union_oss", "country": "GB"}, "country"),
        ({"until": "2019-12-31"}, "until"),
        ({"since": "soon"}, "since"),
        ({"kind": "tea"}, "kind"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(changed, field, sign_in):
    answer = sign_in().post("/settings/vat/add/", {**REGISTRATION, **changed})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not VatRegistration.objects.exists()


def test_an_items_rate_is_set_for_a_country_and_a_day(sign_in, shop):
    shop.item("MUG", 5)
    client = sign_in(Role.ACCOUNTS)
    rate = {"code": "MUG", "country": "GB", "rate": "0", "since": "2020-01-01"}
    assert client.post("/settings/vat/rates/add/", rate).status_code == 302
    again = client.post("/settings/vat/rates/add/", rate)
    assert (again.status_code, list(again.context["rate_form"].errors)) == (422, ["since"])
    unknown = client.post("/settings/vat/rates/add/", {**rate, "code": "TEA"})
    assert list(unknown.context["rate_form"].errors) == ["code"]
    client.post(f"/settings/vat/rates/{VatItemRate.objects.get().pk}/remove/")
    assert not VatItemRate.objects.exists()


def test_an_order_says_what_is_missing_until_the_books_are_set_up_and_then_its_vat(sign_in, shop):
    shop.item("MUG", 5)
    shop.take(an_order(taxed()))
    order, client = the_order(), sign_in(Role.ACCOUNTS)
    assert order.state == "ready_to_ship"
    page = client.get(f"/sales-orders/{order.pk}/").text
    assert "It is not known from which country the goods leave" in page
    assert client.post(f"/settings/vat/sites/{order.site_id}/", {"country": "gb"}).status_code == 302
    client.post("/settings/vat/add/", REGISTRATION)
    assert Site.objects.get(pk=order.site_id).country == "GB"
    page = client.get(f"/sales-orders/{order.pk}/").text
    assert "The goods leave from and go to GB, where you are registered." in page
    found = vat_of_orders([order.pk])[order.pk]
    assert (found.schemes, found.net, found.vat) == ((Scheme.DOMESTIC,), Decimal("10.00"), Decimal("2.00"))


def test_where_an_order_went_to_is_known_when_its_buyer_is_forgotten(shop):
    shop.item("MUG", 5)
    belfast = an_order(taxed(), address=replace(ADDRESS, postcode="BT1 1AA"))
    shop.take(belfast)
    order = the_order()
    assert (order.vat_area, order.buyer_vat_country) == ("XI", "")
    order.delivery, order.buyer = None, None
    order.save()
    Site.objects.update(country="GB")
    VatRegistration.objects.create(kind="vat", country="GB", since=date(2020, 1, 1))
    found = vat_of_orders([order.pk])[order.pk]
    assert (found.countries, found.vat) == (("GB",), Decimal("2.00"))


def test_an_order_of_before_the_areas_were_kept_is_read_from_its_address(shop):
    shop.item("MUG", 5)
    shop.take(an_order(taxed(), address=replace(ADDRESS, postcode="BT1 1AA")))
    order = the_order()
    order.vat_area = ""
    order.save()
    Site.objects.update(country="GB")
    VatRegistration.objects.create(kind="vat", country="GB", since=date(2020, 1, 1))
    assert vat_of_orders([order.pk])[order.pk].vat == Decimal("2.00")


def test_a_tax_number_leaves_its_country_and_amazons_collection_leaves_nothing_due(shop):
    shop.item("MUG", 5)
    line = taxed("11.90", tax_scheme="UOSS", tax_model="MARKETPLACE_FACILITATOR")
    amounts = LineAmounts(item=Decimal("11.90"), tax=Decimal("1.90"), total=Decimal("11.90"))
    line = replace(line, amounts=amounts)
    shop.take(an_order(line, buyer=IncomingBuyer(name="Ada", vat_number="DE136695976")))
    order = the_order()
    Site.objects.update(country="GB")
    assert order.buyer_vat_country == "DE"
    found = vat_of_orders([order.pk])[order.pk]
    assert (found.schemes, found.net, found.vat) == ((Scheme.MARKETPLACE,), Decimal("10.00"), Decimal(0))
    assert order.total == Decimal("11.90")


def test_a_file_of_sales_orders_has_the_columns_of_vat_where_they_are_chosen(sign_in, shop):
    shop.item("MUG", 5)
    shop.take(an_order(taxed()))
    Site.objects.update(country="GB")
    VatRegistration.objects.create(kind="vat", country="GB", since=date(2020, 1, 1))
    client = sign_in(Role.ACCOUNTS)
    assert "VAT scheme" not in _csv(client, "/sales-orders/export.csv")[0]
    headings, row = _csv(client, "/sales-orders/export.csv?columns=code,vat")
    assert dict(zip(headings, row, strict=True)) | {"sales order": "", "order ref": ""} == {
        "sales order": "",
        "order ref": "",
        "VAT scheme": "Domestic sale",
        "VAT country": "GB",
        "VAT rate": "20",
        "net for our books": "10.00",
        "VAT for our books": "2.00",
        "VAT not known because": "",
    }
    assert "Domestic sale" in client.get("/sales-orders/?columns=code,vat").text


def _csv(client, address):
    text = b"".join(client.get(address).streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))
