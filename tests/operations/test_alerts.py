"""Reminders by the trade clock, and alerts that close by themselves."""

from datetime import UTC, date, datetime, timedelta

import pytest
from tests.factories.accounts import an_account, an_application
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.stock import a_site

from wharfinger.db.models import Alert, Problem, SellerAccount
from wharfinger.db.queries.installation.alerts import list_alerts
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.installation.subjects import AboutToken, AlertKey
from wharfinger.operations.access import accounts
from wharfinger.operations.installation import alerts
from wharfinger.web.problem_pages import page_of_alert

pytestmark = pytest.mark.django_db
ENDS = date(2027, 3, 1)


def at(days_before, ends=ENDS):
    return datetime(ends.year, ends.month, ends.day, 9, tzinfo=UTC) - timedelta(days=days_before)


@pytest.fixture
def account():
    account = an_account()
    SellerAccount.objects.update(token_set_at=NOW, token_expiry=ENDS)
    a_channel(account, a_site())
    return account


@pytest.fixture
def application():
    return an_application(secret_expires_on=ENDS)


def page(alert):
    rows = list_alerts(closed=alert.closed_at is not None).rows
    return page_of_alert(next(row for row in rows if row.id == alert.pk))


def open_alerts():
    return list(Alert.objects.filter(closed_at=None).order_by("pk").values_list("kind", "key"))


def test_each_step_is_raised_once_with_its_remedy_and_its_page(account):
    assert [alerts.remind(now=at(days)) for days in (31, 30, 29, 14, 14, 7, 1, 0, -1)] == [0, 1, 0, 1, 0, 1, 1, 1, 0]
    assert open_alerts() == [("token_expires", AlertKey(AboutToken(account.pk), "2027-03-01:0"))]
    assert Alert.objects.count() == 5
    alert = Alert.objects.get(key=AlertKey(AboutToken(account.pk), "2027-03-01:14"))
    channel = account.channels.get()
    assert (alert.text, page(alert), alert.account) == (
        "The authorisation of Harbour & Home ends on 1 March 2027 (reminder of 14 days before). After that Amazon "
        "no longer accepts our access: no orders are imported and nothing is sent.",
        f"/channels/{channel.pk}/",
        account,
    )


def test_a_renewed_authorisation_closes_its_reminder(account):
    alerts.remind(now=at(7))
    SellerAccount.objects.update(token_expiry=ENDS + timedelta(days=365))
    alerts.remind(now=at(6))
    assert open_alerts() == []


def test_a_date_that_was_mistyped_and_put_back_is_reminded_of_again_but_not_mailed_twice(account):
    alerts.remind(now=at(7))
    Alert.objects.update(mailed_at=at(7))
    SellerAccount.objects.update(token_expiry=ENDS + timedelta(days=365))
    alerts.remind(now=at(7))
    SellerAccount.objects.update(token_expiry=ENDS)
    alerts.remind(now=at(7))
    assert Alert.objects.get().closed_at is None
    assert Alert.objects.get().mailed_at == at(7)


def test_an_account_that_holds_no_access_is_not_reminded(account):
    SellerAccount.objects.update(token_set_at=None)
    assert alerts.remind(now=at(1)) == 0


def test_the_client_secret_has_the_same_clock_and_never_stands_in_its_alert(application):
    assert alerts.remind(now=at(30)) == 1
    alert = Alert.objects.get()
    assert (alert.kind, page(alert)) == (
        "secret_expires",
        f"/settings/amazon-application/{application.pk}/",
    )
    assert "topsecret" not in alert.text + alert.remedy


def test_what_was_taken_away_is_not_reminded_of_any_more(account, application):
    alerts.remind(now=at(7))
    application.delete()
    account.channels.all().delete()
    account.delete()
    alerts.remind(now=at(7))
    assert open_alerts() == []


def test_lost_access_is_an_alert_until_it_is_given_anew(account):
    assert accounts.lose_authorisation(account.pk, error="400 invalid_grant", now=NOW)
    assert not accounts.lose_authorisation(account.pk, error="again", now=NOW)
    assert [kind for kind, _ in open_alerts()] == ["authorisation_lost"]
    accounts.record_checks(account.channels.get().pk, [], linked=LinkState.LINKED, now=NOW)
    assert open_alerts() == []
    assert not Problem.objects.filter(solved_at=None).exists()


def test_a_token_that_came_after_the_refused_work_began_is_not_lost(account):
    SellerAccount.objects.update(token_set_at=NOW + timedelta(seconds=1))
    assert not accounts.lose_authorisation(account.pk, error="400 invalid_grant", now=NOW, since=NOW)
    assert SellerAccount.objects.get().link_state == "linked"


def test_a_refused_application_is_one_alert_however_often_it_is_met(account, application):
    SellerAccount.objects.update(application=application)
    for _ in range(3):
        accounts.report_application_refused(account.pk, error="401 invalid_client", now=NOW)
    assert [kind for kind, _ in open_alerts()] == ["application_refused"]
    assert Problem.objects.get().count == 3
    assert SellerAccount.objects.get().link_state == "linked"
    accounts.accept_application(account.pk, now=NOW)
    assert open_alerts() == []
