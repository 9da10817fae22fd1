"""The plan of a first stock upload: what would become of every SKU, decided by a person, compared afterwards."""

import pytest
from tests.factories.cast import Trading
from tests.factories.ground import DE, NOW
from tests.factories.moments import stocked_item
from tests.factories.stock import a_listing, a_product

from wharfinger.db.models import AuditEntry, Channel, Listing, StockNotice, UploadPlan, UploadPlanRow
from wharfinger.db.queries.channels.first_upload import (
    Against,
    every_planned_sku,
    largest_changes,
    newest_plan,
    planned_skus,
)
from wharfinger.domain.stock.first_upload import PlannedChange, UploadPlanState
from wharfinger.domain.stock.plan import Limits
from wharfinger.operations.channels import channel_life, first_upload
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock import outbox

pytestmark = pytest.mark.django_db
LIMITS = Limits(patches=9, patches_a_second=5, feeds=5)


@pytest.fixture
def world():
    """Two channels of one seller that wait; a SKU for every change."""
    world = Trading()
    world.german = world.channel("FBM", world.warehouse, DE)
    for sku, on_hand, shown in (("UP", 12, 9), ("DOWN", 3, 9), ("SAME", 9, 9), ("ZERO", 0, 9), ("NEW", 4, None)):
        item = stocked_item(world, sku, on_hand=on_hand)
        Listing.objects.filter(sku=sku).update(read_back_quantity=shown, sent_quantity=None, sent_at=None)
        if sku == "UP":
            a_product(Listing.objects.get(sku=sku), item, DE)
    a_listing(world.account, "LOOSE")
    a_listing(world.account, "FBA", fulfilment="FBA")
    world.listing("MLI", item)
    Listing.objects.filter(sku="MLI").update(location_codes="LOC1")
    Channel.objects.filter(kind="FBM").update(stock_upload_approved_at=None)
    StockNotice.objects.all().delete()
    return world


def worked_out(world):
    plan = first_upload.request_plan(world.fbm.pk, now=NOW, user=world.olga)
    while first_upload.take_step(lambda _: LIMITS, now=NOW) >= 0:
        pass
    return plan


def test_it_says_what_becomes_of_every_sku_in_all_and_how_long_that_takes(world):
    worked_out(world)
    plan = newest_plan(world.german.pk)
    totals = plan.totals
    assert (plan.state, plan.channels) == (UploadPlanState.READY, ("Amazon.co.uk FBM", "Amazon.de FBM"))
    assert (totals.rises, totals.falls, totals.to_zero, totals.stays) == (2, 1, 1, 1)
    assert (totals.unlinked, totals.locked, totals.not_sent) == (1, 1, 0)
    assert (totals.units_now, totals.units_then, totals.listings) == (36, 28, 7)
    assert (totals.seconds, totals.seconds_by_calls, totals.feeds) == (0, 0, 0)
    assert [row.sku for row in largest_changes(plan.id)][:2] == ["ZERO", "DOWN"]
    assert not StockNotice.objects.exists()


def test_thousands_go_by_a_feed_and_the_plan_says_so(world, monkeypatch):
    item = world.item("MANY", 50)
    rows = [
        Listing(account=world.account, sku=f"M{n}", fulfilment="FBM", product_type="MUG", found_at=NOW)
        for n in range(2500)
    ]
    for listing in Listing.objects.bulk_create(rows):
        a_product(listing, item)
    worked_out(world)
    totals = newest_plan(world.fbm.pk).totals
    assert totals.feeds == 1
    assert totals.seconds < totals.seconds_by_calls == pytest.approx((2506 - 9) / 5, abs=1)


def test_it_is_searched_filtered_and_filed(world):
    plan = worked_out(world)
    assert [row.sku for row in planned_skus(plan, search="do").rows] == ["DOWN"]
    locked = planned_skus(plan, change=PlannedChange.LOCKED).rows
    assert [(row.sku, row.would_be, "Locked" in row.why_not) for row in locked] == [("MLI", None, True)]
    assert len(list(every_planned_sku(plan))) == 7


def test_started_it_serves_every_channel_and_says_what_was_sent_against_it(world):
    plan = worked_out(world)
    assert first_upload.start(plan, now=NOW, user=world.olga) == 2
    facts = newest_plan(world.fbm.pk)
    assert (facts.state, facts.decided_by, facts.against) == (
        UploadPlanState.STARTED,
        str(world.olga),
        Against(0, 0, 5),
    )
    for sent in outbox.claim_quantities(world.account.pk, 10, now=NOW):
        outbox.settle_quantity(sent, outbox.Accepted("S1"), now=NOW)
    Listing.objects.filter(sku="UP").update(sent_quantity=11)
    assert newest_plan(world.fbm.pk).against == Against(4, 1, 0)
    with pytest.raises(Refused, match="started already"):
        first_upload.start(plan, now=NOW, user=world.olga)


def test_not_yet_sends_nothing_is_kept_with_who_said_so_and_may_be_started_later(world):
    plan = worked_out(world)
    first_upload.put_off(plan, now=NOW, user=world.olga)
    facts = newest_plan(world.fbm.pk)
    assert (facts.state, facts.decided_by) == (UploadPlanState.NOT_YET, str(world.olga))
    assert AuditEntry.objects.filter(verb="not yet").exists()
    assert not StockNotice.objects.exists()
    assert first_upload.start(plan, now=NOW, user=world.olga) == 2


def test_one_that_is_being_worked_out_is_neither_started_nor_requested_twice(world):
    plan = first_upload.request_plan(world.fbm.pk, now=NOW, user=world.olga)
    assert first_upload.request_plan(world.german.pk, now=NOW, user=world.olga) == plan
    with pytest.raises(Refused, match="still being worked out"):
        first_upload.start(plan, now=NOW, user=world.olga)


def test_a_worker_that_is_cut_off_goes_on_where_it_was(world, monkeypatch):
    monkeypatch.setattr(first_upload, "A_STEP", 3)
    plan = first_upload.request_plan(world.fbm.pk, now=NOW, user=world.olga)
    assert first_upload.take_step(lambda _: LIMITS, now=NOW) == 3
    assert UploadPlan.objects.get().done == 3
    while first_upload.take_step(lambda _: LIMITS, now=NOW) >= 0:
        pass
    assert UploadPlanRow.objects.filter(plan=plan).count() == newest_plan(world.fbm.pk).totals.listings == 7


def test_a_channel_that_was_started_asks_for_none(world):
    channel_life.approve_stock_upload(world.fbm.pk, now=NOW, user=world.olga)
    with pytest.raises(Refused, match="does not wait"):
        first_upload.request_plan(world.fbm.pk, now=NOW, user=world.olga)


def test_approving_on_the_stock_tab_starts_the_plan_too(world):
    worked_out(world)
    channel_life.approve_stock_upload(world.fbm.pk, now=NOW, user=world.olga)
    assert newest_plan(world.fbm.pk).state is UploadPlanState.STARTED
