"""A channel that sells from several sites together: the number, and where its orders take their units."""

import pytest
from tests.factories.cast import Trading
from tests.factories.ground import FR, NOW
from tests.factories.incoming import a_line, an_order, later
from tests.factories.stock import a_site, check_the_ledger, level_of

from wharfinger.db.models import (
    Allocation,
    AuditEntry,
    ImportedLine,
    Listing,
    Problem,
    SalesOrder,
    SiteGroup,
    StockNotice,
)
from wharfinger.db.queries.orders.waiting_orders import servable_imports, servable_orders
from wharfinger.db.queries.stock.stock_out import listing_facts
from wharfinger.db.queries.stock.then import listing_then
from wharfinger.db.queries.stock.warehouse.site_groups import list_site_groups
from wharfinger.domain.orders.order import AmazonStatus, SalesOrderState
from wharfinger.domain.stock.ledger import SiteKind
from wharfinger.domain.stock.listing_quantity import Tell, decide
from wharfinger.operations.orders import take_orders
from wharfinger.operations.orders.actions.sites import assign_site
from wharfinger.operations.orders.actions.splitting import split_order
from wharfinger.operations.refusals import Refused
from wharfinger.operations.stock import ledger
from wharfinger.operations.stock.warehouse import site_groups
from wharfinger.operations.stock.warehouse.site_groups import SiteGroupEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(db):
    """The warehouse comes first, then the shop in town; the FBM channel sells from both."""
    shop = Trading()
    shop.town = a_site("Town", SiteKind.SHOP)
    shop.town.priority = 20
    shop.town.save()
    shop.group = group(shop)
    shop.fbm.options.update(site=None, site_group=shop.group)
    return shop


def group(shop, *, may_split=False, name="Both"):
    entry = SiteGroupEntry(name, frozenset({shop.warehouse.pk, shop.town.pk}), may_split)
    return SiteGroup.objects.get(pk=site_groups.add_site_group(entry, now=NOW, user=shop.olga))


def stocked(shop, code, here, there):
    item = shop.item(code, here)
    if there:
        ledger.receive_stock(item.pk, shop.town.pk, there, now=NOW)
    return item


def number(sku="MUG"):
    listing = Listing.objects.get(sku=sku)
    decision = decide(listing_facts([listing.pk])[listing.pk])
    return decision.explained if isinstance(decision, Tell) else decision


def edit(shop, sites, *, may_split=False, name="Both"):
    version = SiteGroup.objects.get(pk=shop.group.pk).version
    entry = SiteGroupEntry(name, frozenset(site.pk for site in sites), may_split)
    return site_groups.edit_site_group(shop.group.pk, entry, version=version, now=NOW, user=shop.olga)


class TestTheNumber:
    def test_what_its_sites_have_adds_up_and_the_sum_says_of_each(self, pair):
        stocked(pair, "MUG", 5, 3)
        assert (number().quantity, number().steps) == (
            8,
            (
                ("On hand at Main warehouse", 5),
                ("Allocated at Main warehouse", 0),
                ("Available at Main warehouse", 5),
                ("On hand at Town", 3),
                ("Allocated at Town", 0),
                ("Available at Town", 3),
                ("Available", 8),
                ("Sent to Amazon", 8),
            ),
        )

    def test_a_site_where_it_was_never_counted_adds_nothing(self, pair):
        stocked(pair, "MUG", 5, 0)
        assert number().quantity == 5

    def test_the_sums_of_a_past_moment_follow_too(self, pair):
        stocked(pair, "MUG", 5, 3)
        then = listing_then(Listing.objects.get(sku="MUG").pk, NOW)
        assert [(one.site, one.on_hand) for one in then.sums] == [("Both", 8)]

    def test_a_change_of_the_group_is_sent_and_those_that_sell_from_elsewhere_are_not(self, pair):
        mug = stocked(pair, "MUG", 5, 3)
        other = a_site("Far")
        ledger.receive_stock(mug.pk, other.pk, 4, now=NOW)
        StockNotice.objects.all().delete()
        assert edit(pair, [pair.warehouse, pair.town, other]) == 1
        assert StockNotice.objects.get().wanted == 12
        assert edit(pair, [pair.warehouse, pair.town, other], name="All") == 0  # its name changes no number


class TestOrders:
    def test_an_order_goes_to_the_first_site_that_has_all_of_it(self, pair):
        mug, cup = stocked(pair, "MUG", 1, 2), stocked(pair, "CUP", 1, 1)
        pair.take(an_order(a_line("MUG", 2), a_line("CUP", 1)))
        order = SalesOrder.objects.get()
        assert (order.site, order.state) == (pair.town, SalesOrderState.READY)
        assert (level_of(mug, pair.town), level_of(cup, pair.town)) == ((2, 2), (1, 1))
        check_the_ledger()

    def test_units_that_no_site_has_together_are_kept_and_the_order_waits(self, pair):
        """Else what is kept for nobody would be shown to the next buyer, while this one waits."""
        stocked(pair, "MUG", 1, 1)
        pair.take(an_order(a_line("MUG", 2)))
        order = SalesOrder.objects.get()
        assert (order.site, order.state) == (pair.warehouse, SalesOrderState.AWAITING_STOCK)
        assert set(Allocation.objects.values_list("site__name", "quantity")) == {("Main warehouse", 1), ("Town", 1)}
        assert number().quantity == 0
        cause = Problem.objects.get(kind="awaiting_stock").cause
        assert "none of the sites of Both has all of it" in cause

    def test_when_a_site_can_serve_it_it_goes_there_and_gives_back_the_rest(self, pair):
        mug = stocked(pair, "MUG", 1, 1)
        pair.take(an_order(a_line("MUG", 2)))
        ledger.receive_stock(mug.pk, pair.town.pk, 1, now=NOW)
        order = SalesOrder.objects.get()
        assert (order.site, order.state) == (pair.town, SalesOrderState.READY)
        assert (level_of(mug, pair.warehouse), level_of(mug, pair.town)) == ((1, 0), (2, 2))
        check_the_ledger()

    def test_where_it_may_its_lines_leave_from_several_sites(self, pair):
        edit(pair, [pair.warehouse, pair.town], may_split=True)
        stocked(pair, "MUG", 1, 0), stocked(pair, "CUP", 0, 1)
        pair.take(an_order(a_line("MUG", 1), a_line("CUP", 1)))
        order = SalesOrder.objects.get()
        assert order.state is SalesOrderState.READY
        assert [(line.sku, (line.site or order.site).name) for line in order.lines.order_by("sku")] == [
            ("CUP", "Town"),
            ("MUG", "Main warehouse"),
        ]

    def test_a_persons_choice_of_the_site_holds(self, pair):
        mug = stocked(pair, "MUG", 5, 2)
        pair.take(an_order(a_line("MUG", 2)))
        order = SalesOrder.objects.get()
        assign_site(order.pk, site_id=pair.town.pk, now=NOW, user=pair.olga)
        order.refresh_from_db()
        assert (order.site_group, level_of(mug, pair.town)) == (None, (2, 2))

    def test_an_order_that_is_split_by_hand_leaves_from_both(self, pair):
        stocked(pair, "MUG", 1, 1)
        pair.take(an_order(a_line("MUG", 2)))
        order = SalesOrder.objects.get()
        part = split_order(order.pk, units={order.lines.get().pk: 1}, now=NOW, user=pair.olga)
        order.refresh_from_db()
        assert order.state is SalesOrderState.READY
        assign_site(part.pk, site_id=pair.town.pk, now=NOW, user=pair.olga)
        part.refresh_from_db()
        assert part.state is SalesOrderState.READY
        check_the_ledger()

    def test_a_newer_message_keeps_its_site(self, pair):
        stocked(pair, "MUG", 1, 2)
        order = an_order(a_line("MUG", 2))
        pair.take(order)
        pair.take(later(order, lines=(a_line("MUG", 1),)))
        assert SalesOrder.objects.get().site == pair.town

    def test_an_order_that_is_not_imported_reserves_at_all_of_them(self, pair):
        mug = stocked(pair, "MUG", 1, 2)
        pair.take(an_order(a_line("MUG", 2), marketplace_id=FR, currency="EUR"))
        assert ImportedLine.objects.get().site_group == pair.group
        assert (level_of(mug, pair.warehouse), level_of(mug, pair.town)) == ((1, 1), (2, 1))

    def test_what_it_reserved_and_somebody_sent_is_booked_out_where_it_was_kept(self, pair):
        mug = stocked(pair, "MUG", 1, 2)
        order = an_order(a_line("MUG", 2), marketplace_id=FR, currency="EUR")
        pair.take(order)
        sent = later(order, status=AmazonStatus.SHIPPED, lines=(a_line("MUG", 2, quantity_fulfilled=2),))
        pair.take(sent)
        assert (level_of(mug, pair.warehouse), level_of(mug, pair.town)) == ((0, 0), (1, 0))
        check_the_ledger()

    def test_what_became_free_at_another_site_serves_it(self, pair):
        mug = stocked(pair, "MUG", 0, 2)
        ledger.receive_stock(mug.pk, pair.warehouse.pk, 1, now=NOW)
        first = an_order(a_line("MUG", 2))
        pair.take(first)
        pair.take(an_order(a_line("MUG", 2), number="026-0000002-0000002"))
        waiting = SalesOrder.objects.get(state=SalesOrderState.AWAITING_STOCK)
        assert (servable_orders(), servable_imports()) == ([], [])
        pair.take(later(first, status=AmazonStatus.CANCELLED))
        assert servable_orders() == [waiting.pk]
        assert take_orders.serve_order(waiting.pk, now=NOW)
        waiting.refresh_from_db()
        assert (waiting.site, waiting.state) == (pair.town, SalesOrderState.READY)


class TestTheGroupItself:
    def test_it_is_listed_with_the_channels_that_sell_from_it(self, pair):
        row = list_site_groups()[0]
        assert (row.names, row.channels) == ("Main warehouse, Town", ((pair.fbm.pk, pair.fbm.name),))

    @pytest.mark.parametrize(
        ("name", "sites", "field"), [("", "both", "name"), ("One", "one", "sites"), ("Pool", "pool", "sites")]
    )
    def test_bad_entries_name_their_field(self, pair, name, sites, field):
        chosen = {
            "both": {pair.warehouse.pk, pair.town.pk},
            "one": {pair.warehouse.pk},
            "pool": {pair.warehouse.pk, pair.pool.pk},
        }[sites]
        with pytest.raises(Refused) as refused:
            site_groups.add_site_group(SiteGroupEntry(name, frozenset(chosen)), now=NOW, user=pair.olga)
        assert refused.value.field == field
        assert SiteGroup.objects.count() == 1

    def test_a_name_is_given_once_whatever_its_case(self, pair):
        with pytest.raises(Refused, match="already"):
            group(pair, name="BOTH")

    def test_somebody_elses_change_is_not_overwritten(self, pair):
        entry = SiteGroupEntry("X", frozenset({pair.warehouse.pk, pair.town.pk}))
        with pytest.raises(Refused, match="meanwhile"):
            site_groups.edit_site_group(pair.group.pk, entry, version=7, now=NOW, user=pair.olga)

    def test_one_that_a_channel_sells_from_is_not_deleted(self, pair):
        with pytest.raises(Refused, match="a channel sells from it"):
            site_groups.delete_site_group(pair.group.pk, now=NOW, user=pair.olga)

    def test_what_waits_for_a_deleted_one_waits_at_its_own_site(self, pair):
        mug = stocked(pair, "MUG", 1, 1)
        pair.take(an_order(a_line("MUG", 2)))
        pair.fbm.options.update(site=pair.warehouse, site_group=None)
        site_groups.delete_site_group(pair.group.pk, now=NOW, user=pair.olga)
        assert SalesOrder.objects.get().site_group is None
        assert (level_of(mug, pair.warehouse), level_of(mug, pair.town)) == ((1, 1), (1, 0))
        assert AuditEntry.objects.filter(verb="delete", noun="Site group").exists()


def test_two_channels_of_one_account_conflict_only_where_their_sites_differ(pair):
    mug = stocked(pair, "MUG", 5, 3)
    pair.channel("FBM", None, "A1PA6795UKMFR9").options.create(order_type="", site_group=pair.group)
    pair.listing("MUG", mug, marketplace="A1PA6795UKMFR9")
    assert number().quantity == 8
    pair.fbm.options.update(site=pair.warehouse, site_group=None)
    assert "the channels differ" in number().reason
