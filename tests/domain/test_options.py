"""The (Global) options list: what holds for an order type, and where it comes from."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.channels.channel import CustomerPolicy
from wharfinger.domain.channels.options import (
    OPTIONS,
    ORDER_TYPES,
    OptionRow,
    OptionValues,
    Source,
    defaults_for,
    fault_in,
    options_of_kind,
    resolve,
)
from wharfinger.domain.orders.order import Fulfilment, OrderType

ids = st.none() | st.integers(1, 50)
flags = st.none() | st.booleans()
values = st.builds(
    OptionValues,
    site=ids,
    site_group=ids,
    sales_source=ids,
    currency=st.none() | st.sampled_from(["GBP", "EUR", "USD"]),
    courier_group=ids,
    courier_service=ids,
    customer_policy=st.none() | st.sampled_from(list(CustomerPolicy)),
    company_class=ids,
    invoice_priority=st.none() | st.integers(1, 9),
    bank_account=ids,
    order_number_prefix=ids,
    orders_confirmed=flags,
    assign_invoice_code=flags,
    auto_pick=flags,
)
kinds = st.sampled_from(list(Fulfilment))


@given(values, st.none() | values, values)
def test_an_own_value_beats_global_and_global_beats_the_default(everything, override, defaults):
    resolved = resolve(everything, override, defaults)
    for option in OPTIONS:
        if option in ("site", "site_group"):  # one cell: see below
            continue
        own = getattr(override, option) if override else None
        ranked = [
            (own, Source.OWN),
            (getattr(everything, option), Source.GLOBAL),
            (getattr(defaults, option), Source.DEFAULT),
        ]
        expected = next(((value, source) for value, source in ranked if value is not None), (None, Source.DEFAULT))
        assert (getattr(resolved.values, option), resolved.sources[option]) == expected


@given(values, st.none() | values, values)
def test_a_site_or_a_site_group_of_one_row_is_never_mixed_with_another_rows(everything, override, defaults):
    resolved = resolve(everything, override, defaults)
    rows = [row for row in (override, everything, defaults) if row is not None]
    cell = next((row for row in rows if (row.site, row.site_group) != (None, None)), defaults)
    assert (resolved.values.site, resolved.values.site_group) == (cell.site, cell.site_group)
    assert resolved.sources["site"] is resolved.sources["site_group"]


@given(values, values)
def test_an_empty_override_row_changes_nothing(everything, defaults):
    with_row = resolve(everything, OptionValues(), defaults)
    assert with_row == resolve(everything, None, defaults)
    assert Source.OWN not in with_row.sources.values()


@given(values, values, kinds)
def test_what_is_off_stays_off_although_the_default_is_on(everything, override, kind):
    resolved = resolve(everything, replace(override, orders_confirmed=False), defaults_for(kind, "GBP"))
    assert resolved.values.orders_confirmed is False


@given(kinds, values, st.none() | values)
def test_what_every_order_needs_is_always_answered(kind, everything, override):
    resolved = resolve(everything, override, defaults_for(kind, "GBP")).values
    needed = ("currency", "customer_policy", "orders_confirmed", "assign_invoice_code", "auto_pick")
    assert all(getattr(resolved, option) is not None for option in needed)


def test_the_types_of_a_kind():
    assert [each.value for each in ORDER_TYPES[Fulfilment.FBM]] == [
        "standard", "expedited", "prime", "business", "replacement", "exchange",
    ]  # fmt: skip
    assert [each.value for each in ORDER_TYPES[Fulfilment.FBA]] == ["fba", "business", "replacement", "exchange"]


def test_amazons_parcels_have_no_courier_of_ours():
    assert set(options_of_kind(Fulfilment.FBM)) - set(options_of_kind(Fulfilment.FBA)) == {
        "courier_group", "courier_service",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "order_type", "cells", "option"),
    [
        (Fulfilment.FBA, None, {"assign_invoice_code": False}, "assign_invoice_code"),
        (Fulfilment.FBA, OrderType.REPLACEMENT, {"assign_invoice_code": False}, "assign_invoice_code"),
        (Fulfilment.FBA, None, {"orders_confirmed": False}, "orders_confirmed"),
        (Fulfilment.FBA, OrderType.PRIME, {}, "order_type"),
        (Fulfilment.FBM, OrderType.FBA, {}, "order_type"),
        (Fulfilment.FBM, None, {"invoice_priority": 0}, "invoice_priority"),
        (Fulfilment.FBM, None, {"invoice_priority": 10}, "invoice_priority"),
        (Fulfilment.FBM, None, {"invoice_priority": -(10**40)}, "invoice_priority"),
    ],
)
def test_a_wrong_cell_is_named_with_a_reason(kind, order_type, cells, option):
    fault = fault_in(OptionRow(order_type, OptionValues(**cells)), kind)
    assert fault is not None
    assert (fault.option, fault.reason.endswith(".")) == (option, True)


@given(kinds, st.integers(1, 9))
def test_a_lawful_row_has_no_fault(kind, priority):
    row = OptionRow(ORDER_TYPES[kind][0], OptionValues(invoice_priority=priority, assign_invoice_code=True))
    assert fault_in(row, kind) is None
