"""Personal data goes when its time is over: from every table; money, counts, orders stay, and what holds it, holds."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.factories.amazon_orders import line, order
from tests.factories.couriers import a_label_service
from tests.factories.ground import NOW
from tests.factories.orders import an_imported_order, an_order
from tests.factories.shipping import a_service
from tests.sync.orders_world import World

from wharfinger.cli.privacy.erasing import Done, erase_all, erase_some
from wharfinger.db.encryption import decrypt
from wharfinger.db.models import (
    Activity,
    AuditEntry,
    BenchClaim,
    BulkAction,
    CourierLabel,
    Customer,
    Customisation,
    Installation,
    OrderAttachment,
    OrderNote,
    Problem,
    RawMessage,
    SalesOrder,
    SavedView,
    SearchWord,
    Shipment,
    UnreadNotification,
)
from wharfinger.db.queries.orders.privacy.erasing import due_now, order_privacy
from wharfinger.db.queries.orders.privacy.proof import count_places
from wharfinger.domain.installation.list_views import ListCode
from wharfinger.domain.orders.addresses import read_address
from wharfinger.domain.orders.holding import HoldReason
from wharfinger.domain.orders.order import IncomingAddress, SalesOrderState
from wharfinger.operations.installation import list_views
from wharfinger.operations.orders import customisations
from wharfinger.operations.orders._address_steps import address_hash, shipping_address
from wharfinger.operations.orders.actions import addresses, attachments, customers, holds, notes
from wharfinger.operations.orders.privacy import erasure
from wharfinger.operations.refusals import Refused

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
CANARY = "Quetzal"
TEXT = f"{CANARY} wants it blue"


def an_amazon_order(**changes):
    item = line("MUG", 2)
    item["product"]["customization"] = {"customizedUrl": f"https://custom.example/{CANARY}"}
    item["fulfillment"]["packing"] = {"giftOption": {"giftMessage": TEXT, "giftWrapLevel": "Classic"}}
    item["cancellation"] = {"cancellationRequest": {"requester": "BUYER", "cancelReason": TEXT}}
    address = {
        "name": f"{CANARY} Byron",
        "companyName": f"{CANARY} Ltd",
        "addressLine1": f"1 {CANARY} Street",
        "city": f"{CANARY}ton",
        "postalCode": "BT1 4DJ",
        "countryCode": "GB",
        "phone": f"+44 117 {CANARY}",
    }
    buyer = {"buyerName": f"{CANARY} Byron", "buyerEmail": f"{CANARY}@marketplace.example"}
    return order(item, buyer=buyer, recipient={"deliveryAddress": address}, **changes)


class Shop:
    """A buyer's order with everything that people and Amazon keep about one, delivered; and another one today."""

    def __init__(self):
        self.world = World()
        self.item = self.world.item("MUG", 10)
        self.olga = self.world.olga
        self.message = an_amazon_order()
        self.world.hear(self.message)
        self.sale = self.world.sale(self.message)
        self.now = self.world.now()
        by = {"now": self.now, "user": self.olga}
        notes.add_note(self.sale.pk, text=TEXT, **by)
        attachments.attach_file(self.sale.pk, name=f"{CANARY}.txt", content=TEXT.encode(), **by)
        holds.hold_order(self.sale.pk, reason=HoldReason.OTHER, details=TEXT, **by)
        holds.release_order(self.sale.pk, **by)
        BenchClaim.objects.create(
            order=self.sale, user=self.olga, address_hash="shown", since=self.now, active_at_machine=self.now
        )
        moved = IncomingAddress(f"{CANARY} Lovelace", "", f"2 {CANARY} Road", town="Hull", postcode="HU1", country="GB")
        seen = address_hash(shipping_address(self.sale))
        addresses.edit_address(self.sale.pk, address=moved, seen=seen, **by)
        customisations.keep_archive(Customisation.objects.get().line_id, TEXT.encode(), now=self.now)
        self.buy_label()
        self.search_for(CANARY)
        self.deliver(self.sale)

    def buy_label(self):
        service = a_label_service()
        CourierLabel.objects.create(
            order=self.sale, service=service, label_service=service.label_service, number=1, reference="SO-1-c0fe",
            state="ready", units=[], grams=300, package_format="parcel", address_hash="seen", document=TEXT.encode(),
            again_at=self.now, requested_at=self.now,
        )  # fmt: skip

    def search_for(self, words):
        list_views.note_export(ListCode.SALES_ORDERS, "csv", ["code"], {"q": words}, user=self.olga, now=self.now)
        SavedView.objects.create(
            list="sales_orders", name="Hers", filters={"q": words, "state": "held"}, made_at=self.now
        )
        BulkAction.objects.create(
            action="import", state="finished", chosen={"q": words}, user=self.olga, pressed_at=self.now,
            finished_at=self.now, until=1, total=1,
        )  # fmt: skip
        UnreadNotification.objects.create(
            account=self.world.account, body=words.encode(), body_hash="1", error="?", received_at=self.now
        )

    def deliver(self, sale):
        Shipment.objects.create(
            order=sale, package_reference="1", service=a_service(), tracking_number="T1", shipped_at=self.now,
            delivered_at=self.now + DAY,
        )  # fmt: skip
        SalesOrder.objects.filter(pk=sale.pk).update(state="shipped", shipped_at=self.now)


@pytest.fixture
def shop():
    return Shop()


def everything():
    """Every row of every table as text, and every value that our keys open, in clear."""
    said = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT to_jsonb(t) FROM "{table}" t')
            rows = [row[0] if isinstance(row[0], dict) else json.loads(row[0]) for row in cursor.fetchall()]
            for row in rows:
                values = [value for value in row.values() if isinstance(value, str)]
                opened = [decrypt(value).decode(errors="replace") for value in values if value.startswith("test:")]
                said += [f"{table}: {text}" for text in (json.dumps(row), *opened)]
    return said


def where(word):
    return sorted({text.partition(":")[0].removeprefix("wharfinger_") for text in everything() if word in text})


def money_and_counts():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT jsonb_agg(to_jsonb(o) - '{delivery,own_delivery,buyer,cancel_reason,erased_at,"
            "confirmed_address_hash}'::text[] ORDER BY o.id) FROM wharfinger_salesorder o), "
            "(SELECT jsonb_agg(to_jsonb(l) - '{gift_message,customisation_url}'::text[] ORDER BY l.id) "
            "FROM wharfinger_salesorderline l), "
            "(SELECT jsonb_agg(to_jsonb(m) ORDER BY m.id) FROM wharfinger_movement m), "
            "(SELECT jsonb_agg(to_jsonb(a) - '{before,after}'::text[] ORDER BY a.id) FROM wharfinger_auditentry a), "
            "(SELECT count(*) FROM wharfinger_rawmessage), (SELECT count(*) FROM wharfinger_customer)"
        )
        return cursor.fetchone()


EVERYWHERE = [
    "activity", "auditentry", "bulkaction", "courierlabel", "customer", "customisation", "orderattachment", "orderhold",
    "ordernote", "rawmessage", "salesorder", "salesorderline", "savedview", "unreadnotification",
]  # fmt: skip


def test_thirty_days_after_delivery_nothing_names_the_buyer_and_money_and_counts_are_the_same(shop):
    assert where(CANARY) == EVERYWHERE
    assert SearchWord.objects.exists()
    before = money_and_counts()
    assert erase_all(shop.now + 31 * DAY) == Done()
    assert where(CANARY) == [name for name in EVERYWHERE if name not in TRACES]
    assert erase_all(shop.now + 31 * DAY + timedelta(minutes=1)) == Done(1, 0, 1)
    assert where(CANARY) == []
    assert not SearchWord.objects.exists()
    assert money_and_counts() == before
    sale = SalesOrder.objects.get()
    assert read_address(sale.delivery) == IncomingAddress(country="GB")
    assert (sale.vat_area, sale.buyer_vat_country, sale.total) == ("XI", "", 20)
    assert sum(place.rows for place in count_places(shop.now + 32 * DAY)) == 0
    assert "Personal data was erased" in Activity.objects.order_by("-pk").first().text
    assert erase_all(shop.now + 60 * DAY) == Done()


TRACES = {"bulkaction", "savedview", "unreadnotification"}


def test_what_the_proof_says_is_due_is_what_the_next_run_erases(shop):
    """Also what hangs on orders: nothing is left of one that is erased."""
    late = shop.now + 32 * DAY
    due = {place.name for place in count_places(late) if not place.due}
    assert due == {"Reasons of legal holds"}
    assert due_now(late) == (1, 0, 0)
    erase_all(late)
    assert {place.due for place in count_places(late)} == {0}


def test_a_message_that_comes_later_brings_nothing_back(shop):
    late = shop.now + 32 * DAY
    erase_all(late)
    shop.world.clock.at = late
    shop.world.hear({**shop.message, "lastUpdatedTime": late.isoformat()})
    assert where(CANARY) == ["rawmessage"]
    assert erase_all(late) == Done(0, 1, 0)
    assert where(CANARY) == []
    assert "was erased" in Problem.objects.get(kind="no_address").cause  # Amazon still waits for it
    assert RawMessage.objects.filter(body=None, state="taken").count() == 2


def test_a_legal_hold_keeps_an_order_until_it_is_lifted(shop):
    by = {"now": shop.now, "user": shop.olga}
    erasure.place_legal_hold(shop.sale.pk, reason="A dispute", **by)
    with pytest.raises(Refused, match="already"):
        erasure.place_legal_hold(shop.sale.pk, reason="Again", **by)
    late = shop.now + 90 * DAY
    assert erase_all(late) == Done()
    assert {"salesorder", "customer", "rawmessage", "ordernote"} <= set(where(CANARY))
    with pytest.raises(Refused, match="legal hold"):
        erasure.erase_order_now(shop.sale.code, **by)
    erasure.lift_legal_hold(shop.sale.pk, **by)
    assert erase_all(late) == Done(1, 0, 1)
    assert where(CANARY) == []
    with pytest.raises(Refused, match="erased already"):
        erasure.place_legal_hold(shop.sale.pk, reason="Too late", **by)


def test_a_customer_stays_while_an_order_of_theirs_is_younger(shop):
    again = an_amazon_order(createdTime=(shop.now + 20 * DAY).isoformat())
    shop.world.hear(again)
    assert erase_all(shop.now + 32 * DAY) == Done(1, 0, 0)
    assert Customer.objects.get().name == f"{CANARY} Byron"
    assert erase_all(shop.now + 90 * DAY) == Done(1, 0, 1)
    assert where(CANARY) == []


def test_a_buyer_who_comes_again_is_a_new_customer_and_merged_records_go_together(shop):
    other = Customer.objects.create(code="C9", name=CANARY, address_hash="x", name_hash="y", made_at=shop.now)
    first = shop.sale.customer
    customers.merge_customers(other.pk, into_id=first.pk, now=shop.now, user=shop.olga)
    assert erase_all(shop.now + 32 * DAY) == Done(1, 0, 2)
    shop.world.clock.at = shop.now + 33 * DAY
    again = an_amazon_order(createdTime=shop.world.now().isoformat())
    shop.world.hear(again)
    assert shop.world.sale(again).customer not in (first, other, None)


def test_on_request_an_order_or_a_customer_is_erased_at_once_and_the_audit_says_by_whom(shop):
    by = {"now": shop.now + DAY, "user": shop.olga}
    assert erasure.erase_order_now(shop.message["orderId"], **by).orders == (shop.sale.code,)
    assert where(CANARY) == ["auditentry", *sorted(TRACES | {"customer"})]
    done = erasure.erase_customer_now(shop.sale.customer.code, **by)
    assert done == erasure.Erased((shop.sale.code,), (shop.sale.customer.code,))
    assert where(CANARY) == ["auditentry", *sorted(TRACES)]
    entries = AuditEntry.objects.filter(verb="erase").order_by("pk").values_list("noun", "noun_id", "user__username")
    assert list(entries) == [
        ("SalesOrder", str(shop.sale.pk), "olga"),
        ("Customer", str(shop.sale.customer_id), "olga"),
    ]


def test_what_is_open_or_unknown_is_not_erased_on_request(shop):
    SalesOrder.objects.update(state="ready_to_ship")
    for act, word in (
        (lambda: erasure.erase_order_now(shop.sale.code, now=shop.now, user=None), "dispatch it or cancel it"),
        (lambda: erasure.erase_customer_now(shop.sale.customer.code, now=shop.now, user=None), "dispatch it"),
        (lambda: erasure.erase_order_now("SO9", now=shop.now, user=None), "no sales order"),
        (lambda: erasure.erase_customer_now("C0", now=shop.now, user=None), "no customer"),
    ):
        with pytest.raises(Refused, match=word):
            act()
    assert where(CANARY) == EVERYWHERE


def test_nothing_that_may_be_about_the_buyer_is_put_on_an_erased_order(shop):
    erase_all(shop.now + 32 * DAY)
    SalesOrder.objects.update(state="ready_to_ship")
    by = {"now": shop.now, "user": shop.olga}
    for act in (
        lambda: notes.add_note(shop.sale.pk, text=TEXT, **by),
        lambda: attachments.attach_file(shop.sale.pk, name="a", content=b"text", **by),
        lambda: holds.hold_order(shop.sale.pk, reason=HoldReason.OTHER, details=TEXT, **by),
        lambda: addresses.edit_address(shop.sale.pk, address=IncomingAddress(), seen="", **by),
    ):
        with pytest.raises(Refused, match="is erased"):
            act()
    assert not OrderNote.objects.exists()
    assert not OrderAttachment.objects.exists()


def test_the_time_can_only_be_shortened(shop):
    for days in (0, 31):
        with pytest.raises(Refused, match="from 1 to 30"):
            erasure.set_kept_days(days, now=shop.now, user=shop.olga)
    erasure.set_kept_days(5, now=shop.now, user=shop.olga)
    assert erase_all(shop.now + 7 * DAY) == Done(1, 0, 1)
    assert where(CANARY) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        Installation.objects.update(personal_data_days=31)


def test_a_run_takes_some_at_a_time_and_a_later_one_goes_on(shop, monkeypatch):
    """What a killed run did is committed; statements of a batch are as many for one order as for many."""
    for number in range(5):
        found = an_imported_order(shop.world.fbm, number=9_000_000 + number)  # no number of Amazon's above
        an_order(
            shop.world.fbm,
            shop.world.warehouse,
            [(shop.item, 1)],
            deliver_by=NOW,
            imported=found,
            state=SalesOrderState.SHIPPED,
        )
    late = shop.now + 60 * DAY
    monkeypatch.setattr(erasure, "ORDERS_AT_ONCE", 4)
    with CaptureQueriesContext(connection) as of_four:
        assert erasure.erase_due_orders(now=late) == 4
    assert SalesOrder.objects.filter(erased_at=None).count() == 2
    monkeypatch.setattr(erasure, "ORDERS_AT_ONCE", 1)
    with CaptureQueriesContext(connection) as of_one:
        assert erasure.erase_due_orders(now=late) == 1
    assert len(of_one) == len(of_four)
    assert erase_some(late, at_most=1) == (Done(1), True)
    assert erase_all(late).customers == 1
    assert where(CANARY) == []


CLOCKS = {
    "its last parcel's delivery": ({"state": "shipped"}, [(0, 3), (1, 5)], 5),
    "not while a parcel of it is under way": ({"state": "shipped", "deliver_by": 9}, [(0, 3), (1, None)], 9),
    "not while something of it is to be sent": ({"state": "part_shipped", "deliver_by": 9}, [(0, 3)], 9),
    "the latest deliver-by": ({"state": "shipped", "deliver_by": 7}, [(0, None)], 7),
    "a dispatch after the latest deliver-by": ({"state": "shipped", "deliver_by": 7}, [(8, None)], 8),
    "two weeks after its dispatch": ({"state": "shipped"}, [(2, None)], 16),
    "two weeks after Amazon sent it": ({"state": "shipped", "shipped_at": 3}, [], 17),
    "two weeks after its ship-by": ({"state": "ready_to_ship", "ship_by": 4}, [], 18),
    "two weeks after it was placed": ({"state": "ready_to_ship", "ship_by": None}, [], 14),
    "its cancellation": ({"state": "cancelled", "cancelled_at": 2, "deliver_by": 9}, [], 2),
    "its delivery, although it was cancelled then": ({"state": "cancelled", "cancelled_at": 2}, [(1, 6)], 6),
    "no moment of a clock that was ahead": (
        {"state": "shipped", "cancelled_at": 9000, "shipped_at": 9000, "deliver_by": 8}, [(9000, 9000)], 8,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("columns", "parcels", "day"), CLOCKS.values(), ids=CLOCKS)
def test_the_clock_of_an_order_starts_at(columns, parcels, day):
    world = World()
    at = {name: NOW + value * DAY if isinstance(value, int) else value for name, value in columns.items()}
    sale = an_order(world.fbm, world.warehouse, [], **at)
    service = a_service()
    for number, (sent, delivered) in enumerate(parcels):
        Shipment.objects.create(
            order=sale, package_reference=str(number), service=service, shipped_at=NOW + sent * DAY,
            delivered_at=None if delivered is None else NOW + delivered * DAY,
        )  # fmt: skip
    late = NOW + (day + 30) * DAY
    assert order_privacy(sale.pk, late).due_on == late
    assert due_now(late)[0] == 0
    assert due_now(late + timedelta(seconds=1))[0] == 1


def test_orders_that_became_no_sales_order_and_messages_that_nobody_could_read_go_too(shop):
    SalesOrder.objects.update(state="ready_to_ship")
    erase_all(shop.now + 90 * DAY)
    shop.world.clock.at = shop.now
    Installation.objects.update(personal_data_days=30)
    shop.world.hear(an_amazon_order(salesChannel={"channelName": "AMAZON", "marketplaceId": "A1PA6795UKMFR9"}))
    shop.world.hear(f'{{"orderId": 7, "buyer": "{CANARY}"}}'.encode())
    assert where(CANARY) == ["rawmessage"]
    assert due_now(shop.now + 30 * DAY)[1] == 0
    assert due_now(shop.now + 31 * DAY)[1] == 1  # nobody knows whose
    assert due_now(shop.now + 46 * DAY)[1] == 2
    erase_all(shop.now + 46 * DAY)
    assert where(CANARY) == []


def test_the_audit_lets_nothing_else_of_an_entry_change(shop):
    entry = AuditEntry.objects.latest("pk")
    for change in ("verb = 'x'", "before = NULL, after = 'x'", "before = NULL, after = NULL, user_id = NULL"):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"SET LOCAL wharfinger.erases = 'yes';UPDATE wharfinger_auditentry SET {change} WHERE id = {entry.pk}"
            )
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.filter(pk=entry.pk).update(before=None, after=None)
