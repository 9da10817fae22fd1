"""Orders that people hold, tag and write notes on."""

import pytest
from tests.factories.ground import NOW
from tests.factories.moments import stocked_item
from tests.factories.orders import an_allocated_order
from tests.factories.people import someone
from tests.factories.shipping import a_service

from wharfinger.db.models import Activity, AuditEntry, ChannelOption, OrderHold, SalesOrder, Tag
from wharfinger.domain.installation.people import Role
from wharfinger.domain.orders.holding import HoldReason
from wharfinger.operations.orders.actions import holds, notes
from wharfinger.operations.orders.sales_orders import confirm_order
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping.shipments import dispatch

pytestmark = pytest.mark.django_db


@pytest.fixture
def packer(world):
    return someone(Role.WAREHOUSE)


@pytest.fixture
def order(world):
    return an_allocated_order(world.fbm, world.warehouse, [(stocked_item(world, "MUG"), 2)])


def held(order, user, reason=HoldReason.ADDRESS, details=""):
    return holds.hold_order(order.pk, reason=reason, details=details, now=NOW, user=user)


def sentences(order):
    return list(Activity.objects.filter(sales_order=order).order_by("pk").values_list("text", flat=True))


def test_a_held_order_is_neither_dispatched_nor_confirmed_until_it_is_released(order, packer):
    SalesOrder.objects.update(confirmed=False)
    held(order, packer)
    with pytest.raises(Refused, match="is on hold. Press Release on the order first, then confirm it"):
        confirm_order(order.pk, now=NOW, user=packer)
    SalesOrder.objects.update(confirmed=True)
    service = a_service()
    with pytest.raises(Refused, match="is on hold. Press Release on the order first, then dispatch it"):
        dispatch(order.pk, service_id=service.pk, now=NOW, user=packer)
    holds.release_order(order.pk, now=NOW, user=packer)
    dispatch(order.pk, service_id=service.pk, now=NOW, user=packer)
    assert sentences(order)[:2] == ["Put on hold: address to be checked.", "Released from hold."]
    assert list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))[:2] == ["hold", "release"]


def test_a_held_order_is_not_picked_automatically_and_is_picked_when_it_is_released(order, packer):
    ChannelOption.objects.update(auto_pick=True)
    held(order, packer)
    order.refresh_from_db()
    assert order.picked_at is None
    holds.release_order(order.pk, now=NOW, user=packer)
    order.refresh_from_db()
    assert order.picked_at == NOW


def test_the_second_of_two_who_hold_learns_by_whom_and_why(order, packer):
    held(order, packer)
    other = someone(Role.MANAGER)
    with pytest.raises(Refused, match="already on hold: Address to be checked .Anna Warehouse"):
        held(order, other, HoldReason.FRAUD)
    holds.release_order(order.pk, now=NOW, user=other)
    with pytest.raises(Refused, match="is not on hold"):
        holds.release_order(order.pk, now=NOW, user=packer)
    assert list(OrderHold.objects.values_list("held_by__username", "released_by__username")) == [
        ("warehouse", "manager")
    ]


def test_another_reason_needs_words_and_they_stay_out_of_the_timeline(order, packer):
    with pytest.raises(Refused) as refused:
        held(order, packer, HoldReason.OTHER, "  ")
    assert refused.value.field == "details"
    held(order, packer, HoldReason.OTHER, "Mrs Smith rings back")
    assert sentences(order) == ["Put on hold: another reason."]
    assert OrderHold.objects.get().details == "Mrs Smith rings back"


def test_nothing_is_held_of_an_order_that_is_closed(order, packer):
    SalesOrder.objects.update(state="cancelled")
    with pytest.raises(Refused, match="is cancelled. There is nothing left to hold"):
        held(order, packer)


def test_a_tag_is_one_whatever_its_capitals_and_goes_with_its_last_order(world, order, packer):
    other = an_allocated_order(world.fbm, world.warehouse, [(order.lines.get().item, 1)])
    notes.tag_order(order.pk, name="  Gift   wrap ", now=NOW, user=packer)
    notes.tag_order(other.pk, name="gift wrap", now=NOW, user=packer)
    with pytest.raises(Refused, match="already has the tag Gift wrap"):
        notes.tag_order(order.pk, name="GIFT WRAP", now=NOW, user=packer)
    assert list(Tag.objects.values_list("name", flat=True)) == ["Gift wrap"]
    notes.untag_order(order.pk, name="gift wrap", now=NOW, user=packer)
    assert Tag.objects.count() == 1
    notes.untag_order(other.pk, name="Gift wrap", now=NOW, user=packer)
    assert (Tag.objects.count(), sentences(other)) == (0, ["Tagged Gift wrap.", "The tag Gift wrap was removed."])


@pytest.mark.parametrize("name", ["", "   ", "x" * 31, "a, b", "a\x00b"])
def test_what_is_no_tag_is_refused_beside_its_field(name, order, packer):
    with pytest.raises(Refused) as refused:
        notes.tag_order(order.pk, name=name, now=NOW, user=packer)
    assert (refused.value.field, Tag.objects.count()) == ("tag", 0)


def test_a_note_is_removed_by_who_wrote_it_or_by_a_manager(order, packer):
    one, two = (notes.add_note(order.pk, text=text, now=NOW, user=packer) for text in ("Ring the bell", "Fragile"))
    with pytest.raises(Refused, match="Only Anna Warehouse or a manager may remove this note"):
        notes.remove_note(order.pk, note_id=one.pk, now=NOW, user=someone(Role.ACCOUNTS))
    notes.remove_note(order.pk, note_id=one.pk, now=NOW, user=packer)
    notes.remove_note(order.pk, note_id=two.pk, now=NOW, user=someone(Role.MANAGER))
    with pytest.raises(Refused, match="has been removed already"):
        notes.remove_note(order.pk, note_id=two.pk, now=NOW, user=packer)
    assert sentences(order) == ["A note was added."] * 2 + ["A note was removed."] * 2


def test_a_note_that_is_pressed_twice_is_there_once(order, packer):
    notes.add_note(order.pk, text="Fragile", now=NOW, user=packer)
    with pytest.raises(Refused, match="already has this note"):
        notes.add_note(order.pk, text=" Fragile ", now=NOW, user=packer)
    for empty in ("", "  \n"):
        with pytest.raises(Refused, match="Write the note first"):
            notes.add_note(order.pk, text=empty, now=NOW, user=packer)
    assert order.notes.count() == 1
