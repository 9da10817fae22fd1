"""The data step of the options: lists are filled once, and generic customers learn whose month they are."""

from importlib import import_module

import pytest
from django.apps import apps
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.stock import a_site

from wharfinger.db.models import CourierGroup, Customer, SalesSource

pytestmark = pytest.mark.django_db

step = import_module("wharfinger.db.migrations.0006_options_data")


def test_generic_customers_made_before_know_their_channel_and_month():
    channel = a_channel(an_account(), a_site())
    codes = [f"Amazon.c-{channel.pk}-1126", "Amazon.c-999999-1126", "C000001", "odd"]
    for code in codes:
        Customer.objects.create(code=code, generic=code != "C000001", made_at=NOW)
    step.name_months(apps, None)
    months = dict(Customer.objects.values_list("code", "generic_month"))
    assert months == {codes[0]: "1126", codes[1]: "", "C000001": "", "odd": ""}
    assert Customer.objects.get(code=codes[0]).generic_channel == channel


def test_what_a_house_has_already_is_not_made_twice():
    CourierGroup.objects.filter(name="Prime").update(name="PRIME", archived=True)
    SalesSource.objects.all().delete()
    step.fill_lists(apps, None)
    assert sorted(CourierGroup.objects.values_list("name", flat=True)) == ["Expedited", "PRIME", "Standard"]
    assert sorted(SalesSource.objects.values_list("name", flat=True)) == ["Amazon FBA", "Amazon FBM"]
