"""Subjects are written to text and read back in one place: what comes back is what went in."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.installation import subjects
from wharfinger.domain.installation.subjects import (
    AboutAccount,
    AboutApplication,
    AboutBothWays,
    AboutConfirmation,
    AboutConnection,
    AboutElse,
    AboutGap,
    AboutGuard,
    AboutHandling,
    AboutImport,
    AboutIssues,
    AboutLabel,
    AboutLevel,
    AboutListing,
    AboutListingsRead,
    AboutMarketplace,
    AboutMessage,
    AboutMissingChannel,
    AboutNotifications,
    AboutOrder,
    AboutPartAddress,
    AboutReadBack,
    AboutRoles,
    AboutRotation,
    AboutSafeMode,
    AboutSecret,
    AboutShown,
    AboutSite,
    AboutSku,
    AboutToken,
    AboutWork,
    AlertKey,
    AlertSubject,
    read_alert_key,
    read_subject,
    write_alert_key,
    write_subject,
)
from wharfinger.domain.orders.order import Fulfilment

IDS = st.integers(min_value=0, max_value=2**63 - 1)
TEXTS = st.text()
KINDS = st.sampled_from(Fulfilment)
WORK = st.sampled_from(
    ["orders_in", "take_orders", "listings_in", "fba_stock_in", "stock_out", "shipments_out", "searchOrders"]
)
ALERTS = (
    *(st.builds(about, IDS) for about in (AboutAccount, AboutToken, AboutApplication, AboutSecret, AboutRotation)),
    st.builds(AboutMissingChannel, IDS, st.text().filter(lambda text: ":" not in text), KINDS),
)
NUMBERED = (
    AboutOrder, AboutImport, AboutSite, AboutListing, AboutReadBack, AboutBothWays, AboutIssues, AboutShown,
    AboutConfirmation, AboutConnection, AboutLabel, AboutNotifications, AboutGuard, AboutSafeMode,
)  # fmt: skip
EVERY = st.one_of(
    *ALERTS,
    *(st.builds(about, IDS) for about in NUMBERED),
    *(st.builds(about, IDS, TEXTS) for about in (AboutMessage, AboutGap, AboutSku, AboutListingsRead, AboutRoles)),
    st.builds(AboutMissingChannel, IDS, TEXTS, KINDS),
    st.builds(AboutPartAddress, IDS, st.text("0123456789abcdef", min_size=1, max_size=16)),
    st.builds(AboutMarketplace, TEXTS),
    st.builds(AboutLevel, IDS, IDS),
    st.builds(AboutWork, IDS, WORK),
)

STORED = {
    "order:5": AboutOrder(5),
    "order:5:part:00ff": AboutPartAddress(5, "00ff"),
    "imported:5": AboutImport(5),
    "raw:1:203-1234567-1234567": AboutMessage(1, "203-1234567-1234567"),
    "raw:1:57": AboutMessage(1, "57"),
    "gap:1:203-1234567-1234567": AboutGap(1, "203-1234567-1234567"),
    "notifications:1": AboutNotifications(1),
    "sku:1:AB:1 é": AboutSku(1, "AB:1 é"),
    "nochannel:1:A1F83G8C2ARO7P:FBM": AboutMissingChannel(1, "A1F83G8C2ARO7P", Fulfilment.FBM),
    "nochannel:1::FBM": AboutMissingChannel(1, "", Fulfilment.FBM),
    "marketplace:A1F83G8C2ARO7P": AboutMarketplace("A1F83G8C2ARO7P"),
    "site:3": AboutSite(3),
    "level:5:3": AboutLevel(5, 3),
    "listing:5": AboutListing(5),
    "readback:5": AboutReadBack(5),
    "both:5": AboutBothWays(5),
    "issues:5": AboutIssues(5),
    "shown:5": AboutShown(5),
    "guard:5": AboutGuard(5),
    "handling:5": AboutHandling(5),
    "safe:5": AboutSafeMode(5),
    "confirmation:5": AboutConfirmation(5),
    "label:5": AboutLabel(5),
    "courier:5": AboutConnection(5),
    "listings:1:Amazon.co.uk": AboutListingsRead(1, "Amazon.co.uk"),
    "orders_in:1": AboutWork(1, "orders_in"),
    "searchOrders:1": AboutWork(1, "searchOrders"),
    "1:Product Listing, Amazon Fulfillment": AboutRoles(1, "Product Listing, Amazon Fulfillment"),
    "account:1": AboutAccount(1),
    "token:1": AboutToken(1),
    "application:1": AboutApplication(1),
    "secret:1": AboutSecret(1),
    "rotation:1": AboutRotation(1),
    "application:None": AboutElse("application:None"),
    "something": AboutElse("something"),
}


@pytest.mark.parametrize(("text", "subject"), STORED.items(), ids=STORED)
def test_what_is_stored_is_read_as_what_it_says(text, subject):
    assert (read_subject(text), write_subject(subject)) == (subject, text)


def test_every_kind_of_subject_is_among_the_examples():
    assert {type(subject) for subject in STORED.values()} == set(get_args(subjects.Subject))


@given(EVERY)
def test_a_subject_is_read_back_as_it_was_written(subject):
    assert read_subject(write_subject(subject)) == subject


@given(TEXTS)
def test_whatever_text_is_stored_stays_the_same(text):
    """A number with leading zeros, or digits of another script, is one that we never wrote."""
    subject = read_subject(text)
    assert read_subject(write_subject(subject)) == subject


@given(st.one_of(*ALERTS), st.sampled_from(["2027-01-05:30", "lost:2026-11-01T12:00:00+00:00", "problem:7", "7"]))
def test_an_alerts_key_is_read_back_as_it_was_written(subject, occasion):
    key = AlertKey(subject, occasion)
    assert read_alert_key(write_alert_key(key)) == key


def test_a_key_of_an_alert_that_cannot_be_read_stays_as_it_is():
    for text in ("k:1", "token:x:2027-01-05:30"):
        assert write_alert_key(read_alert_key(text)) == text


def test_every_subject_of_an_alert_is_a_subject():
    assert set(get_args(AlertSubject)) < set(get_args(subjects.Subject))


@pytest.mark.parametrize("length", [150, 151, 4000])
def test_a_long_sku_is_known_by_its_beginning(length):
    sku = AboutSku(1, "x:" * length)
    assert (sku, len(sku.sku)) == (AboutSku(1, "x:" * 75), 150)
    assert read_subject(write_subject(sku)) == sku


@given(st.builds(AboutRoles, IDS, TEXTS) | st.builds(AboutSku, IDS, TEXTS))
def test_what_a_person_or_amazon_names_fits_its_column(subject):
    assert len(write_subject(subject)) <= subjects.TEXT_AT_MOST


@pytest.mark.parametrize("name", ["", "order", "sku", "7", "a:b"])
def test_a_flow_that_could_be_taken_for_another_subject_is_none(name):
    with pytest.raises(ValueError, match="no name of a flow"):
        AboutWork(1, name)
