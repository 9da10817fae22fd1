"""FBA sites mirror what Amazon holds, and doubt what it says when it says too little at once."""

from datetime import timedelta

import pytest
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.orders import an_order
from tests.factories.stock import a_site, an_item, level_of, sold_from_fba

from wharfinger.db.models import Movement, Problem, StockLevel
from wharfinger.db.queries.stock.sites import site_levels
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.stock.fba_stock import FbaLevel
from wharfinger.domain.stock.ledger import MovementReason, SiteKind
from wharfinger.operations.stock import fba_stock

pytestmark = pytest.mark.django_db


class TestFba:
    @pytest.fixture
    def pool(self):
        account = an_account()
        site = a_site("FBA UK", SiteKind.FBA, "UK", account)
        channel = a_channel(account, site, kind="FBA")
        return account, site, channel, an_item("FBA-MUG")

    def test_the_first_reading_opens_the_levels(self, pool):
        _, site, _, item = pool
        level = FbaLevel(item.pk, 20, reserved=2, inbound=5, unfulfillable=1, researching=3)
        loaded = fba_stock.load_fba_levels(site.pk, [level], read_at=NOW, now=NOW)
        assert (loaded.items, loaded.differences) == (1, 1)
        row = StockLevel.objects.get()
        assert (row.on_hand, row.fba_reserved, row.fba_inbound) == (20, 2, 5)
        assert (row.fba_unfulfillable, row.fba_researching) == (1, 3)
        assert Movement.objects.get().reason == MovementReason.OPENING.value
        site.refresh_from_db()
        assert (site.levels_loaded_at, site.levels_read_at) == (NOW, NOW)

    def test_each_difference_is_a_movement_with_its_reason(self, pool):
        _, site, _, item = pool
        fba_stock.load_fba_levels(site.pk, [FbaLevel(item.pk, 20)], read_at=NOW, now=NOW)
        later = NOW + timedelta(minutes=15)
        for _ in range(2):
            fba_stock.load_fba_levels(site.pk, [FbaLevel(item.pk, 18)], read_at=later, now=later)
        moved = Movement.objects.order_by("-pk")[0]
        assert (moved.quantity, moved.reason) == (-2, MovementReason.FBA_DIFFERENCE.value)
        assert "Amazon held 18" in moved.note
        assert Movement.objects.count() == 2

    def test_an_absent_item_keeps_its_level(self, pool):
        _, site, _, item = pool
        fba_stock.load_fba_levels(site.pk, [FbaLevel(item.pk, 20)], read_at=NOW, now=NOW)
        fba_stock.load_fba_levels(site.pk, [], read_at=NOW + timedelta(minutes=15), now=NOW)
        assert level_of(item, site) == (20, 0)

    def test_an_older_reading_changes_nothing(self, pool):
        _, site, _, item = pool
        fba_stock.load_fba_levels(site.pk, [FbaLevel(item.pk, 20)], read_at=NOW, now=NOW)
        loaded = fba_stock.load_fba_levels(site.pk, [FbaLevel(item.pk, 9)], read_at=NOW - timedelta(minutes=1), now=NOW)
        assert loaded.stale
        assert level_of(item, site) == (20, 0)

    def test_a_site_whose_skus_are_all_unlinked_is_not_loaded(self, pool):
        _, site, _, _ = pool
        fba_stock.load_fba_levels(site.pk, [], read_at=NOW, now=NOW, unlinked=3)
        site.refresh_from_db()
        assert site.levels_loaded_at is None

    def _sale(self, pool, shipped_at, **more):
        _, site, channel, item = pool
        order = an_order(channel, site, [(item, 3)], SalesOrderState.ISSUED, "SHIPPED", shipped_at=shipped_at, **more)
        return sold_from_fba(order.lines.get(), 3, shipped_at=shipped_at, now=NOW + timedelta(hours=1))

    def test_a_sale_before_the_reading_moves_nothing_twice(self, pool):
        _, site, _, item = pool
        fba_stock.load_fba_levels(site.pk, [FbaLevel(item.pk, 17)], read_at=NOW, now=NOW)
        assert self._sale(pool, NOW - timedelta(minutes=5)) is None
        assert level_of(item, site) == (17, 0)

    def test_a_sale_after_the_reading_moves_stock_and_the_next_reading_agrees(self, pool):
        _, site, _, item = pool
        fba_stock.load_fba_levels(site.pk, [FbaLevel(item.pk, 20)], read_at=NOW, now=NOW)
        self._sale(pool, NOW + timedelta(minutes=5))
        later = NOW + timedelta(minutes=15)
        assert fba_stock.load_fba_levels(site.pk, [FbaLevel(item.pk, 17)], read_at=later, now=later).differences == 0
        assert level_of(item, site) == (17, 0)

    def test_a_sale_booked_while_an_earlier_reading_was_under_way_is_no_difference(self, pool):
        _, site, _, item = pool
        fba_stock.load_fba_levels(site.pk, [FbaLevel(item.pk, 20)], read_at=NOW, now=NOW)
        self._sale(pool, NOW + timedelta(minutes=15, seconds=2))
        read_at = NOW + timedelta(minutes=15)
        fba_stock.load_fba_levels(site.pk, [FbaLevel(item.pk, 20)], read_at=read_at, now=read_at)
        assert level_of(item, site) == (17, 0)

    def test_a_passing_minus_is_no_oversell(self, pool):
        self._sale(pool, NOW)
        assert level_of(pool[3], pool[1]) == (-3, 0)
        assert not Problem.objects.filter(kind="oversold").exists()

    def test_available_is_amazons_fulfillable_and_what_is_ordered_stands_apart(self, pool):
        _, site, _, item = pool
        reading = FbaLevel(item.pk, fulfillable=75, ordered=6, reserved=8)
        fba_stock.load_fba_levels(site.pk, [reading], read_at=NOW, now=NOW)
        row = site_levels(site.pk).rows[0]
        assert (row.on_hand, row.available, row.at_amazon.ordered, row.at_amazon.reserved) == (81, 75, 6, 8)

    def test_units_ordered_before_the_reading_leave_without_a_change_of_what_is_available(self, pool):
        _, site, _, item = pool
        fba_stock.load_fba_levels(site.pk, [FbaLevel(item.pk, 10, ordered=3)], read_at=NOW, now=NOW)
        self._sale(pool, NOW + timedelta(minutes=5), placed_at=NOW - timedelta(hours=1))
        row = site_levels(site.pk).rows[0]
        assert (row.on_hand, row.available, row.at_amazon.ordered) == (10, 10, 0)

    def test_units_ordered_after_the_reading_were_available_in_it(self, pool):
        _, site, _, item = pool
        fba_stock.load_fba_levels(site.pk, [FbaLevel(item.pk, 10, ordered=3)], read_at=NOW, now=NOW)
        self._sale(pool, NOW + timedelta(minutes=5), placed_at=NOW + timedelta(minutes=1))
        row = site_levels(site.pk).rows[0]
        assert (row.on_hand, row.available, row.at_amazon.ordered) == (10, 7, 3)

    def test_one_odd_zero_moves_nothing(self, pool):
        _, site, _, item = pool
        fba_stock.load_fba_levels(site.pk, [FbaLevel(item.pk, 75)], read_at=NOW, now=NOW)
        odd, back = NOW + timedelta(minutes=15), NOW + timedelta(minutes=20)
        assert fba_stock.load_fba_levels(site.pk, [FbaLevel(item.pk, 0)], read_at=odd, now=odd).doubted == 1
        row = site_levels(site.pk).rows[0]
        assert (row.available, row.at_amazon.doubted, row.at_amazon.doubted_at) == (75, 0, odd)
        fba_stock.load_fba_levels(site.pk, [FbaLevel(item.pk, 75)], read_at=back, now=back)
        row = site_levels(site.pk).rows[0]
        assert (row.available, row.at_amazon.doubted, Movement.objects.count()) == (75, None, 1)

    def test_a_fall_that_a_second_reading_confirms_is_one_movement(self, pool):
        _, site, _, item = pool
        fba_stock.load_fba_levels(site.pk, [FbaLevel(item.pk, 75)], read_at=NOW, now=NOW)
        for minutes, left in ((15, 0), (16, 0), (20, 4)):
            at = NOW + timedelta(minutes=minutes)
            fba_stock.load_fba_levels(site.pk, [FbaLevel(item.pk, left)], read_at=at, now=at)
        assert list(Movement.objects.order_by("pk").values_list("quantity", flat=True)) == [75, -71]

    def test_a_sale_is_booked_although_the_reading_left_the_item_out(self, pool):
        _, site, _, item = pool
        fba_stock.load_fba_levels(site.pk, [FbaLevel(item.pk, 20)], read_at=NOW, now=NOW)
        later = NOW + timedelta(minutes=15)
        fba_stock.load_fba_levels(site.pk, [], read_at=later, now=later)
        self._sale(pool, NOW + timedelta(minutes=5))
        assert level_of(item, site) == (17, 0)

    def test_states_of_no_known_name_and_a_total_that_differs_are_shown(self, pool):
        _, site, _, item = pool
        reading = FbaLevel(item.pk, 10, reserved=2, total=15, other={"quarantinedQuantity": 3})
        fba_stock.load_fba_levels(site.pk, [reading], read_at=NOW, now=NOW)
        held = site_levels(site.pk).rows[0].at_amazon
        assert (held.unexplained, held.other) == (3, (("quarantinedQuantity", 3),))
