"""What people change on the pages of orders, stock and sites, through to the rows."""

import csv
import io
from decimal import Decimal

import pytest
from django.urls import reverse
from tests.factories import moments
from tests.factories.ground import NOW

from wharfinger.db.models import (
    ChannelProduct,
    Confirmation,
    Movement,
    SalesOrder,
    SalesOrderLine,
    Shipment,
    Site,
    StockItem,
    StockLevel,
)
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(world):
    return moments.stocked_item(world, "MUG", allocated=2)


@pytest.fixture
def order(world, item):
    return moments.sales_order(world, 1, item)


def _dispatch(client, order, **changes):
    line = order.lines.get()
    form = {"service_id": "", "tracking_number": "", "package": "1", f"line_{line.pk}": "2", **changes}
    return client.post(
        reverse("sales-order-dispatch", args=[order.pk]), {f"dispatch-{key}": value for key, value in form.items()}
    )


def test_a_packer_dispatches_with_a_number_from_the_courier(world, order, sign_in):
    answer = _dispatch(sign_in(Role.WAREHOUSE), order, service_id=world.courier.pk)
    assert answer.status_code == 302
    parcel = Shipment.objects.get()
    assert (parcel.order, parcel.package_reference, parcel.user.role) == (order, "1", "warehouse")
    assert parcel.tracking_number
    assert Confirmation.objects.get().state == "waiting"
    assert Movement.objects.latest("id").quantity == -2


def test_a_part_of_an_order_leaves_and_the_rest_stays_open(world, order, sign_in):
    line = order.lines.get()
    client = sign_in(Role.WAREHOUSE)
    _dispatch(client, order, service_id=world.typed.pk, tracking_number="AB123456785GB", **{f"line_{line.pk}": "1"})
    line.refresh_from_db()
    order.refresh_from_db()
    assert (line.quantity_shipped, line.quantity_open, order.state) == (1, 1, "part_shipped")
    text = client.get(reverse("sales-order", args=[order.pk])).content.decode()
    assert "AB123456785GB" in text
    assert 'value="1"' in text


def test_a_missing_tracking_number_is_an_error_at_its_field_and_nothing_leaves(world, order, sign_in):
    answer = _dispatch(sign_in(Role.WAREHOUSE), order, service_id=world.typed.pk)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"tracking_number"}
    assert not Shipment.objects.exists()


@pytest.mark.parametrize("units", ["3", "-1", "x"])
def test_units_that_cannot_leave_are_reported_by_their_line(units, world, order, sign_in):
    line = order.lines.get()
    answer = _dispatch(sign_in(), order, service_id=world.courier.pk, **{f"line_{line.pk}": units})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [f"line_{line.pk}"]
    assert not Shipment.objects.exists()


def test_a_second_press_of_dispatch_sends_nothing_more(world, item, sign_in):
    order = moments.sales_order(world, 1, item)
    client = sign_in()
    line = order.lines.get()
    _dispatch(client, order, service_id=world.courier.pk, **{f"line_{line.pk}": "1"})
    again = _dispatch(client, order, service_id=world.courier.pk, **{f"line_{line.pk}": "1"})
    assert again.status_code == 422
    assert Shipment.objects.count() == 1


def test_many_orders_leave_in_one_go_and_a_refused_one_holds_none(world, item, sign_in):
    StockLevel.objects.filter(item=item, site=world.warehouse).update(allocated=6)
    orders = [moments.sales_order(world, number, item) for number in (1, 2, 3)]
    SalesOrder.objects.filter(pk=orders[1].pk).update(state="cancelled")
    answer = sign_in().post(
        reverse("sales-order-dispatch-many"),
        {"ids": [order.pk for order in orders], "service": world.courier.pk},
        follow=True,
    )
    said = [str(message) for message in answer.context["messages"]]
    assert said[0] == "2 orders are dispatched."
    assert "SO2 was cancelled" in said[1]
    assert sorted(Shipment.objects.values_list("order__code", flat=True)) == ["SO1", "SO3"]


def test_received_stock_is_a_movement_with_its_reason(world, item, sign_in):
    answer = sign_in(Role.WAREHOUSE).post(
        reverse("stock-item-move", args=[item.pk, "receive"]),
        {"receive-site_id": world.warehouse.pk, "receive-quantity": "5", "receive-note": "PO 7"},
    )
    assert answer.status_code == 302
    line = Movement.objects.latest("id")
    assert (line.quantity, line.on_hand_after, line.reason, line.note) == (5, 15, "received", "PO 7")
    assert line.user.role == "warehouse"


@pytest.mark.parametrize(
    ("verb", "typed", "field"),
    [
        ("receive", {"quantity": "0"}, "quantity"),
        ("count", {"quantity": "-1"}, "quantity"),
        ("adjust", {"quantity": "0", "note": "x"}, "quantity"),
        ("adjust", {"quantity": "3", "note": ""}, "note"),
        ("receive", {"quantity": "1", "site_id": "999"}, "site_id"),
    ],
)
def test_a_refused_movement_is_an_error_at_its_field_and_what_was_typed_is_kept(
    verb, typed, field, world, item, sign_in
):
    before = Movement.objects.count()
    typed = {"site_id": str(world.warehouse.pk), "note": "why", **typed}
    answer = sign_in().post(
        reverse("stock-item-move", args=[item.pk, verb]), {f"{verb}-{key}": value for key, value in typed.items()}
    )
    form = next(form for form in answer.context["forms"] if form.is_bound)
    assert answer.status_code == 422
    assert list(form.errors) == [field]
    assert f'value="{typed["quantity"]}"' in answer.content.decode()
    assert Movement.objects.count() == before


def test_levels_of_an_fba_site_are_not_changed_by_hand(world, item, sign_in):
    answer = sign_in().post(
        reverse("stock-item-move", args=[item.pk, "receive"]),
        {"receive-site_id": world.pool.pk, "receive-quantity": "5"},
    )
    assert answer.status_code == 422
    assert StockLevel.objects.get(item=item, site=world.pool).on_hand == 4


def test_an_item_is_made_with_barcodes_and_components(item, sign_in):
    answer = sign_in().post(
        reverse("stock-item-new"),
        {"code": "SET", "name": "Two mugs", "barcodes": "EAN 5012345678900", "components": "2 MUG"},
    )
    made = StockItem.objects.get(code="SET")
    assert answer.headers["Location"] == reverse("stock-item", args=[made.pk])
    assert list(made.barcodes.values_list("type", "code")) == [("EAN", "5012345678900")]
    assert list(made.components.values_list("component__code", "quantity")) == [("MUG", 2)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "MUG"}, "code"),
        ({"barcodes": "5012345678900"}, "barcodes"),
        ({"components": "2 NOWHERE"}, "components"),
        ({"country_of_origin": "GBR"}, "country_of_origin"),
        ({"name": ""}, "name"),
    ],
)
def test_a_refused_item_is_an_error_at_its_field(changes, field, item, sign_in):
    answer = sign_in().post(reverse("stock-item-new"), {"code": "NEW", "name": "New", **changes})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not StockItem.objects.filter(code="NEW").exists()


def test_an_item_made_of_a_listing_is_linked_to_it(world, sign_in):
    product = moments.linked_product(world, "LOOSE", None)
    client = sign_in()
    address = f"{reverse('stock-item-new')}?product={product.pk}"
    assert 'value="LOOSE"' in client.get(address).content.decode()
    client.post(address, {"code": "LOOSE-1", "name": "Made of a listing"})
    product.refresh_from_db()
    assert product.item.code == "LOOSE-1"


def test_a_csv_is_shown_first_and_written_only_when_applied(world, item, sign_in):
    text = "stock code,name,site,quantity,mode\nMUG,,Main warehouse,30,count\nNEW,New one,Main warehouse,3,receive\n"
    client = sign_in()
    plan = client.post(reverse("stock-import"), {"text": text})
    assert plan.status_code == 200
    assert plan.context["plan"].changes == 2
    assert StockLevel.objects.get(item=item, site=world.warehouse).on_hand == 10
    assert client.post(reverse("stock-import"), {"text": text, "step": "apply"}).status_code == 302
    assert StockLevel.objects.get(item=item, site=world.warehouse).on_hand == 30
    assert StockLevel.objects.get(item__code="NEW").on_hand == 3


def test_a_csv_with_a_bad_row_names_row_field_and_remedy_and_changes_nothing(world, item, sign_in):
    text = "stock code,site,quantity,mode\nMUG,Main warehouse,30,count\nMUG,Nowhere,x,count\n"
    client = sign_in()
    for step in ("", "apply"):
        answer = client.post(reverse("stock-import"), {"text": text, "step": step})
        assert answer.status_code == 422
        assert {error.row for error in answer.context["plan"].errors} == {3}
        assert StockLevel.objects.get(item=item, site=world.warehouse).on_hand == 10


def test_what_is_exported_can_be_imported_again_and_changes_nothing(world, item, sign_in):
    client = sign_in()
    text = b"".join(client.get(reverse("stock-import-file")).streaming_content).decode("utf-8-sig")
    plan = client.post(reverse("stock-import"), {"text": text}).context["plan"]
    assert (plan.errors, plan.changes) == ((), 0)
    assert [row.code for row in plan.rows] == ["MUG"]


def test_a_code_that_begins_like_a_formula_is_no_formula_in_the_export(world, sign_in):
    moments.stocked_item(world, '=HYPERLINK("x")', listed=False)
    text = b"".join(sign_in().get(reverse("stock-export")).streaming_content).decode("utf-8-sig")
    assert "\"'=HYPERLINK" in text


def test_formulas_in_codes_names_and_sites_run_in_no_export_and_come_back_as_they_were(world, sign_in):
    Site.objects.filter(pk=world.warehouse.pk).update(name="=cmd|' /C calc'!A0")
    item = moments.stocked_item(world, "-5", on_hand=-3, listed=False)
    moments.stocked_item(world, "'+7", listed=False)
    StockItem.objects.filter(pk=item.pk).update(name="@SUM(1)")
    client = sign_in()
    for name in ("stock-export", "stock-import-file"):
        text = b"".join(client.get(reverse(name)).streaming_content).decode()
        cells = [cell for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
        assert {cell for cell in cells if cell[:1] in ("=", "+", "-", "@")} == {"-3"}
    text = text.replace(",-3,", ",0,")
    plan = client.post(reverse("stock-import"), {"text": text}).context["plan"]
    assert plan.errors == ()
    assert {row.code: (row.name, row.site) for row in plan.rows}["-5"] == ("@SUM(1)", "=cmd|' /C calc'!A0")
    assert "'+7" in {row.code for row in plan.rows}


def test_an_fba_site_wants_a_pool(sign_in):
    client = sign_in()
    form = {"name": "FBA EU", "kind": "fba", "pool": "", "priority": "10"}
    refused = client.post(reverse("site-new"), form)
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["pool"])
    assert client.post(reverse("site-new"), {**form, "pool": "EU"}).status_code == 302
    assert Site.objects.get(name="FBA EU").pool == "EU"


def test_a_site_is_renamed_and_keeps_its_kind(world, sign_in):
    form = {"name": "Old quay", "kind": "shop", "priority": "3", "address": ""}
    assert sign_in().post(reverse("site-edit", args=[world.warehouse.pk]), form).status_code == 302
    site = Site.objects.get(pk=world.warehouse.pk)
    assert (site.name, site.kind, site.priority) == ("Old quay", "own", 3)


def test_linking_an_unknown_sku_fixes_the_order_that_waited(world, item, sign_in):
    order = moments.sales_order(world, 2, None)
    problem = moments.unknown_sku(world, order)
    moments.stocked_item(world, "mug blue")
    client = sign_in()
    picker = client.get(f"{reverse('product-pick')}?problem={problem.pk}").content.decode()
    assert picker.index("mug blue") < picker.index("sells the same ASIN")
    answer = client.post(f"{reverse('product-link')}?problem={problem.pk}", {"code": "mug blue"})
    assert answer.status_code == 302
    line = SalesOrderLine.objects.get(order=order)
    order.refresh_from_db()
    problem.refresh_from_db()
    assert (line.item.code, line.held_reason, order.state) == ("mug blue", "", "ready_to_ship")
    assert problem.solved_at == NOW
    assert ChannelProduct.objects.get(listing__sku="MUG-BLUE").item == line.item


def test_a_link_to_nothing_is_reported(world, sign_in):
    product = moments.linked_product(world, "LOOSE", None)
    client = sign_in()
    for form in ({}, {"code": "NOWHERE"}, {"item": "99999"}):
        answer = client.post(f"{reverse('product-link')}?product={product.pk}", form)
        assert answer.status_code == 422
        assert answer.context["form"].errors
    product.refresh_from_db()
    assert product.item is None


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_after_linking_the_way_back_leads_to_no_other_site(elsewhere, world, item, sign_in):
    product = moments.linked_product(world, "LOOSE", None)
    address = f"{reverse('product-link')}?product={product.pk}&next={elsewhere}"
    answer = sign_in().post(address, {"code": "MUG"})
    assert answer.headers["Location"] == reverse("problem-list")


def test_approving_the_first_upload_shows_the_plan_before_and_the_levels_after(world, item, sign_in):
    world.fbm.stock_upload_approved_at = None
    world.fbm.save()
    client = sign_in()
    page = reverse("channel-stock", args=[world.fbm.pk])
    before = client.get(page)
    assert [(row.sku, row.would_be) for row in before.context["plan"]] == [("MUG", 8)]
    client.post(reverse("channel-stock-approve", args=[world.fbm.pk]))
    after = client.get(page)
    assert after.context["waits"] is False
    world.fbm.refresh_from_db()
    assert world.fbm.stock_upload_approved_at == NOW


def test_picked_imported_orders_are_ignored_and_those_that_are_orders_stay(world, order, sign_in):
    loose = moments.imported_order(world, 50, state="failed")
    answer = sign_in().post(
        reverse("imported-order-act"), {"ids": [loose.pk, order.imported_id], "action": "ignore"}, follow=True
    )
    loose.refresh_from_db()
    assert loose.state == "ignored"
    assert [str(message) for message in answer.context["messages"]] == [
        "1 order is ignored.",
        "Left unchanged, because they are already sales orders: 1.",
    ]


def test_the_order_page_shows_amazons_own_amounts(world, order, sign_in):
    SalesOrderLine.objects.filter(order=order).update(amount_item=Decimal("20.98"), amount_shipping=Decimal("5.00"))
    text = sign_in().get(reverse("sales-order", args=[order.pk])).content.decode()
    for amount in ("£20.98", "£5.00", "£25.98"):
        assert amount in text
