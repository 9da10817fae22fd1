"""The first import: nothing is imported before the button, and each order becomes what was decided."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.factories.cast import Retailer
from tests.factories.ground import DE, NOW
from tests.factories.incoming import a_line, an_order

from wharfinger.db.models import AuditEntry, Channel, Confirmation, ImportedOrder, Movement, RawMessage, SalesOrder
from wharfinger.db.queries.channels.first_import import Decisions, first_import
from wharfinger.domain.channels.first_import import FirstImport
from wharfinger.domain.orders.order import AmazonStatus
from wharfinger.domain.orders.waits_for import ForChannel
from wharfinger.operations.channels.first_import import start_first_imports, start_importing
from wharfinger.operations.orders import take_orders
from wharfinger.operations.refusals import Refused

pytestmark = pytest.mark.django_db
FR = "A13V1IB3VIYZZH"
KINDS = {
    "026-0000001-0000001": AmazonStatus.UNSHIPPED,
    "026-0000001-0000002": AmazonStatus.SHIPPED,
    "026-0000001-0000003": AmazonStatus.PENDING,
    "026-0000001-0000004": AmazonStatus.UNSHIPPED,
}


@pytest.fixture
def paused():
    """A shop whose FBM channel has found four orders while its import is paused; the channel is older than they are."""
    shop = Retailer()
    Channel.objects.filter(pk=shop.fbm.pk).update(dont_import_orders=True, made_at=NOW - timedelta(days=9))
    shop.mug = shop.item("MUG", units=20)
    shop.incoming = {}
    for number, status in KINDS.items():
        line = a_line(order_item_id=f"MUG-{number[-1]}")
        if status is AmazonStatus.SHIPPED:
            line = replace(line, quantity_fulfilled=1)
        shop.incoming[number] = an_order(line, status=status, number=number)
        shop.take(shop.incoming[number])
    return shop


def take_all_again(shop):
    for number, incoming in shop.incoming.items():
        raw = RawMessage.objects.get(key=number)
        take_orders.take_order(raw.pk, incoming, now=NOW)


def by_number():
    return {order.amazon_order_id: order for order in ImportedOrder.objects.all()}


def test_while_it_is_paused_nothing_is_imported_and_each_has_its_proposal(paused):
    assert not SalesOrder.objects.exists()
    found = first_import(paused.fbm.pk)
    assert found.total == 4
    assert dict(found.counts) == {"import": 3, "record": 1, "ignore": 0}
    assert {row.amazon_status: row.proposal.choice for row in found.rows} == {
        "UNSHIPPED": FirstImport.IMPORT,
        "SHIPPED": FirstImport.RECORD,
        "PENDING": FirstImport.IMPORT,
    }


def test_each_order_becomes_what_was_decided(paused):
    ids = {number: order.pk for number, order in by_number().items()}
    done = start_importing(
        paused.fbm.pk,
        Decisions(
            orders={
                ids["026-0000001-0000003"]: FirstImport.IGNORE,
                ids["026-0000001-0000004"]: FirstImport.RECORD,
            }
        ),
        user=paused.olga,
        now=NOW,
    )
    assert done == {FirstImport.IMPORT: 1, FirstImport.RECORD: 2, FirstImport.IGNORE: 1}
    assert not Channel.objects.get(pk=paused.fbm.pk).dont_import_orders
    take_all_again(paused)
    states = {number: order.state for number, order in by_number().items()}
    assert states == {
        "026-0000001-0000001": "ok",
        "026-0000001-0000002": "ok",
        "026-0000001-0000003": "ignored",
        "026-0000001-0000004": "ok",
    }
    sold = {order.imported.amazon_order_id: order for order in SalesOrder.objects.select_related("imported")}
    assert sold["026-0000001-0000001"].state == "ready_to_ship"
    for number in ("026-0000001-0000002", "026-0000001-0000004"):
        assert sold[number].state == "shipped"
        assert sold[number].imported.record_only
    assert paused.level(paused.mug) == (20, 2), "what is to be shipped, and what was ignored but is paid; nothing moved"
    assert Movement.objects.filter(item=paused.mug).count() == 1
    assert not Confirmation.objects.exists()


def test_an_order_that_left_meanwhile_is_not_shipped_again(paused):
    order = by_number()["026-0000001-0000002"]
    done = start_importing(paused.fbm.pk, Decisions(orders={order.pk: FirstImport.IMPORT}), user=paused.olga, now=NOW)
    assert done[FirstImport.RECORD] == 1


def test_orders_without_a_decision_take_their_proposal_and_a_second_press_does_nothing(paused):
    start_importing(paused.fbm.pk, Decisions(), user=paused.olga, now=NOW)
    with pytest.raises(Refused, match="off already"):
        start_importing(paused.fbm.pk, Decisions(), user=paused.olga, now=NOW)
    assert AuditEntry.objects.filter(verb="start importing").count() == 1


def test_orders_of_another_channel_are_left_alone(paused):
    other = by_number()["026-0000001-0000001"]
    ImportedOrder.objects.filter(pk=other.pk).update(channel=paused.fba, waits_for=ForChannel(paused.fba.pk))
    done = start_importing(paused.fbm.pk, Decisions(orders={other.pk: FirstImport.IGNORE}), user=paused.olga, now=NOW)
    assert sum(done.values()) == 3
    assert by_number()[other.amazon_order_id].state == "not_attempted"


def test_a_choice_for_all_orders_of_a_status_gives_way_to_one_for_a_single_order(paused):
    ids = {number: order.pk for number, order in by_number().items()}
    decisions = Decisions(
        groups={"UNSHIPPED:FBM": FirstImport.IGNORE, "SHIPPED:FBM": FirstImport.IMPORT},
        orders={ids["026-0000001-0000004"]: FirstImport.RECORD},
    )
    found = first_import(paused.fbm.pk, decisions)
    assert dict(found.counts) == {"import": 1, "record": 2, "ignore": 1}
    assert found.exceptions == 1
    done = start_importing(paused.fbm.pk, decisions, user=paused.olga, now=NOW)
    assert done == {FirstImport.IMPORT: 1, FirstImport.RECORD: 2, FirstImport.IGNORE: 1}
    choices = {number: order.first_import_choice for number, order in by_number().items()}
    assert choices == {
        "026-0000001-0000001": "ignore",
        "026-0000001-0000002": "record",  # what left cannot be imported, whatever was chosen for all
        "026-0000001-0000003": "import",
        "026-0000001-0000004": "record",
    }


def test_several_first_imports_are_started_in_one_go(paused):
    """Each with what was chosen for it, else the proposals; one that runs already is left as it is."""
    german = paused.channel("FBM", paused.warehouse, DE, dont_import_orders=True)
    running = paused.channel("FBM", paused.warehouse, FR)
    number = "026-0000009-0000009"
    paused.take(an_order(number=number, marketplace_id=DE, currency="EUR"))
    done = start_first_imports(
        [german.pk, running.pk, paused.fbm.pk],
        decisions={paused.fbm.pk: Decisions(groups={"UNSHIPPED:FBM": FirstImport.IGNORE})},
        user=paused.olga,
        now=NOW,
    )
    assert done == {
        paused.fbm.pk: {FirstImport.IMPORT: 1, FirstImport.RECORD: 1, FirstImport.IGNORE: 2},
        german.pk: {FirstImport.IMPORT: 1, FirstImport.RECORD: 0, FirstImport.IGNORE: 0},
    }
    assert not Channel.objects.filter(dont_import_orders=True).exists()
    with pytest.raises(Refused, match="paused"):
        start_first_imports([german.pk], user=paused.olga, now=NOW)


def test_hundreds_of_orders_are_decided_with_the_same_number_of_queries(paused, django_assert_max_num_queries):
    first = ImportedOrder.objects.order_by("pk").first()
    ImportedOrder.objects.bulk_create(
        ImportedOrder(
            account=first.account,
            amazon_order_id=f"026-{number:07d}-0000009",
            channel=paused.fbm,
            marketplace=first.marketplace,
            fulfilment="FBM",
            state="not_attempted",
            waits_for=first.waits_for,
            amazon_status="UNSHIPPED",
            placed_at=NOW,
            amazon_updated_at=NOW,
            found_at=NOW,
        )
        for number in range(400)
    )
    with django_assert_max_num_queries(4):
        found = first_import(paused.fbm.pk)
    assert (found.total, len(found.rows), bool(found.page.later)) == (404, 50, True)
    with django_assert_max_num_queries(25):
        start_importing(paused.fbm.pk, Decisions(), user=paused.olga, now=NOW)
