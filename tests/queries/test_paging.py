"""Pages by key: every row once, in order, forwards and back, whatever comes in meanwhile."""

from datetime import timedelta

import pytest
from tests.factories import moments
from tests.factories.cast import Trading
from tests.factories.ground import NOW

from wharfinger.db.models import ImportedOrder, StockItem
from wharfinger.db.queries.paging import read_page

pytestmark = pytest.mark.django_db


def _orders(count):
    """Orders of which three at a time were placed in the same second."""
    world = Trading()
    for number in range(count):
        moments.imported_order(world, number, placed_at=NOW - timedelta(hours=number // 3))
    return world


def _page(cursor="", size=4):
    return read_page(ImportedOrder.objects.values("id", "placed_at"), ("-placed_at", "-id"), cursor, size)


def _ids(page):
    return [row["id"] for row in page.rows]


def test_every_row_is_seen_once_and_in_order_in_both_directions():
    _orders(11)
    wanted = list(ImportedOrder.objects.order_by("-placed_at", "-id").values_list("id", flat=True))
    pages = [_page()]
    while pages[-1].later:
        pages.append(_page(pages[-1].later))
    assert [row for page in pages for row in _ids(page)] == wanted
    assert [len(page.rows) for page in pages] == [4, 4, 3]
    back = [pages[-1]]
    while back[0].earlier:
        back.insert(0, _page(back[0].earlier))
    assert [row for page in back for row in _ids(page)] == wanted
    assert not pages[0].earlier


def test_a_new_row_at_the_top_moves_no_row_of_the_next_page():
    world = _orders(6)
    following = _page().later
    before = _ids(_page(following))
    moments.imported_order(world, 90, placed_at=NOW + timedelta(hours=1))
    assert _ids(_page(following)) == before


@pytest.mark.parametrize(
    "cursor", ["x", "e30", "WzBd", "WzAsIDEsIDIsIDNd", "WzAsICJ4IiwgMV0", "bnVsbA", "MQ", "A" * 2000]
)
def test_a_cursor_that_is_none_of_ours_gives_the_first_page(cursor):
    _orders(5)
    assert _ids(_page(cursor)) == _ids(_page())


def test_codes_are_paged_in_ascending_order():
    for code in ("b", "a", "ä", "A", "0", " "):
        StockItem.objects.create(code=code, name=code, made_at=NOW)
    rows = StockItem.objects.values("code")
    found, cursor = [], ""
    while True:
        page = read_page(rows, ("code",), cursor, 2)
        found += [row["code"] for row in page.rows]
        cursor = page.later
        if not cursor:
            break
    assert found == list(StockItem.objects.order_by("code").values_list("code", flat=True))
