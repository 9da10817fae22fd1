"""The book of a batch: everything that a batch of orders of one seller account has read, and is going to write.

Steps: they need an open transaction. Rows are locked in one order by whoever opens a book (imported orders, sales
orders, lines, then levels), read in a fixed number of statements, changed in memory, and written in bulk.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from wharfinger.db.any_of import any_of
from wharfinger.db.models import (
    Activity,
    Customer,
    ImportedLine,
    ImportedOrder,
    Installation,
    SalesOrder,
    SalesOrderLine,
    SellerAccount,
    Shipment,
    Site,
)
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import (
    AboutImport,
    AboutMessage,
    AboutOrder,
    AboutPartAddress,
    AboutSite,
    Subject,
)
from wharfinger.domain.orders.addresses import differs_in_part, read_address
from wharfinger.domain.orders.order import AmazonStatus, ImportState, IncomingOrder, IncomingPackage, SalesOrderState
from wharfinger.domain.orders.waits_for import ForLevels
from wharfinger.operations._rows import Rows, draw, id_sequence, insert, new_row
from wharfinger.operations.after_sale._invoice_steps import INSTALLATION_ID, Invoices
from wharfinger.operations.installation._history_steps import draft_activity
from wharfinger.operations.installation._problem_steps import Problems
from wharfinger.operations.orders._address_steps import address_hash
from wharfinger.operations.orders._channel_facts import Channels, Links
from wharfinger.operations.orders._customer_steps import Customers
from wharfinger.operations.orders._import_steps import want_archives
from wharfinger.operations.orders._search_steps import write_words
from wharfinger.operations.orders._verification_steps import want_of_orders
from wharfinger.operations.shipping._confirmation_steps import confirm_seen, wait_again
from wharfinger.operations.stock._shelf import Shelf

ORDER_NUMBERS = "wharfinger_sales_order_number"
"""The sequence of sales orders' codes; gaps are allowed."""
IDS = {model: id_sequence(model) for model in (Customer, ImportedOrder, ImportedLine, SalesOrder, SalesOrderLine)}


class Numbers:
    """Numbers of sequences, drawn in blocks: rows refer to each other before any of them is written."""

    def __init__(self) -> None:
        self._drawn: dict[str, deque[int]] = {}

    def expect(self, counts: Mapping[str, int]) -> None:
        for name, numbers in draw(dict(counts)).items():
            self._drawn.setdefault(name, deque()).extend(numbers)

    def next(self, name: str) -> int:
        if not self._drawn.get(name):
            self.expect({name: 10})
        return self._drawn[name].popleft()


class Book:
    """What a batch knows of its account and its orders. Rows are shared by all who change them."""

    def __init__(self, account_id: int, *, now: datetime) -> None:
        self.account_id = account_id
        self.now = now
        self.numbers = Numbers()
        self.imports = Rows(ImportedOrder)
        self.orders = Rows(SalesOrder)
        self.lines = Rows(SalesOrderLine)
        self.kept = Rows(ImportedLine)
        self.import_of: dict[str, ImportedOrder] = {}
        self.parts_of: dict[int, list[SalesOrder]] = {}
        self.lines_of: dict[int, list[SalesOrderLine]] = {}
        self.kept_of: dict[int, list[ImportedLine]] = {}
        self.found_now: set[int] = set()
        self.dispatched: set[int] = set()
        self.problems = Problems()
        self.shelf = Shelf()
        self.customers = Customers(now=now)
        self.invoices = Invoices()
        self.channels = Channels(account_id)
        self.links = Links(account_id, ())
        self._timeline: list[Activity] = []
        self._packages: list[tuple[SalesOrder, Sequence[IncomingPackage]]] = []
        self._recounted: set[int] = set()
        self._empty_sites: dict[int, int] = {}
        self._customised: list[int] = []
        self._age_checked: set[int] = set()

    @property
    def sales(self) -> list[SalesOrder]:
        """All sales orders that were there, every part of an Amazon order."""
        return [order for parts in self.parts_of.values() for order in parts]

    @cached_property
    def account(self) -> SellerAccount:
        return SellerAccount.objects.get(pk=self.account_id)

    @cached_property
    def _installation(self) -> Installation:
        return Installation.objects.only("pending_reservation_days", "preorders_reserve").get(pk=INSTALLATION_ID)

    @property
    def pending_days(self) -> int:
        """For how many days a pending order keeps its units."""
        return self._installation.pending_reservation_days

    @property
    def preorders_reserve(self) -> bool:
        """Whether pre-orders take units of goods that are not out yet."""
        return self._installation.preorders_reserve

    def find_or_make_import(self, incoming: IncomingOrder) -> ImportedOrder:
        """The one row of (seller account, Amazon order number)."""
        known = self.import_of.get(incoming.amazon_order_id)
        if known is not None:
            return known
        row = new_row(
            ImportedOrder,
            pk=self.numbers.next(IDS[ImportedOrder]),
            account_id=self.account_id,
            amazon_order_id=incoming.amazon_order_id,
            state=ImportState.NOT_ATTEMPTED,
            amazon_status=AmazonStatus.UNKNOWN,
            placed_at=incoming.placed_at,
            amazon_updated_at=incoming.updated_at,
            found_at=self.now,
        )
        self.found_now.add(row.pk)
        self.import_of[incoming.amazon_order_id] = row
        return self.imports.add(row)

    def customer_id(self) -> int:
        """For a new record."""
        return self.numbers.next(IDS[Customer])

    def record(self, text: str, **links: Any) -> None:
        """One sentence of a timeline, as `record_activity`."""
        self._timeline.append(draft_activity(text, now=self.now, **links))

    def show_packages(self, order: SalesOrder, packages: Sequence[IncomingPackage]) -> None:
        """Amazon's order holds these parcels: confirmations of ours among them are done."""
        if packages and order.pk in self.dispatched:
            self._packages.append((order, packages))

    def note_customised(self, line: SalesOrderLine) -> None:
        """Amazon gives a new address of what the buyer wrote or drew: its archive is fetched while it lives."""
        self._customised.append(line.pk)

    def note_age_checked(self, order_id: int) -> None:
        """Amazon may have a verification for the sales order: it is looked for."""
        self._age_checked.add(order_id)

    def send_refused_again(self, order: SalesOrder) -> None:
        """Amazon counts other units of it now: parcels that it refused are confirmed with those."""
        self._recounted.add(order.pk)

    def note_empty_site(self, site_id: int) -> None:
        """One more order waits for the site's levels."""
        self._empty_sites[site_id] = self._empty_sites.get(site_id, 0) + 1

    def write(self) -> None:
        """Everything, each kind of row at once; what others wait for (problems, invoices' numbers, notices) last."""
        self.customers.write()
        self.imports.write()
        added, renamed = self.orders.added, self.orders.changed("delivery", "buyer")
        self.orders.write()
        write_words([*added, *renamed], changed=renamed)
        self.lines.write()
        want_archives(self._customised, self.account_id, now=self.now)
        want_of_orders(self._age_checked, now=self.now)
        self.kept.write()
        self.shelf.write(self.problems)
        for row in confirm_seen(self._packages, self.problems, now=self.now):
            self._timeline.append(row)
        wait_again(self._recounted, self.problems, now=self.now)
        self._report_empty_sites()
        self.problems.write(now=self.now)
        insert(Activity, self._timeline)
        self.invoices.write()
        self.shelf.raise_notices(now=self.now)

    def _report_empty_sites(self) -> None:
        sites = Site.objects.in_bulk(self._empty_sites) if self._empty_sites else {}
        for site_id, times in self._empty_sites.items():
            site = sites[site_id]
            waiting = ImportedOrder.objects.filter(waits_for=ForLevels(site_id)).count()
            orders = "order waits" if waiting == 1 else "orders wait"
            for _ in range(times):
                self.problems.open(
                    ProblemKind.FBA_SITE_EMPTY,
                    AboutSite(site_id),
                    cause=f"{site.name} has no stock levels; {waiting} FBA {orders}.",
                    remedy="Press “Load levels from Amazon” on the site's page. The orders are then imported "
                    "automatically.",
                    site_id=site_id,
                )


def open_book(
    account_id: int, incoming: Sequence[IncomingOrder], messages: Sequence[AboutMessage], now: datetime
) -> Book:
    """Lock and read what these orders need. `messages`: what the problems of their messages are about."""
    book = Book(account_id, now=now)
    _read_imports(book, incoming)
    _read_orders(book)
    _read_lines(book)
    book.problems.read([*messages, *_subjects(book, incoming)])
    known = {row.marketplace_id or "" for row in book.import_of.values()}
    book.channels.read_marketplaces(known | {order.marketplace_id for order in incoming})
    wanted = [(line.sku, line.asin) for order in incoming for line in order.lines]
    wanted += [(row.sku, row.asin) for rows in book.kept_of.values() for row in rows]
    book.links = Links(account_id, wanted)
    book.numbers.expect({IDS[ImportedOrder]: sum(one.amazon_order_id not in book.import_of for one in incoming)})
    return book


def open_orders(account_id: int, order_ids: Sequence[int], now: datetime) -> Book:
    """Lock and read these sales orders of the account, with what their lines mean; no message says anything new."""
    book = Book(account_id, now=now)
    imports = ImportedOrder.objects.select_for_update(no_key=True)
    wanted = SalesOrder.objects.filter(any_of("pk", order_ids)).values("imported")
    rows = book.imports.read(imports.filter(account=account_id, pk__in=wanted).order_by("pk"))
    book.import_of = {row.amazon_order_id: row for row in rows}
    _read_orders(book)
    _read_lines(book)
    book.problems.read([AboutOrder(order.pk) for order in book.sales])
    book.links = Links(account_id, [(line.sku, line.asin) for lines in book.lines_of.values() for line in lines])
    return book


def _read_imports(book: Book, incoming: Sequence[IncomingOrder]) -> None:
    rows = ImportedOrder.objects.select_for_update(of=("self",), no_key=True).filter(
        any_of("amazon_order_id", {order.amazon_order_id for order in incoming}), account=book.account_id
    )
    book.import_of = {row.amazon_order_id: row for row in book.imports.read(rows.order_by("pk"))}


def _read_orders(book: Book) -> None:
    imports = {row.pk: row for row in book.import_of.values()}
    if not imports:
        return
    rows = SalesOrder.objects.select_for_update(no_key=True).filter(any_of("imported", imports)).order_by("pk")
    for order in book.orders.read(rows.exclude(state=SalesOrderState.MERGED)):
        order.imported = imports[order.imported_id]
        order.channel = book.channels.get(order.channel_id)
        book.parts_of.setdefault(order.imported_id, []).append(order)
    if book.sales:
        sites = Site.objects.in_bulk({order.site_id for order in book.sales})
        for order in book.sales:
            order.site = sites[order.site_id]
        ids = [order.pk for order in book.sales]
        book.invoices.read(ids)
        book.dispatched = set(Shipment.objects.filter(any_of("order", ids)).values_list("order_id", flat=True))


def _read_lines(book: Book) -> None:
    orders = {order.pk: order for order in book.sales}
    if orders:
        rows = SalesOrderLine.objects.select_for_update(no_key=True).filter(any_of("order", orders)).order_by("pk")
        for line in book.lines.read(rows):
            line.order = orders[line.order_id]
            book.lines_of.setdefault(line.order_id, []).append(line)
        book.shelf.read_held("line", [line.pk for lines in book.lines_of.values() for line in lines])
    without = [row.pk for row in book.import_of.values() if row.pk not in book.parts_of]
    if without:
        kept = ImportedLine.objects.select_for_update(no_key=True).filter(any_of("imported", without)).order_by("pk")
        for row in book.kept.read(kept):
            book.kept_of.setdefault(row.imported_id, []).append(row)
        book.shelf.read_held("imported_line", [row.pk for rows in book.kept_of.values() for row in rows])


def _subjects(book: Book, incoming: Sequence[IncomingOrder]) -> list[Subject]:
    """What problems that are there may be about; a problem about a new row cannot be there."""
    found: list[Subject] = [AboutImport(row.pk) for row in book.import_of.values()]
    found += [AboutOrder(order.pk) for order in book.sales]
    for message in incoming:
        imported = book.import_of.get(message.amazon_order_id)
        for order in book.parts_of.get(imported.pk, ()) if imported else ():
            if order.erased_at is None and differs_in_part(read_address(order.delivery), message.address):
                found.append(AboutPartAddress(order.pk, address_hash(message.address)[:16]))
    return found
