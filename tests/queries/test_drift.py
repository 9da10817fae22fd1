"""Listings that differ from what was sent: which they are, whose change that is, and since when."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import transaction
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import DE, NOW, UK
from tests.factories.people import olga_the_owner
from tests.factories.stock import a_listing, a_site, an_item

from wharfinger.db.models import Activity, Listing, Problem, StockNotice
from wharfinger.db.queries.channels.drift import (
    DriftFilter,
    add_up_drift,
    drift_of_channel,
    every_drift,
    list_drift,
)
from wharfinger.db.queries.sorting import Sorting
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutListing
from wharfinger.domain.stock.drift import Drift, DriftCause, likely_cause
from wharfinger.operations.installation._problem_steps import open_problem
from wharfinger.operations.stock import listings, outbox

pytestmark = pytest.mark.django_db
LONG_AGO = NOW - timedelta(hours=5)


def a_drift(account, sku, **values):
    """Eight were sent hours ago, and Amazon shows five."""
    listing = a_listing(account, sku, None, (UK,))
    sent = {"sent_quantity": 8, "sent_at": LONG_AGO, "sent_why": {}, "read_back_quantity": 5, "seen_at": NOW}
    Listing.objects.filter(pk=listing.pk).update(**sent | values)
    return listing


def found(**wanted):
    return [row.sku for row in list_drift(DriftFilter(**wanted), now=NOW).rows]


def test_the_cause_in_the_list_is_the_domains_whatever_the_facts():
    account = an_account()
    expected = {}
    notices = (None, False, True)
    facts = product((0, 2, 3), (True, False), notices, (True, False), (True, False), (None, 5, 8), (0, 300))
    for number, (looks, refused, held, fell, kept, submitted, minutes) in enumerate(facts):
        at = NOW - timedelta(minutes=minutes)
        why = {**({"misses": looks} if looks else {}), **({"not_applied": True} if kept else {})}
        listing = a_drift(
            account,
            f"SKU-{number}",
            sent_at=at,
            sent_why=why,
            error="No." if refused else "",
            fell_at=NOW if fell else None,
            submitted_quantity=submitted,
        )
        if held is not None:
            StockNotice.objects.create(
                listing=listing, account=account, cause="x", raised_at=NOW, again_at=NOW, held=held
            )
        drift = Drift(8, at, submitted, 5, looks, refused, held is True, held is not None, fell, kept)
        expected[listing.sku] = likely_cause(drift, NOW)
    assert set(expected.values()) == set(DriftCause)
    assert {row.sku: row.cause for row in every_drift(DriftFilter(), now=NOW)} == expected


def test_what_shows_what_was_sent_is_not_in_the_list_and_neither_is_what_is_not_ours():
    account = an_account()
    a_drift(account, "DIFFERS")
    a_drift(account, "SAME", read_back_quantity=8)
    a_drift(account, "SILENT", sent_why={"not_sent": "Amazon.co.uk FBM is not enabled."})
    a_drift(account, "REFUSED", error="The product type is wrong.", sent_quantity=None, sent_at=None)
    a_drift(account, "UNSEEN", read_back_quantity=None)
    a_drift(account, "NEVER-SENT", sent_quantity=None, sent_at=None, sent_why=None)
    a_drift(account, "AMAZONS", fulfilment="FBA")
    a_drift(account, "GONE", gone_at=NOW)
    assert found() == ["DIFFERS", "REFUSED"]
    assert add_up_drift(DriftFilter(), now=NOW).count == 2


def test_it_is_found_by_channel_by_cause_and_by_sku():
    account = an_account()
    british, german = a_channel(account, a_site()), a_channel(account, None, DE, name="Amazon.de FBM")
    a_drift(account, "BLUE-MUG")
    a_drift(account, "RED-MUG", error="No.")
    assert (found(channel_id=british.pk), found(channel_id=german.pk)) == (["BLUE-MUG", "RED-MUG"], [])
    assert found(cause="refused") == ["RED-MUG"]
    assert (found(search="blue"), found(search="mug"), found(search="lue")) == (
        ["BLUE-MUG"],
        ["BLUE-MUG", "RED-MUG"],
        [],
    )
    assert drift_of_channel(british.pk, now=NOW, at_most=1) == 1
    newest = list_drift(DriftFilter(), now=NOW, sorting=Sorting("sku", descending=True)).rows
    assert [row.sku for row in newest] == ["RED-MUG", "BLUE-MUG"]


def test_since_when_it_differs_is_kept_until_it_shows_what_was_sent():
    listing = a_drift(an_account(), "MUG", read_back_quantity=8)
    for hours, shown in ((1, 5), (2, 4), (3, 8), (4, 7)):
        at = NOW + timedelta(hours=hours)
        row = Listing.objects.get(pk=listing.pk)
        outbox.note_read_back([outbox.ReadBack(row.pk, shown)], requested_at=at, now=at)
        row.refresh_from_db()
        since = {1: 1, 2: 1, 3: None, 4: 4}[hours]
        assert row.differs_at == (since and NOW + timedelta(hours=since))


def test_looking_at_many_listings_costs_a_fixed_number_of_statements(django_assert_max_num_queries):
    account = an_account()
    rows = [a_drift(account, f"MUG-{number}") for number in range(20)]
    for row in rows[:2]:
        about = AboutListing(row.pk)
        with transaction.atomic():
            open_problem(ProblemKind.LISTING_DRIFT, about, cause="Differs.", remedy="Look.", now=NOW, listing=row)
    with django_assert_max_num_queries(8):
        outbox.note_read_back([outbox.ReadBack(row.pk, 8) for row in rows], requested_at=NOW, now=NOW)
    assert not Problem.objects.filter(solved_at=None).exists()


def test_many_are_sent_again_and_those_that_are_gone_are_left_out():
    account, item, olga = an_account(), an_item(), olga_the_owner()
    one, gone = a_drift(account, "ONE"), a_drift(account, "GONE", gone_at=NOW)
    one.products.update(item=item)
    assert listings.send_quantities_again([one.pk, gone.pk, 0], now=NOW, user=olga) == 1
    assert list(StockNotice.objects.values_list("listing__sku", "cause")) == [("ONE", "Sent again by hand")]
    assert list(Activity.objects.values_list("listing__sku", "text")) == [("ONE", "The quantity is sent again.")]
