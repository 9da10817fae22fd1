"""Every field of a channel's form with what people (and others) put into it: an error at its field, nothing half done.

The same table is sent to New Channel, step by step, and to Edit.
"""

import pytest
from tests.factories.cast import Trading
from tests.factories.ground import NOW
from tests.web.test_channel_screen import form_of
from tests.web.wizard import FBM, begin, walk

from wharfinger.db.models import AuditEntry, Channel, ChannelOption, CourierService, SellerAccount, Site

pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"

WRONG = [
    # (step, field, what is put in, the field that tells it, words of the message)
    ("general", "name", "", "name", "required"),
    ("general", "name", "   ", "name", "required"),
    ("general", "name", "x" * 61, "name", "at most 60"),
    ("general", "name", "bell\x07", "name", "control character"),
    ("general", "name", "tab\tname\x1b", "name", "control character"),
    ("general", "name", "nul\x00", "name", "Null characters"),
    ("general", "name", "right\u202eto left", "name", "control character"),
    ("general", "name", "amazon.co.uk fbm", "name", "Another channel is already called"),
    ("general", "start_date", "", "start_date", "required"),
    ("general", "start_date", "next week", "start_date", "year-month-day"),
    ("general", "start_date", "2026-02-30", "start_date", "year-month-day"),
    ("general", "start_date", "0000-00-00", "start_date", "year-month-day"),
    ("general", "start_date", SCRIPT, "start_date", "year-month-day"),
    ("general", "order_ref_format", "", "order_ref_format", "required"),
    ("general", "order_ref_format", "KCC", "order_ref_format", "must contain {0}"),
    ("general", "order_ref_format", "{1}", "order_ref_format", "must contain {0}"),
    ("general", "order_ref_format", "{0}" + "x" * 60, "order_ref_format", "at most 60"),
    ("general", "order_ref_format", "{0}\x07", "order_ref_format", "control character"),
    ("specific", "region", "", "region", "required"),
    ("specific", "region", "FE", "region", "not one of the available choices"),
    ("specific", "region", "NA", "marketplace_id", "belongs to the region UK and Europe"),
    ("specific", "marketplace_id", "", "marketplace_id", "required"),
    ("specific", "marketplace_id", "NOWHERE", "marketplace_id", "not one of the available choices"),
    ("specific", "marketplace_id", "ATVPDKIKX0DER", "marketplace_id", "belongs to the region US"),
    ("specific", "marketplace_id", "A1VC38T7YXB528", "marketplace_id", "not one of the available choices"),
    ("specific", "marketplace_typed", "NOWHERE", "marketplace_typed", "not a marketplace ID of Amazon"),
    ("specific", "marketplace_typed", "a1f83g8c2aro7p", "marketplace_typed", "not a marketplace ID of Amazon"),
    ("specific", "marketplace_typed", "А1F83G8C2ARO7P", "marketplace_typed", "not a marketplace ID"),  # a Cyrillic А
    ("specific", "marketplace_typed", "ATVPDKIKX0DER", "marketplace_typed", "belongs to the region US"),
    ("specific", "marketplace_typed", SCRIPT, "marketplace_typed", "not a marketplace ID of Amazon"),
    ("specific", "marketplace_typed", "x" * 41, "marketplace_typed", "at most 40"),
    ("specific", "seller_id", "nobody", "seller_id", "not a Seller ID"),
    ("specific", "seller_id", "a2harboureultd1", "seller_id", "not a Seller ID"),
    ("specific", "seller_id", "A2HARBOUR EULTD1", "seller_id", "not a Seller ID"),
    ("specific", "seller_id", "А2HARBOUREULTD1", "seller_id", "not a Seller ID"),  # a Cyrillic А
    ("specific", "seller_id", "A2" + "X" * 29, "seller_id", "at most 30"),
    ("specific", "seller_id", SCRIPT, "seller_id", "not a Seller ID"),
    ("specific", "auth_token", "amzn.mws.1234-5678", "auth_token", "31 March 2024"),
    ("specific", "auth_token", "something else", "auth_token", "begins with Atzr|"),
    ("specific", "auth_token", "Atzr|with a blank", "auth_token", "no spaces"),
    ("specific", "auth_token", "Atzr|ünïcode", "auth_token", "no special characters"),
    ("specific", "auth_token", "Atzr|bell\x07", "auth_token", "no special characters"),
    ("specific", "auth_token", "Atzr|" + "x" * 2000, "auth_token", "at most 2000"),
    ("specific", "token_expiry", "tomorrow", "token_expiry", "year-month-day"),
    ("specific", "token_expiry", "2027-13-01", "token_expiry", "year-month-day"),
    ("specific", "import_fba_orders", "", "import_fba_orders", "required"),
    ("specific", "import_fba_orders", "only_fba", "import_fba_orders", "needs “No FBA import”"),
    ("specific", "import_fba_orders", SCRIPT, "import_fba_orders", "not one of the available choices"),
    ("options", "site_id", "", "site_id", "Choose the Site"),
    ("options", "site_id", "999999", "site_id", "not one of the available choices"),
    ("options", "site_id", "x", "site_id", "not one of the available choices"),
    ("options", "site_id", "-1", "site_id", "not one of the available choices"),
    ("options", "courier_service_id", "", "courier_service_id", "tracking number at once"),
    ("options", "courier_service_id", "999999", "courier_service_id", "not one of the available choices"),
    ("options", "courier_service_id", SCRIPT, "courier_service_id", "not one of the available choices"),
]
STEPS = ("general", "specific", "options")


@pytest.fixture
def world():
    made = Trading()
    CourierService.objects.create(courier="Late", name="File", tracking="typed_later")
    return made


def stored():
    tables = (Channel, ChannelOption, SellerAccount, Site)
    return [list(table.objects.order_by("pk").values()) for table in tables], AuditEntry.objects.count()


def complaints_in(answer):
    """The status, the fields that complain, and what the first says; the page shows it beside the field."""
    errors = answer.context["form"].errors if answer.context else {}
    page = answer.content.decode()
    beside = all(f'id="id_{field}_error"' in page for field in errors)
    first = next(iter(errors.values()))[0] if errors else ""
    return answer.status_code, list(errors), first, beside and SCRIPT not in page


def not_as_expected(found):
    """What is not as the table says."""
    return {
        (field, value): answer
        for (_, field, value, shown_at, words), answer in found
        if answer[:2] != (422, [shown_at]) or words not in answer[2] or not answer[3]
    }


@pytest.mark.parametrize("step", STEPS)
def test_new_channel_tells_it_on_its_step_and_makes_nothing(world, sign_in, step):
    before, client = stored(), sign_in()
    key = begin(client)
    walk(client, key, until={"general": "checks", "specific": "general", "options": "specific"}[step])
    chosen = {"site_id": world.warehouse.pk, "courier_service_id": world.courier.pk} if step == "options" else {}
    found = []
    for row in (row for row in WRONG if row[0] == step):
        seller = {"seller_id": "A2HARBOUREULTD1"} if row[1] == "auth_token" else {}
        usual = {**FBM[step], **seller, **chosen}
        found.append((row, complaints_in(client.post(f"/channels/new/{key}/{step}/", {**usual, row[1]: row[2]}))))
        client.post(f"/channels/new/{key}/save/")
    assert not_as_expected(found) == {}
    assert stored() == before


@pytest.mark.parametrize("step", STEPS)
def test_edit_tells_it_by_its_field_and_saves_nothing(world, sign_in, step):
    client = sign_in()
    form, before = form_of(client, world.fbm.pk), stored()
    found = []
    for row in (row for row in WRONG if row[0] == step):
        value = row[2] if row[2] != "amazon.co.uk fbm" else "amazon.co.uk fba"  # its own name it may have
        found.append((row, complaints_in(client.post(f"/channels/{world.fbm.pk}/edit/", {**form, row[1]: value}))))
    assert not_as_expected(found) == {}
    assert stored() == before


@pytest.mark.parametrize("name", [SCRIPT, "Ünïcode & “quotes”", "🇬🇧 UK", "'; DROP TABLE channels; --", "x" * 60])
def test_an_odd_name_is_a_name_and_is_shown_as_it_is(world, sign_in, name):
    client = sign_in()
    form = form_of(client, world.fbm.pk)
    assert client.post(f"/channels/{world.fbm.pk}/edit/", {**form, "name": name}).status_code == 302
    assert Channel.objects.get(pk=world.fbm.pk).name == name
    for page in ("/channels/", f"/channels/{world.fbm.pk}/", f"/channels/{world.fbm.pk}/activity/", "/settings/audit/"):
        assert SCRIPT not in client.get(page).content.decode()


def test_a_late_courier_without_its_tick_and_sites_of_other_kinds_are_reported_by_their_fields(world, sign_in):
    client = sign_in()
    form = form_of(client, world.fbm.pk)
    late = CourierService.objects.get(courier="Late").pk
    answer = client.post(f"/channels/{world.fbm.pk}/edit/", {**form, "courier_service_id": late})
    assert complaints_in(answer)[1] == ["late_courier_acknowledged"]
    assert "gives its tracking number only later" in complaints_in(answer)[2]
    answer = client.post(f"/channels/{world.fbm.pk}/edit/", {**form, "site_id": world.pool.pk})
    assert complaints_in(answer)[1] == ["site_id"]


def test_someone_elses_seller_id_is_another_account_and_takes_nothing_of_it(world, sign_in):
    """A Seller ID that is known here moves the channel to that account; its FBA site stays the other seller's."""
    other = SellerAccount.objects.create(
        name="Other", region="EU", seller_id="A9OTHERSELLER", refresh_token="Atzr|theirs", made_at=NOW
    )
    client = sign_in()
    form = form_of(client, world.fba.pk)
    answer = client.post(f"/channels/{world.fba.pk}/edit/", {**form, "seller_id": "A9OTHERSELLER"})
    assert complaints_in(answer)[1] == ["site_id"]
    assert "mirrors the FBA stock of another seller account" in complaints_in(answer)[2]
    form = form_of(client, world.fbm.pk)
    client.post(f"/channels/{world.fbm.pk}/edit/", {**form, "seller_id": "A9OTHERSELLER"})
    moved = Channel.objects.get(pk=world.fbm.pk)
    assert (moved.account_id, moved.link_state) == (other.pk, "waiting")
    other.refresh_from_db()
    assert other.refresh_token == "Atzr|theirs"
