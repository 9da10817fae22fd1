"""First import, more channels of one seller, duplicate, archive, delete: as pages."""

import pytest
from tests.factories.accounts import a_participation
from tests.factories.cast import Trading
from tests.factories.ground import DE, NOW, UK
from tests.factories.moments import imported_order
from tests.factories.stock import an_fba_site

from wharfinger.db.models import Channel, ImportedOrder, Participation
from wharfinger.domain.installation.people import Role
from wharfinger.domain.orders.waits_for import ForChannel

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    made = Trading()
    for marketplace in (UK, DE):
        a_participation(made.account, marketplace)
    return made


def a_found_order(world, number, status="UNSHIPPED"):
    return imported_order(
        world,
        number,
        state="not_attempted",
        amazon_status=status,
        waits_for=ForChannel(world.fbm.pk),
        reason="Don't import orders is on.",
    )


def test_found_orders_are_shown_with_a_proposal_and_one_button_takes_them(world, sign_in):
    Channel.objects.filter(pk=world.fbm.pk).update(dont_import_orders=True)
    first, second = a_found_order(world, 1), a_found_order(world, 2, "SHIPPED")
    browser = sign_in()
    page = browser.get(f"/channels/{world.fbm.pk}/").content.decode()
    assert "2 orders found, none imported" in page
    page = browser.get(f"/channels/{world.fbm.pk}/first-import/").content.decode()
    assert "Import: 1; Keep for records, don&#x27;t ship: 1; Ignore: 0 as proposed" in page
    assert "Not shipped yet." in page
    answer = browser.post(f"/channels/{world.fbm.pk}/first-import/", {f"choice-{first.pk}": "ignore"}, follow=True)
    assert "The import has started (Keep for records, don&#x27;t ship: 1; Ignore: 1)." in answer.content.decode()
    states = dict(ImportedOrder.objects.values_list("pk", "state"))
    assert states == {first.pk: "ignored", second.pk: "retrying"}
    assert not Channel.objects.get(pk=world.fbm.pk).dont_import_orders


def test_a_choice_that_is_none_takes_the_proposal(world, sign_in):
    Channel.objects.filter(pk=world.fbm.pk).update(dont_import_orders=True)
    order = a_found_order(world, 1, "SHIPPED")
    sign_in().post(f"/channels/{world.fbm.pk}/first-import/", {f"choice-{order.pk}": "<script>", "choice-x": "import"})
    assert ImportedOrder.objects.get(pk=order.pk).first_import_choice == "record"


def test_who_may_not_edit_channels_meets_none_of_it(world, sign_in):
    browser = sign_in(Role.WAREHOUSE)
    for page in ("first-import", "more", "delete"):
        assert browser.get(f"/channels/{world.fbm.pk}/{page}/").status_code == 403
    for verb in ("archive", "restore", "delete"):
        assert browser.post(f"/channels/{world.fbm.pk}/{verb}/").status_code == 403
    assert "Duplicate" not in browser.get(f"/channels/{world.fbm.pk}/").content.decode()


def test_ticked_channels_are_made_in_one_go(world, sign_in):
    an_fba_site(pool="EU", name="FBA Europe")
    browser = sign_in()
    address = f"/channels/{world.fbm.pk}/more/"
    page = browser.get(address).content.decode()
    assert f'value="{DE}:FBM"' in page
    assert f'value="{DE}:FBA"' in page
    assert f'value="{UK}:FBM"' not in page
    answer = browser.post(
        address,
        {"channels": [f"{DE}:FBM", f"{DE}:FBA"], "site_id": world.warehouse.pk, "courier_service_id": world.courier.pk},
        follow=True,
    )
    assert "2 channels are created" in answer.content.decode()
    made = Channel.objects.filter(marketplace_id=DE)
    assert {channel.account_id for channel in made} == {world.account.pk}


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({}, "Tick the channels to create."),
        ({"channels": [f"{UK}:FBM"]}, "can no longer be created"),
        ({"channels": [f"{DE}:FBM"]}, "Choose a site for the FBM channels."),
        ({"channels": ["<b>"]}, "can no longer be created"),
    ],
)
def test_a_wrong_tick_says_why_and_makes_nothing(world, sign_in, form, words):
    answer = sign_in().post(f"/channels/{world.fbm.pk}/more/", form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Channel.objects.count() == 2


def test_without_participations_the_page_says_what_to_do(world, sign_in):
    Participation.objects.all().delete()
    assert "has not said yet which marketplaces" in sign_in().get(f"/channels/{world.fbm.pk}/more/").content.decode()


def test_a_channel_with_orders_is_archived_listed_and_restored(world, sign_in):
    imported_order(world, 1)
    browser = sign_in()
    page = browser.get(f"/channels/{world.fbm.pk}/delete/").content.decode()
    assert "Orders were imported through it." in page
    answer = browser.post(f"/channels/{world.fbm.pk}/delete/", follow=True).content.decode()
    assert "Archive it instead" in answer
    answer = browser.post(f"/channels/{world.fbm.pk}/archive/", follow=True).content.decode()
    assert "is archived" in answer
    assert "Amazon.co.uk FBM" in browser.get("/channels/?shelf=archived").content.decode()
    answer = browser.post(f"/channels/{world.fbm.pk}/restore/", follow=True).content.decode()
    assert "is restored" in answer


def test_a_channel_on_which_nothing_hangs_is_deleted(world, sign_in):
    answer = sign_in().post(f"/channels/{world.fba.pk}/delete/", follow=True).content.decode()
    assert "Amazon.co.uk FBA is deleted." in answer
    assert not Channel.objects.filter(pk=world.fba.pk).exists()


def test_the_channel_pages_cost_the_same_however_many_there_are(world, sign_in, django_assert_max_num_queries):
    browser = sign_in()
    for number in range(8):
        Channel.objects.create(
            name=f"Archived {number}",
            kind="FBM",
            account=world.account,
            marketplace_id=DE,
            archived=True,
            start_date=NOW.date(),
            import_fba_orders="no_fba",
            made_at=NOW,
        )
    with django_assert_max_num_queries(15):
        browser.get("/channels/")
    with django_assert_max_num_queries(21):
        browser.get(f"/channels/{world.fbm.pk}/more/")


def test_what_is_chosen_is_kept_from_page_to_page_until_the_button_is_pressed(world, sign_in):
    Channel.objects.filter(pk=world.fbm.pk).update(dont_import_orders=True)
    orders = [a_found_order(world, number) for number in range(60)]
    orders += [a_found_order(world, 100 + number, "SHIPPED") for number in range(3)]
    browser, address = sign_in(), f"/channels/{world.fbm.pk}/first-import/"
    page = browser.get(address).context["found"]
    assert (len(page.rows), page.total, bool(page.page.later)) == (50, 63, True)
    shown = {f"choice-{row.id}": row.choice.value for row in page.rows}
    form = {**shown, f"choice-{orders[0].pk}": "ignore", "go": f"at:{page.page.later}"}
    second = browser.post(address, form)
    assert second["Location"] == f"{address}?at={page.page.later}"
    rows = browser.get(second["Location"]).context["found"].rows
    assert len(rows) == 13
    shown = {f"choice-{row.id}": row.choice.value for row in rows}
    form = {**shown, f"choice-{orders[55].pk}": "record", "all-UNSHIPPED:FBM": "ignore", "go": "apply"}
    browser.post(second["Location"], form)
    found = browser.get(second["Location"]).context["found"]
    assert dict(found.counts) == {"import": 0, "record": 4, "ignore": 59}
    assert {row.id: row.choice.value for row in found.rows}[orders[55].pk] == "record"
    lines = b"".join(browser.get(f"{address}export.csv").streaming_content).decode("utf-8-sig").splitlines()
    assert (len(lines), sum("Ignore" in line for line in lines)) == (64, 59)
    answer = browser.post(address, {"go": "start"}, follow=True)
    assert "The import has started (Keep for records, don&#x27;t ship: 4; Ignore: 59)." in answer.content.decode()
    assert ImportedOrder.objects.filter(state="ignored").count() == 59


def test_a_choice_that_amazon_no_longer_allows_is_not_kept(world, sign_in):
    Channel.objects.filter(pk=world.fbm.pk).update(dont_import_orders=True)
    order = a_found_order(world, 1)
    browser, address = sign_in(), f"/channels/{world.fbm.pk}/first-import/"
    browser.post(address, {f"choice-{order.pk}": "record", "go": "apply"})
    ImportedOrder.objects.filter(pk=order.pk).update(amazon_status="CANCELLED")
    assert browser.get(address).context["found"].rows[0].choice.value == "ignore"
    browser.post(address, {"all-UNSHIPPED:FBM": "<script>", "choice-x": "import", "go": "at:<nonsense>"})
    assert browser.get(f"{address}?at=nonsense").status_code == 200
