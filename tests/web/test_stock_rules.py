"""Stock rules by their pages: profiles, an item's and a channel's rule, the preview, ticks, and why a number is so."""

import re
from datetime import timedelta
from html import unescape

import pytest
from tests.factories.cast import Trading
from tests.factories.ground import DE, NOW
from tests.web.client import text

from wharfinger.db.models import ChannelProduct, ItemStockRule, Listing, StockNotice, StockProfile
from wharfinger.db.queries.stock.rules import InstallationRule, Setting
from wharfinger.db.queries.stock.then import rules_at
from wharfinger.domain.installation.people import Role
from wharfinger.domain.stock.rules import Rounding, RuleValues
from wharfinger.operations.stock import ledger, outbox, stock_profiles, stock_rules
from wharfinger.operations.stock.stock_profiles import ProfileEntry

pytestmark = pytest.mark.django_db

PROFILES = "/settings/stock-profiles/"


@pytest.fixture
def shop():
    world = Trading()
    world.german = world.channel("FBM", world.warehouse, marketplace=DE)
    world.mug = world.item("MUG", 114)
    world.listing("MUG", world.mug, marketplace=DE)
    Listing.objects.update(product_type="MUG")
    world.half = stock_profiles.add_profile(ProfileEntry("Half", RuleValues(percent=50)), now=NOW, user=world.olga)
    return world


def plain(answer):
    """What a reader reads of a page."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", text(answer))).split()).replace(" ,", ",")


def values(**given):
    return {"percent": "", "rounding": "", "buffer": "", "send_zero_at": "", "cap": "", **given}


def test_settings_leads_to_the_profiles_and_a_new_one_is_made(sign_in, shop):
    client = sign_in()
    assert f'href="{PROFILES}"' in client.get("/settings/").text
    answer = client.post(f"{PROFILES}new/", values(name="Most", percent="90", rounding="nearest", cap="20"))
    made = StockProfile.objects.get(name="Most")
    assert answer["Location"] == f"{PROFILES}{made.pk}/"
    assert (made.percent, made.rounding, made.buffer, made.cap) == (90, "nearest", None, 20)
    page = plain(client.get(PROFILES))
    assert "90 %" in page
    assert "Round to nearest" in page
    assert "nothing yet" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"percent": "33.5"}, "Enter a whole number."),
        ({"percent": "101"}, "less than or equal to 100"),
        ({"buffer": "-1"}, "greater than or equal to 0"),
        ({"cap": "3", "send_zero_at": "5"}, "nothing would ever be sold"),
        ({"rounding": "sideways"}, "Select a valid choice"),
        ({"name": "half"}, "There is a stock profile “half” already"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_saved(sign_in, shop, wrong, said):
    answer = sign_in().post(f"{PROFILES}new/", values(**{"name": "Wrong", **wrong}))
    assert answer.status_code == 422
    assert said in text(answer)
    assert StockProfile.objects.count() == 1


def test_a_profile_is_edited_copied_archived_and_restored_by_buttons(sign_in, shop):
    client = sign_in()
    page = f"{PROFILES}{shop.half}/"
    assert client.post(page, values(name="Half", version="1", percent="40"))["Location"] == PROFILES
    answer = client.post(page, values(name="Half", version="1", percent="30"))
    assert (answer.status_code, "Somebody else changed" in text(answer)) == (422, True)
    copied = client.post(f"{page}copy/")["Location"]
    assert "Half (2)" in text(client.get(copied))
    client.post(f"{page}archive/")
    assert "Archived" in text(client.get(PROFILES))
    client.post(f"{page}restore/")
    assert "is deleted" in text(client.post(f"{copied}delete/", follow=True))
    profile = StockProfile.objects.get()
    assert (profile.percent, profile.archived) == (40, False)


def numbers_on(page):
    """The numbers of a preview, by channel."""
    return [row.split("</strong>")[0].split(">")[-1] for row in page.split("<tr")[1:] if "<strong>" in row]


def test_the_preview_shows_unsaved_values_on_real_items_of_all_channels(sign_in, shop):
    client = sign_in()
    answer = client.get("/stock-rules/preview/profile/0/", values(percent="50", name=""))
    assert numbers_on(answer.text) == ["57", "57"]
    answer = client.get(f"/stock-rules/preview/channel/{shop.german.pk}/", values(cap="20", only_specified="all"))
    assert numbers_on(answer.text) == ["114", "20"]
    answer = client.get(f"/stock-rules/preview/item/{shop.mug.pk}/", values(profile_id=str(shop.half), buffer="14"))
    assert numbers_on(answer.text) == ["50", "50"]
    wrong = client.get("/stock-rules/preview/profile/0/", values(percent="200"))
    assert "Percent of available" in wrong.text
    assert numbers_on(wrong.text) == []
    found = client.get("/stock-rules/preview/profile/0/", values(percent="10", find="NOWHERE"))
    assert "No item to show" in found.text
    assert client.get("/stock-rules/preview/house/1/", values()).status_code == 404
    assert not ItemStockRule.objects.exists()


def test_an_items_rule_says_where_each_part_comes_from(sign_in, shop):
    client = sign_in()
    page = f"/stock/{shop.mug.pk}/rule/"
    assert f'href="{page}"' in client.get(f"/stock/{shop.mug.pk}/").text
    assert client.post(page, values(profile_id=str(shop.half), cap="9"))["Location"] == page
    shown = plain(client.get(page))
    assert "50 % (the item's profile, Half)" in shown
    assert "at most 9 (the item)" in shown


def test_the_installations_rule_is_set_from_the_profiles_page(sign_in, shop):
    client = sign_in()
    page = "/settings/stock-rule/"
    assert f'href="{page}"' in client.get(PROFILES).text
    shown = client.get("/stock-rules/preview/installation/1/", values(cap="20"))
    assert numbers_on(shown.text) == ["20", "20"]
    assert "cap" not in client.get(PROFILES).text
    assert client.post(page, values(buffer="14", percent="50"))["Location"] == PROFILES
    assert "50 % (the installation) 14 kept back (the installation)" in plain(client.get(PROFILES))
    assert "50 % (the installation)" in plain(client.get(f"/channels/{shop.german.pk}/stock/"))
    wrong = client.post(page, values(cap="1", send_zero_at="2"))
    assert (wrong.status_code, "nothing would ever be sold" in text(wrong)) == (422, True)


def test_a_channels_rule_is_set_from_its_stock_tab(sign_in, shop):
    client = sign_in()
    tab, page = f"/channels/{shop.german.pk}/stock/", f"/channels/{shop.german.pk}/stock/rule/"
    assert f'href="{page}"' in client.get(tab).text
    form = values(only_specified="specified", profile_id=str(shop.half), leads="on")
    assert client.post(page, form)["Location"] == tab
    shown = plain(client.get(tab))
    assert "Upload specified items only" in shown
    assert "50 % (the channel's profile, Half)" in shown
    examples = f"{tab}examples/"
    assert f'hx-get="{examples}"' in client.get(tab).text
    assert "MUG 114 here → Amazon.co.uk FBM 114, Amazon.de FBM 57" in plain(client.get(examples))
    assert client.get(f"/channels/{shop.fba.pk}/stock/rule/").status_code == 404
    assert "Edit stock rule" in client.get(tab).text
    assert "Edit stock rule" not in client.get(f"/channels/{shop.fba.pk}/stock/").text


def test_profiles_are_given_by_ticks_on_the_stock_list(sign_in, shop):
    client = sign_in(Role.MANAGER)
    assert "Assign stock profile" in client.get("/stock/").text
    post = "/stock/assign-profile/?next=/stock/%3Fq=M"
    answer = client.post(post, {"ids": [str(shop.mug.pk), "999999"], "profile": str(shop.half)}, follow=True)
    assert "The stock profile of 1 item is changed." in text(answer)
    assert answer.redirect_chain == [("/stock/?q=M", 302)]
    assert ItemStockRule.objects.get().profile_id == shop.half
    assert "Tick linked stock items first" in text(client.post(post, {"profile": "none"}, follow=True))
    assert "Choose the stock profile" in text(client.post(post, {"ids": ["1"], "profile": ""}, follow=True))
    client.post(post, {"ids": [str(shop.mug.pk)], "profile": "none"})
    assert not ItemStockRule.objects.exists()


def test_products_are_specified_by_ticks_on_the_products_tab(sign_in, shop):
    client = sign_in()
    tab = f"/channels/{shop.german.pk}/products/"
    product = ChannelProduct.objects.get(marketplace=DE)
    client.post(f"{tab}specify/", {"ids": [str(product.pk)], "do": "specify"})
    product.refresh_from_db()
    assert product.specified
    assert "Specified" in text(client.get(tab))
    client.post(f"{tab}specify/", {"ids": [str(product.pk)], "do": "profile", "profile": str(shop.half)})
    assert ItemStockRule.objects.get().item_id == shop.mug.pk
    client.post(f"{tab}specify/", {"ids": [str(product.pk)], "do": "leave"})
    product.refresh_from_db()
    assert not product.specified


def test_two_rules_for_one_sku_are_shown_and_a_channel_is_chosen(sign_in, shop):
    client = sign_in()
    client.post(f"/channels/{shop.german.pk}/stock/rule/", values(only_specified="all", cap="20"))
    outbox.claim_quantities(shop.account.pk, 10, now=NOW)
    listing = Listing.objects.get()
    page = f"/listings/{listing.pk}/why/"
    tab = client.get(f"/channels/{shop.german.pk}/stock/").text
    assert "the channels differ" in tab
    assert f'href="{page}"' in tab
    shown = plain(client.get(page))
    assert "100 %, at most 20" in shown
    assert "This channel's rule holds" in shown
    answer = client.post(f"/listings/{listing.pk}/choose/", {"channel": str(shop.german.pk)}, follow=True)
    assert "20 would be sent to Amazon" in text(answer)
    assert "chosen for this SKU" in text(answer)
    [message] = outbox.claim_quantities(shop.account.pk, 10, now=NOW)
    outbox.settle_quantity(message, outbox.Accepted("s1"), now=NOW)
    shown = plain(client.get(page))
    assert message.quantity == 20
    assert "Largest number shown 20" in shown
    assert "at most 20 (the channel)" in shown
    client.post(f"/listings/{listing.pk}/choose/", {"channel": ""})
    assert StockNotice.objects.count() == 1
    assert client.get("/listings/999999/why/").status_code == 404


def test_who_may_not_edit_sees_the_rules_and_changes_none(sign_in, shop):
    client = sign_in(Role.VIEWER)
    page = client.get(PROFILES)
    assert "Half" in page.text
    assert "Archive" not in page.text
    for address in (
        "/settings/stock-rule/",
        f"{PROFILES}new/",
        f"{PROFILES}{shop.half}/",
        f"/stock/{shop.mug.pk}/rule/",
    ):
        assert client.get(address).status_code == 403
    listing = Listing.objects.get()
    assert client.get(f"/listings/{listing.pk}/why/").status_code == 200
    assert client.post(f"/listings/{listing.pk}/choose/", {"channel": "1"}).status_code == 403
    assert "Edit stock rule" not in client.get(f"/channels/{shop.german.pk}/stock/").text


def test_a_packer_edits_stock_and_not_what_channels_show_of_it(sign_in, shop):
    client = sign_in(Role.WAREHOUSE)
    page, item = client.get("/stock/").text, client.get(f"/stock/{shop.mug.pk}/").text
    assert ("Assign stock profile" in page, f"/stock/{shop.mug.pk}/rule/" in item) == (False, False)
    assert "Import" in page
    assert [client.get(address).status_code for address in (f"/stock/{shop.mug.pk}/rule/", IMPORT)] == [403, 403]
    assert client.post("/stock/assign-profile/", {"ids": [shop.mug.pk], "profile": shop.half}).status_code == 403


def test_a_preview_of_what_is_gone_shows_nothing(sign_in, shop):
    client = sign_in()
    for subject in ("item", "channel"):
        assert "No item to show" in client.get(f"/stock-rules/preview/{subject}/999999/", values()).text


IMPORT = "/stock/rules/import/"


def test_rules_of_many_items_come_by_a_file_with_a_dry_run_first(sign_in, shop):
    client = sign_in(Role.MANAGER)
    shop.item("CUP", 10)
    rows = "Stock Code;Profile;Percent;Rounding;Buffer;Send zero at;Largest number\nMUG;half;;up;2;;20\nCUP;;40 %;;;;\n"
    dry = plain(client.post(IMPORT, {"text": rows}))
    assert "2 of 2 rows would change something" in dry
    assert "profile none → “Half” rounding inherits → up buffer inherits → 2 largest number inherits → 20" in dry
    assert not ItemStockRule.objects.exists()
    done = client.post(IMPORT, {"text": rows, "step": "apply"}, follow=True)
    assert "The stock rules of 2 items are changed." in text(done)
    kept = ItemStockRule.objects.order_by("item__code").values_list(
        "profile__name", "percent", "rounding", "buffer", "cap"
    )
    assert list(kept) == [(None, 40, "", None, None), ("Half", None, "up", 2, 20)]
    exported = b"".join(client.get("/stock/rules/export.csv").streaming_content).decode()
    assert "there is nothing to change" in plain(client.post(IMPORT, {"text": exported}))
    away = "stock code,profile,percent,rounding,buffer,largest number\nMUG,-,-,-,-,-\nCUP,,,,,\n"
    client.post(IMPORT, {"text": away, "step": "apply"})
    assert list(ItemStockRule.objects.values_list("item__code", "percent")) == [("CUP", 40)]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("stock code,percent\nMUG,101", "Row 2, percent: Percent is a whole number from 0 to 100; not 101."),
        ("stock code,percent\nMUG,33.5", "Row 2, percent: “33.5” must be a whole number"),
        ("stock code,buffer\nMUG,-1", "Row 2, buffer: “-1” must be a whole number"),
        ("stock code,rounding\nMUG,sideways", "Row 2, rounding: “sideways” must be down, up or nearest"),
        ("stock code,profile\nMUG,Third", "Row 2, profile: There is no stock profile “Third”"),
        ("stock code,profile\nmug,Half", "Row 2, stock code: There is no stock item “mug”"),
        ("stock code,profile\n,Half", "Row 2, stock code: It is empty"),
        ("stock code,buffer\nMUG,1\nMUG,2", "Row 3, stock code: “MUG” is in row 2 already"),
        ("stock code,send zero at,largest number\nMUG,5,3", "Row 2, largest number: At most 3 are shown"),
        ("stock code,colour\nMUG,red", "Row 1, colour: This column is not known"),
        ("percent\n5", "Row 1, stock code: This column is missing"),
    ],
)
def test_one_row_with_errors_names_its_field_and_nothing_is_changed(sign_in, shop, rows, said):
    client = sign_in()
    page = client.post(IMPORT, {"text": rows})
    assert (page.status_code, "Nothing was changed" in text(page)) == (422, True)
    row, field = said.split(": ")[0].removeprefix("Row ").split(", ")
    assert said.split(": ", 1)[1] in plain(page)
    applied = client.post(IMPORT, {"text": rows, "step": "apply"})
    assert (applied.status_code, said in plain(applied)) == (422, True)
    assert (bool(row and field), ItemStockRule.objects.exists()) == (True, False)


def test_a_past_moment_is_replayed_from_the_ledger_and_the_history_of_rules(sign_in, shop):
    client, hour = sign_in(), timedelta(hours=1)
    began = NOW - 9 * hour
    cup = shop.item("CUP")
    Listing.objects.filter(sku="CUP").update(product_type="MUG", found_at=began)
    StockNotice.objects.all().delete()
    ledger.receive_stock(cup.pk, shop.warehouse.pk, 114, now=began)
    [message] = outbox.claim_quantities(shop.account.pk, 10, now=began + hour)
    outbox.settle_quantity(message, outbox.Accepted("s1"), now=began + hour)
    stock_rules.set_item_rule(cup.pk, Setting(shop.half), now=NOW - 7 * hour, user=shop.olga)
    ledger.receive_stock(cup.pk, shop.warehouse.pk, 6, now=began + 3 * hour)

    def then(hours, page=f"/stock/{cup.pk}/then/"):
        answer = client.get(page, {"at": (began + hours * hour).isoformat()})
        assert answer.status_code == 200
        return plain(answer)

    assert "Nothing had moved yet" in then(-1)
    early = then(0)
    assert "Nothing had been sent to Amazon" in early
    assert "On hand 114; no sum was kept up to then" in early
    assert "Available 114 Sent to Amazon 114" in then(1)
    late = then(3, f"/listings/{message.listing_id}/then/")
    assert "On hand 120 Allocated 0 Available 120 Percent shown 50 Rounded down 60" in late
    assert "114 had been sent to Amazon" in late


def test_the_rules_of_a_moment_are_those_that_were_set_up_to_then(shop):
    hour = timedelta(hours=1)
    stock_rules.set_item_rule(shop.mug.pk, Setting(shop.half), now=NOW + hour, user=shop.olga)
    quarter = ProfileEntry("Quarter", RuleValues(percent=25, rounding=Rounding.UP))
    stock_profiles.edit_profile(shop.half, quarter, version=1, now=NOW + 2 * hour, user=shop.olga)
    wide = InstallationRule(RuleValues(buffer=3), shares=True)
    stock_rules.set_installation_rule(wide, now=NOW + 3 * hour, user=shop.olga)
    found = [rules_at(NOW + hours * hour, [shop.mug.pk], [shop.fbm.pk]) for hours in range(4)]
    assert [one.items[shop.mug.pk].profile_id for one in found] == [None, shop.half, shop.half, shop.half]
    assert [list(one.profiles.values()) for one in found] == [
        [],
        [("Half", RuleValues(percent=50))],
        [("Quarter", quarter.values)],
        [("Quarter", quarter.values)],
    ]
    assert [one.installation for one in found] == [InstallationRule()] * 3 + [wide]
    assert found[0].channels == {shop.fbm.pk: Setting()}


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("yesterday", "give a date and a time"),
        ("2999-01-01T00:00", "it lies ahead"),
        ("2026-13-45T00:00", "give a date"),
        ("0001-01-01T00:00", "give a date"),
    ],
)
def test_a_moment_that_cannot_be_is_named(sign_in, shop, at, said):
    answer = sign_in(Role.VIEWER).get(f"/stock/{shop.mug.pk}/then/", {"at": at})
    assert (answer.status_code, said in text(answer)) == (422, True)
