"""An operation that met another one is run again, whole; any other fault is not."""

import pytest
from django.db import OperationalError
from psycopg.errors import DeadlockDetected, LockNotAvailable
from tests.factories.stock import an_item

from wharfinger.db.models import StockItem
from wharfinger.operations.transaction import ATTEMPTS, operation

pytestmark = pytest.mark.django_db


def failing(times, cause):
    """An operation that writes a row and then fails so many times; and how often it was run."""
    runs = []

    @operation
    def write_one():
        runs.append(an_item(f"RUN-{len(runs)}"))
        if len(runs) <= times:
            raise OperationalError("as the driver says it") from cause
        return "done"

    return write_one, runs


def test_after_a_deadlock_it_is_run_again_and_written_once():
    write_one, runs = failing(2, DeadlockDetected())
    assert write_one() == "done"
    assert (len(runs), list(StockItem.objects.values_list("code", flat=True))) == (3, ["RUN-2"])


def test_it_is_not_run_for_ever():
    write_one, runs = failing(99, DeadlockDetected())
    with pytest.raises(OperationalError):
        write_one()
    assert (len(runs), StockItem.objects.exists()) == (ATTEMPTS, False)


@pytest.mark.parametrize("cause", [None, LockNotAvailable()])
def test_another_fault_is_not_tried_again(cause):
    write_one, runs = failing(1, cause)
    with pytest.raises(OperationalError):
        write_one()
    assert (len(runs), StockItem.objects.exists()) == (1, False)
