"""Rows that are made and written in bulk are those that Django makes one by one."""

from datetime import UTC, datetime

import pytest

from wharfinger.db.models import Activity, Allocation, Customer, ImportedOrder, Movement, RawMessage, SalesOrder
from wharfinger.domain.orders.order import AmazonStatus, ImportState
from wharfinger.operations._rows import new_row

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


def _columns(row):
    return {name: value for name, value in row.__dict__.items() if name != "_state"}


@pytest.mark.parametrize("model", [Activity, Allocation, Customer, ImportedOrder, Movement, RawMessage, SalesOrder])
def test_a_new_row_begins_as_the_model_makes_it(model):
    assert _columns(new_row(model)) == _columns(model())


def test_a_new_row_has_its_values_by_column_by_foreign_key_and_by_pk():
    imported = new_row(ImportedOrder, pk=7, account_id=3, state="failed", amazon_status=AmazonStatus.PENDING)
    order = new_row(SalesOrder, pk=9, imported=imported, customer=None, code="SO1", placed_at=NOW)

    assert (imported.pk, imported.account_id, imported.state) == (7, 3, ImportState.FAILED)
    assert (order.imported_id, order.imported, order.customer_id, order.placed_at) == (7, imported, None, NOW)
    assert order._state.adding
    assert _columns(order) == _columns(SalesOrder(pk=9, imported=imported, customer=None, code="SO1", placed_at=NOW))


def test_two_new_rows_share_no_list():
    one, other = new_row(SalesOrder), new_row(SalesOrder)
    one.programs.append("PRIME")

    assert other.programs == []


def test_a_column_that_is_not_there_is_refused():
    with pytest.raises(TypeError, match="SalesOrder has no column colour"):
        new_row(SalesOrder, colour="blue")
