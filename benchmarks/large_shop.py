# ruff: noqa: E501 -- a column of SQL is one expression, and reads best on one line
"""A shop of any size, written by PostgreSQL itself: a million orders in minutes.

Every table is filled by one INSERT ... SELECT over generate_series; what is encrypted comes from a pool of a thousand
buyers, encrypted once. Row n refers to row n of its neighbours, so that nothing has to be looked up.
"""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from django.db import models
from filling import insert, run, sealed, taken_away
from large_warehouse import fill_warehouse

from wharfinger.db import models as m
from wharfinger.db.encryption import encrypt, keyed_hash, search_hash
from wharfinger.domain.installation.people import Role
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.marketplaces import Pool
from wharfinger.domain.orders.order import IncomingAddress, IncomingBuyer
from wharfinger.domain.orders.search_words import words_of
from wharfinger.domain.shipping.shipments import Tracking
from wharfinger.domain.stock.ledger import MovementReason, SiteKind

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
BUYERS = 1000
SEARCHES = (
    "SO0004242", "4242", "026-0004242-0029694", "02600042420029694", "0029694", "INV0004242", "ITEM-00042", "MUG-42",
    "DX000004242GB", "5000000004242", "Hopper42", "anna+hopper42", "BS42+4DJ", "BS42", "buyer42@example.com", "nothing",
)  # fmt: skip
_NOW = f"TIMESTAMPTZ '{NOW.isoformat()}'"
_KINDS = (SiteKind.OWN.value, SiteKind.FBA.value, SiteKind.SHOP.value)
_POOL = Pool.UK.value
_AT_ONCE = Tracking.AT_ONCE.value
_COUNTED = MovementReason.COUNTED.value
_PROBLEMS = tuple(ProblemKind)
_FIRST = ("Anna", "Ben", "Carla", "David", "Emma", "Farid", "Grace", "Hugo")


class Shop:
    def __init__(self, orders: int, items: int, accounts: int, channels: int) -> None:
        self.orders, self.items, self.accounts, self.channels = orders, items, accounts, channels

    def fill(self) -> dict[str, Any]:
        """Fill the empty tables; returns how many rows there are of each large kind."""
        m.Installation.objects.update_or_create(pk=1, defaults={"system": "demo", "made_at": NOW})
        m.User.objects.create(username="olga", full_name="Olga", role=Role.ADMINISTRATOR)
        # Rows are consistent as they are made: no foreign key is checked row by row, and indexes are built once.
        run("SET session_replication_role = replica")
        run("SET maintenance_work_mem = '256MB'")
        indexes = taken_away()
        self._buyers()
        self._channels()
        self._stock()
        self._orders()
        self._around()
        fill_warehouse(self.items, self.orders, NOW)
        for definition in indexes:
            run(definition)
        run("SET session_replication_role = origin")
        self._settle()
        large = (m.ImportedOrder, m.SalesOrder, m.SalesOrderLine, m.SearchWord, m.StockItem, m.Listing, m.Customer)
        return {model._meta.db_table.partition("_")[2]: model._default_manager.count() for model in large}

    def _buyers(self) -> None:
        """A table of a thousand buyers, in the form in which orders keep them, with their words."""
        run("CREATE TEMPORARY TABLE buyer (n int, name text, email text, delivery text, buyer text, postcode text)")
        run("CREATE TEMPORARY TABLE word (n int, kind text, hash bigint)")
        for n in range(BUYERS):
            name, postcode = f"{_FIRST[n % 8]} Hopper{n}", f"BS{n % 90 + 1} 4DJ"
            address = IncomingAddress(name, "", f"{n} High Street", "", "", "Bristol", "", postcode, "GB")
            buyer = IncomingBuyer(name, f"buyer{n}@example.com")
            values = [n, *(encrypt(text.encode()) for text in (name, buyer.email))]
            address_and_buyer = [
                sealed(m.SalesOrder, "delivery", asdict(address)),
                sealed(m.SalesOrder, "buyer", asdict(buyer)),
            ]
            run(
                "INSERT INTO buyer VALUES (%s, %s, %s, %s, %s, %s)",
                *values,
                *address_and_buyer,
                keyed_hash("postcode", postcode),
            )
            for word in words_of(address, buyer):
                run("INSERT INTO word VALUES (%s, %s, %s)", n, word.kind.value, search_hash(word.kind, word.text))

    def _channels(self) -> None:
        markets = ", ".join(
            f"'{pk}'"
            for pk in m.Marketplace.objects.filter(region="EU").order_by("name")[:10].values_list("pk", flat=True)
        )
        market = f"(ARRAY[{markets}])[(n / {self.accounts} / 2) %% 10 + 1]"
        kind = f"CASE WHEN (n / {self.accounts}) %% 2 = 1 THEN 'FBA' ELSE 'FBM' END"
        insert(
            m.Site,
            3,
            name="(ARRAY['Main warehouse', 'FBA UK', 'Shop'])[n + 1]",
            kind=f"(ARRAY['{_KINDS[0]}', '{_KINDS[1]}', '{_KINDS[2]}'])[n + 1]",
            pool=f"CASE WHEN n = 1 THEN '{_POOL}' ELSE '' END",
            made_at=_NOW,
            levels_loaded_at=_NOW,
        )
        insert(
            m.CourierService,
            1,
            courier="'Royal Mail'",
            name="'Tracked 24'",
            tracking=f"'{_AT_ONCE}'",
            amazon_carrier_code="'Royal Mail'",
        )
        insert(
            m.SellerAccount,
            self.accounts,
            name="'Seller ' || n",
            region="'EU'",
            seller_id="'A2SELLER' || lpad(n::text, 5, '0')",
            refresh_token=f"'{encrypt(b'Atzr|x')}'",
            token_last_four="'xxxx'",
            token_set_at=_NOW,
            link_state="'linked'",
            participations_read_at=_NOW,
            made_at=_NOW,
        )
        insert(
            m.Channel,
            self.channels,
            name="'Channel ' || lpad(n::text, 3, '0')",
            kind=kind,
            account_id=f"n %% {self.accounts} + 1",
            marketplace_id=market,
            link_state="'linked'",
            activated_for="'simulator'",
            activated="true",
            start_date=f"DATE '{NOW.date()}' - 365",
            import_fba_orders=f"CASE WHEN {kind} = 'FBA' THEN 'only_fba' ELSE 'no_fba' END",
            dont_import_orders="n = 0",
            made_at=f"{_NOW} - interval '400 days'",
        )
        insert(
            m.ChannelOption,
            self.channels,
            channel_id="n + 1",
            order_type="''",
            site_id=f"CASE WHEN {kind} = 'FBA' THEN 2 ELSE 1 END",
            courier_service_id=f"CASE WHEN {kind} = 'FBA' THEN NULL ELSE 1 END",
        )
        insert(
            m.ChannelCheck,
            self.channels * 4,
            channel_id="n / 4 + 1",
            position="n %% 4",
            title="'Check ' || n %% 4",
            ok="true",
            checked_at=_NOW,
        )

    def _stock(self) -> None:
        code = "CASE WHEN n %% 10 = 0 THEN 'BLUE-MUG-' || n / 10 ELSE 'ITEM-' || lpad(n::text, 5, '0') END"
        insert(
            m.StockItem,
            self.items,
            code=code,
            name="(ARRAY['Enamel mug, blue', 'Tea towel with boats', 'Plate of stoneware'])[n %% 3 + 1] || ' ' || n",
            made_at=_NOW,
        )
        insert(
            m.StockBarcode,
            self.items,
            item_id="n + 1",
            type="'EAN'",
            code="(5000000000000 + n)::text",
            gtin="'0' || (5000000000000 + n)::text",
        )
        insert(m.StockLevel, self.items, item_id="n + 1", site_id="1", on_hand="n %% 50 - 1", counted_at=_NOW)
        insert(
            m.Movement,
            self.items * 2,
            item_id="n / 2 + 1",
            site_id="1",
            quantity="CASE n %% 2 WHEN 0 THEN n / 2 %% 50 + 59 ELSE -60 END",
            on_hand_after="n / 2 %% 50 - 1 + CASE n %% 2 WHEN 0 THEN 60 ELSE 0 END",
            reason=f"'{_COUNTED}'",
            moved_at=f"{_NOW} - interval '1 minute' * (n %% 100000)",
        )
        insert(
            m.Listing,
            self.items,
            account_id="1",
            sku=code,
            fulfilment="'FBM'",
            sent_quantity="5",
            sent_at=_NOW,
            read_back_quantity="5",
            seen_at=_NOW,
            found_at=_NOW,
        )
        insert(
            m.ChannelProduct,
            self.items,
            listing_id="n + 1",
            marketplace_id="(SELECT marketplace_id FROM wharfinger_channel WHERE id = 1)",
            asin="'B0' || lpad(n::text, 8, '0')",
            title="'Enamel mug ' || n",
            item_id="CASE WHEN n %% 20 = 7 THEN NULL ELSE n + 1 END",
            found_at=_NOW,
        )

    def _orders(self) -> None:
        number = "'026-' || lpad(n::text, 7, '0') || '-' || lpad((n::bigint * 7 %% 10000000)::text, 7, '0')"
        channel = f"n %% {self.channels} + 1"
        joined = f"JOIN wharfinger_channel c ON c.id = {channel} JOIN buyer b ON b.n = series.n %% {BUYERS}"
        placed = f"{_NOW} - interval '{180 * 86400 / self.orders:.3f} seconds' * ({self.orders} - series.n)"
        total = "CASE WHEN series.n %% 20 = 3 THEN NULL ELSE (series.n %% 9973) / 100.0 + 5 END"
        failed, taken = "series.n %% 50 = 9", "series.n %% 50 <> 9"
        insert(
            m.ImportedOrder,
            self.orders,
            joined,
            account_id="c.account_id",
            amazon_order_id=_of(number),
            channel_id="c.id",
            marketplace_id="c.marketplace_id",
            fulfilment="c.kind",
            state=f"CASE WHEN {failed} THEN (ARRAY['failed', 'skipped', 'not_attempted'])[series.n %% 3 + 1] ELSE 'ok' END",
            reason=f"CASE WHEN {failed} THEN 'Placed before the channel''s Start Date.' ELSE '' END",
            amazon_status="CASE WHEN series.n %% 20 = 3 THEN 'PENDING' WHEN series.n %% 10 = 1 THEN 'UNSHIPPED' ELSE 'SHIPPED' END",
            order_ref=_of(number),
            summary="'2 × Enamel mug, blue'",
            placed_at=placed,
            amazon_updated_at=_NOW,
            currency="CASE WHEN series.n %% 3 = 0 THEN 'EUR' ELSE 'GBP' END",
            total=total,
            found_at=placed,
            imported_at=placed,
            ship_by=f"{placed} + interval '2 days'",
        )
        insert(
            m.Customer,
            max(self.orders // 2, 1),
            f"JOIN buyer b ON b.n = series.n %% {BUYERS}",
            code="'C' || lpad(series.n::text, 6, '0')",
            name="b.name",
            email="b.email",
            address="b.delivery",
            made_at=f"{_NOW} - interval '1 minute' * (series.n %% 250000)",
        )
        state = "CASE WHEN series.n %% 20 = 3 THEN 'pending' WHEN series.n %% 10 = 1 THEN (ARRAY['ready_to_ship', 'held', 'awaiting_stock', 'part_shipped'])[series.n / 10 %% 4 + 1] WHEN series.n %% 40 = 5 THEN 'cancelled' WHEN c.kind = 'FBA' THEN 'issued' ELSE 'shipped' END"
        insert(
            m.SalesOrder,
            self.orders,
            f"{joined} WHERE {taken}",
            code="'SO' || lpad(series.n::text, 7, '0')",
            imported_id="series.n + 1",
            channel_id="c.id",
            site_id="CASE WHEN c.kind = 'FBA' THEN 2 ELSE 1 END",
            customer_id="series.n / 2 + 1",
            order_ref=_of(number),
            order_type="CASE WHEN c.kind = 'FBA' THEN 'fba' WHEN series.n %% 7 = 0 THEN 'prime' ELSE 'standard' END",
            state=state,
            currency="CASE WHEN series.n %% 3 = 0 THEN 'EUR' ELSE 'GBP' END",
            total=total,
            delivery="b.delivery",
            buyer="b.buyer",
            postcode_hash="b.postcode",
            invoice_priority="CASE WHEN series.n %% 30 = 0 THEN series.n %% 9 + 1 END",
            ship_by=f"{placed} + interval '2 days'",
            placed_at=placed,
            made_at=placed,
            shipped_at="CASE WHEN series.n %% 10 > 3 THEN " + placed + " + interval '1 day' END",
        )
        order = "SELECT id FROM wharfinger_salesorder"
        insert(
            m.SalesOrderLine,
            2,
            f"CROSS JOIN ({order}) o",
            id="o.id * 2 + series.n",
            order_id="o.id",
            order_item_id="(o.id * 2 + series.n)::text",
            sku=_of(
                f"CASE WHEN (o.id * 2 + series.n) %% {self.items} %% 10 = 0 THEN 'BLUE-MUG-' || (o.id * 2 + series.n) %% {self.items} / 10 ELSE 'ITEM-' || lpad(((o.id * 2 + series.n) %% {self.items})::text, 5, '0') END"
            ),
            title="'Enamel mug'",
            item_id=f"(o.id * 2 + series.n) %% {self.items} + 1",
            quantity_ordered="series.n + 1",
        )
        run(
            f"INSERT INTO wharfinger_searchword (kind, hash, order_id) SELECT w.kind, w.hash, o.id FROM ({order}) o JOIN word w ON w.n = (o.id - 1) %% {BUYERS}"
        )
        shipped = "CROSS JOIN (SELECT id, channel_id FROM wharfinger_salesorder WHERE shipped_at IS NOT NULL) o JOIN wharfinger_channel c ON c.id = o.channel_id"
        insert(
            m.Shipment,
            1,
            shipped,
            id="o.id",
            order_id="o.id",
            package_reference="'1'",
            service_id="1",
            tracking_number="'DX' || lpad((o.id - 1)::text, 9, '0') || 'GB'",
            shipped_at=_NOW,
        )
        insert(
            m.Confirmation,
            1,
            shipped,
            id="o.id",
            shipment_id="o.id",
            account_id="c.account_id",
            channel_id="c.id",
            state="'confirmed'",
            again_at=_NOW,
            made_at=_NOW,
        )
        insert(
            m.Invoice,
            1,
            shipped,
            id="o.id",
            code="'INV' || lpad((o.id - 1)::text, 7, '0')",
            order_id="o.id",
            currency="'GBP'",
            total="10",
            issued_at=_NOW,
        )

    def _around(self) -> None:
        problems = min(20_000, self.orders)
        kinds = ", ".join(f"'{kind.value}'" for kind in list(_PROBLEMS)[:12])
        insert(
            m.Problem,
            problems,
            "JOIN wharfinger_salesorder o ON o.id = series.n + 1",
            kind=f"(ARRAY[{kinds}])[series.n %% 12 + 1]",
            key="'order:' || o.id",
            cause="o.code || ' waits.'",
            remedy="'Look at it.'",
            sales_order_id="o.id",
            channel_id="o.channel_id",
            opened_at=f"{_NOW} - interval '1 minute' * series.n",
            seen_at=_NOW,
            solved_at=f"CASE WHEN series.n %% 10 > 0 THEN {_NOW} END",
        )
        insert(
            m.Activity,
            self.orders,
            "JOIN wharfinger_salesorder o ON o.id = series.n + 1",
            happened_at=_NOW,
            text="o.code || ' created.'",
            sales_order_id="o.id",
            channel_id="o.channel_id",
            imported_order_id="o.imported_id",
        )
        insert(
            m.AuditEntry,
            5000,
            at=_NOW,
            user_id="(SELECT min(id) FROM wharfinger_user)",
            verb="'save'",
            noun="'Channel'",
            noun_id=f"(n %% {self.channels} + 1)::text",
            before=f"'{sealed(m.AuditEntry, 'before', {'name': 'a'})}'",
            after=f"'{sealed(m.AuditEntry, 'after', {'name': 'b'})}'",
        )

    def _settle(self) -> None:
        """Sequences behind the rows, and the planner's statistics."""
        for model in vars(m).values():
            if (
                isinstance(model, type)
                and issubclass(model, models.Model)
                and isinstance(model._meta.pk, models.BigAutoField)
            ):
                run(
                    f"SELECT setval(pg_get_serial_sequence('{model._meta.db_table}', 'id'), coalesce(max(id), 1)) FROM {model._meta.db_table}"
                )
        run("VACUUM ANALYZE")


def _of(expression: str) -> str:
    """Where other tables are joined, n is the series'."""
    return (
        expression.replace("n::", "series.n::")
        .replace("(series.series.n", "(series.n")
        .replace("series.series.", "series.")
    )
