"""The channel screen: three facts apart, Edit, two people at once, tabs with filters, pages and CSV."""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.factories.ground import DE, NOW, UK
from tests.factories.moments import imported_order, shipped_order, stocked_item
from tests.web.client import text

from wharfinger.db.models import Activity, Channel, ChannelOption, Confirmation, ImportedOrder, SellerAccount, User
from wharfinger.domain.installation.people import Role
from wharfinger.web.edit_conflict import opened_with
from wharfinger.web.views.channels.channel_pages import ROWS_A_PAGE

pytestmark = pytest.mark.django_db


def lines(answer):
    return b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()


def form_of(client, channel_id):
    """What the Edit page would send if nothing were changed."""
    form = client.get(f"/channels/{channel_id}/edit/").context["form"]
    sent = {}
    for field in form:
        value = field.value()
        if value is True or (value not in (None, False, "") and field.name != "auth_token"):
            sent[field.name] = "on" if value is True else str(getattr(value, "value", value))
    page = text(client.get(f"/channels/{channel_id}/edit/"))
    sent["opened"] = page.split('name="opened" value="')[1].split('"')[0]
    return sent


# The header.


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, ""),
        ({"enabled": False}, "Channel Enabled is off."),
        ({"activated": False}, "Not activated in this demo system."),
        ({"activated_for": "sandbox"}, "Sandbox: only checked."),
        ({"link_state": "lost"}, "Authorisation lost."),
        ({"link_state": "not_linked"}, "Not linked."),
        ({"archived": True}, "The channel is archived."),
    ],
)
@pytest.mark.parametrize("tab", ["", "products/", "stock/", "orders/", "shipping/", "feedback/", "activity/"])
def test_every_tab_says_which_of_the_facts_is_missing(world, sign_in, changes, missing, tab):
    Channel.objects.filter(pk=world.fbm.pk).update(**changes)
    page = text(sign_in().get(f"/channels/{world.fbm.pk}/{tab}"))
    facts = page.split('aria-label="State of the channel"')[1].split("</ul>")[0]
    assert ("Running" in facts, missing in facts) == (not missing, True)


def test_the_screen_is_read_only_until_edit(world, sign_in):
    page = text(sign_in().get(f"/channels/{world.fbm.pk}/"))
    main = page.split("<main")[1]
    assert "<input" not in main.replace('<input type="hidden"', "")
    assert "<select" not in main
    edit = text(sign_in(Role.MANAGER).get(f"/channels/{world.fbm.pk}/edit/"))
    for words in ("data-guard", "Save Channel", "Cancel", "Unsaved changes", "General", "Channel Specific", "(Global)"):
        assert words in edit


def test_the_credentials_name_the_other_channels_that_a_change_touches(world, sign_in):
    browser = sign_in()
    for page in ("", "edit/"):
        assert "a change also touches Amazon.co.uk FBA." in text(browser.get(f"/channels/{world.fbm.pk}/{page}"))


def test_participations_are_shown_with_their_time_and_read_anew_by_check_again(world, sign_in):
    SellerAccount.objects.update(participations_read_at=NOW - timedelta(minutes=4))
    browser = sign_in()
    assert "marketplaces read" in text(browser.get(f"/channels/{world.fbm.pk}/"))
    browser.post(f"/channels/{world.fbm.pk}/check/")
    assert SellerAccount.objects.get(pk=world.account.pk).participations_read_at is None


# Two people at once.


def test_the_second_of_two_is_reported_field_by_field_and_nothing_is_overwritten(world, sign_in):
    olga, sam = sign_in(), sign_in(Role.MANAGER)
    hers, his = form_of(olga, world.fbm.pk), form_of(sam, world.fbm.pk)
    first = {**his, "name": "Sam's name", "order_ref_format": "SAM{0}", "dont_import_orders": "on"}
    assert sam.post(f"/channels/{world.fbm.pk}/edit/", first).status_code == 302
    answer = olga.post(f"/channels/{world.fbm.pk}/edit/", {**hers, "name": "Olga's name", "start_date": "2026-11-05"})
    assert answer.status_code == 409
    merged = answer.context["merged"]
    assert [(row.label, row.opened, row.theirs, row.yours, row.both) for row in merged.differences] == [
        ("Name", "Amazon.co.uk FBM", "Sam's name", "Olga's name", True),
        ("Order Ref. Format", "{0}", "SAM{0}", "{0}", False),
        ("Don't import orders", "No", "Yes", "No", False),
    ]
    assert "Anna Manager changed this channel while you were editing" in text(answer)
    assert Channel.objects.get(pk=world.fbm.pk).name == "Sam's name"


def test_going_on_saves_your_changes_on_top_of_theirs(world, sign_in):
    olga, sam = sign_in(), sign_in(Role.MANAGER)
    hers, his = form_of(olga, world.fbm.pk), form_of(sam, world.fbm.pk)
    sam.post(f"/channels/{world.fbm.pk}/edit/", {**his, "name": "Sam's name", "order_ref_format": "SAM{0}"})
    answer = olga.post(f"/channels/{world.fbm.pk}/edit/", {**hers, "name": "Olga's name"})
    form, page = answer.context["form"], text(answer)
    again = {name: value for name, value in form.data.items() if name != "rows"}
    again["opened"] = page.split('name="opened" value="')[1].split('"')[0]
    assert (again["name"], again["order_ref_format"]) == ("Olga's name", "SAM{0}")
    assert olga.post(f"/channels/{world.fbm.pk}/edit/", again).status_code == 302
    channel = Channel.objects.get(pk=world.fbm.pk)
    assert (channel.name, channel.order_ref_format) == ("Olga's name", "SAM{0}")


def test_a_cell_of_the_options_list_and_a_row_that_was_added_are_reported_too(world, sign_in):
    olga, sam = sign_in(), sign_in(Role.MANAGER)
    hers, his = form_of(olga, world.fbm.pk), form_of(sam, world.fbm.pk)
    form = {**his, "invoice_priority": "3", "rows": "prime", "prime.invoice_priority": "1"}
    assert sam.post(f"/channels/{world.fbm.pk}/edit/", form).status_code == 302
    answer = olga.post(f"/channels/{world.fbm.pk}/edit/", {**hers, "name": "Olga's name"})
    labels = [(row.label, row.theirs) for row in answer.context["merged"].differences]
    assert ("Invoice priority", "3") in labels
    assert ("Rows of the options list", "Prime") in labels
    assert ("Prime: Invoice priority", "1") in labels
    page = text(answer)
    again = {name: answer.context["form"].data.getlist(name) for name in answer.context["form"].data}
    again["opened"] = page.split('name="opened" value="')[1].split('"')[0]
    assert olga.post(f"/channels/{world.fbm.pk}/edit/", again).status_code == 302
    rows = dict(ChannelOption.objects.filter(channel=world.fbm).values_list("order_type", "invoice_priority"))
    assert rows == {"": 3, "prime": 1}


def test_a_change_of_the_seller_account_through_another_channel_is_reported(world, sign_in):
    olga = sign_in()
    hers = form_of(olga, world.fbm.pk)
    SellerAccount.objects.filter(pk=world.account.pk).update(token_expiry="2027-11-01")
    answer = olga.post(f"/channels/{world.fbm.pk}/edit/", {**hers, "name": "Olga's name"})
    assert answer.status_code == 409
    assert [(row.label, row.theirs) for row in answer.context["merged"].differences] == [("Token Expiry", "1 Nov 2027")]


def test_an_opened_field_that_is_not_ours_counts_for_nothing(world, sign_in):
    olga = sign_in()
    hers = form_of(olga, world.fbm.pk)
    answer = olga.post(f"/channels/{world.fbm.pk}/edit/", {**hers, "opened": "forged:value", "version": "99"})
    assert answer.status_code == 409
    assert opened_with({"opened": "forged"}) == {}


def test_a_typed_marketplace_beats_the_picked_one_and_is_judged_where_it_was_typed(world, sign_in):
    olga = sign_in()
    hers = form_of(olga, world.fbm.pk)
    answer = olga.post(f"/channels/{world.fbm.pk}/edit/", {**hers, "marketplace_typed": "ATVPDKIKX0DER"})
    assert answer.context["form"].errors["marketplace_typed"][0].startswith("Amazon.com belongs to the region US")
    answer = olga.post(f"/channels/{world.fbm.pk}/edit/", {**hers, "marketplace_typed": DE})
    assert answer.status_code == 302
    assert Channel.objects.get(pk=world.fbm.pk).marketplace_id == DE


# Tabs: filters, pages, CSV.


def many_skipped(world, number=120):
    for each in range(number):
        imported_order(
            world, each, state="skipped", reason="Placed before the channel's Start Date.", remedy="Set an earlier one."
        )
    imported_order(world, 900, state="skipped", reason="Placed over three months ago.")
    imported_order(world, 901, state="skipped", reason="Cancelled before it was imported.")
    imported_order(world, 902, state="ignored", reason="Ignored at the first import.")
    imported_order(world, 903)


def test_feedback_lists_what_is_never_imported_by_its_reason_in_pages(world, sign_in):
    many_skipped(world)
    browser = sign_in()
    page = browser.get(f"/channels/{world.fbm.pk}/feedback/").context["page"]
    assert (len(page.rows), bool(page.later)) == (50, True)
    found = {}
    for about in ("start", "old", "cancelled", "ignored", ""):
        found[about] = len(lines(browser.get(f"/channels/{world.fbm.pk}/feedback/export.csv?about={about}"))) - 1
    assert found == {"start": 120, "old": 1, "cancelled": 1, "ignored": 1, "": 123}
    assert "No order fits this filter" in text(browser.get(f"/channels/{world.fbm.pk}/feedback/?q=nothing"))
    assert "Nothing was left out" in text(browser.get(f"/channels/{world.fba.pk}/feedback/"))


def test_shipping_notifications_are_filtered_paged_and_exported(world, sign_in):
    item = stocked_item(world, "MUG")
    for number in range(1, 4):
        shipped_order(world, number, item, state="confirmed" if number == 1 else "accepted")
    browser = sign_in()
    address = f"/channels/{world.fbm.pk}/shipping/"
    assert len(browser.get(address).context["page"].rows) == 3
    assert len(browser.get(f"{address}?state=confirmed").context["page"].rows) == 1
    assert len(browser.get(f"{address}?q=SO2").context["page"].rows) == 1
    assert len(browser.get(f"{address}?q=DM000000003").context["page"].rows) == 1
    csv_lines = lines(browser.get(f"{address}export.csv"))
    assert csv_lines[0].startswith("sales order,Amazon order,parcel")
    assert len(csv_lines) == 4
    assert Confirmation.objects.count() == 3
    assert "an FBA channel sends it no confirmations" in text(browser.get(f"/channels/{world.fba.pk}/shipping/"))


def test_activity_is_filtered_paged_exported_and_leads_to_the_audit(world, sign_in):
    browser = sign_in()
    olga = User.objects.get()
    for number in range(60):
        Activity.objects.create(
            text=f"Thing {number}.", happened_at=NOW, channel=world.fbm, user=olga if number % 2 else None
        )
    address = f"/channels/{world.fbm.pk}/activity/"
    answer = browser.get(address)
    assert (len(answer.context["page"].rows), bool(answer.context["page"].later)) == (50, True)
    assert f"/settings/audit/?noun=Channel&amp;id={world.fbm.pk}" in text(answer)
    assert len(browser.get(f"{address}?by=people").context["page"].rows) == 30
    assert len(lines(browser.get(f"{address}export.csv?q=Thing 1"))) == 12
    assert "Audit of this channel" not in text(sign_in(Role.VIEWER).get(address))


def test_products_stock_and_orders_go_as_csv_with_their_filters(world, sign_in):
    stocked_item(world, "MUG")
    imported_order(world, 1, state="failed", reason="=HYPERLINK(1)")
    imported_order(world, 2)
    browser = sign_in()
    assert lines(browser.get(f"/channels/{world.fbm.pk}/products/export.csv"))[1].startswith("MUG,B0MUG00001")
    assert lines(browser.get(f"/channels/{world.fbm.pk}/stock/export.csv"))[1].startswith("MUG,Enamel mug MUG,MUG,7")
    failed = lines(browser.get(f"/channels/{world.fbm.pk}/orders/export.csv?state=failed"))
    assert len(failed) == 2
    assert "'=HYPERLINK(1)" in failed[1]
    assert "customer" in failed[0]
    assert "customer" not in lines(sign_in(Role.VIEWER).get("/imported-orders/export.csv"))[0]
    assert ImportedOrder.objects.count() == 2


# The list.


def a_hundred(world):
    Channel.objects.bulk_create(
        Channel(
            name=f"Channel {number:03d}",
            kind="FBM",
            account=SellerAccount.objects.create(name=f"Seller {number}", region="EU", made_at=NOW),
            marketplace_id=DE if number % 2 else UK,
            start_date=NOW.date(),
            import_fba_orders="no_fba",
            made_at=NOW,
        )
        for number in range(100)
    )


def test_two_hundred_channels_are_searched_sorted_and_paged(world, sign_in, django_assert_max_num_queries):
    a_hundred(world)
    browser = sign_in()
    with django_assert_max_num_queries(14):
        page = browser.get("/channels/").context["page"]
    assert (len(page.object_list), page.paginator.count) == (ROWS_A_PAGE, 102)
    names = [row.head.name for row in browser.get("/channels/?sort=-name").context["page"].object_list]
    assert names[:2] == ["Channel 099", "Channel 098"]
    assert browser.get("/channels/?q=seller+7+amazon.de").context["page"].paginator.count == 14
    assert browser.get("/channels/?kind=FBA").context["page"].paginator.count == 1
    assert browser.get("/channels/?runs=yes").context["page"].paginator.count == 2
    assert "No channel fits this filter" in text(browser.get("/channels/?q=nowhere"))
    assert len(lines(browser.get("/channels/export.csv?runs=no"))) == 101


@pytest.mark.parametrize(
    "sort", ["name", "type", "marketplace", "account", "linked", "runs", "orders", "problems", "nonsense", "-", "<b>"]
)
def test_any_sort_gives_a_page(world, sign_in, sort):
    assert sign_in().get("/channels/", {"sort": sort, "page": "x"}).status_code == 200


def test_orders_of_today_are_counted(world, sign_in):
    imported_order(world, 1)
    imported_order(world, 2, placed_at=NOW - timedelta(days=2))
    rows = sign_in().get("/channels/").context["page"].object_list
    assert {row.head.kind: row.orders for row in rows} == {"FBM": 1, "FBA": 0}


# Several channels.


def test_more_channels_of_a_demo_are_inactive_unless_an_administrator_ticks_it(world, sign_in, settings):
    settings.WHARFINGER = replace(settings.WHARFINGER, simulator_url="http://127.0.0.1:8124")
    Channel.objects.update(activated_for="simulator")
    world.account.participations.create(marketplace_id=DE, participating=True, suspended_listings=False)
    form = {"channels": f"{DE}:FBM", "site_id": world.warehouse.pk, "courier_service_id": world.courier.pk}
    page = sign_in(Role.MANAGER)
    assert "Activate them at once" not in text(page.get(f"/channels/{world.fbm.pk}/more/"))
    page.post(f"/channels/{world.fbm.pk}/more/", {**form, "activate": "on"})
    made = Channel.objects.get(marketplace=DE)
    assert (made.activated, made.activated_for) == (False, "")
    made.delete()
    sign_in().post(f"/channels/{world.fbm.pk}/more/", {**form, "activate": "on"})
    made = Channel.objects.get(marketplace=DE)
    assert (made.activated, made.activated_for) == (True, "simulator")


def test_the_header_of_the_page_says_which_system_it_is(world, sign_in, settings):
    assert "Demo<span" in text(sign_in().get("/channels/"))
    settings.WHARFINGER = replace(settings.WHARFINGER, system="live")
    page = text(sign_in(Role.MANAGER).get(f"/channels/{world.fbm.pk}/"))
    assert "Live system" in page
    assert "Activate for" not in page
