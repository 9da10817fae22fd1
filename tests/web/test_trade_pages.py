"""The pages of orders, stock, sites, products, problems and the search: what they cost and who may see what."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.factories import moments
from tests.factories.cast import Trading
from tests.factories.ground import NOW
from tests.factories.people import someone

from wharfinger.db.models import KitComponent, Problem, SalesOrder, StockItem
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db


def _put_rows(world, numbers):
    """One of everything for each number: an order of each kind, an item, a listing, a problem."""
    kit, _ = StockItem.objects.get_or_create(code="KIT", defaults={"name": "A kit", "made_at": NOW})
    for number in numbers:
        item = moments.stocked_item(world, f"MUG-{number}")
        KitComponent.objects.create(kit=kit, component=item, quantity=2)
        moments.sales_order(world, number, item)
        moments.unknown_sku(world, moments.sales_order(world, 100 + number, None), f"NO-{number}")
        moments.shipped_order(world, 200 + number, item)
        moments.imported_order(world, 300 + number, state="failed", reason="Totals differ.", remedy="Fetch it again.")
        moments.linked_product(world, f"UNLINKED-{number}", None)


PAGES = {
    "imported orders": lambda world: reverse("imported-order-list"),
    "one imported order": lambda world: reverse("imported-order", args=[_first_order().imported_id]),
    "sales orders": lambda world: reverse("sales-order-list"),
    "one sales order": lambda world: reverse("sales-order", args=[_first_order().pk]),
    "the ship-by board": lambda world: reverse("shipping-board"),
    "stock": lambda world: reverse("stock-list"),
    "one item": lambda world: reverse("stock-item", args=[StockItem.objects.get(code="MUG-1").pk]),
    "the import of stock": lambda world: reverse("stock-import"),
    "sites": lambda world: reverse("site-list"),
    "one site": lambda world: reverse("site", args=[world.pool.pk]),
    "products of a channel": lambda world: reverse("channel-products", args=[world.fbm.pk]),
    "stock of a channel": lambda world: reverse("channel-stock", args=[world.fbm.pk]),
    "stock of an FBA channel": lambda world: reverse("channel-stock", args=[world.fba.pk]),
    "orders of a channel": lambda world: reverse("channel-orders", args=[world.fbm.pk]),
    "problems": lambda world: reverse("problem-list"),
    "the search": lambda world: f"{reverse('search')}?q=MUG",
}


def _first_order():
    return SalesOrder.objects.order_by("pk").first()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_costs_the_same_with_one_row_and_with_three(page, sign_in):
    world, client, costs = Trading(), sign_in(), []
    for numbers in ([1], [2, 3]):
        _put_rows(world, numbers)
        address = PAGES[page](world)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        costs.append(len(queries))
    assert costs[0] == costs[1]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_wants_a_sign_in(page, client, clock):
    world = Trading()
    _put_rows(world, [1])
    answer = client.get(PAGES[page](world))
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("page", sorted(set(PAGES) - {"the import of stock"}))
def test_a_viewer_sees_every_page_without_buyers_and_without_buttons_that_change(page, sign_in):
    world = Trading()
    _put_rows(world, [1])
    text = sign_in(Role.VIEWER).get(PAGES[page](world)).content.decode()
    main = text[text.index("<main") :]
    assert "Grace" not in main
    assert "Hopper" not in main
    assert "BS1 4DJ" not in main
    own_choices = r'<form[^>]*action="/lists/[^>]*>'  # how the reader's own lists look
    assert 'method="post"' not in re.sub(own_choices, "", main)
    assert "Retry Import" not in main


@pytest.mark.parametrize(
    ("name", "args", "role"),
    [
        ("imported-order-act", [], Role.WAREHOUSE),
        ("sales-order-dispatch", [1], Role.ACCOUNTS),
        ("sales-order-dispatch-many", [], Role.VIEWER),
        ("stock-item-move", [1, "receive"], Role.ACCOUNTS),
        ("stock-item-new", [], Role.VIEWER),
        ("stock-import", [], Role.ACCOUNTS),
        ("site-new", [], Role.VIEWER),
        ("site-load", [1], Role.VIEWER),
        ("channel-stock-approve", [1], Role.WAREHOUSE),
        ("product-link", [], Role.WAREHOUSE),
        ("product-unlink", [1], Role.VIEWER),
    ],
)
def test_who_has_no_right_may_not_change(name, args, role, sign_in):
    assert sign_in(role).post(reverse(name, args=args)).status_code == 403


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("imported-order-act", []),
        ("sales-order-dispatch", [1]),
        ("stock-item-move", [1, "receive"]),
        ("site-load", [1]),
        ("channel-stock-approve", [1]),
        ("product-unlink", [1]),
    ],
)
def test_a_change_is_never_made_by_a_link(name, args, sign_in):
    assert sign_in().get(reverse(name, args=args)).status_code == 405


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("imported-order", [999]),
        ("sales-order", [999]),
        ("stock-item", [999]),
        ("site", [999]),
        ("channel-products", [999]),
        ("channel-stock", [999]),
        ("product-link", []),
    ],
)
def test_an_id_that_is_none_of_ours_is_not_found(name, args, sign_in):
    assert sign_in().get(reverse(name, args=args)).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "?at=garbage",
        "?at=WzEsMl0",
        "?channel=x&state=Nope",
        "?date_from=tomorrow",
        "?site=9999",
        "?q=" + "x" * 900,
    ],
)
@pytest.mark.parametrize("name", ["imported-order-list", "sales-order-list", "stock-list", "problem-list", "search"])
def test_a_filter_that_makes_no_sense_breaks_nothing(name, query, sign_in):
    assert sign_in().get(reverse(name) + query).status_code == 200


@pytest.mark.parametrize("name", ["imported-order-list", "sales-order-list", "stock-list", "problem-list", "search"])
def test_a_nul_in_an_address_is_refused(name, sign_in):
    assert sign_in().get(f"{reverse(name)}?q=%00").status_code == 400


def test_an_empty_shop_says_what_comes_next(sign_in):
    client = sign_in()
    for name, hint in (
        ("imported-order-list", "once a channel is linked"),
        ("sales-order-list", "Show Imported Orders"),
        ("stock-list", "Import CSV"),
        ("site-list", "New site"),
        ("problem-list", "No problems"),
        ("shipping-board", "Nothing is late."),
    ):
        assert hint in client.get(reverse(name)).content.decode()


def test_the_list_is_sent_again_only_when_it_changed(sign_in):
    world, client = Trading(), sign_in()
    _put_rows(world, [1])
    address = reverse("imported-order-list")
    first = client.get(address, headers={"HX-Request": "true", "HX-Target": "rows"})
    stamp = re.search(r'"seen": "([0-9a-f]+)"', first.content.decode())[1]
    assert "<main" not in first.content.decode()
    again = client.get(f"{address}?seen={stamp}", headers={"HX-Request": "true", "HX-Target": "rows"})
    assert (again.status_code, again.content) == (204, b"")
    moments.imported_order(world, 900)
    assert client.get(f"{address}?seen={stamp}", headers={"HX-Target": "rows"}).status_code == 200


@pytest.mark.parametrize(
    ("state", "status", "mark"),
    [("accepted", 200, "check-waiting"), ("confirmed", 286, "check-good"), ("refused", 286, "check-bad")],
)
def test_the_order_page_asks_for_its_parcels_until_amazon_has_confirmed(state, status, mark, sign_in):
    world = Trading()
    order = moments.shipped_order(world, 1, moments.stocked_item(world, "MUG"), state)
    answer = sign_in().get(reverse("sales-order", args=[order.pk]), headers={"HX-Target": "shipments"})
    assert answer.status_code == status
    assert ("hx-trigger" in answer.text) is (status == 200)
    assert re.findall(r'class="check (check-\w+)"', answer.text)[-1] == mark


@pytest.mark.parametrize(("state", "links"), [("confirmed", 1), ("refused", 2), ("not_shown", 2), ("not_sent", 2)])
def test_what_a_person_must_do_in_seller_central_is_one_press_away(state, links, sign_in):
    """By the order's facts, and by the parcel that Amazon does not show."""
    world = Trading()
    order = moments.shipped_order(world, 1, moments.stocked_item(world, "MUG"), state)
    address = f'/sellercentral-europe.amazon.com/orders-v3/order/{order.imported.amazon_order_id}"'
    client = sign_in()
    assert client.get(reverse("sales-order", args=[order.pk])).text.count(address) == links
    assert address in client.get(reverse("imported-order", args=[order.imported_id])).text


def test_orders_are_found_by_number_sku_tracking_number_and_by_customer(sign_in):
    world, client = Trading(), sign_in()
    item = moments.stocked_item(world, "MUG")
    order = moments.shipped_order(world, 1, item)
    page = reverse("sales-order", args=[order.pk])
    for text in ("SO1", "so1", "AMZ-026-0000001", "026-0000001-0000001", "DM000000001GB"):
        answer = client.get(reverse("search"), {"q": text})
        assert (answer.status_code, answer.headers.get("Location")) == (302, page), text
    for text in ("MUG", "hopper", "bs14dj", "BS1 4DJ"):
        assert "SO1" in client.get(reverse("search"), {"q": text}).content.decode(), text


def test_a_viewer_finds_nobody_by_name(sign_in):
    world = Trading()
    moments.sales_order(world, 1, moments.stocked_item(world, "MUG"))
    client = sign_in(Role.VIEWER)
    for address in (reverse("search"), reverse("sales-order-list")):
        assert "SO1" not in client.get(address, {"q": "Hopper"}).content.decode()


def test_a_problem_is_led_to_by_what_its_page_shows_and_not_from_that_page_to_itself(client):
    world = Trading()
    order = moments.sales_order(world, 1, moments.stocked_item(world, "MUG"))
    problem = moments.unknown_sku(world, order)
    there = reverse("sales-order", args=[order.pk])
    Problem.objects.filter(pk=problem.pk).update(kind="awaiting_stock")
    client.force_login(someone())
    listed = client.get(reverse("problem-list")).content.decode()
    assert re.search(f'<a class="button[^"]*" href="{there}">Show the order<', listed)
    page = client.get(there).content.decode()
    assert problem.cause in page
    assert f'href="{there}"' not in page
