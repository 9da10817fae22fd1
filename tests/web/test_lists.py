"""Lists that people live in: sorted, paged and added up, each as its reader chose."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from tests.factories import moments
from tests.factories.cast import Trading
from tests.factories.ground import NOW

from wharfinger.db.models import ListSetting, Problem, SalesOrder
from wharfinger.domain.installation.people import Role
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutOrder
from wharfinger.web.list_views.customers import CUSTOMERS
from wharfinger.web.list_views.drift import DIFFERENCES
from wharfinger.web.list_views.imported_orders import IMPORTED_ORDERS
from wharfinger.web.list_views.problems import PROBLEMS
from wharfinger.web.list_views.sales_orders import SALES_ORDERS
from wharfinger.web.list_views.stock import STOCK
from wharfinger.web.list_views.watched import WATCHED

pytestmark = pytest.mark.django_db
LISTS = {
    "sales-order-list": SALES_ORDERS,
    "imported-order-list": IMPORTED_ORDERS,
    "customer-list": CUSTOMERS,
    "problem-list": PROBLEMS,
    "stock-list": STOCK,
    "watched-list": WATCHED,
    "drift-list": DIFFERENCES,
}


def _orders(*totals):
    world = Trading()
    item = moments.stocked_item(world, "MUG")
    for number, total in enumerate(totals, 1):
        order = moments.sales_order(world, number, item)
        SalesOrder.objects.filter(pk=order.pk).update(total=total)


def _codes(page):
    return re.findall(r'href="/sales-orders/\d+/">(\w+)<', page.text)


@pytest.mark.parametrize("name", LISTS)
def test_every_column_with_an_order_has_a_heading_that_sorts(name, sign_in):
    Trading()
    client = sign_in()
    page = client.get(reverse(name))
    usual = [column for column in LISTS[name].columns if column.usual]
    headings = re.findall(r'<th scope="col"[^>]*>\s*<a href="\?sort=(\w+)">', page.text)
    assert headings == [] or headings == [column.sort for column in usual if column.sort]
    for column in LISTS[name].columns:
        for sign in ("", "-"):
            assert client.get(reverse(name), {"sort": f"{sign}{column.sort}"}).status_code == 200


def test_a_sort_keeps_the_filter_and_goes_to_the_first_page(sign_in):
    _orders(3, 1, 2)
    page = sign_in().get(reverse("sales-order-list"), {"state": "ready_to_ship", "at": "x", "sort": "total"})
    assert _codes(page) == ["SO2", "SO3", "SO1"]
    assert 'aria-sort="ascending"><a href="?state=ready_to_ship&amp;sort=-total">' in page.text
    assert '<input type="hidden" name="sort" value="total">' in page.text


def test_a_sort_that_the_list_does_not_have_is_its_own_order(sign_in):
    _orders(3, 1)
    client = sign_in()
    plain = _codes(client.get(reverse("sales-order-list")))
    for sort in ("customer", "-", "x' --", "buyer", "--total"):
        assert _codes(client.get(reverse("sales-order-list"), {"sort": sort})) == plain, sort


def test_each_person_has_a_page_size_of_their_own(sign_in):
    _orders(*range(30))
    client, other = sign_in(), sign_in(Role.VIEWER)
    rows, page = reverse("list-rows", args=["sales_orders"]), reverse("sales-order-list")
    answer = client.post(f"{rows}?next={page}%3Fstate%3Dready_to_ship", {"rows": "25"})
    assert (answer.status_code, answer["Location"]) == (302, f"{page}?state=ready_to_ship")
    assert (len(_codes(client.get(page))), len(_codes(other.get(page)))) == (25, 30)
    assert '<option value="25" selected>' in client.get(page).text


@pytest.mark.parametrize("rows", ["0", "7", "999999", "-1", "x", ""])
def test_a_page_size_that_is_not_offered_is_refused(rows, sign_in):
    client = sign_in()
    client.post(f"{reverse('list-rows', args=['sales_orders'])}?next=/sales-orders/", {"rows": rows})
    assert "Rows a page must be 25, 50, 100 or 200." in client.get("/sales-orders/").text
    assert not ListSetting.objects.exists()
    assert client.post("/lists/no-list/rows/", {"rows": "25"}).status_code == 404


@pytest.mark.parametrize("name", ["sales-order-list", "imported-order-list"])
def test_a_list_says_what_its_selection_adds_up_to(name, sign_in):
    _orders(10, 5)
    client = sign_in()
    assert re.search(r"<strong>\s*2 rows\s*</strong>", client.get(reverse(name)).text)
    assert re.search(r"<strong>\s*0 rows\s*</strong>", client.get(reverse(name), {"state": "failed"}).text) or (
        name == "sales-order-list"
    )


def test_an_order_that_is_typed_whole_opens_at_once(sign_in):
    _orders(1, 2)
    order = SalesOrder.objects.get(code="SO1")
    answer = sign_in().get(reverse("search"), {"q": "0260000001 0000001"})
    assert answer["Location"] == reverse("sales-order", args=[order.pk])


def test_problems_are_searched_sorted_and_marked_as_done_many_at_a_time(sign_in):
    _orders(1, 2, 3)
    kinds = (ProblemKind.FOREIGN_CURRENCY, ProblemKind.FOREIGN_CURRENCY, ProblemKind.AWAITING_STOCK)
    made = [
        Problem.objects.create(
            kind=kind, key=AboutOrder(order.pk), cause=f"About {order.code}.", remedy="Look.", sales_order=order,
            opened_at=NOW + timedelta(hours=order.pk), seen_at=NOW,
        )
        for kind, order in zip(kinds, SalesOrder.objects.order_by("pk"), strict=True)
    ]  # fmt: skip
    client, page = sign_in(), reverse("problem-list")
    found = [
        re.findall(r"About (SO\d)", client.get(page, {"sort": sort}).text) for sort in ("opened", "-opened", "kind")
    ]
    assert [list(dict.fromkeys(codes)) for codes in found] == [
        ["SO1", "SO2", "SO3"],
        ["SO3", "SO2", "SO1"],
        ["SO3", "SO2", "SO1"],
    ]
    assert list(dict.fromkeys(re.findall(r"About (SO\d)", client.get(page, {"q": "026-0000002"}).text))) == ["SO2"]
    answer = client.post(f"{reverse('problem-done-many')}?sort=opened", {"ids": [problem.pk for problem in made]})
    assert answer["Location"] == f"{page}?sort=opened"
    shown = client.get(page).text
    assert "2 problems marked as done." in shown
    assert "closes automatically once its cause is fixed" in shown
    assert list(Problem.objects.filter(solved_at=None)) == [made[2]]
