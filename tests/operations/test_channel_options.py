"""Save Channel writes the whole (Global) list or nothing: every row is checked, every refusal names its cell."""

from dataclasses import replace

import pytest
from tests.factories.people import olga_the_owner
from tests.factories.stock import an_fba_site
from tests.operations.test_channels import NOW, an_entry, fba
from tests.operations.test_channels import installation as installation  # the fixture
from tests.operations.test_channels import made as made_channel

from wharfinger.db.models import (
    AuditEntry,
    BankAccount,
    Channel,
    ChannelOption,
    CompanyClass,
    CourierGroup,
    CourierMapping,
    OrderNumberPrefix,
    SalesSource,
    Site,
)
from wharfinger.domain.channels.channel import CustomerPolicy
from wharfinger.domain.channels.options import OptionRow, OptionValues
from wharfinger.domain.orders.order import Fulfilment, OrderType
from wharfinger.operations.channels import channel_set_up
from wharfinger.operations.channels.channel_set_up import OneMore
from wharfinger.operations.refusals import Refused

pytestmark = pytest.mark.django_db

GLOBAL = OptionRow(None, OptionValues())


def rows(*overrides, **everything):
    return (OptionRow(None, OptionValues(**everything)), *overrides)


def row(order_type, acknowledged=False, **cells):
    return OptionRow(order_type, OptionValues(**cells), acknowledged)


def save(channel, entry):
    return channel_set_up.save_channel(channel.pk, entry, version=Channel.objects.get(pk=channel.pk).version, now=NOW)


def stored(channel):
    return {option.order_type: option for option in ChannelOption.objects.filter(channel=channel)}


def test_a_new_channel_begins_with_presets(installation):
    option = stored(made_channel(installation))[""]
    assert [
        str(value)
        for value in (
            option.sales_source,
            option.company_class,
            option.bank_account,
            option.order_number_prefix,
            option.courier_group,
        )
    ] == ["Amazon FBM", "Amazon", "Amazon", "SO", "Standard"]
    assert (option.orders_confirmed, option.customer_policy, option.currency) == (None, "", "")


def test_presets_that_a_house_archived_or_renamed_are_left_out(installation):
    CompanyClass.objects.update(archived=True)
    BankAccount.objects.update(name="Barclays")
    option = stored(made_channel(installation))[""]
    assert (option.company_class, option.bank_account, str(option.order_number_prefix)) == (None, None, "SO")


def test_an_fba_channel_is_preset_without_a_courier_group(installation):
    option = stored(channel_set_up.create_channel(Fulfilment.FBA, fba(installation), now=NOW))[""]
    assert (str(option.sales_source), option.courier_group, option.courier_service) == ("Amazon FBA", None, None)


def test_rows_are_added_changed_and_removed_with_the_channel(installation):
    channel = made_channel(installation)
    shop = Site.objects.create(name="Shop", kind="shop", made_at=NOW)
    prime = row(OrderType.PRIME, site=shop.pk, invoice_priority=1)
    business = row(OrderType.BUSINESS, customer_policy=CustomerPolicy.GENERIC, orders_confirmed=False)
    save(channel, an_entry(installation, options=rows(prime, business, currency="eur", auto_pick=True)))
    options = stored(channel)
    assert (options[""].currency, options[""].auto_pick, options[""].site_id) == ("EUR", True, installation["own"])
    assert (options["prime"].site, options["prime"].invoice_priority, options["prime"].currency) == (shop, 1, "")
    assert (options["business"].customer_policy, options["business"].orders_confirmed) == (
        "generic",
        False,
    )
    save(channel, an_entry(installation, options=rows(replace(prime, values=OptionValues(invoice_priority=9)))))
    options = stored(channel)
    assert (sorted(options), options["prime"].site, options["prime"].invoice_priority) == (["", "prime"], None, 9)


def test_saving_without_a_list_leaves_it_as_it_is(installation):
    channel = made_channel(installation)
    save(channel, an_entry(installation, options=rows(row(OrderType.PRIME, invoice_priority=2), bank_account=None)))
    save(channel, an_entry(installation, name="Renamed"))
    assert (stored(channel)["prime"].invoice_priority, stored(channel)[""].bank_account) == (2, None)


def test_every_cell_is_in_the_audit(installation):
    olga = olga_the_owner()
    channel = made_channel(installation)
    entry = an_entry(installation, options=rows(row(OrderType.PRIME, invoice_priority=2)))
    channel_set_up.save_channel(channel.pk, entry, version=1, now=NOW, user=olga)
    audit = AuditEntry.objects.get(verb="save", noun="Channel")
    assert (audit.before["(Global): sales source"], "(Global): sales source" in audit.after) == ("Amazon FBM", False)
    assert audit.after["prime: invoice priority"] == "2"


@pytest.mark.parametrize("order_type", [OrderType.FBA, OrderType.BUSINESS, OrderType.REPLACEMENT])
@pytest.mark.parametrize(("site", "words"), [("own", "is not an FBA site"), ("eu", "served from the pool UK")])
def test_another_site_in_an_override_row_of_an_fba_channel_is_refused_naming_the_row(
    installation, order_type, site, words
):
    channel = channel_set_up.create_channel(Fulfilment.FBA, fba(installation), now=NOW)
    entry = fba(installation, options=rows(row(order_type, site=installation[site]), assign_invoice_code=True))
    with pytest.raises(Refused, match=words) as refused:
        save(channel, entry)
    assert refused.value.field == f"{order_type.value}.site"
    assert refused.value.message.startswith(f"Row {order_type.label}: ")
    assert sorted(stored(channel)) == [""]


def test_another_sellers_fba_site_is_refused_in_every_row(installation):
    channel = channel_set_up.create_channel(Fulfilment.FBA, fba(installation, seller_id="A1FIRSTSELLER"), now=NOW)
    theirs = an_fba_site(name="FBA UK two")
    channel_set_up.create_channel(
        Fulfilment.FBA, fba(installation, name="Two", seller_id="A2SECONDSELLER", site_id=theirs.pk), now=NOW
    )
    entry = fba(installation, seller_id="A1FIRSTSELLER", options=rows(row(OrderType.FBA, site=theirs.pk)))
    with pytest.raises(Refused, match="another seller account") as refused:
        save(channel, entry)
    assert refused.value.field == "fba.site"


def test_an_fba_site_in_an_override_row_of_an_fbm_channel_is_refused(installation):
    channel = made_channel(installation)
    with pytest.raises(Refused, match="site of your own") as refused:
        save(channel, an_entry(installation, options=rows(row(OrderType.PRIME, site=installation["uk"]))))
    assert refused.value.field == "prime.site"


@pytest.mark.parametrize("order_type", [None, OrderType.REPLACEMENT])
@pytest.mark.parametrize("option", ["assign_invoice_code", "orders_confirmed"])
def test_what_fba_orders_cannot_be_without_is_refused_with_the_reason(installation, order_type, option):
    overrides = [] if order_type is None else [row(order_type, **{option: False})]
    everything = {option: False} if order_type is None else {}
    entry = fba(installation, options=rows(*overrides, **everything))
    with pytest.raises(Refused, match="Amazon has shipped an FBA order before it is imported") as refused:
        channel_set_up.create_channel(Fulfilment.FBA, entry, now=NOW)
    assert refused.value.field == (option if order_type is None else f"replacement.{option}")
    assert Channel.objects.count() == 0


def test_a_late_courier_is_acknowledged_row_by_row(installation):
    channel = made_channel(installation)
    with pytest.raises(Refused, match="only later") as refused:
        save(
            channel,
            an_entry(installation, options=rows(row(OrderType.EXPEDITED, courier_service=installation["late"]))),
        )
    assert refused.value.field == "expedited.late_courier_acknowledged"
    save(
        channel,
        an_entry(installation, options=rows(row(OrderType.EXPEDITED, True, courier_service=installation["late"]))),
    )
    assert stored(channel)["expedited"].late_courier_acknowledged is True
    assert CourierMapping.objects.filter(channel=channel, service=installation["late"]).exists()


def test_a_row_of_a_type_that_the_kind_cannot_have_is_refused(installation):
    with pytest.raises(Refused, match="cannot have orders of the type FBA"):
        save(made_channel(installation), an_entry(installation, options=rows(row(OrderType.FBA))))


@pytest.mark.parametrize(
    ("cells", "option", "words"),
    [
        ({"site": 999_999}, "site", "no longer exists"),
        ({"courier_service": 999_999}, "courier_service", "Choose a courier service"),
        ({"sales_source": 999_999}, "sales_source", "This sales source no longer exists"),
        ({"courier_group": 999_999}, "courier_group", "This courier group no longer exists"),
        ({"company_class": 999_999}, "company_class", "This company class no longer exists"),
        ({"bank_account": 999_999}, "bank_account", "This bank account no longer exists"),
        ({"order_number_prefix": 999_999}, "order_number_prefix", "This order number prefix no longer exists"),
        ({"currency": "XYZ"}, "currency", "is not a currency"),
        ({"currency": "<script>alert(1)</script>"}, "currency", "is not a currency"),
        ({"currency": "GB\x07"}, "currency", "is not a currency"),
        ({"currency": "£" * 500}, "currency", "is not a currency"),
        ({"invoice_priority": 0}, "invoice_priority", "from 1"),
        ({"invoice_priority": 10}, "invoice_priority", "to 9"),
        ({"invoice_priority": -1}, "invoice_priority", "from 1"),
        ({"invoice_priority": 10**30}, "invoice_priority", "to 9"),
    ],
)
@pytest.mark.parametrize("order_type", [None, OrderType.PRIME])
def test_a_wrong_cell_is_refused_by_its_row_and_nothing_is_written(installation, cells, option, words, order_type):
    channel = made_channel(installation)
    if order_type is None and option in ("site", "courier_service"):
        entry = an_entry(installation, options=(GLOBAL,), **{f"{option}_id": cells[option]})
    elif order_type is None:
        entry = an_entry(installation, name="Changed", options=rows(**cells))
    else:
        entry = an_entry(installation, name="Changed", options=rows(row(order_type, **cells)))
    with pytest.raises(Refused, match=words) as refused:
        save(channel, entry)
    assert refused.value.field == (f"prime.{option}" if order_type else option)
    assert (Channel.objects.get().name, sorted(stored(channel))) == ("Amazon.co.uk FBM", [""])


def test_an_archived_value_stays_where_it_is_and_is_not_chosen_anew(installation):
    channel = made_channel(installation)
    source = SalesSource.objects.get(name="Amazon FBM")
    SalesSource.objects.filter(pk=source.pk).update(archived=True)
    save(channel, an_entry(installation, options=rows(sales_source=source.pk)))
    with pytest.raises(Refused, match="“Amazon FBM” is archived"):
        save(channel, an_entry(installation, options=rows(row(OrderType.PRIME, sales_source=source.pk))))


def test_more_channels_of_a_seller_are_set_up_like_the_first(installation):
    olga = olga_the_owner()
    prefix = OrderNumberPrefix.objects.create(name="AMZ")
    group = CourierGroup.objects.get(name="Prime")
    overrides = row(OrderType.PRIME, courier_group=group.pk, site=installation["own"])
    options = rows(overrides, order_number_prefix=prefix.pk, currency="GBP")
    channel = made_channel(installation, seller_id="A1SELLERSELLER", options=options)
    wanted = [
        OneMore("A1PA6795UKMFR9", Fulfilment.FBM, installation["own"]),
        OneMore("A1F83G8C2ARO7P", Fulfilment.FBA, installation["uk"]),
    ]
    german, fba_channel = channel_set_up.create_more(
        channel.pk, wanted, courier_service_id=installation["prompt"], now=NOW, user=olga
    )
    assert (str(stored(german)[""].order_number_prefix), stored(german)[""].currency) == ("AMZ", "")
    assert (stored(german)["prime"].courier_group, stored(german)["prime"].site_id) == (group, installation["own"])
    assert (sorted(stored(fba_channel)), str(stored(fba_channel)[""].sales_source)) == ([""], "Amazon FBA")
