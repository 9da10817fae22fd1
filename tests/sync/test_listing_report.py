"""The listings report against the whole simulator: every listing is compared, and what differs is judged."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.factories.accounts import an_account
from tests.factories.ground import NOW
from tests.factories.stock import a_listing
from tests.sync.whole_amazon import Whole

from wharfinger.db.models import FlowSchedule, Listing, ListingReport, Problem, StockNotice
from wharfinger.operations.channels import listing_reports
from wharfinger.operations.channels.listing_reports import Compared
from wharfinger.sync import listing_report
from wharfinger.sync.calls import Calls, NotBefore

pytestmark = pytest.mark.django_db
SKU = "HH-0010"


@pytest.fixture
def whole():
    """Linked, its listings read and taken for sent hours ago."""
    whole = Whole()
    whole.authorise()
    whole.run("listings_in")
    at = whole.clock.now() - timedelta(hours=3)
    for listing in Listing.objects.filter(fulfilment="FBM"):
        listing.sent_quantity, listing.sent_at, listing.sent_why = listing.read_back_quantity, at, {}
        listing.save()
    StockNotice.objects.all().delete()
    whole.amazon.advance(600)
    return whole


def go_on(whole, minutes=6):
    for _ in range(minutes):
        whole.run("listing_report")
        whole.amazon.advance(61)


def outcome():
    return FlowSchedule.objects.get(flow="listing_report").outcome


def last():
    return ListingReport.objects.latest("pk")


def fault(whole, kind, **more):
    whole.amazon.control("faults", {"kind": kind, **more})


def test_every_listing_is_compared_once_a_night(whole):
    merchant = Listing.objects.filter(fulfilment="FBM").count()
    Listing.objects.filter(sku=SKU).update(sent_quantity=1)
    go_on(whole)
    report = last()
    assert (report.state.value, report.compared, report.differ, report.unknown) == ("compared", merchant, 1, 0)
    assert ListingReport.objects.count() == 1
    odd = Listing.objects.get(sku=SKU)
    assert (odd.sent_why["misses"], odd.differs_at is not None, odd.read_back_at is not None) == (1, True, True)
    assert not Listing.objects.exclude(sku=SKU).filter(differs_at__isnull=False).exists()
    due = FlowSchedule.objects.get(flow="listing_report").due_at
    assert timedelta(hours=1) < due - whole.clock.now() < timedelta(hours=30)
    whole.amazon.advance(26 * 3600)
    go_on(whole)
    assert list(ListingReport.objects.values_list("state", flat=True)) == ["compared", "compared"]


def read_all(whole):
    """The reading of the listings goes on where the budget ended it."""
    for _ in range(2):
        whole.amazon.advance(61)
        whole.run("listings_in")
    whole.amazon.advance(61)
    StockNotice.objects.all().delete()


def test_skus_that_only_the_report_names_are_read_and_those_it_does_not_name_are_looked_at_alone(whole):
    """However many listings a marketplace has, none is unknown: paging ends after a thousand of them."""
    read_all(whole)
    before = set(Listing.objects.values_list("sku", flat=True))
    Listing.objects.filter(sku=SKU).update(sku="VANISHED")
    Listing.objects.filter(fulfilment="FBM").update(seen_at=whole.clock.now() + timedelta(hours=1), sent_quantity=77)
    go_on(whole, 3)
    assert (last().compared, last().differ, last().unknown) == (0, 0, 0)
    found = Listing.objects.get(sku=SKU)
    assert (found.fulfilment, bool(found.product_type), found.read_back_quantity is not None) == ("FBM", True, True)
    assert set(Listing.objects.values_list("sku", flat=True)) == before | {"VANISHED"}
    whole.run("stock_out")
    assert list(Listing.objects.filter(gone_at__isnull=False).values_list("sku", flat=True)) == ["VANISHED"]
    assert Problem.objects.get(kind="listing_gone").listing.sku == "VANISHED"


def test_cut_off_by_the_budget_it_goes_on_and_a_sku_that_amazon_shows_nowhere_is_counted(whole, monkeypatch):
    read_all(whole)
    Listing.objects.filter(sku=SKU).delete()
    plain = Calls.get_listings_item
    later = whole.clock.now() + timedelta(minutes=4)

    def get_listings_item(calls, sku, *words, **more):
        if whole.clock.now() < later:
            raise NotBefore(later, "getListingsItem")
        return plain(calls, sku, *words, **more)

    monkeypatch.setattr(Calls, "get_listings_item", get_listings_item)
    fault(whole, "400", operation="searchListingsItems", count=100)
    fault(whole, "400", operation="getListingsItem", count=100)
    go_on(whole, 3)
    assert last().state.value == "preparing"
    whole.amazon.advance(120)
    go_on(whole, 1)
    assert (last().state.value, last().unknown, last().compared > 5) == ("compared", 1, True)


@pytest.mark.parametrize(
    ("kind", "says"),
    [("report_fatal", "FATAL"), ("report_cancelled", "CANCELLED"), ("report_odd", "no listings report")],
)
def test_a_report_that_failed_is_no_empty_shop_and_is_requested_again_some_hours_later(whole, kind, says):
    before = list(Listing.objects.order_by("pk").values_list("read_back_quantity", "gone_at"))
    fault(whole, kind)
    go_on(whole)
    assert (last().state.value, says in last().error) == ("failed", True)
    assert list(Listing.objects.order_by("pk").values_list("read_back_quantity", "gone_at")) == before
    whole.amazon.advance(7 * 3600)
    go_on(whole)
    assert (last().state.value, ListingReport.objects.count()) == ("compared", 2)


def test_a_document_that_amazon_does_not_give_is_given_up_and_another_report_requested(whole):
    fault(whole, "500", operation="getReportDocument", count=1000)
    go_on(whole)
    assert last().state.value == "preparing"
    whole.amazon.advance(13 * 3600)
    go_on(whole, 1)
    assert (last().state.value, "does not give" in last().error) == ("failed", True)
    fault(whole, "", clear=True)
    whole.amazon.advance(7 * 3600)
    go_on(whole)
    assert (last().state.value, ListingReport.objects.count()) == ("compared", 2)


def test_a_request_whose_answer_was_lost_is_looked_for_before_it_is_made_again(whole):
    listing_report.run(whole.account.pk, whole.calls_for(whole.account.pk), whole.clock)
    ListingReport.objects.update(state="wanted", report_id="", requested_at=None)
    go_on(whole)
    made = whole.calls_for(whole.account.pk).get_reports(
        "GET_MERCHANT_LISTINGS_ALL_DATA", created_since=whole.clock.now() - timedelta(days=1)
    )
    assert (len(made.value), last().state.value) == (1, "compared")


def test_statements_are_as_many_for_one_listing_as_for_many_that_show_what_was_sent():
    account = an_account()
    counts = []
    for number in (1, 20):
        skus = [f"SKU-{number}-{one}" for one in range(number)]
        for sku in skus:
            a_listing(account, sku)
        sent = {"sent_quantity": 8, "sent_at": NOW - timedelta(hours=5), "sent_why": {}}
        Listing.objects.filter(sku__in=skus).update(**sent, read_back_quantity=3, seen_at=NOW - timedelta(hours=1))
        with CaptureQueriesContext(connection) as queries:
            result = listing_reports.compare(account.pk, dict.fromkeys(skus, 8), as_of=NOW, now=NOW)
        assert result == Compared(number, 0, 0)
        assert set(Listing.objects.filter(sku__in=skus).values_list("read_back_quantity", "seen_at")) == {(8, NOW)}
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_flow_begins_with_the_link(whole):
    assert FlowSchedule.objects.filter(flow="listing_report", account=whole.account).exists()
