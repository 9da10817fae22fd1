"""Completeness: who sees what, what the page says of a day and of a gap, and its files."""

import csv
import io
from datetime import date, timedelta

import pytest
from tests.factories.ground import NOW, UK
from tests.web.client import text

from wharfinger.db.models import (
    AuditEntry,
    CompletenessDay,
    CompletenessGap,
    FlowSchedule,
    OrderCursor,
    OrderReport,
    RateBudget,
    WantedOrder,
    WorkerHeartbeat,
)
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db
YESTERDAY = date(2026, 11, 23)


def a_day(shop, orders=(214, 214), **more):
    said, held = orders
    fields = {
        "amazon_orders": said, "our_orders": held, "amazon_units": 300, "our_units": 300,
        "amazon_money": {"GBP": "2140.50"}, "our_money": {"GBP": "2140.50"}, "whole": True,
    }  # fmt: skip
    return CompletenessDay.objects.create(
        account=shop.account, marketplace_id=UK, day=YESTERDAY, checked_at=NOW, covered_until=NOW, **fields | more
    )


def a_gap(shop, number="026-0000000-0000001", **more):
    return CompletenessGap.objects.create(
        account=shop.account, marketplace_id=UK, day=YESTERDAY, amazon_order_id=number, placed_at=NOW,
        kinds=["missing"], covered_until=NOW, seen_at=NOW, last_seen_at=NOW, **more,
    )  # fmt: skip


@pytest.fixture
def linked(shop):
    FlowSchedule.objects.create(account=shop.account, flow="order_report", due_at=NOW)
    return shop


def test_a_proven_day_says_so(linked, sign_in):
    a_day(linked)
    OrderReport.objects.create(account=linked.account, state="compared", wanted_at=NOW, ended_at=NOW)
    page = text(sign_in(Role.VIEWER).get("/completeness/", follow=True))
    assert "Amazon says 214 orders, we hold 214" in page
    assert "Nothing is missing" in page
    assert page.count("£2,140.50") == 2
    assert "Check now" not in page


def test_an_open_gap_stands_first_and_can_be_downloaded_again(linked, sign_in):
    a_day(linked, orders=(214, 213))
    gap = a_gap(linked, state="stuck", cause="unknown_to_amazon", note="Amazon does not know this number.")
    client = sign_in(Role.MANAGER)
    page = text(client.get(f"/completeness/{linked.account.pk}/"))
    assert "Gaps are open" in page
    assert "Amazon does not know this number." in page
    answer = client.post(f"/completeness/{linked.account.pk}/gaps/{gap.pk}/download/", follow=True)
    assert "026-0000000-0000001: requested from Amazon again." in text(answer)
    assert WantedOrder.objects.get().amazon_order_id == gap.amazon_order_id
    assert AuditEntry.objects.filter(noun="order at Amazon").count() == 1


def test_check_now_requests_a_report_once(linked, sign_in):
    client = sign_in(Role.MANAGER)
    address = f"/completeness/{linked.account.pk}/check/"
    assert "A report is requested from Amazon" in text(client.post(address, follow=True))
    assert "under way already" in text(client.post(address, follow=True))
    assert OrderReport.objects.get().state == "wanted"


@pytest.mark.parametrize("role", [Role.WAREHOUSE, Role.ACCOUNTS, Role.VIEWER])
def test_who_may_not_fix_problems_may_look_and_not_press(linked, sign_in, role):
    client = sign_in(role)
    assert client.get(f"/completeness/{linked.account.pk}/").status_code == 200
    assert client.post(f"/completeness/{linked.account.pk}/check/").status_code == 403
    gap = a_gap(linked)
    assert client.post(f"/completeness/{linked.account.pk}/gaps/{gap.pk}/download/").status_code == 403


def test_a_gap_of_another_account_or_one_that_is_settled_is_not_downloaded(linked, sign_in):
    client = sign_in(Role.MANAGER)
    settled = a_gap(linked, state="healed")
    for gap in (settled.pk, settled.pk + 99):
        answer = client.post(f"/completeness/{linked.account.pk}/gaps/{gap}/download/", follow=True)
        assert "nothing is left to download" in text(answer)
    assert client.get("/completeness/999/").status_code == 404


def test_days_and_gaps_are_files_too(linked, sign_in):
    a_day(linked, orders=(214, 213))
    a_gap(linked, state="healed", downloaded_at=NOW, settled_at=NOW)
    client = sign_in(Role.VIEWER)
    days, gaps = (
        list(csv.DictReader(io.StringIO(client.get(address).getvalue().decode("utf-8-sig"))))
        for address in (
            f"/completeness/{linked.account.pk}/export.csv",
            f"/completeness/{linked.account.pk}/gaps/export.csv",
        )
    )
    assert [(row["orders at Amazon"], row["orders here"], row["currency"], row["money here"]) for row in days] == [
        ("214", "213", "GBP", "2140.50")
    ]
    assert [(row["Amazon order"], row["gap"], row["cause"]) for row in gaps] == [
        ("026-0000000-0000001", "Missing here", "downloaded by its number")
    ]


def test_the_history_of_gaps_tells_how_each_ended(linked, sign_in):
    a_gap(linked, state="explained", cause="before_start", settled_at=NOW)
    page = text(sign_in(Role.VIEWER).get(f"/completeness/{linked.account.pk}/gaps/"))
    assert "Placed before the Start Date of every channel" in page


def test_far_behind_the_page_says_when_all_will_be_here_and_which_limits_bind(linked, sign_in):
    OrderReport.objects.create(
        account=linked.account, state="compared", purpose="catch_up", wanted_at=NOW, ended_at=NOW, since=NOW, until=NOW
    )
    for number in range(40):
        WantedOrder.objects.create(
            account=linked.account, amazon_order_id=f"026-{number}", source="catch_up", wanted_at=NOW
        )
    for operation, rate in (("searchOrders", "0.0056"), ("getOrder", "0.5")):
        RateBudget.objects.create(
            account=linked.account, operation=operation, rate=rate, burst=20, tokens=0, counted_at=NOW
        )
    page = text(sign_in(Role.VIEWER).get(f"/completeness/{linked.account.pk}/"))
    assert "40 orders are still to be read" in page
    assert "all of them by" in page
    assert "rate limit of getOrder" in page


def test_blind_for_an_hour_the_page_says_since_when_and_whose_fault_it_is(linked, sign_in):
    since = NOW - timedelta(hours=1)
    WorkerHeartbeat.objects.create(name="here:1", seen_at=NOW, started_at=NOW)
    OrderCursor.objects.create(account=linked.account, after=since, caught_up_at=since)
    FlowSchedule.objects.create(
        account=linked.account, flow="orders_in", due_at=NOW, error="searchOrders: 503.", fault="amazon"
    )
    page = text(sign_in(Role.VIEWER).get(f"/completeness/{linked.account.pk}/"))
    assert "has been seen since" in page
    assert "Amazon&#x27;s own fault" in page
