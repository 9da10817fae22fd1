"""Notifications against the whole simulator: subscribed, delivered through a queue, an order fetched by each."""

import json
from datetime import timedelta

import pytest
from tests.simulator.queues import OPEN, sqs_of
from tests.sync.in_process_queue import Sqs
from tests.sync.whole_amazon import UK, Whole

from wharfinger.amazon.auth import NOTIFICATION_SCOPE
from wharfinger.db.models import (
    Alert,
    Channel,
    ImportedOrder,
    NotificationQueue,
    Problem,
    RawMessage,
    SeenNotification,
    UnreadNotification,
    WantedOrder,
)
from wharfinger.db.queries.orders.completeness.order_reports import wanted_orders as still_wanted
from wharfinger.domain.orders.completeness.order_report import WantedBy
from wharfinger.domain.orders.notifications import OrderNotice
from wharfinger.operations.orders import notifications
from wharfinger.operations.orders.completeness import wanted_orders
from wharfinger.operations.orders.notifications import QueueEntry
from wharfinger.operations.refusals import Refused
from wharfinger.sync import notifications_in
from wharfinger.sync.orders import orders_by_number

pytestmark = pytest.mark.django_db
SKU = "HH-0010"
KEY = "AKIATESTTESTTEST"


class Shop(Whole):
    """A linked account with a queue of its own."""

    def __init__(self):
        super().__init__()
        self.authorise()
        self.run("orders_in", "take_orders")
        client = sqs_of(self.amazon)
        url = client.create_queue(QueueName="orders", Attributes={"Policy": OPEN})["QueueUrl"]
        self.queue = Sqs(client, url)
        entry = QueueEntry(url, KEY, "secret/of+the+key")
        notifications.save_queue(
            self.account.pk, entry, simulator=self.amazon.base, user=self.olga, now=self.clock.now()
        )

    def grantless(self, account_id):
        token = self.lwa().client_credentials(NOTIFICATION_SCOPE, now=self.clock.now())
        return self.calls_with(account_id, "EU", token)

    def read(self):
        return notifications_in.run(
            self.account.pk,
            self.calls_for(self.account.pk),
            self.clock,
            queue_of=lambda _: self.queue,
            grantless=self.grantless,
        )

    def fetch(self):
        return orders_by_number.run(self.account.pk, self.calls_for(self.account.pk), self.clock)

    def switch_on(self, **how):
        notifications.switch_on(self.account.pk, user=self.olga, now=self.clock.now(), **how)
        return self.read()

    @property
    def row(self):
        return NotificationQueue.objects.get(account=self.account)

    def fault(self, kind, **more):
        self.amazon.control("faults", {"kind": kind, **more})


@pytest.fixture
def shop():
    return Shop()


@pytest.fixture
def subscribed(shop):
    shop.switch_on()
    return shop


def test_subscribed_it_waits_for_the_first_one_and_then_receives(subscribed):
    assert subscribed.row.state == "waiting"
    number = subscribed.place(SKU, 2)
    subscribed.amazon.advance(5)
    subscribed.read()
    row = subscribed.row
    assert (row.state, row.received >= 1, row.today >= 1, row.last_message_at is not None) == (
        "receiving", True, True, True,
    )  # fmt: skip
    assert row.last_delay_seconds <= 15
    assert [one.amazon_order_id for one in WantedOrder.objects.all()] == [number]
    subscribed.fetch()
    subscribed.run("take_orders")
    assert ImportedOrder.objects.filter(amazon_order_id=number).exists()
    assert (WantedOrder.objects.count(), subscribed.queue.left) == (0, 0)


def test_what_comes_twice_is_taken_once(subscribed):
    subscribed.fault("notification_doubled", count=9)
    subscribed.place(SKU)
    subscribed.amazon.advance(5)
    subscribed.read()
    row = subscribed.row
    assert row.repeated == row.received >= 1
    assert SeenNotification.objects.count() == row.received
    assert WantedOrder.objects.get().times == 1


def test_the_old_kind_of_message_is_understood(subscribed):
    subscribed.fault("notification_old", count=9)
    number = subscribed.place(SKU)
    subscribed.amazon.advance(5)
    subscribed.read()
    assert [one.amazon_order_id for one in WantedOrder.objects.all()] == [number]


def test_a_lost_one_costs_nothing_but_time(subscribed):
    subscribed.fault("notification_lost", count=9)
    number = subscribed.place(SKU)
    subscribed.amazon.advance(5)
    subscribed.read()
    assert not WantedOrder.objects.exists()
    subscribed.trade(9)
    assert ImportedOrder.objects.filter(amazon_order_id=number).exists()


def test_a_late_one_brings_no_order_back_to_what_it_was(subscribed):
    """It comes minutes after its order was read, and after newer ones of it."""
    subscribed.fault("notification_late", seconds=600)
    number = subscribed.place(SKU)
    subscribed.trade(9)
    imported = ImportedOrder.objects.get(amazon_order_id=number)
    before = (imported.state, imported.amazon_updated_at, RawMessage.objects.filter(key=number).count())
    subscribed.amazon.advance(601)
    subscribed.read()
    assert subscribed.row.received >= 1
    assert subscribed.row.last_delay_seconds >= 600
    assert not [
        one for one in still_wanted(subscribed.account.pk, now=subscribed.clock.now(), limit=9) if not one.is_held
    ]
    subscribed.fetch()
    subscribed.run("take_orders")
    imported.refresh_from_db()
    assert (imported.state, imported.amazon_updated_at, RawMessage.objects.filter(key=number).count()) == before


def test_a_late_one_of_an_order_that_no_search_shows_brings_it_all_the_same(subscribed):
    subscribed.fault("late_orders", seconds=9_000_000)
    subscribed.fault("notification_late", seconds=600)
    number = subscribed.place(SKU)
    subscribed.trade(9)
    assert not ImportedOrder.objects.filter(amazon_order_id=number).exists()
    subscribed.amazon.advance(601)
    subscribed.read()
    subscribed.fetch()
    subscribed.run("take_orders")
    assert ImportedOrder.objects.filter(amazon_order_id=number).exists()


def suspend(shop, suspended):
    shop.amazon.control(f"accounts/{shop.account.seller_id}/suspend", {"marketplaceId": UK, "suspended": suspended})
    shop.amazon.advance(5)
    shop.read()


def test_a_deactivated_account_is_an_alert_in_plain_words_until_it_is_normal_again(subscribed):
    suspend(subscribed, True)
    alert = Alert.objects.get(kind="account_status")
    name = subscribed.account.name
    assert alert.text == (
        f"{name}: Amazon has deactivated the account in Amazon.co.uk: its offers are not shown there."
    )
    assert "Account Health" in alert.remedy
    assert Channel.objects.filter(marketplace=UK, amazon_deactivated_at__isnull=False).exists()
    suspend(subscribed, False)
    alert.refresh_from_db()
    assert alert.closed_at is not None
    assert not Channel.objects.filter(amazon_deactivated_at__isnull=False).exists()


def test_a_status_that_is_not_known_yet_is_said_as_amazon_says_it(shop):
    notices = [OrderNotice("n-1", "ACCOUNT_STATUS_CHANGED", "", "", None, None, UK, "PAUSED")]
    notifications.take_notices(shop.account.pk, notices, now=shop.clock.now())
    assert "Amazon says PAUSED of the account in Amazon.co.uk" in Alert.objects.get().text


def test_switched_off_amazon_sends_nothing_more_about_the_account(subscribed):
    notifications.switch_off(subscribed.account.pk, user=subscribed.olga, now=subscribed.clock.now())
    subscribed.read()
    suspend(subscribed, True)
    assert not Alert.objects.filter(kind="account_status").exists()


def test_what_was_read_by_the_search_meanwhile_costs_no_call(subscribed):
    subscribed.place(SKU)
    subscribed.trade(9)
    subscribed.read()
    before = subscribed.state_report()
    assert WantedOrder.objects.exists()
    assert subscribed.fetch().outcome == "0 orders downloaded by number"
    assert not WantedOrder.objects.exists()
    assert subscribed.state_report()["orders"] == before["orders"]


def test_the_test_message_goes_through_the_queue_and_back(shop):
    notifications.send_test(shop.account.pk, user=shop.olga, now=shop.clock.now())
    shop.read()
    assert (shop.row.test, shop.row.state, shop.queue.left) == ("passed", "off", 0)


def test_a_queue_that_cannot_be_read_says_so_and_fails_the_test(shop):
    shop.queue.trouble = "there is no such queue; look at its address"
    notifications.send_test(shop.account.pk, user=shop.olga, now=shop.clock.now())
    shop.read()
    assert (shop.row.test, "no such queue" in shop.row.queue_error) == ("failed", True)


def test_a_message_that_cannot_be_understood_is_set_aside_and_the_others_go_on(subscribed):
    subscribed.queue.send(b"no JSON")
    subscribed.queue.send(b"no JSON")
    number = subscribed.place(SKU)
    subscribed.amazon.advance(5)
    subscribed.read()
    assert [bytes(one.body) for one in UnreadNotification.objects.all()] == [b"no JSON"]
    assert Problem.objects.filter(kind="notification_unread", solved_at=None).count() == 1
    assert [one.amazon_order_id for one in WantedOrder.objects.all()] == [number]
    assert subscribed.queue.left == 0


def test_killed_before_the_messages_are_deleted_they_come_again_and_change_nothing(subscribed):
    subscribed.place(SKU)
    subscribed.amazon.advance(5)

    class Killed(BaseException):
        pass

    def die(_):
        raise Killed

    real, subscribed.queue.delete = subscribed.queue.delete, die
    with pytest.raises(Killed):
        subscribed.read()
    subscribed.queue.delete = real
    received = subscribed.row.received
    assert WantedOrder.objects.count() == 1
    subscribed.amazon.advance(61)
    subscribed.read()
    assert (subscribed.row.received, WantedOrder.objects.count(), subscribed.queue.left) == (received, 1, 0)


def test_a_wish_that_comes_during_the_call_is_kept(subscribed):
    number = subscribed.place(SKU)
    subscribed.amazon.advance(5)
    subscribed.read()
    calls = subscribed.calls_for(subscribed.account.pk)

    class Meanwhile:
        def __getattr__(self, name):
            return getattr(calls, name)

        def get_order(self, order_id):
            answer = calls.get_order(order_id)
            change = {number: subscribed.clock.now() + timedelta(seconds=1)}
            if not self.__dict__.get("done"):
                self.done = True
                wanted_orders.want_by_number(
                    subscribed.account.pk, change, source=WantedBy.NOTIFICATION, now=subscribed.clock.now()
                )
            return answer

    orders_by_number.run(subscribed.account.pk, Meanwhile(), subscribed.clock)
    assert WantedOrder.objects.get().times == 2


# --- on and off


def test_subscribing_twice_finds_what_is_there(subscribed):
    first = subscribed.row
    NotificationQueue.objects.update(state="subscribing", subscription_id="", destination_id="")
    subscribed.read()
    assert (subscribed.row.subscription_id, subscribed.row.destination_id) == (
        first.subscription_id, first.destination_id,
    )  # fmt: skip


def test_another_programs_subscription_is_left_alone_until_a_person_says_replace(shop):
    other = (
        shop.grantless(shop.account.pk).create_destination("Other", "arn:aws:sqs:eu-west-1:123456789012:other").value
    )
    shop.calls_for(shop.account.pk).create_subscription("ORDER_CHANGE", other.destination_id)
    shop.switch_on()
    assert (shop.row.state, "“Replace it”" in shop.row.error) == ("refused", True)
    shop.amazon.advance(10)
    shop.switch_on(replace_other=True)
    assert shop.row.state == "waiting"


def test_a_denied_role_is_said_and_nothing_is_half_on(shop):
    shop.fault("denied", operation="createSubscription")
    shop.switch_on()
    assert (shop.row.state, "Inventory and Order Tracking" in shop.row.error) == ("refused", True)
    shop.switch_on()
    assert shop.row.state == "waiting"


def test_a_type_that_sqs_does_not_carry_is_understood(shop):
    text = "Notification type ORDER_CHANGE does not support AWS_EVENT_BRIDGE"
    shop.fault("refuse", operation="createSubscription", status=400, code="InvalidInput", message="x", details=text)
    shop.switch_on()
    assert "in another way than by SQS" in shop.row.error


def test_switched_off_nothing_is_left_at_amazon(subscribed):
    notifications.switch_off(subscribed.account.pk, user=subscribed.olga, now=subscribed.clock.now())
    subscribed.read()
    assert (subscribed.row.state, subscribed.row.subscription_id) == ("off", "")
    assert subscribed.grantless(subscribed.account.pk).get_destinations().value == ()
    subscribed.switch_on()
    assert subscribed.row.state == "waiting"


def test_a_fifo_queue_and_a_changed_queue_without_its_secret_are_refused(shop):
    for url, secret, says in (
        ("https://sqs.eu-west-1.amazonaws.com/123456789012/orders.fifo", "s", "FIFO"),
        ("https://sqs.eu-west-1.amazonaws.com/123456789012/other", "", "secret access key again"),
        ("https://example.com/queue", "s", "looks like"),
    ):
        with pytest.raises(Refused, match=says):
            notifications.save_queue(
                shop.account.pk, QueueEntry(url, KEY, secret), simulator=None, user=shop.olga, now=shop.clock.now()
            )


def test_a_message_inside_eventbridges_envelope_is_read(subscribed):
    change = {"SellerId": subscribed.account.seller_id, "AmazonOrderId": "026-1111111-1111111"}
    inner = {"NotificationType": "ORDER_CHANGE", "EventTime": "2026-11-24T12:00:00Z",
             "Payload": {"OrderChangeNotification": change}}  # fmt: skip
    event = {"version": "0", "id": "event-1", "detail-type": "ORDER_CHANGE", "detail": inner}
    subscribed.queue.send(json.dumps(event).encode())
    subscribed.read()
    assert [one.amazon_order_id for one in WantedOrder.objects.all()] == ["026-1111111-1111111"]
