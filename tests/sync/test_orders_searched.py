"""The search: which window is requested, what is kept of it, and where it goes on after anything."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.factories.amazon_orders import later, line, order, page
from tests.factories.ground import DE, NOW, UK
from tests.factories.people import olga_the_owner
from tests.sync.orders_world import World

from wharfinger.amazon.client import ALL_ORDER_DATA
from wharfinger.amazon.errors import NotAnsweredAsPromised, NotFound, PageTokenRefused, ServerFault
from wharfinger.db.models import (
    Channel,
    FlowSchedule,
    ImportedOrder,
    OrderCursor,
    Participation,
    Problem,
    RawMessage,
    SalesOrder,
)
from wharfinger.domain.orders.waits_for import ForDownload
from wharfinger.operations.orders import imported_orders
from wharfinger.sync.calls import NotBefore
from wharfinger.sync.orders import orders_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    return World()


def search(world, *pages):
    world.amazon.pages += pages
    return orders_in.run(world.account.pk, world.amazon, world.clock)


def cursor(world):
    return OrderCursor.objects.get(account=world.account)


def test_the_first_window_begins_with_the_earliest_start_date_in_its_marketplaces_zone(world):
    Channel.objects.filter(pk=world.fba.pk).update(start_date=date(2026, 10, 20))
    search(world, page())
    assert world.amazon.searches[0].last_updated_after == datetime(2026, 10, 19, 23, tzinfo=UTC)


def test_the_first_window_reaches_back_three_months_at_most(world):
    Channel.objects.update(start_date=date(2020, 1, 1))
    search(world, page())
    assert world.amazon.searches[0].last_updated_after == NOW - timedelta(days=90)


def test_one_search_asks_for_all_that_is_useful_of_every_marketplace_and_both_kinds(world):
    for marketplace, takes_part in ((UK, True), (DE, True), ("A13V1IB3VIYZZH", False)):
        Participation.objects.create(
            account=world.account, marketplace_id=marketplace, participating=takes_part, suspended_listings=False
        )
    search(world, page())
    query = world.amazon.searches[0]
    assert query.marketplace_ids == tuple(sorted((UK, DE)))
    assert set(query.included_data) == set(ALL_ORDER_DATA)
    assert (query.last_updated_before, query.fulfilled_by, query.fulfillment_statuses) == (None, (), ())


def test_without_participations_the_channels_marketplaces_are_searched(world):
    search(world, page())
    assert world.amazon.searches[0].marketplace_ids == (UK,)


def test_the_next_window_begins_at_amazons_own_end_less_an_overlap(world):
    before = NOW - timedelta(minutes=2)
    search(world, page(before=before))
    assert cursor(world).after == before - timedelta(minutes=5)
    assert cursor(world).caught_up_at == world.clock.now()


def test_the_cursor_never_goes_back(world):
    search(world, page(before=NOW))
    search(world, page(before=NOW - timedelta(hours=6)))
    assert cursor(world).after == NOW - timedelta(minutes=5)


def test_where_amazon_tells_no_end_ours_is_two_minutes_old(world):
    search(world, page(before=None))
    assert cursor(world).after == NOW - timedelta(minutes=7)


def test_pages_are_read_to_the_end_with_every_parameter_repeated(world):
    first_end = NOW - timedelta(minutes=2)
    result = search(
        world,
        page(order(line("MUG")), token="t/1+=", before=first_end),
        page(order(line("MUG")), token="t/2", before=NOW),
        page(order(line("MUG")), before=NOW),
    )
    first, second, third = world.amazon.searches
    assert second == first.next_page("t/1+=")
    assert third == first.next_page("t/2")
    assert RawMessage.objects.count() == 3
    assert cursor(world).after == first_end - timedelta(minutes=5)
    assert (cursor(world).page_token, cursor(world).pages_read, cursor(world).orders_seen) == ("", 3, 3)
    assert result.outcome == "3 orders on 3 pages"


def test_without_a_token_in_the_budget_the_page_waits_and_a_new_process_goes_on_there(world):
    again = NOW + timedelta(minutes=3)
    result = search(world, page(order(line("MUG")), token="t1"), NotBefore(again, "searchOrders"))
    assert (result.next_due, result.waiting_for) == (again, "the rate limit of searchOrders")
    assert cursor(world).page_token == "t1"
    world.clock.at = again
    Participation.objects.create(account=world.account, marketplace_id=DE, participating=True, suspended_listings=False)
    search(world, page(order(line("MUG"))))
    assert world.amazon.searches[-1] == world.amazon.searches[0].next_page("t1")
    assert RawMessage.objects.count() == 2


def test_a_page_token_of_almost_a_day_is_not_used_any_more(world):
    search(world, page(order(line("MUG")), token="t1"), NotBefore(NOW, "searchOrders"))
    world.clock.at += timedelta(hours=23)
    search(world, page())
    assert world.amazon.searches[-1] == world.amazon.searches[0]


def test_a_refused_page_token_begins_the_window_anew(world):
    message = order(line("MUG"))
    search(world, page(message, token="t1"), PageTokenRefused("searchOrders"), page(message, token="t2"), page())
    assert [query.pagination_token for query in world.amazon.searches] == [None, "t1", None, "t2"]
    assert RawMessage.objects.count() == 1


def test_a_second_refusal_right_after_the_new_beginning_is_a_refusal_and_the_next_run_begins_anew(world):
    message = order(line("MUG"))
    refused = PageTokenRefused("searchOrders", status=400)
    with pytest.raises(PageTokenRefused):
        search(world, page(message, token="t1"), refused, page(message, token="t2"), refused)
    assert [query.pagination_token for query in world.amazon.searches] == [None, "t1", None, "t2"]
    assert cursor(world).page_token == ""
    search(world, page())
    assert world.amazon.searches[-1].pagination_token is None


NO_PAGE = NotAnsweredAsPromised("searchOrders", status=200, message="no JSON that can be read")
IN_HTML = NotAnsweredAsPromised("searchOrders", status=403, message="the body is not Amazon's error JSON")


@pytest.mark.parametrize("answer", [NO_PAGE, IN_HTML])
def test_a_page_token_that_brings_no_page_begins_the_window_anew_in_the_same_run(world, answer):
    message = order(line("MUG"))
    search(world, page(message, token="t1"), answer, page(message, token="t2"), page())
    assert [query.pagination_token for query in world.amazon.searches] == [None, "t1", None, "t2"]
    search(world, page(message, token="t3"), page())
    with pytest.raises(NotAnsweredAsPromised):
        search(world, page(message, token="t4"), answer, page(message, token="t5"), answer)
    assert cursor(world).page_token == ""


def test_a_first_page_that_is_none_is_no_tokens_fault(world):
    with pytest.raises(NotAnsweredAsPromised):
        search(world, NO_PAGE)
    assert len(world.amazon.searches) == 1


def elsewhere(*lines):
    return order(*lines, salesChannel={"channelName": "AMAZON", "marketplaceId": DE})


def test_an_order_of_a_marketplace_that_was_not_requested_is_set_aside_alone_and_the_cursor_goes_on(world):
    cup = world.item("CUP", 10)
    wanted, strange = order(line("MUG")), elsewhere(line("CUP", 2))
    outcome = search(world, page(wanted, strange=[strange])).outcome
    assert outcome == "1 order on 1 page, 1 set aside (marketplace not requested)"
    assert cursor(world).after == NOW - timedelta(minutes=5)
    world.take_waiting()
    problem = Problem.objects.get(imported_order=world.imported(strange))
    assert (problem.kind, f"{DE} was not requested" in problem.cause) == ("not_understood", True)
    assert RawMessage.objects.get(key=strange["orderId"]).state == "quarantined"
    assert RawMessage.objects.get(key=wanted["orderId"]).state == "taken"
    assert world.level(cup) == (10, 2)
    world.amazon.orders[strange["orderId"]] = bytes_of(strange)
    search(world, page(strange=[strange]), page(strange=[strange]))
    world.take_waiting()
    assert (world.imported(strange).state, world.level(cup)) == ("skipped", (10, 2))
    problem.refresh_from_db()
    assert problem.solved_at is not None


def test_a_strange_order_that_amazon_does_not_know_by_its_number_reserves_nothing_any_more(world):
    cup = world.item("CUP", 10)
    strange = elsewhere(line("CUP", 2))
    world.amazon.orders[strange["orderId"]] = NotFound("getOrder", status=404)
    search(world, page(strange=[strange]), page(strange=[strange]))
    world.take_waiting()
    search(world, page())
    assert (world.imported(strange).state, world.level(cup)) == ("failed", (10, 0))


def test_a_page_of_nothing_but_strange_orders_is_fetched_once_more_and_then_believed(world):
    strange = elsewhere(line("CUP"))
    search(world, page(strange=[strange]), page(order(line("MUG"))))
    assert not RawMessage.objects.filter(key=strange["orderId"]).exists()
    search(world, page(strange=[strange]), page(strange=[strange]))
    assert RawMessage.objects.filter(key=strange["orderId"]).exists()


def test_a_page_token_on_which_amazon_stumbles_again_and_again_is_given_up(world):
    with pytest.raises(ServerFault):
        search(world, page(order(line("MUG")), token="t1"), ServerFault("searchOrders", status=500))
    FlowSchedule.objects.create(account=world.account, flow="orders_in", due_at=NOW, failures=3)
    search(world, page())
    assert [query.pagination_token for query in world.amazon.searches] == [None, "t1", None]


@pytest.mark.parametrize(
    "fault", [NotAnsweredAsPromised("getOrder", status=200, request_id="r"), ServerFault("getOrder", status=500)]
)
def test_an_order_that_comes_broken_waits_alone_and_the_others_are_fetched(world, fault):
    orders = [order(line("MUG")), order(line("CUP"))]
    world.hear(*orders)
    imported_orders.retry_download([world.imported(one).pk for one in orders], user=olga_the_owner(), now=NOW)
    world.amazon.orders = {orders[0]["orderId"]: fault, orders[1]["orderId"]: bytes_of(orders[1])}
    assert "1 fetched by number" in search(world, page()).outcome
    first = world.imported(orders[0])
    assert (first.waits_for, "requested again automatically" in first.reason) == (ForDownload(), True)
    assert fault.summary() in first.reason


@pytest.mark.parametrize("token", ["t1", "t2"])
def test_the_same_page_again_and_again_is_an_error_and_loses_nothing(world, token):
    message = order(line("MUG"))
    with pytest.raises(NotAnsweredAsPromised):
        search(world, page(message, token="t1"), page(message, token=token))
    assert (cursor(world).page_token, cursor(world).after) == ("", datetime(2026, 11, 1, tzinfo=UTC))
    assert RawMessage.objects.count() == 1
    search(world, page(message, order(line("MUG"))))
    assert RawMessage.objects.count() == 2


def test_an_error_in_the_middle_keeps_what_was_read(world):
    with pytest.raises(ServerFault):
        search(world, page(order(line("MUG")), token="t1"), ServerFault("searchOrders", status=503))
    assert RawMessage.objects.count() == 1
    assert cursor(world).page_token == "t1"


def test_what_the_overlap_brings_again_is_not_kept_twice(world):
    message = order(line("MUG"))
    search(world, page(message))
    search(world, page(message, later(message)))
    assert RawMessage.objects.count() == 2
    search(world, page(later(message)))
    assert RawMessage.objects.count() == 2


def test_what_returns_to_an_earlier_wording_is_kept(world):
    message = order(line("MUG"))
    for each in (message, later(message), message):
        search(world, page(each))
    assert RawMessage.objects.count() == 3


def test_a_broken_order_is_kept_with_its_page(world):
    broken = b'{"orderId": "026-7654321-0000009", "deemedReseller": UOSS}'
    search(world, page(order(line("MUG")), broken))
    kept = RawMessage.objects.get(key="026-7654321-0000009")
    assert bytes(kept.body) == broken


def test_messages_are_kept_encrypted(world):
    search(world, page(order(line("MUG"))))
    raw = RawMessage.objects.get()
    assert json.loads(raw.body)["buyer"]["buyerName"] == "Grace Hopper"


def test_an_account_whose_channels_are_all_off_is_not_searched(world):
    Channel.objects.filter(pk=world.fbm.pk).update(enabled=False)
    Channel.objects.filter(pk=world.fba.pk).update(activated=False)
    assert search(world).outcome == "no channel is enabled"
    assert not OrderCursor.objects.exists()


def test_it_comes_back_when_the_budget_has_the_next_search(world):
    assert search(world, page()).next_due == world.clock.now() + timedelta(seconds=185)


def bytes_of(message):
    return json.dumps(message).encode()


def test_retry_download_fetches_the_order_and_takes_it(world):
    world.item("MUG", 10)
    message = order(line("MUG"), proceeds={"grandTotal": {"amount": "99.00", "currencyCode": "GBP"}})
    world.hear(message)
    imported_orders.retry_download([world.imported(message).pk], user=olga_the_owner(), now=world.clock.now())
    assert world.imported(message).state == "retrying"
    world.amazon.orders[message["orderId"]] = bytes_of(
        later(message, proceeds={"grandTotal": {"amount": "10.00", "currencyCode": "GBP"}})
    )
    orders_in.fetch_order(world.account.pk, message["orderId"], world.amazon, world.clock)
    world.take_waiting()
    assert (world.imported(message).state, world.imported(message).waits_for) == ("ok", None)


def test_retry_download_of_the_same_bytes_takes_them_once_more(world):
    message = order(line("MUG"), proceeds={"grandTotal": {"amount": "99.00", "currencyCode": "GBP"}})
    world.hear(message)
    imported_orders.retry_download([world.imported(message).pk], user=olga_the_owner(), now=world.clock.now())
    world.amazon.orders[message["orderId"]] = bytes_of(message)
    orders_in.fetch_order(world.account.pk, message["orderId"], world.amazon, world.clock)
    world.take_waiting()
    assert (world.imported(message).state, SalesOrder.objects.count()) == ("ok", 1)
    assert RawMessage.objects.count() == 1


@pytest.mark.parametrize("taken", [True, False])
def test_an_order_that_amazon_does_not_know_any_more_stays_as_it_was(world, taken):
    world.item("MUG", 10)
    message = order(line("MUG", 1 if taken else -1))
    world.hear(message)
    imported_orders.retry_download([world.imported(message).pk], user=olga_the_owner(), now=world.clock.now())
    world.amazon.orders[message["orderId"]] = NotFound("getOrder", status=404)
    orders_in.fetch_order(world.account.pk, message["orderId"], world.amazon, world.clock)
    assert world.imported(message).state == ("ok" if taken else "failed")
    assert "no longer knows" in world.imported(message).reason


def test_a_download_without_a_token_is_made_by_the_next_search(world):
    world.item("MUG", 10)
    message = order(line("MUG"))
    world.hear(message)
    imported_orders.retry_download([world.imported(message).pk], user=olga_the_owner(), now=world.clock.now())
    world.amazon.orders[message["orderId"]] = NotBefore(NOW, "getOrder")
    orders_in.fetch_order(world.account.pk, message["orderId"], world.amazon, world.clock)
    assert world.imported(message).state == "retrying"
    world.amazon.orders[message["orderId"]] = bytes_of(message)
    result = search(world, page())
    assert result.outcome == "0 orders on 1 page, 1 fetched by number"
    world.take_waiting()
    assert world.imported(message).state == "ok"


def test_a_missing_address_is_fetched_again_until_it_comes(world):
    world.item("MUG", 10)
    whole = order(line("MUG"))
    message = {**whole, "recipient": {}}
    world.hear(message)
    search(world, page())
    assert world.amazon.fetched == []
    world.amazon.orders[message["orderId"]] = bytes_of(message)
    world.clock.at += timedelta(minutes=10)
    search(world, page())
    search(world, page())
    assert world.amazon.fetched == [message["orderId"]]
    world.amazon.orders[message["orderId"]] = bytes_of(whole)
    world.clock.at += timedelta(minutes=10)
    search(world, page())
    world.take_waiting()
    assert world.sale(message).state == "ready_to_ship"
    assert world.amazon.fetched == [message["orderId"]] * 2
    world.clock.at += timedelta(hours=1)
    search(world, page())
    assert world.amazon.fetched == [message["orderId"]] * 2


def test_every_order_of_every_page_becomes_one_imported_order(world):
    world.item("MUG", 1000)
    messages = [order(line("MUG")) for _ in range(25)]
    search(world, page(*messages[:10], token="a"), page(*messages[8:20], token="b"), page(*messages[18:]))
    world.take_waiting()
    assert ImportedOrder.objects.filter(state="ok").count() == 25
