"""The (Global) list on a channel's Setup page: read, edited row by row, and what is wrong shown at its field."""

import pytest
from tests.factories.cast import Trading
from tests.factories.ground import NOW, UK
from tests.factories.moments import sales_order, stocked_item
from tests.factories.shipping import a_late_service
from tests.factories.stock import an_fba_site
from tests.web.client import text

from wharfinger.db.models import (
    AuditEntry,
    BankAccount,
    Channel,
    ChannelOption,
    CourierGroup,
    SalesSource,
    Site,
)
from wharfinger.domain.installation.people import Role
from wharfinger.web.forms.channel_options import HELP, LABELS

pytestmark = pytest.mark.django_db


def entered(world: Trading, channel=None, **changes):
    """A channel's form as a browser sends it; fields of rows are named `Prime.site`, so `changes` may be a dict."""
    channel = channel or world.fbm
    fba = channel.kind == "FBA"
    form = {
        "name": channel.name,
        "enabled": "on",
        "start_date": "2026-11-01",
        "order_ref_format": "{0}",
        "use_amazon_sku": "on",
        "import_fba_orders": "only_fba" if fba else "no_fba",
        "region": "EU",
        "marketplace_id": UK,
        "seller_id": world.account.seller_id,
        "site_id": (world.pool if fba else world.warehouse).pk,
        "courier_service_id": world.courier.pk,
        "version": "1",
    }
    return {**form, **changes}


def edit(client, world, channel=None, **changes):
    channel = channel or world.fbm
    return client.post(f"/channels/{channel.pk}/edit/", entered(world, channel, **changes))


def row_of(channel, order_type):
    return ChannelOption.objects.filter(channel=channel, order_type=order_type).first()


def test_setup_shows_own_and_inherited_values_and_how_many_orders_a_row_concerns(world, sign_in):
    ChannelOption.objects.update(sales_source=SalesSource.objects.get(name="Amazon FBM"))
    ChannelOption.objects.create(channel=world.fbm, order_type="prime", invoice_priority=1)
    sales_order(world, 1, stocked_item(world, "MUG"), order_type="prime")
    page = text(sign_in(Role.VIEWER).get(f"/channels/{world.fbm.pk}/"))
    assert "1 open order of this type" in page
    assert '<span class="option-note">inherits</span> Amazon FBM' in page
    assert 'GBP <span class="option-note">by default</span>' in page
    assert all(label in page for label in LABELS.values())


def test_an_fba_channel_shows_no_courier_columns(world, sign_in):
    page = text(sign_in().get(f"/channels/{world.fba.pk}/edit/"))
    assert ("Courier Group" in page, "Customer policy" in page) == (False, True)


def test_edit_explains_every_option_and_shows_what_an_empty_cell_inherits(world, sign_in):
    ChannelOption.objects.create(channel=world.fbm, order_type="prime")
    page = text(sign_in().get(f"/channels/{world.fbm.pk}/edit/"))
    own_words = {"site", "courier_service"}  # of (Global), which every channel form has
    assert all(words.replace("'", "&#x27;") in page for option, words in HELP.items() if option not in own_words)
    assert ">inherits Main warehouse<" in page
    assert 'placeholder="inherits GBP"' in page


def test_a_row_is_added_filled_and_removed_without_javascript(world, sign_in):
    client = sign_in()
    opened = edit(client, world, row="add:prime", name="Typed but not saved", invoice_priority="7")
    page = text(opened)
    assert (opened.status_code, Channel.objects.get(pk=world.fbm.pk).name) == (200, "Amazon.co.uk FBM")
    assert ('name="prime.site"' in page, "Typed but not saved" in page, 'value="7"' in page) == (True, True, True)
    assert "data-guard-changed" in page
    assert page.count("autofocus") == 1
    assert "Nothing is saved yet" in page
    store = Site.objects.create(name="Store", kind="shop", made_at=NOW)
    saved = edit(client, world, rows=["prime"], **{"prime.site": store.pk, "prime.orders_confirmed": "False"})
    assert saved.status_code == 302
    prime = row_of(world.fbm, "prime")
    assert (prime.site, prime.orders_confirmed, prime.auto_pick) == (store, False, None)
    removed = edit(client, world, rows=["prime"], row="remove:prime", version="2")
    assert ('name="prime.site"' in text(removed), row_of(world.fbm, "prime") is None) == (False, False)
    assert edit(client, world, version="2").status_code == 302
    assert row_of(world.fbm, "prime") is None


@pytest.mark.parametrize("row", ["add:fba", "add:Nonsense", "remove:Nonsense", "add:", "", "<script>", "add:prime:x"])
def test_a_row_that_cannot_be_is_not_added(row, world, sign_in):
    page = text(edit(sign_in(), world, row=row, rows=["Nonsense", "fba"]))
    assert ("Nonsense" in page, 'name="fba.site"' in page, 'name="rows"' in page) == (False, False, False)


def test_the_whole_list_is_saved_with_the_channel_and_audited(world, sign_in):
    group, bank = CourierGroup.objects.get(name="Prime"), BankAccount.objects.get(name="Amazon")
    answer = edit(
        sign_in(),
        world,
        currency="eur",
        bank_account=bank.pk,
        customer_policy="generic",
        assign_invoice_code="True",
        auto_pick="False",
        rows=["expedited", "prime"],
        **{"prime.courier_group": group.pk, "prime.invoice_priority": "1", "expedited.currency": "USD"},
    )
    assert answer.status_code == 302
    everything, prime = row_of(world.fbm, ""), row_of(world.fbm, "prime")
    assert (everything.currency, everything.bank_account, everything.auto_pick) == ("EUR", bank, False)
    assert (everything.customer_policy, everything.assign_invoice_code) == ("generic", True)
    assert (prime.courier_group, prime.invoice_priority, row_of(world.fbm, "expedited").currency) == (group, 1, "USD")
    after = AuditEntry.objects.get(verb="save", noun="Channel").after
    assert (after["prime: courier group"], after["expedited: currency"]) == ("Prime", "USD")


@pytest.mark.parametrize("row", ["", "prime."])
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sales_source", "999999"),
        ("sales_source", "<script>"),
        ("courier_group", "999999"),
        ("company_class", "-1"),
        ("bank_account", "9" * 40),
        ("order_number_prefix", "x"),
        ("currency", "XYZ"),
        ("currency", "EURO"),
        ("currency", "<b>"),
        ("currency", "E\x07"),
        ("currency", "E\x00R"),
        ("customer_policy", "No customers at all"),
        ("invoice_priority", "0"),
        ("invoice_priority", "10"),
        ("invoice_priority", "-1"),
        ("invoice_priority", "first"),
        ("invoice_priority", "9" * 60),
        ("orders_confirmed", "perhaps"),
        ("assign_invoice_code", "2"),
        ("auto_pick", "<script>alert(1)</script>"),
    ],
)
def test_wrong_input_is_an_error_at_its_field_and_nothing_is_saved(row, field, value, world, sign_in):
    answer = edit(sign_in(), world, name="Changed", rows=["prime"], **{f"{row}{field}": value})
    page = text(answer)
    assert (answer.status_code, f'id="id_{row}{field}_error"' in page) == (422, True)
    assert "<script>alert" not in page
    assert (Channel.objects.get(pk=world.fbm.pk).name, row_of(world.fbm, "prime")) == ("Amazon.co.uk FBM", None)


@pytest.mark.parametrize("site", ["warehouse", "other pool"])
def test_an_fba_channels_override_site_must_be_its_pools(site, world, sign_in):
    europe = an_fba_site(pool="EU", name="FBA Europe")
    wrong = world.warehouse if site == "warehouse" else europe
    answer = edit(sign_in(), world, world.fba, rows=["replacement"], **{"replacement.site": wrong.pk})
    page = text(answer)
    assert (answer.status_code, 'id="id_replacement.site_error"' in page) == (422, True)
    if site == "other pool":
        assert "Row Replacement: FBA Europe is the FBA site of the pool" in page
    assert row_of(world.fba, "replacement") is None


@pytest.mark.parametrize("option", ["assign_invoice_code", "orders_confirmed"])
def test_fba_orders_are_invoiced_and_issued_at_import_and_the_field_says_why(option, world, sign_in):
    answer = edit(sign_in(), world, world.fba, **{option: "False"})
    page = text(answer)
    assert (answer.status_code, f'id="id_{option}_error"' in page) == (422, True)
    assert "Amazon has shipped an FBA order before it is imported" in page


def test_a_late_courier_in_a_row_is_acknowledged_there(world, sign_in):
    late = a_late_service()
    client = sign_in()
    answer = edit(client, world, rows=["standard"], **{"standard.courier_service": late.pk})
    assert (answer.status_code, 'id="id_standard.late_courier_acknowledged_error"' in text(answer)) == (422, True)
    ticked = {"standard.courier_service": late.pk, "standard.late_courier_acknowledged": "on"}
    assert edit(client, world, rows=["standard"], **ticked).status_code == 302
    assert row_of(world.fbm, "standard").late_courier_acknowledged


def test_an_archived_value_is_offered_only_where_it_is_held(world, sign_in):
    client = sign_in()
    SalesSource.objects.create(name="Gone shop", archived=True)
    held = SalesSource.objects.create(name="Old shop", archived=True)
    ChannelOption.objects.filter(channel=world.fbm).update(sales_source=held)
    page = text(client.get(f"/channels/{world.fbm.pk}/edit/"))
    assert ("Old shop (archived)" in page, "Gone shop" in page) == (True, False)


@pytest.mark.parametrize("rows", [1, 3])
def test_setup_costs_the_same_for_one_row_and_for_three(rows, world, sign_in, django_assert_max_num_queries):
    for order_type in ("prime", "business", "standard")[:rows]:
        ChannelOption.objects.create(channel=world.fbm, order_type=order_type, site=world.warehouse)
    client = sign_in(Role.VIEWER)
    with django_assert_max_num_queries(28):
        client.get(f"/channels/{world.fbm.pk}/")
