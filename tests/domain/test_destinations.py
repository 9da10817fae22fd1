"""Which alerts go to a destination, when, and as what."""

import json
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.installation.alerts import AlertKind
from wharfinger.domain.installation.destinations import (
    DIGESTS,
    URGENT,
    DestinationKind,
    Quiet,
    Route,
    alert_message,
    message_for,
    shown_address,
)

NIGHT = Quiet(time(22), time(7), "Europe/London")
NOON = Quiet(time(12), time(13), "Europe/Berlin")
LOST, REMINDER = AlertKind.AUTHORISATION_LOST, AlertKind.TOKEN_EXPIRES
OURS = "https://shop.example"


def at(hour, minute=0, day=24):
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("quiet", "moment", "end"),
    [
        (NIGHT, at(21, 59), at(21, 59)),
        (NIGHT, at(22), at(7, day=25)),
        (NIGHT, at(3), at(7)),
        (NIGHT, at(7), at(7)),
        (NOON, at(10, 59), at(10, 59)),
        (NOON, at(11), at(12)),
        (NOON, at(12), at(12)),
    ],
)
def test_quiet_hours_end_when_they_do_in_their_zone(quiet, moment, end):
    assert quiet.end_after(moment) == end


def test_the_night_of_summer_time_is_as_long_as_the_clocks_say():
    spring = datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert NIGHT.end_after(spring) == datetime(2026, 3, 29, 6, tzinfo=UTC)


def test_an_urgent_alert_breaks_the_quiet_hours_where_it_may():
    assert Route(quiet=NIGHT).due_at(LOST, at(23)) == at(23)
    assert Route(quiet=NIGHT, urgent_breaks_quiet=False).due_at(LOST, at(23)) == at(7, day=25)
    assert Route(quiet=NIGHT).due_at(REMINDER, at(23)) == at(7, day=25)


def test_reminders_are_collected_and_urgent_ones_are_not():
    route = Route(digest=240, zone="UTC")
    assert route.due_at(REMINDER, at(9, 10)) == at(12)
    assert route.due_at(LOST, at(9, 10)) == at(9, 10)
    assert Route(digest=1440, zone="Europe/Berlin").due_at(REMINDER, at(9)) == at(23)


def test_kinds_and_urgent_only():
    assert [Route(kinds=frozenset({"token_expires"})).takes(kind) for kind in (LOST, REMINDER)] == [False, True]
    assert {kind for kind in AlertKind if Route(urgent_only=True).takes(kind)} == URGENT


HOURS = st.times(timezones=st.none()).map(lambda hour: hour.replace(second=0, microsecond=0))
ZONES = st.sampled_from(["UTC", "Europe/London", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe"])


@given(
    HOURS, HOURS, ZONES, st.sampled_from(DIGESTS), st.sampled_from(AlertKind), st.booleans(),
    st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),
)  # fmt: skip
def test_an_alert_is_due_within_two_days_never_before_now_and_never_in_quiet_hours(
    since, until, zone, digest, kind, breaks, now
):
    if since == until:
        return
    quiet = Quiet(since, until, zone)
    due_at = Route(quiet=quiet, urgent_breaks_quiet=breaks, digest=digest, zone=zone).due_at(kind, now)
    assert now <= due_at <= now + timedelta(days=2, hours=2)
    if not (breaks and kind in URGENT):
        again = quiet.end_after(due_at)
        # An end that the clocks leave out in spring falls an hour later, or in autumn comes twice.
        assert again - due_at <= timedelta(hours=1), ZoneInfo(zone)


def an_alert(kind=LOST):
    return alert_message(
        kind, text="Access <lost> & gone.", remedy="Authorise.", page=f"{OURS}/channels/1/", raised_at=at(9)
    )


def test_a_webhook_gets_everything_as_json():
    sent = json.loads(message_for(DestinationKind.WEBHOOK, [an_alert(), an_alert(REMINDER)], OURS).body)
    assert sent["installation"] == OURS
    assert sent["alerts"][0] == {
        "kind": "authorisation_lost",
        "title": "Authorisation lost",
        "text": "Access <lost> & gone.",
        "remedy": "Authorise.",
        "page": f"{OURS}/channels/1/",
        "raised_at": "2026-11-24T09:00:00+00:00",
        "urgent": True,
    }
    assert sent["alerts"][1]["urgent"] is False


def test_slack_gets_text_without_its_own_signs():
    sent = json.loads(message_for(DestinationKind.SLACK, [an_alert()], OURS).body)
    assert sent == {
        "text": f"*Authorisation lost*\nAccess &lt;lost&gt; &amp; gone.\nWhat to do: Authorise.\n{OURS}/channels/1/"
    }


def test_teams_gets_an_adaptive_card():
    sent = json.loads(message_for(DestinationKind.TEAMS, [an_alert()], OURS).body)
    card = sent["attachments"][0]["content"]
    assert (sent["type"], card["type"]) == ("message", "AdaptiveCard")
    assert card["body"][0]["text"] == "Authorisation lost"


def test_ntfy_gets_a_title_a_priority_and_a_link():
    message = message_for(DestinationKind.NTFY, [an_alert()], OURS)
    assert dict(message.headers) == {
        "Title": "Wharfinger: Authorisation lost",
        "Priority": "urgent",
        "Content-Type": "text/plain; charset=utf-8",
        "Click": f"{OURS}/channels/1/",
    }
    several = message_for(DestinationKind.NTFY, [an_alert(REMINDER), an_alert(REMINDER)], OURS)
    assert dict(several.headers)["Title"] == "Wharfinger: 2 alerts"
    assert dict(several.headers)["Priority"] == "default"
    assert all(value.isascii() for kind in AlertKind for _, value in message_for(
        DestinationKind.NTFY, [an_alert(kind)], OURS).headers)  # fmt: skip


def test_a_page_shows_of_an_address_only_where_it_leads():
    assert shown_address(DestinationKind.SLACK, "https://hooks.slack.com/services/T0/B0/s3cret") == (
        "https://hooks.slack.com/…"
    )
    assert shown_address(DestinationKind.NTFY, "http://[::1]:8080/topic?auth=s3cret") == "http://::1:8080/…"
    assert shown_address(DestinationKind.EMAIL, "night@example.com") == "night@example.com"
