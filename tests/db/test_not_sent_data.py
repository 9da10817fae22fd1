"""The data step that renames the key of a quantity's reason: the reason stays, and so do the keys beside it."""

from importlib import import_module

import pytest
from django.db import connection
from tests.factories.stock import a_listing
from tests.sync.orders_world import World

from wharfinger.db.models import Listing

pytestmark = pytest.mark.django_db

_, step = import_module("wharfinger.db.migrations.0035_choice_and_not_sent").Migration.operations


def _reasons():
    return list(Listing.objects.order_by("sku").values_list("sent_why", flat=True))


def test_the_reason_of_a_quantity_that_is_not_sent_keeps_its_text():
    account = World().account
    stored = [{"not_told": "Never counted.", "on_hand": 3}, {"on_hand": 4}, None]
    for sku, why in zip("ABC", stored, strict=True):
        listing = a_listing(account, sku)
        Listing.objects.filter(pk=listing.pk).update(sent_why=why)
    with connection.cursor() as cursor:
        cursor.execute(step.sql)
        assert _reasons() == [{"not_sent": "Never counted.", "on_hand": 3}, {"on_hand": 4}, None]
        cursor.execute(step.reverse_sql)
    assert _reasons() == stored
