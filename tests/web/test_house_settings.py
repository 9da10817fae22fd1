"""Settings: how many days a pending order keeps its units."""

import pytest

from wharfinger.db.models import AuditEntry, Installation
from wharfinger.domain.installation.people import Role

pytestmark = pytest.mark.django_db

ADDRESS = "/settings/pending-orders/"


def kept():
    return Installation.objects.get().pending_reservation_days


@pytest.mark.parametrize("days", [1, 30, 60])
def test_an_administrator_sets_the_days_that_a_pending_order_keeps_its_units(days, sign_in):
    client = sign_in()
    assert 'value="7"' in client.get("/settings/").text
    assert client.post(ADDRESS, {"days": days})["Location"] == "/settings/"
    assert kept() == days
    assert f'value="{days}"' in client.get("/settings/").text
    entry = AuditEntry.objects.get(noun="Installation")
    assert (entry.before, entry.after) == (
        {"pending orders keep their units": "7 days"},
        {"pending orders keep their units": f"{days} {'day' if days == 1 else 'days'}"},
    )


@pytest.mark.parametrize("days", ["0", "61", "-1", "2.5", "many", "", "9" * 30])
def test_other_days_are_refused_beside_the_field(days, sign_in):
    answer = sign_in().post(ADDRESS, {"days": days})
    assert answer.status_code == 422
    assert list(answer.context["pending_form"].errors) == ["days"]
    assert kept() == 7


def test_days_that_are_the_same_are_no_change(sign_in):
    sign_in().post(ADDRESS, {"days": 7})
    assert not AuditEntry.objects.filter(noun="Installation").exists()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_others_read_the_days_and_do_not_set_them(role, sign_in):
    client = sign_in(role)
    page = client.get("/settings/").text
    assert "<dt>A pending order keeps its units</dt><dd>7 days</dd>" in page
    assert ADDRESS not in page
    assert client.post(ADDRESS, {"days": 3}).status_code == 403
    assert kept() == 7
