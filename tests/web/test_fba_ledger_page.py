"""Amazon's ledger on the page of an FBA site."""

from datetime import date, timedelta

import pytest
from tests.factories.cast import Retailer
from tests.factories.ground import NOW
from tests.web.client import text

from wharfinger.db.models import FbaLedgerReport, StockItem
from wharfinger.domain.orders.completeness.order_report import ReportState
from wharfinger.domain.stock.fba_ledger import LedgerDay
from wharfinger.domain.stock.fba_stock import FbaLevel
from wharfinger.domain.stock.ledger import MovementReason
from wharfinger.operations.stock import fba_stock
from wharfinger.operations.stock.warehouse import fba_ledger

pytestmark = pytest.mark.django_db
DAY = date(NOW.year, NOW.month, NOW.day) - timedelta(days=1)


@pytest.fixture
def shop():
    shop = Retailer()
    shop.mug = shop.item("MUG", listed=False)
    loaded = NOW - timedelta(days=5)
    fba_stock.load_fba_levels(shop.pool.pk, [FbaLevel(shop.mug.pk, 20)], read_at=loaded, now=loaded)
    return shop


def test_it_shows_the_days_with_amazons_reasons_and_what_has_none(shop, sign_in):
    client = sign_in()
    assert "Every difference of the last 14 days has a reason" in text(client.get(f"/sites/{shop.pool.pk}/"))
    seen = [FbaLevel(shop.mug.pk, 28)]
    fba_stock.load_fba_levels(shop.pool.pk, seen, read_at=NOW - timedelta(hours=9), now=NOW - timedelta(hours=9))
    assert "in units: +8." in text(client.get(f"/sites/{shop.pool.pk}/"))
    events = {MovementReason.FBA_RECEIPTS: 12, MovementReason.FBA_LOST: -3}
    day = LedgerDay(shop.mug.pk, DAY, events, shipped=-1, starting=20, ending=28)
    fba_ledger.want_report(shop.account.pk, DAY, DAY, now=NOW)
    fba_ledger.keep_days(shop.pool.pk, [day], now=NOW)
    report = FbaLedgerReport.objects.get()
    fba_ledger.end_report(report.pk, ReportState.COMPARED, now=NOW)
    page = text(client.get(f"/sites/{shop.pool.pk}/"))
    assert all(said in page for said in ("Amazon: received +12", "Amazon: lost −3", "−1", "28"))
    assert "in units: −1." in page
    ledger = text(client.get(f"/stock/{shop.mug.pk}/"))
    assert ("Amazon: received" in ledger, f"ledger of {DAY}" in ledger) == (True, True)
    assert StockItem.objects.get().levels.get().on_hand == 28


def test_a_report_that_failed_says_why(shop, sign_in):
    fba_ledger.want_report(shop.account.pk, DAY, DAY, now=NOW)
    report = FbaLedgerReport.objects.get()
    fba_ledger.end_report(report.pk, ReportState.FAILED, error="Amazon made no FBA ledger (FATAL).", now=NOW)
    assert "Amazon made no FBA ledger (FATAL)." in text(sign_in().get(f"/sites/{shop.pool.pk}/"))
