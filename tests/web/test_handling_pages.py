"""Handling times on their pages."""

from datetime import timedelta

import pytest
from tests.factories.cast import Trading
from tests.factories.ground import NOW
from tests.web.client import text

from wharfinger.db.models import AuditEntry, HandlingPeriod, Listing, StockNotice
from wharfinger.domain.installation.people import Role
from wharfinger.domain.stock.handling import PeriodState
from wharfinger.operations.stock import stock_profiles
from wharfinger.operations.stock.stock_profiles import ProfileEntry, RuleValues

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    world = Trading()
    world.item("MUG", 5)
    StockNotice.objects.all().delete()
    return world


def entered(**changes):
    days = {"first_day": NOW.date().isoformat(), "last_day": (NOW + timedelta(days=5)).date().isoformat()}
    return {"name": "Christmas", "days": "9", "holds_for": "", **days, **changes}


def test_one_is_made_listed_edited_and_deleted_and_each_works_the_listings_out_anew(world, sign_in):
    client = sign_in()
    assert "No handling times yet" in text(client.get("/handling-times/"))
    assert "Handling times" in text(client.get("/settings/"))
    page = text(client.post("/handling-times/new/", entered(), follow=True))
    assert all(said in page for said in ("Handling time “Christmas” is kept.", "All channels", "In force"))
    assert StockNotice.objects.get().cause == "Handling time Christmas"
    period = HandlingPeriod.objects.get()
    form = text(client.get(f"/handling-times/{period.pk}/"))
    assert (f'value="channel-{world.fbm.pk}"' in form, 'value="9"' in form) == (True, True)
    edited = entered(days="4", holds_for=f"channel-{world.fbm.pk}", version="1")
    page = text(client.post(f"/handling-times/{period.pk}/", edited, follow=True))
    assert ("Saved. 1 listing is worked out anew." in page, world.fbm.name in page) == (True, True)
    again = text(client.post(f"/handling-times/{period.pk}/", edited))
    assert "Somebody else changed “Christmas” meanwhile" in again
    page = text(client.post(f"/handling-times/{period.pk}/delete/", follow=True))
    assert ("“Christmas” is deleted" in page, HandlingPeriod.objects.exists()) == (True, False)
    verbs = AuditEntry.objects.filter(noun="Handling time").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["create", "edit", "delete"]


def test_one_of_a_profile_that_is_archived_since_keeps_it(world, sign_in):
    profile = stock_profiles.add_profile(ProfileEntry("Made to order", RuleValues()), now=NOW, user=world.olga)
    client = sign_in()
    client.post("/handling-times/new/", entered(holds_for=f"profile-{profile}", last_day=""))
    stock_profiles.set_archived(profile, True, now=NOW, user=world.olga)
    period = HandlingPeriod.objects.get()
    assert f'<option value="profile-{profile}" selected>Made to order</option>' in text(
        client.get(f"/handling-times/{period.pk}/")
    )
    client.post(f"/handling-times/{period.pk}/", entered(holds_for=f"profile-{profile}", version="1"))
    period.refresh_from_db()
    assert (period.profile_id, period.last_day, period.state) == (
        profile, (NOW + timedelta(days=5)).date(), PeriodState.IN_FORCE,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"days": "31"}, "less than or equal to 30"),
        ({"last_day": "2020-01-01"}, "The last day is before the first one."),
        ({"first_day": ""}, "required"),
        ({"holds_for": "channel-0"}, "Select a valid choice"),
        ({"name": " "}, "required"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(world, sign_in, changes, said):
    answer = sign_in().post("/handling-times/new/", entered(**changes))
    assert (answer.status_code, said in text(answer), HandlingPeriod.objects.exists()) == (422, True, False)


def test_what_amazon_shows_stands_there_and_is_sent_again(world, sign_in):
    client = sign_in()
    Listing.objects.update(handling_days=9, handling_before=2, handling_misses=3, lead_time_days=1)
    page = text(client.get("/handling-times/"))
    assert all(said in page for said in ("Without effect", "MUG", "Send handling times again"))
    page = text(client.post("/handling-times/send-again/", follow=True))
    assert ("The handling time of 1 SKU is sent again." in page, StockNotice.objects.count()) == (True, 1)


def test_a_packer_may_look_and_not_change(world, sign_in):
    client = sign_in(Role.WAREHOUSE)
    assert "New handling time" not in text(client.get("/handling-times/"))
    assert client.get("/handling-times/new/").status_code == 403
    assert client.post("/handling-times/send-again/").status_code == 403
