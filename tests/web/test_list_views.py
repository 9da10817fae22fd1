"""Saved views and chosen columns of lists: whose they are, who changes them, what they show."""

import re

import pytest
from tests.factories import moments
from tests.factories.cast import Trading
from tests.factories.people import someone
from tests.web.client import Client

from wharfinger.db.models import AuditEntry, ListSetting, SavedView
from wharfinger.domain.installation.list_views import ListCode
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db
LIST = "/sales-orders/"
VIEWS = "/lists/sales_orders/views/"


def _saved(client, query, name, columns=("code", "state"), **more):
    return client.post(f"{VIEWS}?next={LIST}%3F{query}", {"name": name, "columns": columns, **more})


def _headings(page):
    head = page.text[page.text.index("<thead") : page.text.index("</thead>")]
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<th scope.*?</th>", head, re.DOTALL)]


def test_a_view_keeps_filter_sort_and_columns_and_opens_as_an_address_that_says_them(sign_in):
    Trading()
    client = sign_in(Role.VIEWER)
    answer = _saved(client, "state%3Dready_to_ship%26sort%3D-total%26q%3D%26at%3Dxyz", "To do")
    view = SavedView.objects.get()
    assert (view.filters, view.sort, view.columns) == ({"state": "ready_to_ship"}, "-total", ["code", "state"])
    assert answer["Location"] == f"{LIST}?state=ready_to_ship&sort=-total&view={view.pk}"
    opened = client.get(LIST, {"view": view.pk})
    assert opened["Location"] == f"{LIST}?view={view.pk}&state=ready_to_ship&sort=-total"
    page = client.get(opened["Location"])
    assert "To do" in page.text
    assert "(changed)" not in page.text
    assert "(changed)" in client.get(f"{LIST}?view={view.pk}&state=held").text


@pytest.mark.parametrize("code", ListCode)
def test_every_list_has_columns_and_views_of_its_own(code, sign_in):
    client = sign_in()
    for place, form in (("rows", {"rows": 25}), ("columns", {"usual": "1"}), ("views", {"name": "Mine"})):
        assert client.post(f"/lists/{code}/{place}/?next=/", form).status_code == 302, place
    assert SavedView.objects.get().list == code


def test_the_view_of_one_person_is_nobody_elses(sign_in):
    Trading()
    mine, other = sign_in(Role.MANAGER), sign_in(Role.VIEWER)
    _saved(mine, "state%3Dheld", "Mine")
    view = SavedView.objects.get()
    assert "Mine" in mine.get(LIST).text
    assert "Mine" not in other.get(LIST).text
    assert other.get(LIST, {"view": view.pk}).status_code == 200  # the whole list
    for action in ("save", "delete", "first"):
        other.post(f"{VIEWS}{view.pk}/?next={LIST}", {"action": action, "name": "Stolen"})
    assert (SavedView.objects.get().name, ListSetting.objects.count()) == ("Mine", 0)


def test_only_an_administrator_shares_a_view_and_changes_a_shared_one(sign_in):
    Trading()
    manager, administrator = sign_in(Role.MANAGER), sign_in()
    _saved(manager, "state%3Dheld", "Shared", for_all="1")
    assert not SavedView.objects.exists()
    _saved(administrator, "state%3Dheld", "Shared", for_all="1")
    view = SavedView.objects.get()
    assert view.user is None
    assert "Shared" in manager.get(LIST).text
    manager.post(f"{VIEWS}{view.pk}/?next={LIST}", {"action": "delete"})
    assert SavedView.objects.exists()
    administrator.post(f"{VIEWS}{view.pk}/?next={LIST}%3Fstate%3Dshipped", {"action": "save", "name": "Gone out"})
    view.refresh_from_db()
    assert (view.name, view.filters, view.columns) == ("Gone out", {"state": "shipped"}, None)
    administrator.post(f"{VIEWS}{view.pk}/?next={LIST}", {"action": "delete"})
    verbs = AuditEntry.objects.filter(noun="SavedView").order_by("pk").values_list("verb", flat=True)
    assert (SavedView.objects.exists(), list(verbs)) == (False, ["add view", "change view", "delete view"])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("  ", "Give the view a name."),
        ("x" * 61, "The name of a view has at most 60 characters."),
        (" to  DO ", "There is already a view “to DO”. Choose another name."),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_the_reason(name, said, sign_in):
    client = sign_in()
    _saved(client, "state%3Dheld", "To do")
    _saved(client, "state%3Dheld", name)
    assert SavedView.objects.count() == 1
    assert said in client.get(LIST).text


def test_a_list_opens_with_the_view_that_its_reader_chose(sign_in):
    Trading()
    client = sign_in()
    _saved(client, "state%3Dheld", "Held ones")
    view = SavedView.objects.get()
    client.post(f"{VIEWS}{view.pk}/?next={LIST}", {"action": "first"})
    assert client.get(LIST)["Location"] == f"{LIST}?view={view.pk}&state=held"
    assert client.get(LIST, {"view": "0"}).status_code == 200
    assert client.get(LIST, {"state": "shipped"}).status_code == 200
    assert client.get(LIST, headers={"HX-Target": "rows"}).status_code == 200  # the part that renews itself
    client.post(f"{VIEWS}{view.pk}/?next={LIST}", {"action": "not first"})
    assert client.get(LIST).status_code == 200


def test_columns_are_each_readers_own(sign_in):
    world = Trading()
    moments.sales_order(world, 1, moments.stocked_item(world, "MUG"))
    client, other = sign_in(), sign_in(Role.VIEWER)
    client.post(f"/lists/sales_orders/columns/?next={LIST}", {"columns": ["total", "units", "no such"]})
    assert _headings(client.get(LIST)) == ["Sales order", "Units", "Total"]
    assert len(_headings(other.get(LIST))) > 4
    client.post(f"/lists/sales_orders/columns/?next={LIST}", {"usual": "1", "columns": ["total"]})
    assert _headings(client.get(LIST))[:3] == ["Sales order", "State", "Ship-by"]


def test_columns_of_an_open_view_wait_until_it_is_saved(sign_in):
    world = Trading()
    moments.sales_order(world, 1, moments.stocked_item(world, "MUG"))
    client = sign_in()
    _saved(client, "", "Short")
    view = SavedView.objects.get()
    answer = client.post(
        f"/lists/sales_orders/columns/?next={LIST}%3Fview%3D{view.pk}", {"columns": ["total", "channel"]}
    )
    page = client.get(answer["Location"])
    assert (_headings(page), "(changed)" in page.text) == (["Sales order", "Channel", "Total"], True)
    assert _headings(client.get(LIST, {"view": view.pk})) == ["Sales order", "State"]
    assert not ListSetting.objects.filter(columns__isnull=False).exists()


def test_a_shared_view_shows_no_buyer_to_whom_may_not_see_one(sign_in):
    world = Trading()
    moments.sales_order(world, 1, moments.stocked_item(world, "MUG"))
    _saved(sign_in(), "", "With buyers", columns=("code", "customer"), for_all="1")
    viewer = sign_in(Role.VIEWER)
    page = viewer.get(LIST, {"view": SavedView.objects.get().pk, "columns": "code,customer"})
    assert (_headings(page), "Hopper" in page.text) == (["Sales order"], False)


def test_nobody_is_led_to_a_page_of_others():
    client = Client()
    client.force_login(someone())
    for address in ("https://evil.example/", "//evil.example/", ""):
        answer = client.post(f"/lists/sales_orders/rows/?next={address}", {"rows": "25"})
        assert answer["Location"] == "/"
