"""A restored copy changes nothing at Amazon until it is said to be the live one, and then sends nothing twice."""

from datetime import timedelta

import pytest
from django.db import connection
from tests.factories.ground import NOW
from tests.factories.people import someone
from tests.sync.test_shipments_out import Shop
from tests.sync.whole_amazon import ALL_FLOWS, Whole, Wire

from wharfinger.amazon.operations import OPERATIONS
from wharfinger.amazon.transport import Transport
from wharfinger.cli.wiring import WRITING_FLOWS, unless_a_copy
from wharfinger.db.models import AuditEntry, Confirmation, Installation
from wharfinger.db.queries.installation.live import is_copy, live_facts
from wharfinger.domain.installation.people import Role
from wharfinger.operations.installation import live
from wharfinger.operations.refusals import Refused
from wharfinger.sync import shipments_out
from wharfinger.sync.calls import AccountFacts, Calls, OnlyACopy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def installation():
    Installation.objects.get_or_create(pk=1, defaults={"system": "demo", "made_at": NOW})


def become_a_copy():
    Installation.objects.update(shadow_since=NOW, live_place="", restored_from="b.wharfinger")


class Watched(Wire):
    """Notes each call; calls to Login with Amazon change nothing there."""

    def __init__(self, simulator):
        super().__init__(simulator)
        self.calls = []

    def handle_request(self, request):
        if "/auth/o2/token" not in str(request.url):
            self.calls.append((request.method, request.url.path.split("/")[2]))
        return super().handle_request(request)


def test_a_copy_reads_and_makes_no_call_that_writes():
    world = Whole()
    wire = Watched(world.amazon.simulator)
    world.transport = Transport(http=wire)
    world.authorise()
    become_a_copy()
    wire.calls.clear()
    world.place(world.amazon.control("books?sellerId=A2HARBOUREULTD1")["listings"][0]["sku"])
    parts = unless_a_copy(ALL_FLOWS)
    results = {}
    for _ in range(3):
        world.amazon.advance(600)
        for name, flow in parts.items():
            try:
                results[name] = flow(world.account.pk, world.calls_for(world.account.pk), world.clock).outcome
            except Exception as error:  # noqa: BLE001 -- a limit of Amazon's ends a run
                results[name] = type(error).__name__
    assert {method for method, _ in wire.calls} == {"GET"}
    assert {results[name] for name in WRITING_FLOWS} == {"A restored copy: nothing is sent to Amazon"}
    live.go_live(user=someone(Role.ADMINISTRATOR), now=world.clock.now(), machine_now=world.clock.machine_now())
    world.amazon.advance(600)
    parts["order_report"](world.account.pk, world.calls_for(world.account.pk), world.clock)
    assert "POST" in {method for method, _ in wire.calls}


def test_what_the_former_one_sent_after_the_backup_is_not_sent_twice():
    shop = Shop(5)
    shop.run()
    assert set(shop.times_sent().values()) == {1}
    as_in_the_backup = {"state": "waiting", "attempted_version": 0, "attempts": 0, "accepted_at": None}
    Confirmation.objects.update(**as_in_the_backup, first_accepted_at=None, attempted_at=None, again_at=NOW)
    become_a_copy()
    run = unless_a_copy({"shipments_out": shipments_out.run})["shipments_out"]

    def later(minutes):
        shop.clock.advance(minutes=minutes)
        run(shop.account.pk, shop.amazon, shop.clock)

    later(10)
    assert set(shop.states()) == {"waiting"}
    live.go_live(user=someone(Role.ADMINISTRATOR), now=shop.clock.now(), machine_now=shop.clock.machine_now())
    extra = shop.send()
    for _ in range(6):
        later(4)
    assert set(shop.states()[:5]) == {"confirmed"}
    assert set(shop.times_sent().values()) == {1}
    assert shop.times_sent()[extra.order_ref] == 1


def test_what_the_former_one_had_not_sent_is_sent_after_two_looks():
    shop = Shop(2)
    become_a_copy()
    live.go_live(user=someone(Role.ADMINISTRATOR), now=shop.clock.now(), machine_now=shop.clock.machine_now())
    assert set(shop.states()) == {"attempted"}
    for _ in range(5):
        shop.clock.advance(minutes=4)
        shop.run()
    assert (set(shop.times_sent().values()), len(shop.times_sent())) == ({1}, 2)


def test_every_operation_that_writes_is_known_to():
    quiet = {name for name, operation in OPERATIONS.items() if operation.method != "GET" and not operation.writes}
    assert quiet == {"createRestrictedDataToken"}  # it opens reading, and changes nothing


def test_a_call_that_writes_is_refused_before_it_is_made():
    class Untouched:
        def __getattr__(self, name):
            raise AssertionError(name)

    calls = Calls(AccountFacts(1, "A", "EU", "x"), Untouched(), Untouched(), Untouched(), is_copy=lambda: True)
    for write in (
        lambda: calls.set_quantity("S", "UK", product_type="MUG", quantity=1),
        lambda: calls.confirm_shipment("1", None),
        lambda: calls.create_feed("F", ["UK"], "1"),
        lambda: calls.create_subscription("K", "1"),
        lambda: calls.delete_destination("1"),
    ):
        with pytest.raises(OnlyACopy):
            write()


def test_a_database_that_wakes_up_elsewhere_is_a_copy():
    assert not is_copy()
    live.bind_place()
    assert (Installation.objects.get().live_place, is_copy()) == (live_facts().place, False)
    Installation.objects.update(live_place="7000000000000000000/16384")
    assert is_copy()
    live.bind_place()
    assert is_copy()


def test_a_mark_of_the_database_itself_makes_a_copy_of_an_older_version():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL wharfinger.restored = 'old.wharfinger'")
    assert is_copy()
    live.bind_place()
    assert is_copy()
    live.go_live(user=someone(Role.ADMINISTRATOR), now=NOW, machine_now=NOW)
    assert not is_copy()


def test_only_an_administrator_says_so_and_it_is_written_down():
    become_a_copy()
    with pytest.raises(Refused, match="administrator"):
        live.go_live(user=someone(Role.MANAGER), now=NOW, machine_now=NOW)
    olga = someone(Role.ADMINISTRATOR)
    live.go_live(user=olga, now=NOW + timedelta(days=1), machine_now=NOW)
    assert AuditEntry.objects.get(verb="go live").before["restored from"] == "b.wharfinger"
    with pytest.raises(Refused, match="already"):
        live.go_live(user=olga, now=NOW, machine_now=NOW)
