"""What is beside items and orders in a large shop: a count of everything, transfers, and who read what."""

from datetime import datetime

from filling import insert

from wharfinger.db import models as m
from wharfinger.domain.installation.access_log import Access, Subject
from wharfinger.domain.stock.counts import CountScope, CountState
from wharfinger.domain.stock.transfers import TransferState

TRANSFERS, LINES = 400, 50


def fill_warehouse(items: int, orders: int, now: datetime) -> None:
    """A count of all items, half of them counted, and a tenth of these with a variance that nobody has decided."""
    moment = f"TIMESTAMPTZ '{now.isoformat()}'"
    insert(
        m.StockCount,
        1,
        site_id="1",
        scope=f"'{CountScope.SITE.value}'",
        state=f"'{CountState.OPEN.value}'",
        made_at=moment,
        items=str(items),
        items_counted=str(items // 2),
    )
    insert(
        m.CountLine,
        items,
        count_id="1",
        item_id="n + 1",
        bin="'A' || n %% 90",
        counted="CASE n %% 2 WHEN 0 THEN n %% 50 + (n %% 20 = 0)::int END",
        expected="CASE n %% 2 WHEN 0 THEN n %% 50 END",
        variance="CASE n %% 2 WHEN 0 THEN (n %% 20 = 0)::int END",
        undecided="n %% 20 = 0",
        entries="(n %% 2 = 0)::int",
        counted_at=f"CASE n %% 2 WHEN 0 THEN {moment} END",
    )
    insert(
        m.StockTransfer,
        TRANSFERS,
        source_id="1",
        target_id="2",
        state=f"(ARRAY['{TransferState.DRAFT.value}', '{TransferState.SENT.value}'])[n %% 2 + 1]",
        made_at=f"{moment} - interval '1 hour' * n",
    )
    insert(
        m.TransferLine,
        TRANSFERS * LINES,
        transfer_id=f"n / {LINES} + 1",
        item_id=f"n %% {items} + 1",
        quantity="n %% 9 + 1",
    )
    insert(
        m.AccessEntry,
        orders,
        at=f"{moment} - interval '30 seconds' * n",
        user_id="(SELECT min(id) FROM wharfinger_user)",
        what=f"'{Access.ORDER.value}'",
        subject=f"'{Subject.SALES_ORDER.value}'",
        subject_id="n + 1",
        address="'192.0.2.7'",
    )
