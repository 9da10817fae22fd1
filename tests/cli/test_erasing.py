"""`wharfinger erase`, the worker's task, and a restored copy that is started."""

import base64
from datetime import timedelta

import pytest
from django.conf import settings
from tests.cli.test_commands import installed, run
from tests.factories.orders import an_order
from tests.sync.orders_world import World

from wharfinger.amazon.transport import Transport
from wharfinger.cli import serve
from wharfinger.cli.installation_tasks import InstallationTasks
from wharfinger.config.clock import machine_now
from wharfinger.db.models import Customer, Installation, SalesOrder
from wharfinger.operations import triggers
from wharfinger.worker.time import WorkerClock

__all__ = ["installed"]
pytestmark = pytest.mark.django_db
KEY = f"a:{base64.b64encode(bytes(32)).decode()}"
LONG_AGO = timedelta(days=90)


@pytest.fixture
def sale(installed):
    installed(WHARFINGER_ENCRYPTION_KEY=KEY)
    world = World()
    at = machine_now() - LONG_AGO
    buyer = Customer.objects.create(code="C000001", name="Ada Byron", made_at=at)
    return an_order(
        world.fbm, world.warehouse, [], state="shipped", customer=buyer, buyer={"name": "Ada Byron"}, placed_at=at,
        ship_by=at, deliver_by=at,
    )  # fmt: skip


def test_an_order_and_then_its_customer_are_erased_on_request(installed, capsys, sale):
    assert run(capsys, "erase", "--order", "SO9")[0::2] == (
        4, "wharfinger: There is no sales order “SO9”. Nothing was erased.\n",
    )  # fmt: skip
    code, out, _ = run(capsys, "erase", "--order", sale.code)
    assert (code, out.splitlines()[0]) == (0, f"Personal data of 1 sales order erased: {sale.code}.")
    assert SalesOrder.objects.get().buyer is None
    code, out, _ = run(capsys, "erase", "--customer", "c000001")
    assert (code, out.splitlines()[1]) == (0, "The customer record too: C000001.")
    assert Customer.objects.get().name == ""


def test_everything_that_is_due_is_erased_by_the_command_by_the_worker_and_where_a_copy_starts(installed, capsys, sale):
    assert run(capsys, "erase", "--due") == (
        0, "Personal data of 1 order, 0 raw messages, 1 customer erased.\n", "",
    )  # fmt: skip
    SalesOrder.objects.update(erased_at=None)
    with Transport() as transport:
        tasks = InstallationTasks(settings.WHARFINGER, transport, WorkerClock(settings.CLOCK)).periodic_tasks()
        result = tasks[triggers.ERASE]()
    assert (result.outcome, result.next_due) == ("personal data of 1 order, 0 raw messages, 0 customers erased", None)
    SalesOrder.objects.update(erased_at=None)
    serve._erase_what_was_restored()
    assert SalesOrder.objects.get().erased_at is None  # it is no copy
    Installation.objects.update(shadow_since=machine_now())
    serve._erase_what_was_restored()
    assert SalesOrder.objects.get().erased_at is not None
    assert "Restored from a backup: personal data of 1 order" in capsys.readouterr().out
