"""The installation's rows, looked at: what is well says so, what is wrong names its remedy."""

from datetime import timedelta

import pytest
from django.db import connection
from tests.factories.accounts import an_account, an_application
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.shipping import a_service
from tests.factories.stock import a_site

from wharfinger.db.models import (
    Alert,
    Channel,
    ChannelCheck,
    ChannelOption,
    CourierMapping,
    FlowSchedule,
    RateBudget,
    RawMessage,
    SellerAccount,
    Site,
    WorkerHeartbeat,
)
from wharfinger.db.queries import health
from wharfinger.domain.installation.health import Finding, Verdict
from wharfinger.domain.installation.subjects import AboutAccount, AlertKey
from wharfinger.domain.stock.ledger import SiteKind

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def account():
    return an_account(token_expiry=TODAY + timedelta(days=200))


@pytest.fixture
def channel(account):
    site, service = a_site(), a_service()
    made = a_channel(account, site)
    ChannelOption.objects.filter(channel=made).update(courier_service=service)
    CourierMapping.objects.create(channel=made, service=service, carrier_code="Other", carrier_name="Demo")
    return made


def verdicts(findings):
    return [(finding.verdict, finding.title) for finding in findings]


def work():
    return list(health.look_at_work(now=NOW, machine_now=NOW))


def test_no_worker_is_wrong_and_a_silent_one_is_none(account):
    WorkerHeartbeat.objects.create(name="w", seen_at=NOW - timedelta(seconds=31), started_at=NOW)
    (silent, _timetable) = work()
    assert (silent.verdict, silent.detail) == (Verdict.WRONG, "none was heard in 30 seconds")
    WorkerHeartbeat.objects.update(seen_at=NOW)
    assert work()[0] == Finding(Verdict.WELL, "Workers", "1 at work")


def test_a_silent_worker_beside_others_is_named_with_its_process(account):
    WorkerHeartbeat.objects.create(name="shop:7", seen_at=NOW, started_at=NOW)
    WorkerHeartbeat.objects.create(name="shop:8", seen_at=NOW - timedelta(minutes=2), started_at=NOW)
    assert work()[:2] == [
        Finding(Verdict.WELL, "Workers", "1 at work"),
        Finding(
            Verdict.WRONG,
            "Workers",
            "shop:8 was last heard on 24 Nov 11:58:00 UTC and did not say that it ended",
            "restart process 8 on shop; if it is gone, this line goes within the hour",
        ),
    ]


def test_a_worker_that_cannot_keep_the_timetable_says_why_and_since_when(account):
    since = NOW - timedelta(seconds=20)
    WorkerHeartbeat.objects.create(name="shop:7", seen_at=NOW, started_at=NOW, fault="DiskFull: no", faulty_since=since)
    assert [(finding.verdict, finding.detail) for finding in work()[1:]] == [
        (Verdict.WRONG, "worker shop:7 has not been able to keep it since 24 Nov 11:59:40 UTC: DiskFull: no")
    ]


def test_a_flow_that_fails_or_lies_is_reported_with_its_account(account):
    FlowSchedule.objects.create(account=account, flow="orders_in", due_at=NOW, failures=3, error="503")
    FlowSchedule.objects.create(account=account, flow="stock_out", due_at=NOW - timedelta(minutes=31))
    FlowSchedule.objects.create(account=account, flow="listings_in", due_at=NOW - timedelta(minutes=29))
    texts = [finding.detail for finding in work()[1:]]
    assert texts == [
        "“Orders downloaded” of Harbour & Home failed 3 times in a row: 503",
        "“Stock updates” of Harbour & Home was due at 24 Nov 11:29 UTC and has not run",
    ]


def test_an_account_that_is_not_linked_runs_no_flows_and_is_reported_once(account, channel):
    FlowSchedule.objects.create(account=account, flow="orders_in", due_at=NOW - timedelta(days=3), failures=9)
    SellerAccount.objects.update(link_state="lost", link_error="revoked")
    assert verdicts(work())[1:] == [(Verdict.WELL, "Timetable")]
    (finding,) = health.look_at_accounts(TODAY)
    assert (finding.verdict, finding.detail) == (Verdict.WRONG, "lost: revoked")


@pytest.mark.parametrize(
    ("expiry", "verdict"),
    [
        (TODAY + timedelta(days=31), Verdict.WELL),
        (TODAY + timedelta(days=7), Verdict.SOON),
        (TODAY - timedelta(days=1), Verdict.WRONG),
        (None, Verdict.SOON),
    ],
)
def test_an_authorisation_has_an_end(account, channel, expiry, verdict):
    SellerAccount.objects.update(token_expiry=expiry)
    assert [finding.verdict for finding in health.look_at_accounts(TODAY)] == [verdict]


def test_refused_calls_are_reported(account, channel):
    bucket = {"rate": 1, "burst": 1, "tokens": 1, "counted_at": NOW}
    RateBudget.objects.create(account=account, operation="searchOrders", calls=40, refused=2, **bucket)
    assert [finding.detail for finding in health.look_at_accounts(TODAY)][1:] == ["40 calls, 2 refused as too many"]


def test_the_client_secret_has_an_end_and_no_application_is_wrong():
    assert verdicts(health.look_at_applications(TODAY)) == [(Verdict.WRONG, "Amazon application")]
    an_application(name="Wharfinger", secret_expires_on=TODAY + timedelta(days=7))
    assert verdicts(health.look_at_applications(TODAY)) == [(Verdict.SOON, "Client secret of Wharfinger")]


def test_an_fba_site_in_use_must_have_levels(account):
    pool = a_site("FBA UK", SiteKind.FBA, "UK", account)
    a_site("FBA Europe", SiteKind.FBA, "EU", account)  # no channel uses it
    a_channel(account, pool, kind="FBA")
    assert verdicts(health.look_at_sites()) == [(Verdict.WRONG, "FBA site FBA UK")]
    Site.objects.update(levels_loaded_at=NOW)
    assert verdicts(health.look_at_sites()) == [(Verdict.WELL, "FBA site FBA UK")]


def test_a_channel_tells_what_is_missing_what_failed_and_what_is_not_mapped(channel):
    assert verdicts(health.look_at_channels()) == [(Verdict.WELL, f"Channel {channel.name}")]
    CourierMapping.objects.all().delete()
    ChannelCheck.objects.create(
        channel=channel, position=1, title="Seller ID", ok=False, message="Unknown.", remedy="x"
    )
    ChannelCheck.objects.create(channel=channel, position=2, title="Listings", ok=None)
    Channel.objects.update(enabled=False)
    assert [(finding.verdict, finding.detail) for finding in health.look_at_channels()] == [
        (Verdict.SOON, "Channel Enabled is off."),  # a person's wish is no fault
        (Verdict.WRONG, "Seller ID: Unknown."),
        (Verdict.WRONG, "no courier service is mapped to Amazon's carriers"),
    ]


def test_the_number_of_queries_does_not_grow_with_the_channels(account, channel, django_assert_max_num_queries):
    for marketplace in ("A1PA6795UKMFR9", "A13V1IB3VIYZZH", "APJ6JRA9NG5V4"):
        a_channel(account, ChannelOption.objects.get(channel=channel).site, marketplace)
    with django_assert_max_num_queries(4):
        list(health.look_at_channels())


def test_versions_side_by_side_are_wrong(account):
    for process, version in ((7, "0.1.0"), (8, "0.2.0"), (9, "0.1.0")):
        WorkerHeartbeat.objects.create(name=f"shop:{process}", seen_at=NOW, started_at=NOW, version=version)
    found = work()[1]
    assert (found.verdict, found.title) == (Verdict.WRONG, "Workers")
    assert "0.1.0: shop:7, shop:9; 0.2.0: shop:8" in found.detail


def test_a_flow_that_a_clock_ahead_put_off_or_that_has_not_ended_for_long_is_reported(account):
    hour, every = timedelta(hours=1), {"orders_in": timedelta(minutes=3), "stock_out": timedelta(minutes=2)}
    FlowSchedule.objects.create(account=account, flow="orders_in", due_at=NOW + 9 * hour, finished_at=NOW + 8 * hour)
    FlowSchedule.objects.create(account=account, flow="stock_out", due_at=NOW + hour, finished_at=NOW - 5 * hour)
    texts = [finding.detail for finding in health.look_at_work(now=NOW, machine_now=NOW, every=every)][1:]
    assert texts == [
        "“Orders downloaded” of Harbour & Home ended on 24 Nov 2026 20:00 UTC, which is in the future: "
        "a clock was ahead",
        "“Stock updates” of Harbour & Home last ended on 24 Nov 2026 07:00 UTC, and is due at 24 Nov 2026 13:00 UTC",
    ]


def test_an_account_without_fba_stock_is_on_time_all_day(account):
    early = NOW - timedelta(hours=20)
    FlowSchedule.objects.create(
        account=account, flow="fba_stock_in", due_at=early + timedelta(days=1), finished_at=early
    )
    assert list(health._stranded_flows(NOW, {"fba_stock_in": timedelta(minutes=15)})) == []


def test_jobs_that_wait_or_failed_are_counted():
    assert verdicts(health.look_at_jobs()) == [(Verdict.WELL, "Waiting jobs")]
    with connection.cursor() as cursor:
        add = (
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status) "
            "SELECT 'default', %s, %s FROM generate_series(1, %s)"
        )
        cursor.execute(add, ["fetch_order", "failed", 3])
        cursor.execute(add, ["run_flow", "todo", 1000])
    assert [(finding.verdict, finding.detail) for finding in health.look_at_jobs()] == [
        (Verdict.SOON, "1,000 wait to be taken"),
        (Verdict.SOON, "3 in the last week: fetch_order 3"),
    ]
    with connection.cursor() as cursor:
        cursor.execute(add, ["run_flow", "failed", 1000])
        cursor.execute(add, ["run_flow", "todo", 9000])
    assert [finding.verdict for finding in health.look_at_jobs()] == [Verdict.WRONG, Verdict.WRONG]


def test_mail_that_cannot_leave_is_reported_with_the_reason():
    assert list(health.look_at_mail()) == []
    Alert.objects.create(
        kind="authorisation_lost",
        key=AlertKey(AboutAccount(1), "lost"),
        subject=AboutAccount(1),
        raised_at=NOW,
        mail_error="refused\nby it",
    )
    assert [(finding.title, finding.detail) for finding in health.look_at_mail()] == [
        ("E-mail", "1 message cannot be sent: refused")
    ]


def test_personal_data_that_no_key_opens_is_reported(account):
    assert health.look_at_personal_data().verdict is Verdict.WELL
    RawMessage.objects.create(
        account=account, kind="order", key="1", source="search", body=b"{}", body_hash="h", received_at=NOW
    )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE wharfinger_rawmessage SET body = 'lost:AAAA'")
    found = health.look_at_personal_data()
    assert (found.verdict, "needs the encryption key “lost”" in found.detail) == (Verdict.WRONG, True)
