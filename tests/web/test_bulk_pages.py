"""Many imported orders at once: all that the filter shows, the bar, what was left, and causes with their buttons."""

import pytest
from django.urls import reverse
from tests.factories import moments
from tests.factories.cast import Trading
from tests.factories.ground import NOW
from tests.web.client import text

from wharfinger.db.models import BulkAction, ImportedOrder
from wharfinger.domain.installation.people import Role
from wharfinger.domain.orders.bulk_actions import AT_ONCE, OrderAction
from wharfinger.domain.orders.waits_for import ForChannel
from wharfinger.operations.orders import bulk_actions

pytestmark = pytest.mark.django_db

ADDRESSES = [
    ("import-causes", []),
    ("bulk-action-list", []),
    ("bulk-action-start", ["import"]),
    ("bulk-action", [1]),
]


@pytest.fixture
def world():
    return Trading()


def a_failed_one(world, number=1, **changes):
    return moments.imported_order(world, number, **{"state": "failed", "reason": "No date.", **changes})


def run():
    while bulk_actions.take_step(now=NOW) >= 0:
        pass


def test_all_that_the_filter_shows_is_one_press_and_a_word(world, sign_in):
    a_failed_one(world)
    moments.imported_order(world, 2, state="skipped")
    client = sign_in()
    shown = text(client.get(f"{reverse('imported-order-list')}?state=failed"))
    start = f"{reverse('bulk-action-start', args=['ignore'])}?state=failed"
    assert start in shown
    confirming = text(client.get(start))
    assert "1 order" in confirming
    assert f'action="?{start.partition("?")[2]}"' in confirming
    answer = client.post(start)
    bulk = BulkAction.objects.get()
    assert answer.headers["Location"] == reverse("bulk-action", args=[bulk.pk])
    assert "Queued" in text(client.get(answer.headers["Location"]))
    run()
    page = text(client.get(answer.headers["Location"]))
    assert "Finished" in page
    assert "1 of 1 orders started" in page
    assert set(ImportedOrder.objects.values_list("state", flat=True)) == {"ignored", "skipped"}


def test_of_a_channel_only_its_orders(world, sign_in):
    a_failed_one(world)
    client = sign_in()
    page = text(client.get(reverse("channel-orders", args=[world.fba.pk])))
    assert "bulk/start" not in page  # it shows none
    page = text(client.get(reverse("channel-orders", args=[world.fbm.pk])))
    assert f"{reverse('bulk-action-start', args=['import'])}?channel={world.fbm.pk}" in page


def test_more_ticked_rows_than_a_person_waits_for_are_done_by_the_worker(world, sign_in):
    ids = [a_failed_one(world, number).pk for number in range(AT_ONCE + 1)]
    answer = sign_in().post(reverse("imported-order-act"), {"ids": ids, "action": "import"})
    assert answer.headers["Location"] == reverse("bulk-action", args=[BulkAction.objects.get().pk])
    assert BulkAction.objects.get().total == AT_ONCE + 1


def test_what_was_not_done_is_named_with_its_reason(world, sign_in):
    taken = moments.sales_order(world, 7, None).imported
    bulk = bulk_actions.start_for(OrderAction.IGNORE, [taken.pk], user=world.olga, now=NOW)
    run()
    page = text(sign_in().get(reverse("bulk-action", args=[bulk])))
    assert "It is a sales order already; cancel that instead." in page
    assert taken.order_ref in page


def test_a_cause_has_its_count_its_fix_and_its_button(world, sign_in):
    waits = ForChannel(world.fbm.pk)
    a_failed_one(world, state="not_attempted", waits_for=waits, reason="Imports are paused.", amazon_status="UNSHIPPED")
    client = sign_in()
    page = text(client.get(reverse("import-causes")))
    cause = f"cause=waits%3Achannel%3A{world.fbm.pk}"
    assert "Imports are paused." in page
    assert reverse("channel", args=[world.fbm.pk]) in page
    assert f"{reverse('bulk-action-start', args=['import'])}?{cause}" in page
    assert "1 row" in text(client.get(f"{reverse('imported-order-list')}?{cause}"))


@pytest.mark.parametrize("cause", ["waits:", "waits:nonsense", "failed:", "ok:x", "x" * 160])
def test_a_cause_that_is_none_shows_no_order(world, sign_in, cause):
    a_failed_one(world)
    assert "No order fits this filter" in text(sign_in().get(reverse("imported-order-list"), {"cause": cause}))


@pytest.mark.parametrize(("name", "args"), ADDRESSES)
def test_empty_pages_say_so(name, args, sign_in):
    Trading()
    assert sign_in().get(reverse(name, args=args)).status_code == (404 if name == "bulk-action" else 200)


def test_a_viewer_sees_how_it_went_and_can_start_and_stop_nothing(world, sign_in):
    order = a_failed_one(world)
    bulk = bulk_actions.start_for(OrderAction.IMPORT, [order.pk], user=world.olga, now=NOW)
    viewer = sign_in(Role.VIEWER)
    for name, args in (("import-causes", []), ("bulk-action-list", []), ("bulk-action", [bulk])):
        page = text(viewer.get(reverse(name, args=args)))
        assert "bulk/start" not in page
        assert "/stop/" not in page
    assert viewer.get(reverse("bulk-action-start", args=["import"])).status_code == 403
    assert viewer.post(reverse("bulk-action-stop", args=[bulk])).status_code == 403


def test_a_search_for_a_buyer_is_not_written_in_the_clear(world, sign_in):
    order = moments.sales_order(world, 7, None).imported
    client = sign_in()
    client.post(f"{reverse('bulk-action-start', args=['import'])}?q={order.amazon_order_id}")
    assert BulkAction.objects.get().description == "a search"
    assert order.amazon_order_id not in text(client.get(reverse("bulk-action-list")))
