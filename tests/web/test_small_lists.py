"""Settings: the small lists and the lines of a courier group, by their pages."""

import pytest
from tests.factories.cast import Trading
from tests.web.client import text

from wharfinger.db.models import BankAccount, CourierGroup, CourierGroupRule, SalesOrder, SalesSource
from wharfinger.domain.installation.lists import LISTS, ListName
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db

ALL = list(ListName)
ENTRY = "/settings/lists/sales-sources/"


@pytest.mark.parametrize("which", ALL)
def test_every_list_is_shown_and_takes_an_entry(which, sign_in):
    client = sign_in()
    page = text(client.get(f"/settings/lists/{which.value}/"))
    assert LISTS[which].title in page
    answer = client.post(f"/settings/lists/{which.value}/add/", {"name": "NEW"})
    assert (answer.status_code, answer["Location"]) == (302, f"/settings/lists/{which.value}/")
    assert "NEW" in text(client.get(f"/settings/lists/{which.value}/"))


def test_settings_leads_to_every_list(sign_in):
    page = text(sign_in().get("/settings/"))
    assert all(f'/settings/lists/{which.value}/"' in page for which in ALL)


def test_an_entry_is_renamed_archived_restored_and_deleted_by_buttons(sign_in):
    client = sign_in()
    entry = SalesSource.objects.create(name="Shop")
    assert client.post(f"{ENTRY}{entry.pk}/", {"name": "Store"})["Location"] == ENTRY
    client.post(f"{ENTRY}{entry.pk}/archive/")
    assert "Archived" in text(client.get(ENTRY))
    client.post(f"{ENTRY}{entry.pk}/restore/")
    entry.refresh_from_db()
    assert (entry.name, entry.archived) == ("Store", False)
    answer = client.post(f"{ENTRY}{entry.pk}/delete/", follow=True)
    assert "“Store” is deleted" in text(answer)
    assert not SalesSource.objects.filter(pk=entry.pk).exists()


def test_what_is_used_offers_no_delete_and_refuses_one(sign_in):
    client = sign_in()
    source = SalesSource.objects.get(name="Amazon FBM")
    Trading().fbm.options.update(sales_source=source)
    page = text(client.get(ENTRY))
    assert "1 channel" in page
    assert f"{ENTRY}{source.pk}/delete/" not in page
    answer = client.post(f"{ENTRY}{source.pk}/delete/", follow=True)
    assert "cannot be deleted: It is used by the options of 1 channel" in text(answer)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Give the sales source a name"),
        ("x" * 61, "at most 60"),
        ("bell\x07", "control character"),
        ("nul\x00", "Null characters"),
        ("<script>alert(1)</script>", "&lt; or &gt;"),
        ("AMAZON fbm", "already"),
    ],
)
def test_a_wrong_name_is_an_error_at_its_field(name, words, sign_in):
    answer = sign_in().post(f"{ENTRY}add/", {"name": name})
    page = text(answer)
    assert (answer.status_code, words in page, "<script>alert" in page) == (422, True, False)
    assert 'id="id_name_error"' in page


def test_a_bank_accounts_currency_is_checked_by_its_field(sign_in):
    client = sign_in()
    answer = client.post("/settings/lists/bank-accounts/add/", {"name": "Euro", "currency": "XYZ"})
    assert (answer.status_code, 'id="id_currency_error"' in text(answer)) == (422, True)
    client.post("/settings/lists/bank-accounts/add/", {"name": "Euro", "currency": "eur"})
    assert BankAccount.objects.get(name="Euro").currency == "EUR"


@pytest.mark.parametrize(
    "address", ["nothing/", "sales-sources/999999/", "nothing/add/", "sales-sources/999999/delete/"]
)
def test_what_is_not_there_is_not_found(address, sign_in):
    client = sign_in()
    answer = client.post(f"/settings/lists/{address}", {"name": "x"})
    assert answer.status_code in (404, 405)


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.ACCOUNTS, Role.VIEWER])
def test_other_roles_see_lists_but_change_nothing(role, sign_in):
    client = sign_in(role)
    group = CourierGroup.objects.get(name="Prime")
    assert "Add a" not in text(client.get(ENTRY))
    assert client.get(f"/settings/courier-groups/{group.pk}/").status_code == 200
    source = SalesSource.objects.first()
    for address in (f"{ENTRY}add/", f"{ENTRY}{source.pk}/", f"{ENTRY}{source.pk}/delete/"):
        assert client.post(address, {"name": "x"}).status_code == 403, address
    assert client.get(f"/settings/courier-groups/{group.pk}/lines/new/").status_code == 403


def test_lines_of_a_courier_group_by_their_pages(sign_in):
    client, world = sign_in(), Trading()
    group = CourierGroup.objects.get(name="Prime")
    here = f"/settings/courier-groups/{group.pk}/"
    form = {"service_id": world.courier.pk, "service_level": "NEXT_DAY", "country": "gb", "grams_at_most": "2000"}
    assert client.post(f"{here}lines/new/", form)["Location"] == here
    client.post(f"{here}lines/new/", {"service_id": world.typed.pk})
    client.post(f"{here}lines/new/", {"service_id": world.typed.pk, "channel_id": world.fbm.pk})
    page = text(client.get(here))
    assert ("up to 2,000 g" in page, "Never reached: line 2 takes every order" in page) == (True, True)
    last = CourierGroupRule.objects.last()
    client.post(f"{here}lines/{last.pk}/change/", {"do": "up"})
    assert [row.channel_id for row in CourierGroupRule.objects.all()] == [None, world.fbm.pk, None]
    assert "Never reached" not in text(client.get(here))
    client.post(f"{here}lines/{last.pk}/", {"service_id": world.typed.pk, "country": "DE"})
    client.post(f"{here}lines/{CourierGroupRule.objects.first().pk}/change/", {"do": "remove"})
    assert [(row.position, row.country) for row in CourierGroupRule.objects.all()] == [(2, "DE"), (3, "")]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"service_id": ""}, "service_id"),
        ({"service_id": "999999"}, "service_id"),
        ({"service_id": "<script>"}, "service_id"),
        ({"channel_id": "999999"}, "channel_id"),
        ({"service_level": "x" * 41}, "service_level"),
        ({"service_level": "<script>"}, "service_level"),
        ({"country": "UK"}, "country"),
        ({"country": "GBR"}, "country"),
        ({"grams_at_most": "0"}, "grams_at_most"),
        ({"grams_at_most": "-3"}, "grams_at_most"),
        ({"grams_at_most": "9" * 40}, "grams_at_most"),
        ({"grams_at_most": "heavy"}, "grams_at_most"),
    ],
)
def test_a_wrong_line_is_an_error_at_its_field(form, field, sign_in):
    client, world = sign_in(), Trading()
    group = CourierGroup.objects.get(name="Prime")
    answer = client.post(f"/settings/courier-groups/{group.pk}/lines/new/", {"service_id": world.courier.pk, **form})
    assert (answer.status_code, f'id="id_{field}_error"' in text(answer)) == (422, True)
    assert CourierGroupRule.objects.count() == 0


def test_a_line_of_another_group_is_not_found(sign_in):
    client, world = sign_in(), Trading()
    group, other = CourierGroup.objects.get(name="Prime"), CourierGroup.objects.get(name="Standard")
    rule = CourierGroupRule.objects.create(group=group, position=1, service=world.courier)
    assert client.get(f"/settings/courier-groups/{other.pk}/lines/{rule.pk}/").status_code == 404
    assert SalesOrder.objects.count() == 0
