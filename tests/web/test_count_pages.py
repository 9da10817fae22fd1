"""Counting on a phone or with a keyboard scanner, and the review."""

import re

import pytest
from tests.factories.ground import NOW
from tests.factories.stock import a_level, a_site, an_item, level_of
from tests.web.client import text

from wharfinger.db.models import StockBarcode, StockCount
from wharfinger.domain.installation.people import Role
from wharfinger.domain.stock.counts import CountScope
from wharfinger.operations.stock.warehouse.counts import CountRequest, begin_count

pytestmark = pytest.mark.django_db


def a_count():
    site, item = a_site(), an_item()
    a_level(item, site, 10, bin="A-1")
    StockBarcode.objects.create(item=item, type="EAN", code="5012345678900", gtin="05012345678900")
    return begin_count(CountRequest(site.pk, CountScope.SITE), now=NOW), site, item


def hidden(page):
    return dict(re.findall(r'<input type="hidden" name="(item|token)" value="(\w+)"', page))


def test_a_count_from_the_form_to_the_ledger(sign_in):
    _, site, item = a_count()
    client = sign_in(Role.WAREHOUSE)
    made = client.post("/counts/new/", {"site": site.pk, "scope": "bins", "bin_from": "A", "bin_to": "A"})
    count = StockCount.objects.latest("pk")
    assert made.url == f"/counts/{count.pk}/"
    page = text(client.get(made.url))
    assert ("0 of 1 counted" in page, "autofocus" in page) == (True, True)
    page = text(client.get(made.url, {"code": "5012345678900"}))
    assert ("Save the units" in page, "A-1" in page) == (True, True)
    assert "Expected" not in page
    form = {**hidden(page), "quantity": "8"}
    for _ in range(2):
        assert client.post(made.url, form).status_code == 302
    review = f"{made.url}review/"
    page = text(client.get(review))
    assert ("To be decided" in page, "−2" in page) == (True, True)
    assert "1 variances are not accepted yet" in text(client.post(f"{made.url}book/", follow=True))
    line = count.lines.get()
    client.post(f"{made.url}accept/?show=undecided", {"ids": [line.pk]})
    assert f"CNT{count.pk} is booked: 1 level changed." in text(client.post(f"{made.url}book/", follow=True))
    assert level_of(item, site)[0] == 8
    assert client.get(made.url).url == review
    assert "Booked" in text(client.get("/counts/"))


def test_a_code_that_nobody_has_or_several_have_is_said(sign_in):
    count, _, _ = a_count()
    for code in ("ONE", "TWO"):
        twin = an_item(code)
        twin.other_reference = "SHARED"
        twin.save()
    client = sign_in(Role.WAREHOUSE)
    assert "No item has the code NOTHING" in text(client.get(f"/counts/{count.pk}/?code=NOTHING"))
    assert "Which one is it?" in text(client.get(f"/counts/{count.pk}/?code=SHARED"))
    assert "Save the units" in text(client.get(f"/counts/{count.pk}/?code=mug"))


def test_variances_leave_as_files_and_only_those_who_may_edit_count(sign_in):
    count, _, item = a_count()
    client = sign_in(Role.WAREHOUSE)
    page = text(client.get(f"/counts/{count.pk}/?item={item.pk}"))
    client.post(f"/counts/{count.pk}/", {**hidden(page), "quantity": "12"})
    viewer = sign_in(Role.VIEWER)
    lines = b"".join(viewer.get(f"/counts/{count.pk}/review/export.csv").streaming_content).decode().splitlines()
    assert lines[1].startswith("MUG,Mug,A-1,,10,12,2,")
    assert viewer.get(f"/counts/{count.pk}/review/export.xlsx").getvalue().startswith(b"PK")
    assert viewer.get(f"/counts/{count.pk}/").url == f"/counts/{count.pk}/review/"
    page = text(viewer.get(f"/counts/{count.pk}/review/"))
    assert all(word not in page for word in ("Book<", "Accept<", "Count the rest"))
    assert viewer.post(f"/counts/{count.pk}/book/").status_code == 403
    assert viewer.get("/counts/new/").status_code == 403


@pytest.mark.parametrize("units", ["", "-1", "x", "99999999999"])
def test_units_that_are_none_are_refused_beside_their_field(sign_in, units):
    count, _, item = a_count()
    client = sign_in(Role.WAREHOUSE)
    page = text(client.get(f"/counts/{count.pk}/?item={item.pk}"))
    answer = client.post(f"/counts/{count.pk}/", {**hidden(page), "quantity": units})
    assert (answer.status_code, "Save the units" in text(answer)) == (422, True)
