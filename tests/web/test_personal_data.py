"""What buyers write and who they are: in encrypted columns alone, in no other row, no log, no page for all."""

import json
import logging

import pytest
from django.db import connection
from tests.amazon.wire_orders import FULL_ORDER
from tests.factories.amazon_orders import line, order
from tests.factories.people import someone
from tests.sync.orders_world import World
from tests.web.client import Client

from wharfinger.amazon.messages.orders import decode_order
from wharfinger.config.logs import FORMATTERS
from wharfinger.db.models import ImportedOrder, SalesOrder
from wharfinger.domain.installation.people import Role
from wharfinger.sync.translate.orders import translate_order

pytestmark = pytest.mark.django_db

CANARY = "Quetzal"
NOT_PERSONAL = {
    "orderId", "orderItemId", "createdTime", "lastUpdatedTime", "aliasType", "associationType", "channelName",
    "marketplaceId", "marketplaceName", "amount", "currencyCode", "type", "subtype", "status", "value", "unit",
    "fulfillmentStatus", "fulfilledBy", "fulfillmentServiceLevel", "earliestDateTime", "latestDateTime",
    "asin", "sellerSku", "title", "conditionType", "conditionSubtype", "priceDesignation", "promotionId",
    "giftWrapLevel", "iossNumber", "requester", "cancelledBy", "packageReferenceId", "shipTime", "countryCode",
    "detailedStatus", "dayOfWeek", "exceptionDate", "exceptionDateType", "substitutionType", "requirementType",
    "palletDelivery", "cashOnDelivery", "signatureConfirmation", "recipientIdentityVerification",
    "recipientAgeVerification", "reportingScheme", "model", "responsibleParty", "entityType", "addressType",
    "taxRegistrationType", "buyerInvoicePreference", "invoiceStatus", "programs", "deliveryCapabilities",
    "trackingNumber", "carrier", "shippingService", "fulfillmentOrderId", "serialNumbers", "transparencyCodes",
    "aliasId", "conditionNote",
}  # fmt: skip


def marked(part, name=""):
    """The message with a canary for every text that is not of a closed set, a number, or of the catalogue."""
    match part:
        case dict():
            return {key: marked(value, key) for key, value in part.items()}
        case list():
            return [marked(value, name) for value in part]
        case str() if name not in NOT_PERSONAL:
            return f"{CANARY} {name} {part}"
        case _:
            return part


def an_order(**changes):
    message = order(line("MUG", number="1"), status="UNSHIPPED")
    words = marked(FULL_ORDER)
    full = {key: value for key, value in words["orderItems"][0].items() if key in ("product", "cancellation")}
    full["cancellation"] = {"cancellationRequest": full["cancellation"]["cancellationRequest"]}
    full["product"] = {**full["product"], "sellerSku": "MUG"}
    item = {**message["orderItems"][0], **full}
    item["fulfillment"] = {**words["orderItems"][0]["fulfillment"], "quantityFulfilled": 0, "quantityUnfulfilled": 1}
    parts = {key: words[key] for key in ("buyer", "recipient", "payment", "tax")}
    return {**message, **parts, "orderItems": [item], **changes}


def rows_with(text):
    """Every table with a row in which the text stands as it is, whatever the column."""
    with connection.cursor() as cursor:
        names = connection.introspection.table_names(cursor)
        found = []
        for name in names:
            cursor.execute(f'SELECT count(*) FROM "{name}" AS row WHERE row::text ILIKE %s', [f"%{text}%"])
            if cursor.fetchone()[0]:
                found.append(name)
    return found


@pytest.fixture
def world(clock):
    world = World()
    world.item("MUG", 10)
    return world


def test_no_column_in_clear_and_no_log_holds_what_a_buyer_wrote(world, caplog):
    caplog.set_level(logging.DEBUG)
    message = an_order()
    assert json.dumps(message).count(CANARY) >= 25
    world.hear(message)
    torn = json.dumps(an_order()).replace('"quantityOrdered": 1', f'"quantityOrdered": "{CANARY}"').encode()
    world.hear(torn)
    ours = an_order(lastUpdatedTime="2026-11-24T11:59:00Z")
    ours["orderItems"][0]["orderItemId"] = "9" * 60  # no column takes it: the fault is ours, and is logged
    world.hear(ours)
    assert world.sale(message).delivery["instructions"].count(CANARY) == 2
    assert CANARY in world.sale(message).cancel_reason
    assert set(ImportedOrder.objects.values_list("state", flat=True)) == {"ok", "failed", "system_error"}
    assert rows_with(CANARY) == []
    written = "\n".join(lines().format(record) for lines in FORMATTERS.values() for record in caplog.records)
    assert "could not be imported" in written
    assert CANARY not in written


def test_a_role_without_personal_data_reads_nothing_of_it(world):
    message = an_order()
    world.hear(message)
    sale, imported = SalesOrder.objects.get(), ImportedOrder.objects.get()
    pages = [f"/sales-orders/{sale.pk}/", f"/imported-orders/{imported.pk}/", "/problems/", "/", "/sales-orders/"]
    for role, reads in ((Role.VIEWER, False), (Role.ACCOUNTS, True)):
        client = Client()
        client.force_login(someone(role))
        texts = [client.get(page).text for page in pages]
        assert [CANARY in text for text in texts[2:4]] == [False, False]
        assert (CANARY in texts[0]) is reads
        assert reads or not any(CANARY in text for text in texts)


def test_the_messages_themselves_show_nothing_personal_in_a_repr():
    message = decode_order(json.dumps(an_order()).encode())
    assert CANARY not in repr(message)
    assert CANARY not in repr(translate_order(message))
