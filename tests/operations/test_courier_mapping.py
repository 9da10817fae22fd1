"""Courier mapping both ways, and the lines of a courier group."""

import pytest
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.orders import an_order
from tests.factories.people import olga_the_owner
from tests.factories.shipping import a_service
from tests.factories.stock import a_site, an_item

from wharfinger.db.models import (
    AuditEntry,
    Channel,
    ChannelOption,
    CourierGroup,
    CourierGroupRule,
    CourierLevelMapping,
    CourierMapping,
)
from wharfinger.operations.orders import take_orders
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping import confirmations, courier_groups, courier_mappings, shipments
from wharfinger.operations.shipping.courier_groups import RuleEntry
from wharfinger.operations.shipping.courier_mappings import CarrierEntry, LevelEntry
from wharfinger.operations.stock import ledger

pytestmark = pytest.mark.django_db


class Yard:
    def __init__(self):
        self.account = an_account()
        self.site = a_site()
        self.channel = a_channel(self.account, self.site)
        self.service = a_service()
        self.fast = CourierGroup.objects.get(name="Expedited")
        self.olga = olga_the_owner()

    def save(self, levels=(), carriers=(), version=None):
        version = Channel.objects.get(pk=self.channel.pk).version if version is None else version
        courier_mappings.save_mapping(self.channel.pk, levels, carriers, version=version, now=NOW, user=self.olga)

    def add(self, **fields):
        entry = RuleEntry(**{"service_id": self.service.pk, **fields})
        return courier_groups.add_rule(self.fast.pk, entry, now=NOW, user=self.olga)


@pytest.fixture
def yard():
    return Yard()


def levels():
    return list(CourierLevelMapping.objects.order_by("service_level").values_list("service_level", "invoice_priority"))


def test_levels_are_mapped_changed_and_taken_away(yard):
    yard.save([LevelEntry("NEXT_DAY", yard.fast.pk, 1), LevelEntry(" SECOND_DAY ", yard.fast.pk)])
    assert levels() == [("NEXT_DAY", 1), ("SECOND_DAY", None)]
    yard.save([LevelEntry("NEXT_DAY", yard.fast.pk, 4), LevelEntry("SECOND_DAY", None), LevelEntry("", None)])
    assert levels() == [("NEXT_DAY", 4)]


def test_services_are_named_to_amazon_and_confirmations_say_so(yard):
    mug = an_item()
    ledger.receive_stock(mug.pk, yard.site.pk, 5, now=NOW)
    yard.save([], [CarrierEntry(yard.service.pk, "Royal Mail", "", "Tracked 24")])
    order = an_order(yard.channel, yard.site, [(mug, 1)])
    take_orders.serve_order(order.pk, now=NOW)
    shipments.dispatch(order.pk, service_id=yard.service.pk, now=NOW)
    claimed = confirmations.claim_confirmation(yard.account.pk, now=NOW, machine_now=NOW)
    assert (claimed.carrier_code, claimed.carrier_name, claimed.shipping_method) == ("Royal Mail", "", "Tracked 24")


def test_an_empty_code_takes_a_mapping_away_but_not_that_of_the_channels_own_service(yard):
    yard.save([], [CarrierEntry(yard.service.pk, "DPD")])
    yard.save([], [CarrierEntry(yard.service.pk, "")])
    assert CourierMapping.objects.count() == 0
    yard.save([], [CarrierEntry(yard.service.pk, "DPD")])
    ChannelOption.objects.update(courier_service=yard.service)
    with pytest.raises(Refused, match="cannot be empty"):
        yard.save([], [CarrierEntry(yard.service.pk, "")])


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ([("", 1, None)], "level.0.level", "Give Amazon's service level"),
        ([("X" * 41, 1, None)], "level.0.level", "at most 40"),
        ([("NEXT\x07DAY", 1, None)], "level.0.level", "letters, digits"),
        ([("<script>", 1, None)], "level.0.level", "letters, digits"),
        ([("A", 1, None), ("a", 1, None)], "level.1.level", "there twice"),
        ([("A", None, 3)], "level.0.group_id", "Choose the courier group"),
        ([("A", 999_999, None)], "level.0.group_id", "no longer exists"),
        ([("A", 1, 0)], "level.0.invoice_priority", "from 1"),
        ([("A", 1, 10)], "level.0.invoice_priority", "to 9"),
        ([("A", 1, -5)], "level.0.invoice_priority", "from 1"),
    ],
)
def test_a_wrong_level_is_refused_by_its_field_and_nothing_is_written(yard, given, field, words):
    entries = [LevelEntry(level, yard.fast.pk if group == 1 else group, order) for level, group, order in given]
    with pytest.raises(Refused, match=words) as refused:
        yard.save(entries, [CarrierEntry(yard.service.pk, "DPD")])
    assert (refused.value.field, levels(), CourierMapping.objects.count()) == (field, [], 0)


@pytest.mark.parametrize(
    ("carrier", "field", "words"),
    [
        (("Royal Mial",), "carrier_code", "Do you mean “Royal Mail”"),
        (("qqqq",), "carrier_code", "Use Other"),
        (("Other",), "carrier_name", "carrier's name too"),
        (("", "A name"), "carrier_code", "carrier code too"),
        (("", "", "Tracked"), "carrier_code", "carrier code too"),
        (("X" * 61,), "carrier_code", "at most 60"),
        (("Other", "X" * 61), "carrier_name", "at most 60"),
        (("DPD", "", "X" * 61), "shipping_method", "at most 60"),
        (("D\x07D",), "carrier_code", "control character"),
        (("Other", "<script>alert(1)</script>"), "carrier_name", "< or >"),
        (("DPD", "", "<b>"), "shipping_method", "< or >"),
    ],
)
def test_a_wrong_carrier_is_refused_by_its_field(yard, carrier, field, words):
    with pytest.raises(Refused, match=words) as refused:
        yard.save([LevelEntry("NEXT_DAY", yard.fast.pk)], [CarrierEntry(yard.service.pk, *carrier)])
    assert (refused.value.field, levels()) == (f"carrier.0.{field}", [])


def test_a_code_seen_in_seller_central_is_taken(yard):
    yard.save([], [CarrierEntry(yard.service.pk, "Pigeon Post", seen_at_amazon=True)])
    assert CourierMapping.objects.get().carrier_code == "Pigeon Post"


def test_foreign_services_archived_groups_other_kinds_and_old_versions_are_refused(yard):
    with pytest.raises(Refused, match="no longer exists"):
        yard.save([], [CarrierEntry(999_999, "DPD")])
    CourierGroup.objects.filter(pk=yard.fast.pk).update(archived=True)
    with pytest.raises(Refused, match="is archived"):
        yard.save([LevelEntry("A", yard.fast.pk)])
    with pytest.raises(Refused, match="Somebody else saved"):
        yard.save([], [], version=99)
    Channel.objects.update(kind="FBA")
    with pytest.raises(Refused, match="its own couriers"):
        yard.save()


def test_the_mapping_is_audited_both_ways(yard):
    yard.save([LevelEntry("NEXT_DAY", yard.fast.pk, 1)], [CarrierEntry(yard.service.pk, "Other", "Demo Courier")])
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.before, entry.after) == (
        "map couriers",
        {},
        {"in: NEXT_DAY": "Expedited, invoice priority 1", "out: Demo Courier Tracked 24": "Other, Demo Courier"},
    )


def lines(group):
    return list(CourierGroupRule.objects.filter(group=group).values_list("position", "country"))


def test_lines_of_a_group_are_added_moved_edited_and_removed(yard):
    first, second, third = (yard.add(country=country) for country in ("GB", "de", "FR"))
    assert lines(yard.fast) == [(1, "GB"), (2, "DE"), (3, "FR")]
    courier_groups.move_rule(yard.fast.pk, third.pk, up=True, now=NOW, user=yard.olga)
    assert [country for _, country in lines(yard.fast)] == ["GB", "FR", "DE"]
    courier_groups.move_rule(yard.fast.pk, first.pk, up=True, now=NOW, user=yard.olga)
    courier_groups.move_rule(yard.fast.pk, second.pk, up=False, now=NOW, user=yard.olga)
    assert [country for _, country in lines(yard.fast)] == ["GB", "FR", "DE"]
    courier_groups.edit_rule(yard.fast.pk, second.pk, RuleEntry(yard.service.pk, country="IE"), now=NOW, user=yard.olga)
    courier_groups.remove_rule(yard.fast.pk, third.pk, now=NOW, user=yard.olga)
    assert [country for _, country in lines(yard.fast)] == ["GB", "IE"]
    assert [row.verb for row in AuditEntry.objects.order_by("pk")] == [
        "add line", "add line", "add line", "move line", "edit line", "remove line",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"service_id": None}, "service_id"),
        ({"service_id": 999_999}, "service_id"),
        ({"channel_id": 999_999}, "channel_id"),
        ({"service_level": "X" * 41}, "service_level"),
        ({"service_level": "<script>"}, "service_level"),
        ({"service_level": "a\x07b"}, "service_level"),
        ({"country": "UK"}, "country"),
        ({"country": "Germany"}, "country"),
        ({"country": "<>"}, "country"),
        ({"country": "ÄÖ"}, "country"),
        ({"grams_at_most": 0}, "grams_at_most"),
        ({"grams_at_most": -1}, "grams_at_most"),
        ({"grams_at_most": 10**12}, "grams_at_most"),
    ],
)
def test_a_wrong_line_is_refused_by_its_field(yard, fields, field):
    with pytest.raises(Refused) as refused:
        yard.add(**fields)
    assert (refused.value.field, lines(yard.fast)) == (field, [])


def test_an_fba_channel_and_lines_of_another_group_are_refused(yard):
    fba = a_channel(yard.account, yard.site, kind="FBA")
    with pytest.raises(Refused, match="FBM channel"):
        yard.add(channel_id=fba.pk)
    other = CourierGroup.objects.get(name="Prime")
    rule = yard.add()
    for verb in (courier_groups.remove_rule, courier_groups.move_rule):
        more = {"up": True} if verb is courier_groups.move_rule else {}
        with pytest.raises(Refused, match="no longer exists"):
            verb(other.pk, rule.pk, now=NOW, user=yard.olga, **more)
