"""The small lists of Settings: names once, used values stay, every change in the audit."""

import pytest
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.orders import an_order
from tests.factories.stock import a_site

from wharfinger.db.models import (
    AuditEntry,
    BankAccount,
    ChannelOption,
    CompanyClass,
    CourierGroup,
    CourierLevelMapping,
    Customer,
    OrderNumberPrefix,
    SalesSource,
)
from wharfinger.domain.installation.lists import LISTS, ListName
from wharfinger.operations.installation import small_lists
from wharfinger.operations.installation.small_lists import MODELS, ListEntry
from wharfinger.operations.refusals import Refused

pytestmark = pytest.mark.django_db

ALL = list(ListName)
PREFIXES = ListName.ORDER_NUMBER_PREFIXES


def add(which, name, olga, **more):
    return small_lists.add_entry(which, ListEntry(name, **more), now=NOW, user=olga)


def names(which):
    return set(MODELS[which].objects.values_list("name", flat=True))


@pytest.mark.parametrize("which", ALL)
def test_an_entry_is_added_renamed_archived_restored_and_deleted(which, olga):
    entry = add(which, "NEW", olga)
    small_lists.rename_entry(which, entry, ListEntry("NEWER"), now=NOW, user=olga)
    assert "NEWER" in names(which)
    assert small_lists.archive_entry(which, entry, now=NOW, user=olga) == "NEWER"
    assert MODELS[which].objects.get(pk=entry).archived
    small_lists.restore_entry(which, entry, now=NOW, user=olga)
    assert not MODELS[which].objects.get(pk=entry).archived
    small_lists.delete_entry(which, entry, now=NOW, user=olga)
    assert "NEWER" not in names(which)
    audit = list(AuditEntry.objects.order_by("pk").values_list("verb", "noun", "user__username"))
    assert audit == [(verb, LISTS[which].noun, "olga") for verb in ("create", "rename", "archive", "restore", "delete")]


@pytest.mark.parametrize("which", ALL)
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", "Give the"),
        ("   ", "Give the"),
        ("X" * 61, "at most"),
        ("bell\x07", "control character"),
        ("X\u202eY", "control character"),
        ("<script>alert(1)</script>", "< or >"),
    ],
)
def test_a_wrong_name_is_refused_by_its_field(which, name, words, olga):
    before = names(which)
    with pytest.raises(Refused) as refused:
        add(which, name, olga)
    fits = words in refused.value.message or (which is PREFIXES and "at most 8" in refused.value.message)
    assert (refused.value.field, fits, names(which)) == ("name", True, before)


@pytest.mark.parametrize("name", ["A B", "A1", "9", "Ä", "A/B", "A_"])
def test_a_prefix_that_codes_could_not_begin_with_is_refused(name, olga):
    with pytest.raises(Refused, match="A prefix may contain only letters"):
        add(PREFIXES, name, olga)


def test_a_prefix_is_written_in_capitals(olga):
    add(PREFIXES, " amz- ", olga)
    assert "AMZ-" in names(PREFIXES)


@pytest.mark.parametrize("which", ALL)
def test_a_name_is_there_once_whatever_its_case(which, olga):
    add(which, "TWICE", olga)
    with pytest.raises(Refused, match="already") as refused:
        add(which, "twice", olga)
    assert refused.value.field == "name"
    other = add(which, "OTHER", olga)
    with pytest.raises(Refused, match="already"):
        small_lists.rename_entry(which, other, ListEntry("Twice"), now=NOW, user=olga)


def test_the_name_of_an_archived_entry_is_offered_for_restoring(olga):
    entry = add(ListName.SALES_SOURCES, "Shop", olga)
    small_lists.archive_entry(ListName.SALES_SOURCES, entry, now=NOW, user=olga)
    with pytest.raises(Refused, match="archived sales source “Shop”. Restore it"):
        add(ListName.SALES_SOURCES, "SHOP", olga)


@pytest.mark.parametrize("which", ALL)
@pytest.mark.parametrize("verb", ["archive_entry", "restore_entry", "delete_entry"])
def test_an_entry_that_is_not_there_is_refused(which, verb, olga):
    with pytest.raises(Refused, match="no longer exists"):
        getattr(small_lists, verb)(which, 999_999, now=NOW, user=olga)


def test_a_bank_account_may_name_its_currency(olga):
    entry = add(ListName.BANK_ACCOUNTS, "Euro account", olga, currency="eur")
    assert BankAccount.objects.get(pk=entry).currency == "EUR"
    with pytest.raises(Refused) as refused:
        add(ListName.BANK_ACCOUNTS, "Odd", olga, currency="EURO")
    assert refused.value.field == "currency"


def options_hold(which, entry):
    channel = a_channel(an_account(), a_site())
    ChannelOption.objects.filter(channel=channel).update(**{LISTS[which].option: entry})


def orders_hold(which, entry):
    channel = a_channel(an_account(), a_site())
    if which is ListName.COMPANY_CLASSES:
        Customer.objects.create(code="C1", company_class_id=entry, made_at=NOW)
    elif which is PREFIXES:
        order = an_order(channel, channel.options.get().site, [])
        order.code = f"{OrderNumberPrefix.objects.get(pk=entry).name}000001"
        order.save()
    else:
        an_order(channel, channel.options.get().site, [], **{f"{LISTS[which].option}_id": entry})


@pytest.mark.parametrize("which", ALL)
@pytest.mark.parametrize("holds", [options_hold, orders_hold])
def test_what_is_used_cannot_be_deleted_but_archived(which, holds, olga):
    entry = add(which, "USED", olga)
    holds(which, entry)
    with pytest.raises(Refused, match="cannot be deleted: It is used by .* Archive it instead"):
        small_lists.delete_entry(which, entry, now=NOW, user=olga)
    small_lists.archive_entry(which, entry, now=NOW, user=olga)
    assert "USED" in names(which)


def test_a_courier_group_that_a_level_is_mapped_to_cannot_be_deleted(olga):
    entry = add(ListName.COURIER_GROUPS, "Fast", olga)
    CourierLevelMapping.objects.create(
        channel=a_channel(an_account(), a_site()), service_level="NEXT_DAY", group_id=entry
    )
    with pytest.raises(Refused, match="a courier mapping"):
        small_lists.delete_entry(ListName.COURIER_GROUPS, entry, now=NOW, user=olga)


def test_a_prefix_is_not_used_by_codes_of_a_longer_one(olga):
    channel = a_channel(an_account(), a_site())
    an_order(channel, channel.options.get().site, [])
    entry = add(PREFIXES, "S", olga)
    small_lists.delete_entry(PREFIXES, entry, now=NOW, user=olga)
    assert "S" not in names(PREFIXES)


def test_an_installation_begins_with_sensible_entries():
    assert [sorted(names(which)) for which in ALL] == [
        ["Amazon FBA", "Amazon FBM"],
        ["Amazon"],
        ["Expedited", "Prime", "Standard"],
        ["Amazon"],
        ["SO"],
    ]
    assert {SalesSource, BankAccount, CourierGroup, CompanyClass, OrderNumberPrefix} == set(MODELS.values())
