"""Amazon's inventory ledger against the whole simulator: each difference gets Amazon's reason, and on hand stays."""

from datetime import timedelta

import pytest
from tests.factories.channels import a_channel
from tests.factories.stock import an_fba_site, an_item, level_of
from tests.sync.whole_amazon import EU, UK, Whole

from wharfinger.amazon.messages.fba_ledger import LEDGER_SUMMARY
from wharfinger.db.models import FbaLedgerDay, FbaLedgerReport, FlowSchedule, Movement, StockLevel
from wharfinger.db.queries.stock.fba_ledger import ledger_lines, unexplained
from wharfinger.db.queries.stock.ledger_check import differences_of
from wharfinger.domain.stock.ledger import MovementReason
from wharfinger.operations.stock.warehouse import fba_ledger as operations
from wharfinger.sync import fba_ledger
from wharfinger.sync.calls import Calls, NotBefore

pytestmark = pytest.mark.django_db
SKU = "FBA-0000"


class World(Whole):
    """An FBA channel whose levels were loaded; one SKU is linked."""

    def __init__(self):
        super().__init__()
        self.authorise()
        self.pool = an_fba_site(self.account, "UK")
        a_channel(self.account, self.pool, UK, "FBA", activated=True, activated_for=self.channel.activated_for)
        self.item = an_item(SKU, SKU)
        while not self.item.channel_products.exists():  # the rate limit ends a reading, and the next goes on
            self.run("listings_in")
            self.amazon.advance(61)
        self.run("fba_stock_in")
        self.amazon.advance(3600)

    def moves(self, verb, units):
        self.amazon.control(f"fba/{verb}", {"sellerId": EU, "sku": SKU, "pool": "UK", "quantity": units})

    def mirror(self):
        for _ in range(2):  # a large fall waits for a second reading
            self.amazon.advance(400)
            self.run("fba_stock_in")

    def night(self, runs=6):
        self.amazon.advance(26 * 3600)
        self.go_on(runs)

    def go_on(self, runs=6):
        for _ in range(runs):
            self.run("fba_ledger")
            self.amazon.advance(61)

    def outcome(self):
        return FlowSchedule.objects.get(flow="fba_ledger", account=self.account).outcome

    def fault(self, kind, **more):
        self.amazon.control("faults", {"kind": kind, **more})

    def booked(self):
        rows = Movement.objects.filter(item=self.item).exclude(reason=MovementReason.OPENING)
        found = {}
        for reason, units in rows.values_list("reason", "quantity"):
            found[reason] = found.get(reason, 0) + units
        return {reason.value: units for reason, units in found.items() if units}

    def on_hand(self):
        return level_of(self.item, self.pool)[0]


@pytest.fixture
def world():
    world = World()
    world.go_on()
    world.night()  # from here on whole days are known
    world.before = world.on_hand()
    return world


def last():
    return FbaLedgerReport.objects.latest("pk")


def test_each_difference_gets_amazons_reason_and_on_hand_stays(world):
    world.moves("restock", 12)
    world.moves("lose", 3)
    world.moves("damage", 2)
    world.mirror()
    assert (world.on_hand(), world.booked()) == (world.before + 7, {"fba_difference": 7})
    world.night()
    assert last().state.value == "compared", last().error
    assert world.booked() == {"fba_receipts": 12, "fba_lost": -3, "fba_damaged": -2}
    assert (world.on_hand(), last().explained, list(differences_of([world.item.pk]))) == (world.before + 7, 3, [])
    (line, *_) = ledger_lines(world.pool.pk)
    assert dict(line.events) == {
        MovementReason.FBA_RECEIPTS: 12, MovementReason.FBA_LOST: -3, MovementReason.FBA_DAMAGED: -2,
    }  # fmt: skip
    assert unexplained(world.pool.pk, now=world.clock.now()) == 0


def test_read_again_it_books_nothing_twice_and_what_the_mirror_sees_later_is_explained_already(world):
    world.moves("restock", 12)
    world.night()
    world.night()
    assert (world.booked(), world.on_hand()) == ({"fba_receipts": 12, "fba_difference": -12}, world.before)
    world.mirror()
    assert (world.booked(), world.on_hand()) == ({"fba_receipts": 12}, world.before + 12)
    assert FbaLedgerReport.objects.filter(state="compared").count() >= 3


def test_days_before_an_item_was_known_stand_in_its_opening_level(world):
    assert world.booked() == {}
    assert Movement.objects.get(item=world.item).reason is MovementReason.OPENING


def test_a_report_without_rows_or_none_at_all_says_nothing(world):
    held = dict(StockLevel.objects.values_list("pk", "on_hand"))
    world.fault("report_fatal", count=1)
    world.night(3)
    assert (last().state.value, "made no FBA ledger" in last().error) == ("failed", True)
    assert dict(StockLevel.objects.values_list("pk", "on_hand")) == held
    due = FlowSchedule.objects.get(flow="fba_ledger", account=world.account).due_at
    assert timedelta(hours=4) < due - world.clock.now() <= timedelta(hours=6)


def test_a_request_whose_answer_was_lost_is_found_and_not_made_twice(world):
    world.amazon.advance(26 * 3600)
    world.fault("cut_after", operation="createReport", count=1)
    world.run("fba_ledger")
    assert last().attempted_at is not None
    world.amazon.advance(120)
    world.go_on()
    since = world.clock.now() - timedelta(hours=1)
    listed = world.calls_for(world.account.pk).get_reports(LEDGER_SUMMARY, created_since=since).value
    assert (last().state.value, [one.report_id for one in listed]) == ("compared", [last().report_id])


def test_without_tokens_it_goes_on_later(world):
    world.amazon.advance(26 * 3600)
    calls = world.calls_for(world.account.pk)

    class Empty(Calls):
        def __init__(self, inner):
            self.__dict__.update(inner.__dict__)

        def create_report(self, request):
            raise NotBefore(world.clock.now() + timedelta(minutes=1), "createReport")

    with pytest.raises(NotBefore):
        fba_ledger.run(world.account.pk, Empty(calls), world.clock)
    assert last().attempted_at is None
    world.go_on()
    assert last().state.value == "compared"


def test_a_run_that_dies_between_two_batches_books_the_rest_next_time(world, monkeypatch):
    world.moves("restock", 5)
    world.mirror()
    world.amazon.advance(26 * 3600)
    kept = operations.keep_days

    def dies(*args, **more):
        kept(*args, **more)
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(operations, "keep_days", dies)
        with pytest.raises(SystemExit):
            world.go_on()
    world.go_on()
    assert (last().state.value, world.booked(), list(differences_of([world.item.pk]))) == (
        "compared",
        {"fba_receipts": 5},
        [],
    )


def test_an_account_without_fba_asks_for_nothing():
    world = Whole()
    world.authorise()
    world.run("fba_ledger")
    assert FlowSchedule.objects.get(flow="fba_ledger", account=world.account).outcome == "no FBA stock"
    assert not FbaLedgerReport.objects.exists()


def test_long_ago_reports_and_days_go_and_what_was_booked_stays(world):
    world.moves("restock", 5)
    world.mirror()
    world.night()
    booked = world.booked()
    far = world.clock.now() + timedelta(days=120)
    operations.want_report(world.account.pk, far.date(), far.date(), now=far)
    assert (FbaLedgerDay.objects.exists(), FbaLedgerReport.objects.count(), world.booked()) == (False, 1, booked)
