"""Labels on an order's page, and Settings, Courier connections: who sees and does what, and what is said."""

import pytest
from tests.couriers.pretend import LABEL
from tests.factories.couriers import a_code, a_connection, a_label_service
from tests.factories.ground import NOW
from tests.factories.orders import an_allocated_order
from tests.factories.people import someone

from wharfinger.db.models import AuditEntry, ConnectionService, CourierConnection, CourierLabel, CourierService
from wharfinger.domain.installation.people import Role
from wharfinger.domain.shipping.connections import CAPABILITIES, CheckState, ConnectionKind
from wharfinger.domain.shipping.labels import LabelState
from wharfinger.operations.shipping import labels
from wharfinger.operations.shipping.labels import Held, LabelEntry

pytestmark = pytest.mark.django_db
HOME = {"name": "Paula Parker", "line_1": "1 Quay Street", "town": "Bristol", "postcode": "BS1 4RW", "country": "GB"}
CONNECTIONS = "/settings/courier-connections/"


class Page:
    """A ready order of two mugs of 300 g, and a service whose labels are bought."""

    def __init__(self, world):
        item = world.item("MUG", 10)
        item.weight_grams = 300
        item.save()
        self.service = a_label_service()
        self.order = an_allocated_order(world.fbm, world.warehouse, [(item, 2)], delivery=HOME)
        self.line = self.order.lines.get()
        self.url = f"/sales-orders/{self.order.pk}/"

    def fields(self, **values):
        fields = {
            "service_id": self.service.pk,
            "package": 1,
            "label_number": 1,
            "tracking_number": "",
            f"line_{self.line.pk}": 2,
            **values,
        }
        return {f"dispatch-{name}": value for name, value in fields.items()}

    def bought(self):
        units = {self.line.pk: 2}
        entry = LabelEntry(self.service.pk, units, 1)
        row = labels.request_label(self.order.pk, entry, now=NOW, user=someone(Role.MANAGER, username="buyer"))
        labels.claim_label(now=NOW, machine_now=NOW, machine_before=NOW)
        labels.settle_label(row.pk, Held("7", "RM000010003GB", LABEL), now=NOW)
        return row


def test_a_packer_buys_a_label_with_the_weight_of_the_items(world, sign_in):
    page, packer = Page(world), sign_in(Role.WAREHOUSE)
    assert "Buy label" in packer.get(page.url).text
    answer = packer.post(f"{page.url}labels/buy/", page.fields(), follow=True)
    row = CourierLabel.objects.get()
    assert (row.state, row.grams, row.number, row.units) == (LabelState.WAITING, 600, 1, [[page.line.pk, 2]])
    assert "Queued" in answer.text
    assert row.reference in answer.text
    again = packer.post(f"{page.url}labels/buy/", page.fields())
    assert (again.status_code, CourierLabel.objects.count()) == (422, 1)
    assert "a label was bought for 2 of 2 units already" in again.text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"grams": 31000}, "31000 g; Royal Mail Tracked 24 takes 1 to 30000 g"),
        ({"grams": "heavy"}, "whole number"),
        ({"package_format": "box"}, "not one of the available choices"),
    ],
)
def test_what_cannot_be_bought_is_an_error_at_its_field(world, sign_in, values, words):
    page = Page(world)
    answer = sign_in(Role.WAREHOUSE).post(f"{page.url}labels/buy/", page.fields(**values))
    assert (answer.status_code, words in answer.text) == (422, True)
    assert not CourierLabel.objects.exists()


def test_a_service_without_a_connection_says_what_to_do(world, sign_in):
    page = Page(world)
    fields = page.fields(service_id=world.typed.pk)
    answer = sign_in(Role.WAREHOUSE).post(f"{page.url}labels/buy/", fields)
    assert (answer.status_code, "No label is bought with Royal Mail Tracked 48 from here" in answer.text) == (422, True)


def test_a_ready_label_is_printed_and_its_parcel_dispatched_with_two_presses(world, sign_in):
    page, packer = Page(world), sign_in(Role.WAREHOUSE)
    row = page.bought()
    shown = packer.get(page.url).text
    assert all(words in shown for words in ("Label ready", "RM000010003GB", "Print label", "Void label"))
    printed = packer.post(f"{page.url}labels/{row.pk}/print/")
    assert (printed.content, printed["Content-Type"]) == (LABEL, "application/pdf")
    after = packer.post(f"{page.url}labels/{row.pk}/dispatch/", follow=True)
    assert "The parcel is dispatched" in after.text
    row.refresh_from_db()
    assert (row.shipment.tracking_number, row.printed_at) == ("RM000010003GB", NOW)
    twice = packer.post(f"{page.url}labels/{row.pk}/dispatch/", follow=True)
    assert "Nothing is dispatched with this label" in twice.text
    assert page.order.shipments.count() == 1


def test_voiding_asks_first_and_says_that_the_label_must_be_destroyed(world, sign_in):
    page, packer = Page(world), sign_in(Role.WAREHOUSE)
    row = page.bought()
    assert "The label must be destroyed" in packer.get(f"{page.url}labels/{row.pk}/void/").text
    assert "is voided; see below" in packer.post(f"{page.url}labels/{row.pk}/void/", follow=True).text
    row.refresh_from_db()
    assert row.state is LabelState.VOIDING


def test_the_page_asks_again_until_the_label_moves_no_more(world, sign_in):
    page, packer = Page(world), sign_in(Role.WAREHOUSE)
    row = page.bought()
    assert packer.get(page.url, headers={"HX-Target": "shipments"}).status_code == 286
    CourierLabel.objects.filter(pk=row.pk).update(state=LabelState.ATTEMPTED)
    assert packer.get(page.url, headers={"HX-Target": "shipments"}).status_code == 200


def test_a_label_belongs_to_its_order_alone(world, sign_in):
    page, packer = Page(world), sign_in(Role.WAREHOUSE)
    row = page.bought()
    for what in ("print", "void", "fetch", "dispatch"):
        assert packer.post(f"/sales-orders/{page.order.pk + 1}/labels/{row.pk}/{what}/").status_code == 404


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ACCOUNTS])
def test_only_those_who_ship_buy_print_and_void(world, sign_in, role):
    page = Page(world)
    row = page.bought()
    reader = sign_in(role)
    shown = reader.get(page.url).text
    assert "RM000010003GB" in shown
    assert "Print label" not in shown
    for what in ("buy", f"{row.pk}/print", f"{row.pk}/void", f"{row.pk}/fetch", f"{row.pk}/dispatch"):
        assert reader.post(f"{page.url}labels/{what}/").status_code == 403


# --- settings

ENTRY = {"name": "Royal Mail OBA", "api_key": "0f5b7e0e-secret-key-9a9a", "carrier_name": "", "active": "on"}


def test_a_connection_is_entered_and_its_key_never_shown_again(sign_in):
    browser = sign_in()
    page = browser.post(f"{CONNECTIONS}new/", ENTRY, follow=True)
    row = CourierConnection.objects.get()
    assert (row.name, row.api_key) == ("Royal Mail OBA", ENTRY["api_key"])
    assert "secret-key" not in page.text
    assert "…9a9a" in page.text
    browser.post(f"{CONNECTIONS}{row.pk}/", {**ENTRY, "api_key": "", "name": "OBA"})
    row.refresh_from_db()
    assert (row.name, row.api_key) == ("OBA", ENTRY["api_key"])
    audited = [(entry.verb, entry.after["API key"]) for entry in AuditEntry.objects.order_by("pk")]
    assert audited == [("create", "changed"), ("edit", "set")]
    assert "Not tested yet" in browser.get(CONNECTIONS).text


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"api_key": ""}, "required"),
        ({"api_key": "two words"}, "Copy it again"),
        ({"name": ""}, "required"),
        ({"name": "royal mail"}, "already"),
    ],
)
def test_a_wrong_connection_is_an_error_at_its_field(sign_in, values, words):
    a_connection()
    answer = sign_in().post(f"{CONNECTIONS}new/", {**ENTRY, **values})
    assert (answer.status_code, words in answer.text, "secret-key" in answer.text) == (422, True, False)
    assert CourierConnection.objects.count() == 1


CODE = {"code": "TPN24", "name": "Tracked 24", "package_format": "small_parcel", "gives_tracking": "on", "active": "on"}


def test_the_table_of_service_codes_is_filled_and_a_courier_service_uses_it(sign_in):
    connection, browser = a_connection(), sign_in()
    page = browser.post(f"{CONNECTIONS}{connection.pk}/codes/new/", {**CODE, "grams_at_most": "2000"}, follow=True)
    assert "Not tried yet" in page.text
    code = ConnectionService.objects.get()
    assert (code.code, code.grams_at_most) == ("TPN24", 2000)
    twice = browser.post(f"{CONNECTIONS}{connection.pk}/codes/new/", CODE)
    assert (twice.status_code, "is in the table already" in twice.text) == (422, True)
    odd = browser.post(f"{CONNECTIONS}{connection.pk}/codes/{code.pk}/", {**CODE, "code": "T P"})
    assert (odd.status_code, "letters and digits" in odd.text) == (422, True)
    service = {"courier": "Royal Mail", "name": "24", "tracking": "at_once", "amazon_carrier_code": "Royal Mail"}
    browser.post("/settings/couriers/new/", {**service, "label_service_id": code.pk, "active": "on"})
    assert CourierService.objects.get().label_service == code
    assert "Royal Mail 24" in browser.get(f"{CONNECTIONS}{connection.pk}/").text


def test_a_check_is_wanted_once_and_its_result_shown(sign_in):
    code, browser = a_code(), sign_in()
    url = f"{CONNECTIONS}{code.connection_id}/"
    assert "Queued" in browser.post(f"{url}check/", {"test_orders": "1"}, follow=True).text
    assert "A check of this connection is under way" in browser.post(f"{url}check/", follow=True).text
    check = code.connection.checks.get()
    check.state, check.answer, check.ended_at = CheckState.PASSED, "TPN24: taken.", NOW
    check.save()
    shown = browser.get(url, headers={"HX-Target": "check-result"})
    assert (shown.status_code, "TPN24: taken." in shown.text) == (286, True)


def test_test_orders_need_a_code(sign_in):
    connection = a_connection()
    url = f"{CONNECTIONS}{connection.pk}/"
    answer = sign_in().post(f"{url}check/", {"test_orders": "1"}, follow=True)
    assert "There is no service code to test" in answer.text


@pytest.mark.parametrize("role", [Role.MANAGER, Role.WAREHOUSE, Role.VIEWER])
def test_connections_are_the_administrators_alone(sign_in, role):
    connection, reader = a_connection(), sign_in(role)
    for url in (CONNECTIONS, f"{CONNECTIONS}new/", f"{CONNECTIONS}{connection.pk}/"):
        assert reader.get(url).status_code == 403
    assert "Courier connections" not in reader.get("/settings/").text


def test_what_a_kind_can_do_is_what_the_client_can():
    from wharfinger.couriers.click_and_drop import (  # noqa: PLC0415 -- pages never meet it
        GRAMS_AT_MOST,
        ClickAndDrop,
    )
    from wharfinger.sync.buy_shipping import BuyShipping  # noqa: PLC0415 -- nor this one

    clients = {
        ConnectionKind.CLICK_AND_DROP: (ClickAndDrop, {"buys_labels": "buy"}),
        ConnectionKind.AMAZON: (BuyShipping, {"buys_labels": "purchase"}),
    }
    for kind, can in CAPABILITIES.items():
        client, buys = clients[kind]
        has = {**buys, "voids_labels": "void", "finds_by_reference": "find", "quotes": "quote",
               "manifests": "manifest", "tracks": "track"}  # fmt: skip
        assert {name: hasattr(client, method) for name, method in has.items()} == {
            name: getattr(can, name) for name in has
        }
    assert CAPABILITIES[ConnectionKind.CLICK_AND_DROP].grams_at_most == GRAMS_AT_MOST
