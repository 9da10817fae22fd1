"""What Amazon sent, as it came: by role, reading by reading, and what changed."""

import json

import pytest
from django.urls import reverse
from tests.factories import moments
from tests.factories.cast import Trading
from tests.factories.ground import NOW
from tests.web.client import text

from wharfinger.db.models import RawMessage
from wharfinger.domain.installation.people import Role
from wharfinger.domain.orders.raw_messages import HIDDEN
from wharfinger.operations.orders import notifications

pytestmark = pytest.mark.django_db

FIRST = {
    "orderId": "026-1",
    "buyer": {"buyerName": "Grace Hopper", "buyerEmail": "grace@example"},
    "quantityOrdered": 1,
}
SECOND = {**FIRST, "buyer": {"buyerName": "Ada Lovelace", "buyerEmail": "grace@example"}, "quantityOrdered": 2}
SEES = {
    Role.ADMINISTRATOR: {"Grace Hopper", "grace@example"},
    Role.MANAGER: {"Grace Hopper", "grace@example"},
    Role.WAREHOUSE: {"Grace Hopper"},
    Role.ACCOUNTS: {"Grace Hopper", "grace@example"},
    Role.VIEWER: set(),
}


@pytest.fixture
def order():
    world = Trading()
    found = moments.imported_order(world, 1)
    RawMessage.objects.filter(key=found.amazon_order_id).update(body=json.dumps(FIRST).encode())
    return found


def hear_again(order, body=SECOND):
    return RawMessage.objects.create(
        account=order.account,
        kind="order",
        key=order.amazon_order_id,
        body=None if body is None else json.dumps(body).encode(),
        body_hash="2" * 64,
        source="by_id",
        state="taken",
        received_at=NOW,
    )


@pytest.mark.parametrize("role", list(Role))
def test_a_role_sees_of_a_message_what_it_may(order, role, sign_in):
    page = text(sign_in(role).get(reverse("order-message", args=[order.pk, order.raw_message_id])))
    assert {word for word in ("Grace Hopper", "grace@example") if word in page} == SEES[role]
    assert (HIDDEN in page) == (SEES[role] != {"Grace Hopper", "grace@example"})
    assert "026-1" in page


def test_what_amazon_changed_stands_field_by_field(order, sign_in):
    hear_again(order)
    client = sign_in()
    page = text(client.get(reverse("order-messages", args=[order.pk])))
    assert "Quantity ordered" in page
    assert "Ada Lovelace" in page
    assert reverse("order-messages", args=[order.pk]) in text(client.get(reverse("imported-order", args=[order.pk])))


def test_a_viewer_learns_that_a_name_changed_and_no_name(order, sign_in):
    hear_again(order)
    page = text(sign_in(Role.VIEWER).get(reverse("order-messages", args=[order.pk])))
    assert "buyer Name" in page
    assert "Grace" not in page
    assert "Ada" not in page


def test_any_two_readings_are_compared(order, sign_in):
    second = hear_again(order)
    third = hear_again(order, {**FIRST, "quantityOrdered": 7})
    client = sign_in()
    address = reverse("order-messages", args=[order.pk])
    page = text(client.get(address, {"older": order.raw_message_id, "newer": third.pk}))
    assert "Ada Lovelace" not in page[page.index("<main") :]
    assert "Show every change" in page
    assert text(client.get(address, {"older": second.pk, "newer": second.pk})).count("Nothing differs.") == 1
    assert client.get(address, {"older": "x", "newer": "99999"}).status_code == 200


def test_an_erased_message_says_so_and_is_compared_with_nothing(order, sign_in):
    second = hear_again(order, None)
    client = sign_in()
    assert "Its text was erased" in text(client.get(reverse("order-message", args=[order.pk, second.pk])))
    assert "its text was erased" in text(client.get(reverse("order-messages", args=[order.pk])))


def test_a_message_of_another_order_is_not_shown_under_this_one(order, sign_in):
    other = hear_again(order)
    RawMessage.objects.filter(pk=other.pk).update(key="026-9999999-0000001")
    assert sign_in().get(reverse("order-message", args=[order.pk, other.pk])).status_code == 404


def test_an_order_that_is_none_has_no_messages(sign_in):
    assert sign_in(Role.VIEWER).get(reverse("order-messages", args=[10**9])).status_code == 404


@pytest.mark.parametrize(("role", "seen"), [(Role.ADMINISTRATOR, True), (Role.VIEWER, False), (Role.WAREHOUSE, False)])
def test_a_message_of_the_queue_that_was_set_aside_is_shown_by_role(order, role, seen, sign_in):
    notifications.set_aside(order.account_id, b"Grace Hopper writes", error="it is no JSON", now=NOW)
    page = text(sign_in(role).get(reverse("notifications-unread", args=[order.account_id])))
    assert ("Grace Hopper writes" in page) == seen
    assert "it is no JSON" in page


def test_no_message_set_aside_says_so(order, sign_in):
    page = text(sign_in(Role.VIEWER).get(reverse("notifications-unread", args=[order.account_id])))
    assert "Every message was understood" in page
