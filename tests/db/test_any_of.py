"""Rows by many values are those that `__in` finds, in one parameter."""

import pytest
from tests.factories.cast import Trading

from wharfinger.db.any_of import any_of
from wharfinger.db.models import ChannelProduct, StockItem

pytestmark = pytest.mark.django_db


def test_rows_are_found_by_numbers_texts_foreign_keys_and_over_a_join():
    world = Trading()
    ids = {code: world.item(code).pk for code in ("MUG", "TOWEL", "BOWL")}

    assert StockItem.objects.filter(any_of("code", {"MUG", "BOWL", "none"})).count() == 2
    assert StockItem.objects.filter(any_of("pk", [ids["MUG"], 10**12])).get().code == "MUG"
    assert list(StockItem.objects.filter(any_of("pk", []))) == []
    assert {row.item_id for row in ChannelProduct.objects.filter(any_of("item", ids.values()))} == set(ids.values())
    assert {row.item.code for row in ChannelProduct.objects.filter(any_of("item__code", ["BOWL"]))} == {"BOWL"}
    sql, params = StockItem.objects.filter(any_of("code", ids)).query.sql_with_params()
    assert ("= ANY(%s" in sql, params) == (True, (["MUG", "TOWEL", "BOWL"],))
