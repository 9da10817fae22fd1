"""The ledger and the audit log are only written on: the database itself refuses every other change."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from tests.factories.ground import NOW
from tests.factories.stock import a_level, a_site, an_item

from wharfinger.db.models import Movement, StockLevel
from wharfinger.operations.stock import ledger

pytestmark = pytest.mark.django_db

STATEMENTS = (
    "TRUNCATE wharfinger_movement CASCADE",
    "TRUNCATE wharfinger_auditentry",
    "TRUNCATE wharfinger_stockrulechange",
    # A foreign key carries a TRUNCATE on to the ledger.
    "TRUNCATE wharfinger_site CASCADE",
    "TRUNCATE wharfinger_user CASCADE",
)


@pytest.mark.parametrize("statement", STATEMENTS)
def test_neither_is_emptied(statement):
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def at_commit():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.fixture
def counted():
    return a_level(an_item(), a_site(), 7)


def at_commit_of(change, level):
    change(level)
    at_commit()


CHANGES = {
    "a level that moves without a movement": lambda level: StockLevel.objects.update(on_hand=8),
    "a level that goes away": lambda level: level.delete(),
    "a level that begins with units": lambda level: StockLevel.objects.create(
        item=an_item("CUP"), site=level.site, on_hand=1
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_level_is_what_its_movements_say_when_its_transaction_ends(change, counted):
    with pytest.raises(IntegrityError, match="write a movement"), transaction.atomic():
        at_commit_of(change, counted)
    assert StockLevel.objects.get().on_hand == 7


@pytest.mark.parametrize(("quantity", "on_hand_after"), [(2, 9), (2, 7), (1, 9), (-7, 7)])
def test_a_movement_goes_on_from_the_one_before_and_ends_where_its_level_stands(quantity, on_hand_after, counted):
    with pytest.raises(IntegrityError, match="do not add up"), transaction.atomic():
        a_movement(counted, quantity, on_hand_after)
    assert Movement.objects.count() == 1


def test_several_movements_of_a_level_in_one_statement_are_compared_one_by_one(counted):
    site, item = counted.site, counted.item
    with transaction.atomic():
        StockLevel.objects.update(on_hand=4)
        Movement.objects.bulk_create([drafted(item, site, -5, 2), drafted(item, site, 2, 4)])
        at_commit()
    with pytest.raises(IntegrityError, match="do not add up"), transaction.atomic():
        Movement.objects.bulk_create([drafted(item, site, -5, -2), drafted(item, site, 5, 4)])


def test_a_level_stays_that_of_its_item(counted):
    with pytest.raises(DatabaseError, match="stays that of"), transaction.atomic():
        StockLevel.objects.update(item=an_item("CUP"))


def test_allocated_units_are_never_fewer_than_none(counted):
    with pytest.raises(IntegrityError, match="allocated_not_negative"), transaction.atomic():
        StockLevel.objects.update(allocated=-1)


def test_what_people_do_is_never_refused(counted):
    ledger.receive_stock(counted.item_id, counted.site_id, 3, now=NOW)
    ledger.adjust_stock(counted.item_id, counted.site_id, -12, "lost", now=NOW)
    at_commit()
    assert StockLevel.objects.get().on_hand == -2


def a_movement(level, quantity, on_hand_after):
    drafted(level.item, level.site, quantity, on_hand_after).save()


def drafted(item, site, quantity, on_hand_after):
    return Movement(
        item=item, site=site, quantity=quantity, on_hand_after=on_hand_after, reason="adjusted", moved_at=NOW
    )
