"""The tab Courier mapping: both ways read and edited, near misses named, and what confirmations say."""

import pytest
from tests.factories.cast import Trading
from tests.factories.moments import sales_order, stocked_item
from tests.web.client import text

from wharfinger.db.models import (
    Channel,
    ChannelOption,
    CourierGroup,
    CourierLevelMapping,
    CourierMapping,
    CourierService,
)
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    made = Trading()
    item = stocked_item(made, "MUG")
    for number, level in enumerate(["STANDARD", "NEXT_DAY", "NEXT_DAY"], start=1):
        sales_order(made, number, item, service_level=level)
    return made


def address(world, edit=""):
    return f"/channels/{world.fbm.pk}/couriers/{edit}"


def entered(world, levels=(), **changes):
    form = {"version": Channel.objects.get(pk=world.fbm.pk).version}
    for place, (level, group, priority) in enumerate(levels):
        form |= {
            f"level.{place}.level": level,
            f"level.{place}.group_id": group,
            f"level.{place}.invoice_priority": priority,
        }
    for service in (world.courier, world.typed):
        form |= {f"carrier.{service.pk}.carrier_code": "", f"carrier.{service.pk}.carrier_name": ""}
    form[f"carrier.{world.courier.pk}.carrier_code"] = "Royal Mail"
    return {**form, **changes}


def test_levels_seen_on_orders_are_offered_with_their_number(world, sign_in):
    page = text(sign_in(Role.VIEWER).get(address(world)))
    assert '<th scope="row">NEXT_DAY</th><td data-label="Orders" class="number">2</td>' in page
    assert page.index("NEXT_DAY") < page.index("STANDARD")
    assert "edit/" not in page
    page = text(sign_in().get(address(world, "edit/")))
    assert 'type="hidden" name="level.0.level" value="NEXT_DAY"' in page
    assert "Another level" in page


def test_both_ways_are_saved_together(world, sign_in):
    client = sign_in()
    fast = CourierGroup.objects.get(name="Expedited")
    form = entered(
        world,
        [("NEXT_DAY", fast.pk, "1"), ("STANDARD", "", ""), ("SAME_DAY", fast.pk, "")],
        **{f"carrier.{world.typed.pk}.carrier_code": "Other", f"carrier.{world.typed.pk}.carrier_name": "Quay Vans"},
    )
    assert client.post(address(world, "edit/"), form)["Location"] == address(world)
    assert list(CourierLevelMapping.objects.order_by("pk").values_list("service_level", "invoice_priority")) == [
        ("NEXT_DAY", 1),
        ("SAME_DAY", None),
    ]
    assert CourierMapping.objects.get(service=world.typed).carrier_name == "Quay Vans"
    page = text(client.get(address(world)))
    assert ("Quay Vans" in page, "SAME_DAY" in page) == (True, True)


def test_a_near_miss_is_named_and_a_code_seen_at_amazon_is_taken(world, sign_in):
    client = sign_in()
    field = f"carrier.{world.typed.pk}.carrier_code"
    answer = client.post(address(world, "edit/"), entered(world, **{field: "Royal Mial"}))
    page = text(answer)
    assert (answer.status_code, f'id="id_{field}_error"' in page, "Do you mean “Royal Mail”" in page) == (
        422,
        True,
        True,
    )
    seen = f"carrier.{world.typed.pk}.seen_at_amazon"
    assert f'name="{seen}"' in page
    form = entered(world, **{field: "Royal Mial", seen: "on"})
    assert client.post(address(world, "edit/"), form).status_code == 302
    assert "not in our list" in text(client.get(address(world)))


@pytest.mark.parametrize(
    ("levels", "field"),
    [
        ([("X" * 41, "", "")], "level.0.level"),
        ([("<script>", "", "")], "level.0.level"),
        ([("A\x00", "", "")], "level.0.level"),
        ([("A", "999999", "")], "level.0.group_id"),
        ([("A", "<script>", "")], "level.0.group_id"),
        ([("A", "", "3")], "level.0.group_id"),
        ([("A", "group", "0")], "level.0.invoice_priority"),
        ([("A", "group", "10")], "level.0.invoice_priority"),
        ([("A", "group", "soon")], "level.0.invoice_priority"),
        ([("A", "group", "9" * 40)], "level.0.invoice_priority"),
        ([("A", "group", ""), ("a", "group", "")], "level.1.level"),
        ([("", "group", "")], "level.0.level"),
    ],
)
def test_a_wrong_level_is_an_error_at_its_field(levels, field, world, sign_in):
    group = CourierGroup.objects.get(name="Prime").pk
    levels = [(level, group if chosen == "group" else chosen, priority) for level, chosen, priority in levels]
    answer = sign_in().post(address(world, "edit/"), entered(world, levels))
    page = text(answer)
    assert (answer.status_code, f'id="id_{field}_error"' in page) == (422, True)
    assert ("<script>" in page.replace("<script src", ""), CourierLevelMapping.objects.count()) == (False, 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("carrier_code", "X" * 61),
        ("carrier_code", "Other"),
        ("carrier_code", "bell\x07"),
        ("carrier_name", "A name without a code"),
        ("shipping_method", "<script>alert(1)</script>"),
        ("shipping_method", "Y" * 61),
    ],
)
def test_a_wrong_carrier_is_an_error_at_its_field(field, value, world, sign_in):
    name = f"carrier.{world.typed.pk}."
    answer = sign_in().post(address(world, "edit/"), entered(world, **{f"{name}{field}": value}))
    page = text(answer)
    reported = {"carrier_name": "carrier_code"}.get(field, "carrier_name" if value == "Other" else field)
    assert (answer.status_code, f'id="id_{name}{reported}_error"' in page) == (422, True)
    assert "<script>alert" not in page
    assert not CourierMapping.objects.filter(service=world.typed).exists()


def test_who_saved_in_between_is_reported_and_nothing_is_overwritten(world, sign_in):
    form = entered(world)
    Channel.objects.filter(pk=world.fbm.pk).update(version=7)
    answer = sign_in().post(address(world, "edit/"), form)
    assert (answer.status_code, "Somebody else saved this channel" in text(answer)) == (422, True)


def test_the_channels_own_service_keeps_a_code(world, sign_in):
    form = entered(world, **{f"carrier.{world.courier.pk}.carrier_code": ""})
    answer = sign_in().post(address(world, "edit/"), form)
    assert (answer.status_code, "its carrier code cannot be empty" in text(answer)) == (422, True)
    assert CourierMapping.objects.filter(service=world.courier).exists()


def test_an_fba_channel_has_nothing_to_map(world, sign_in):
    client = sign_in()
    page = text(client.get(f"/channels/{world.fba.pk}/couriers/"))
    assert ("Nothing to map" in page, "/couriers/edit/" in page) == (True, False)
    assert client.get(f"/channels/{world.fba.pk}/couriers/edit/").status_code == 302


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.ACCOUNTS, Role.VIEWER])
def test_other_roles_read_but_do_not_edit(role, world, sign_in):
    client = sign_in(role)
    assert client.get(address(world)).status_code == 200
    assert client.post(address(world, "edit/"), entered(world)).status_code == 403


def test_a_channel_that_is_not_there_is_not_found(sign_in):
    assert sign_in().get("/channels/999999/couriers/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_mapping_costs_the_same_for_one_row_and_for_three(rows, world, sign_in, django_assert_max_num_queries):
    group = CourierGroup.objects.get(name="Prime")
    for number in range(rows):
        CourierLevelMapping.objects.create(channel=world.fbm, service_level=f"LEVEL_{number}", group=group)
        service = CourierService.objects.create(courier=f"C{number}", name="1", tracking="at_once")
        CourierMapping.objects.create(channel=world.fbm, service=service, carrier_code="DPD")
    ChannelOption.objects.filter(channel=world.fbm).update(courier_group=group)
    client = sign_in(Role.VIEWER)
    with django_assert_max_num_queries(14):
        client.get(address(world))
