"""Access that is withdrawn while trade goes on, and given anew: against the whole pretend Amazon."""

import pytest
from tests.sync.whole_amazon import EU, NA, UK, Whole

from wharfinger.db.models import (
    Alert,
    AuthorisationAttempt,
    Channel,
    ChannelCheck,
    Confirmation,
    ImportedOrder,
    Listing,
    Problem,
    SalesOrder,
    SellerAccount,
    StockItem,
    StockNotice,
)
from wharfinger.operations.access import accounts, authorisation
from wharfinger.operations.shipping import shipments
from wharfinger.operations.stock import ledger
from wharfinger.sync.authorise import exchange_code
from wharfinger.sync.verify import verify_channel

pytestmark = pytest.mark.django_db
SKUS = ("HH-0010", "HH-0011", "HH-0012")


@pytest.fixture
def whole():
    return Whole()


@pytest.fixture
def selling(whole):
    """Linked, its listings read, three items in stock, and one order taken that is ready to ship."""
    whole.authorise()
    whole.run("listings_in")
    for sku in SKUS:
        item = StockItem.objects.create(code=sku, name=sku, made_at=whole.clock.now())
        ledger.receive_stock(item.pk, whole.site.pk, 40, now=whole.clock.now())
    whole.run("listings_in")
    whole.trade(5)
    whole.first = whole.place(SKUS[0], 2)
    whole.trade(10)
    return whole


def order_of(number):
    return SalesOrder.objects.get(imported__amazon_order_id=number)


def links():
    return SellerAccount.objects.get().link_state, set(Channel.objects.values_list("link_state", flat=True))


def at_amazon(whole, sku):
    return next(row["quantity"] for row in whole.state_report()["listings"] if row["sku"] == sku)


def test_the_seller_consents_and_the_channel_is_linked(whole):
    attempt = whole.authorise()
    account = SellerAccount.objects.get()
    assert AuthorisationAttempt.objects.get(pk=attempt).outcome == "linked"
    assert (account.seller_id, account.link_state) == (EU, "linked")
    assert UK in account.participations.values_list("marketplace_id", flat=True)


def test_cancel_on_the_consent_page_is_a_refusal(whole):
    returned = whole.come_back(whole.consent(whole.press_authorise(), answer="cancel"))
    attempt = AuthorisationAttempt.objects.get(pk=returned.attempt_id)
    assert (attempt.outcome, "pressed Cancel" in attempt.error) == ("refused", True)


def test_a_return_address_that_is_opened_twice_is_a_replay_and_changes_nothing(whole):
    address = whole.consent(whole.press_authorise())
    first = whole.come_back(address)
    exchange_code(first.attempt_id, whole.lwa(), whole.calls_with, whole.clock)
    assert whole.come_back(address) == authorisation.NotOurs(authorisation.WhyNotOurs.REPLAYED, first.attempt_id)
    assert AuthorisationAttempt.objects.get().outcome == "linked"


def test_a_code_that_waited_too_long_is_refused_by_amazon(whole):
    returned = whole.come_back(whole.consent(whole.press_authorise()))
    whole.amazon.advance(301)
    exchange_code(returned.attempt_id, whole.lwa(), whole.calls_with, whole.clock)
    assert AuthorisationAttempt.objects.get().outcome == "code_refused"


def test_a_seller_of_the_other_region_is_reported_apart_by_amazons_endpoints(whole):
    """The return belongs to a channel in Europe, the seller to North America."""
    state = whole.consent(whole.press_authorise())
    whole.come_back(state)
    attempt = AuthorisationAttempt.objects.get()
    code = whole.amazon.simulator.application.grant_code(
        NA, attempt.redirect_uri, whole.amazon.simulator.clock.seconds()
    )
    AuthorisationAttempt.objects.filter(pk=attempt.pk).update(seller_id=NA)
    attempt.refresh_from_db()
    attempt.code = code.code
    attempt.save()
    exchange_code(attempt.pk, whole.lwa(), whole.calls_with, whole.clock)
    attempt.refresh_from_db()
    assert (attempt.outcome, "sells in the region US" in attempt.error) == ("wrong_region", True)
    assert SellerAccount.objects.get().refresh_token == ""


def test_a_second_channel_of_the_seller_is_never_requested_twice(whole):
    whole.authorise()
    german = whole.a_channel("Amazon.de FBM", "A1PA6795UKMFR9", "EU")
    whole.authorise(channel=german)
    assert SellerAccount.objects.count() == 1
    assert set(Channel.objects.values_list("link_state", flat=True)) == {"linked"}


def test_revoked_at_amazon_the_channels_stop_people_are_reported_and_after_authorise_the_books_agree(selling):
    whole = selling
    assert links() == ("linked", {"linked"})
    selling.amazon.control("authorisations/revoke", {"sellerId": EU})
    whole.trade(5)

    assert links() == ("lost", {"lost"})
    assert Problem.objects.filter(solved_at=None).values_list("kind", flat=True)[0] == "authorisation_lost"
    assert list(Alert.objects.filter(closed_at=None).values_list("kind", flat=True)) == ["authorisation_lost"]

    # Trade goes on: a buyer orders, the shop ships and counts.
    second = whole.place(SKUS[1], 3)
    shipments.dispatch(order_of(whole.first).pk, service_id=whole.courier.pk, now=whole.clock.now())
    item = StockItem.objects.get(code=SKUS[2])
    ledger.count_stock(item.pk, whole.site.pk, 7, now=whole.clock.now())
    calls_before = sum(row["calls"] for row in whole.state_report()["calls"])
    whole.trade(120, every=10)

    assert sum(row["calls"] for row in whole.state_report()["calls"]) == calls_before, (
        "nothing is asked while access is lost"
    )
    assert not ImportedOrder.objects.filter(amazon_order_id=second).exists()
    assert StockNotice.objects.filter(listing__sku=SKUS[2]).exists()
    assert Confirmation.objects.get().state == "waiting"
    assert whole.state_report()["confirmations"] == []

    whole.authorise()
    assert links() == ("linked", {"linked"})
    assert not Problem.objects.filter(solved_at=None, kind="authorisation_lost").exists()
    assert not Alert.objects.filter(closed_at=None).exists()
    whole.trade(15)

    assert order_of(second).state == "ready_to_ship"
    assert [row["orderId"] for row in whole.state_report()["confirmations"]] == [whole.first]
    assert Confirmation.objects.get().state == "confirmed"
    sent = {listing.sku: listing.sent_quantity for listing in Listing.objects.filter(sku__in=SKUS)}
    assert sent == {SKUS[0]: 38, SKUS[1]: 37, SKUS[2]: 7}
    assert {sku: at_amazon(whole, sku) for sku in SKUS} == sent


def test_revoked_here_nothing_queued_is_lost_and_it_goes_on_after_authorise(selling):
    whole = selling
    shipments.dispatch(order_of(whole.first).pk, service_id=whole.courier.pk, now=whole.clock.now())
    authorisation.revoke(whole.account.pk, user=whole.olga, now=whole.clock.now())
    assert links() == ("waiting", {"waiting"})
    whole.run("orders_in", "stock_out", "shipments_out")
    whole.trade(30, every=10)
    assert Confirmation.objects.get().state == "waiting"
    assert not Alert.objects.filter(closed_at=None).exists()
    whole.authorise()
    whole.trade(10)
    assert Confirmation.objects.get().state == "confirmed"


def test_a_revoked_access_token_alone_is_noticed_by_the_first_call(selling):
    """Amazon answers 403 to the token that is still held; the refresh token is tried at once and is dead too."""
    whole = selling
    whole.amazon.control("authorisations/revoke", {"sellerId": EU})
    whole.run("orders_in")
    assert links()[0] == "lost"


def test_a_lost_account_whose_access_is_back_recovers_by_the_daily_check(selling):
    """A refusal that was Amazon's own mistake: the token is good again, and nobody pressed Authorise."""
    whole = selling
    accounts.lose_authorisation(whole.account.pk, error="403", now=whole.clock.now())
    whole.amazon.advance(24 * 3600)
    assert accounts.probe_lost_accounts(now=whole.clock.now()) == 1
    verify_channel(whole.channel.pk, whole.calls_for(whole.account.pk), whole.clock)
    assert links() == ("linked", {"linked"})
    assert not Problem.objects.filter(solved_at=None, kind="authorisation_lost").exists()
    assert not Alert.objects.filter(closed_at=None).exists()


def test_a_role_that_is_missing_for_the_listings_leaves_the_channel_linked_and_trading(selling):
    whole = selling
    whole.amazon.control("faults", {"kind": "denied", "operation": "searchListingsItems", "count": 0})
    verify_channel(whole.channel.pk, whole.calls_for(whole.account.pk), whole.clock)
    assert links() == ("linked", {"linked"})
    line = ChannelCheck.objects.get(ok=False)
    assert (line.title, "“Product Listing”" in line.message, "403 Unauthorized" in line.message) == (
        "Listings not suspended",
        True,
        True,
    )
    for _ in range(3):
        whole.run("listings_in")
    second = whole.place(SKUS[1], 1)
    whole.trade(15)
    assert order_of(second).state == "ready_to_ship"
    kinds = Problem.objects.filter(solved_at=None).values_list("kind", flat=True)
    assert set(kinds) == {"role_missing"}


def test_a_missing_role_for_confirmations_refuses_no_parcel(selling):
    whole = selling
    whole.amazon.control("faults", {"kind": "denied", "operation": "confirmShipment", "count": 0})
    shipments.dispatch(order_of(whole.first).pk, service_id=whole.courier.pk, now=whole.clock.now())
    whole.trade(10)
    assert Confirmation.objects.get().state == "waiting"
    assert links() == ("linked", {"linked"})
    problem = Problem.objects.get(solved_at=None, kind="role_missing")
    assert "“Direct-to-Consumer Shipping”" in problem.cause
    whole.amazon.control("faults", {"clear": True})
    whole.trade(30)
    assert Confirmation.objects.get().state == "confirmed"
    assert not Problem.objects.filter(solved_at=None, kind="role_missing").exists()
