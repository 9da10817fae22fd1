"""A computer's clock was a month ahead for a while: what it wrote stops nothing when the time is right again."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.factories.accounts import an_account
from tests.factories.amazon_orders import line, order, page
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.people import olga_the_owner
from tests.factories.stock import a_listing, a_site, an_item
from tests.sync.orders_world import World
from tests.sync.test_orders_searched import cursor, search
from tests.sync.test_shipments_out import Shop as Parcels

from wharfinger.db.models import (
    Alert,
    AmazonApplication,
    Confirmation,
    FlowSchedule,
    Listing,
    OrderCursor,
    RateBudget,
    RawMessage,
    SellerAccount,
    SignInLimit,
    StockNotice,
)
from wharfinger.db.queries.access.budgets import budgets_of
from wharfinger.db.queries.orders.inbox import next_waiting
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.installation.subjects import AboutAccount, AlertKey
from wharfinger.domain.stock.fba_stock import FbaLevel
from wharfinger.domain.stock.ledger import SiteKind
from wharfinger.operations.access import accounts, rotation
from wharfinger.operations.access.budget import Granted, NotUntil, note_refusal, take_token
from wharfinger.operations.installation import flows, mail, sign_in
from wharfinger.operations.installation.sign_in import Attempt
from wharfinger.operations.stock import fba_stock, guard, ledger, outbox

pytestmark = pytest.mark.django_db
AHEAD = NOW + timedelta(days=30)
MINUTE = timedelta(minutes=1)


def take(account, now=NOW):
    return take_token(account.pk, "getOrder", rate=Decimal("0.5"), burst=Decimal(30), now=now)


def test_an_empty_bucket_fills_again():
    account = an_account()
    while isinstance(take(account, AHEAD), Granted):
        pass
    refused = take(account)
    assert isinstance(refused, NotUntil)
    assert refused.at <= NOW + MINUTE
    assert take(account, refused.at) == Granted()


def test_a_bucket_that_rests_is_freed_and_the_page_names_no_rest():
    account = an_account()
    take(account, AHEAD)
    note_refusal(account.pk, "getOrder", now=AHEAD)
    assert budgets_of(account.pk, now=NOW)[0].waits_until is None
    refused = take(account)
    assert isinstance(refused, NotUntil)
    assert refused.at <= NOW + MINUTE
    assert take(account, refused.at) == Granted(recovering=True)
    note_refusal(account.pk, "getOrder", now=NOW)
    assert RateBudget.objects.get().throttled_since == NOW


def a_notice():
    account, site = an_account(), a_site()
    a_channel(account, site)
    item = an_item()
    listing = a_listing(account, "MUG", item)
    ledger.receive_stock(item.pk, site.pk, 7, now=NOW)
    return account, listing


def test_a_quantity_is_sent():
    account, listing = a_notice()
    StockNotice.objects.update(again_at=AHEAD, raised_at=AHEAD)
    assert guard.look(account.pk, now=NOW) == 0
    assert outbox.any_waiting(account.pk, now=NOW)
    assert [one.quantity for one in outbox.claim_quantities(account.pk, 4, now=NOW)] == [7]
    StockNotice.objects.update(again_at=NOW + timedelta(minutes=20))
    assert not outbox.any_waiting(account.pk, now=NOW)


def test_a_fall_waits_for_the_orders_of_now():
    account, listing = a_notice()
    Listing.objects.update(sent_quantity=7, read_back_quantity=5, fell_at=AHEAD)
    assert outbox.claim_quantities(account.pk, 4, now=NOW) == ()
    assert Listing.objects.get().fell_at == NOW
    assert StockNotice.objects.get().again_at == NOW + 7 * MINUTE
    OrderCursor.objects.create(account=account, after=NOW)
    assert [one.quantity for one in outbox.claim_quantities(account.pk, 4, now=NOW + 8 * MINUTE)] == [7]


def test_what_was_sent_is_read_back_and_compared():
    account, listing = a_notice()
    StockNotice.objects.all().delete()
    why = {"steps": []}
    Listing.objects.update(sent_quantity=7, sent_at=AHEAD, sent_why=why, read_back_at=AHEAD)
    assert [one.sku for one in outbox.due_to_read_back(account.pk, now=NOW)] == ["MUG"]
    seen = outbox.ReadBack(listing.pk, 7)
    assert outbox.note_read_back([seen], requested_at=NOW, now=NOW) == 0
    assert Listing.objects.get().read_back_at is None


def test_an_order_that_was_put_off_is_taken_and_another_waits_its_time():
    account = an_account()
    for key, again_at in (("1", AHEAD), ("2", NOW + timedelta(minutes=20)), ("3", None)):
        RawMessage.objects.create(
            account=account, kind="order", key=key, source=RawMessage.Source.SEARCH, again_at=again_at, received_at=NOW
        )
    waiting = next_waiting(account.pk, after=0, now=NOW, limit=9)
    assert [raw.key for raw in waiting] == ["1", "3"]


def test_a_parcel_is_confirmed_and_one_in_doubt_is_looked_up():
    shop = Parcels()
    Confirmation.objects.update(again_at=AHEAD, made_at=AHEAD)
    shop.run()
    assert shop.states() == ["accepted"]
    Confirmation.objects.update(again_at=AHEAD)
    shop.clock.advance(minutes=9)
    shop.run()
    assert shop.states() == ["confirmed"]


def test_an_alert_is_mailed():
    alert = Alert.objects.create(
        kind="authorisation_lost",
        key=AlertKey(AboutAccount(1), "lost"),
        subject=AboutAccount(1),
        raised_at=NOW,
        mail_again_at=AHEAD,
    )
    assert mail.claim_email(alert.pk, now=NOW)
    assert not mail.claim_email(alert.pk, now=NOW)


def test_orders_are_read_from_the_newest_that_is_known():
    world = World()
    search(world, page())
    world.item("MUG", 10)
    world.hear(order(line("MUG")))  # placed an hour before noon
    OrderCursor.objects.update(after=AHEAD, page_token="t", token_at=AHEAD, window_before=AHEAD)
    search(world, page())
    query = world.amazon.searches[-1]
    assert (query.last_updated_after, query.pagination_token) == (NOW - 65 * MINUTE, None)
    assert cursor(world).after == NOW - 5 * MINUTE


def test_where_no_order_is_known_they_are_read_from_the_start_date():
    world = World()
    search(world, page())
    began = world.amazon.searches[-1].last_updated_after
    OrderCursor.objects.update(after=AHEAD)
    search(world, page())
    assert world.amazon.searches[-1].last_updated_after == began


def test_an_end_of_the_window_in_time_to_come_moves_the_cursor_to_now_at_most():
    world = World()
    search(world, page(before=AHEAD))
    assert cursor(world).after == world.clock.now() - 5 * MINUTE


def test_a_page_token_from_time_to_come_is_not_used():
    world = World()
    search(world, page(order(line("MUG")), token="t"), page())
    OrderCursor.objects.update(page_token="t", token_at=AHEAD + timedelta(days=300))
    search(world, page())
    assert world.amazon.searches[-1].pagination_token is None


def test_a_lost_account_is_checked_again():
    account = an_account()
    values = {"link_state": LinkState.LOST.value, "token_set_at": NOW, "lost_at": AHEAD, "probed_at": AHEAD}
    SellerAccount.objects.update(**values)
    a_channel(account, a_site())
    assert [accounts.probe_lost_accounts(now=NOW) for _ in range(2)] == [1, 0]


def test_a_token_set_in_time_to_come_can_be_lost():
    account = an_account()
    SellerAccount.objects.update(token_set_at=AHEAD)
    assert accounts.lose_authorisation(account.pk, error="invalid_grant", now=NOW, since=NOW)


def test_fba_levels_are_read_and_a_fall_is_believed_after_five_minutes():
    account = an_account()
    site, item = a_site("FBA UK", SiteKind.FBA, "UK", account), an_item()
    read = fba_stock.load_fba_levels
    read(site.pk, [FbaLevel(item.pk, 40)], read_at=AHEAD, now=AHEAD)
    read(site.pk, [FbaLevel(item.pk, 1)], read_at=AHEAD, now=AHEAD)
    first = read(site.pk, [FbaLevel(item.pk, 1)], read_at=NOW, now=NOW)
    later = NOW + 5 * MINUTE
    second = read(site.pk, [FbaLevel(item.pk, 1)], read_at=later, now=later)
    assert (first.stale, first.doubted, second.differences) == (False, 1, 1)


def test_a_pause_after_wrong_passwords_ends():
    for _ in range(9):
        sign_in.begin_attempt(Attempt("olga", "198.51.100.7"), now=AHEAD)
        SignInLimit.objects.update(paused_until=None)
    SignInLimit.objects.update(paused_until=AHEAD)
    assert sign_in.begin_attempt(Attempt("olga", "198.51.100.7"), now=NOW) is None
    assert sign_in.begin_attempt(Attempt("olga", "198.51.100.7"), now=NOW) is not None


def test_a_new_secret_may_be_requested():
    olga = olga_the_owner()
    row = AmazonApplication.objects.create(
        client_secret="s",
        secret_last_four="s",
        secret_set_at=NOW,
        queue_url="https://q.example",
        rotation_requested_at=AHEAD,
    )
    rotation.ask_rotation(row.pk, user=olga, now=NOW)
    row.refresh_from_db()
    assert row.rotation_requested_at == NOW


DAY = timedelta(days=1)


@pytest.mark.parametrize(("due_in", "woken"), [(DAY, 0), (DAY - MINUTE, 0), (3 * DAY, 1)])
def test_an_account_without_fba_stock_is_requested_once_a_day_and_no_later(due_in, woken):
    FlowSchedule.objects.create(account=an_account(), flow="fba_stock_in", due_at=NOW + due_in, finished_at=NOW)
    every = {"fba_stock_in": timedelta(minutes=15)}
    assert flows.wake_due_flows(now=NOW, not_again_before=NOW + 5 * MINUTE, every=every) == woken
