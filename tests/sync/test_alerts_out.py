"""Alerts out to webhooks: each once, when due, to no machine that must not be reached, the address in no sentence."""

import json
from datetime import time, timedelta

import httpx2
import pytest
from django.db import connection
from tests.factories.alerts import an_alert
from tests.factories.ground import NOW
from tests.factories.people import olga_the_owner

from wharfinger.config.clock import SteppedClock
from wharfinger.db.models import Alert, AlertDelivery, AlertDestination, AuditEntry
from wharfinger.domain.installation.destinations import ATTEMPTS_AT_MOST, DeliveryState, DestinationKind, Outgoing
from wharfinger.operations.installation import destinations
from wharfinger.operations.installation.destinations import DestinationEntry
from wharfinger.operations.refusals import Refused
from wharfinger.sync import alerts_out
from wharfinger.sync.mail_out import NO_WAY
from wharfinger.sync.mailer import NotSent
from wharfinger.sync.webhooks import Reach, Webhooks
from wharfinger.worker.time import WorkerClock

pytestmark = pytest.mark.django_db
SECRET = "s3cret-path"
ADDRESS = f"https://hooks.example/{SECRET}?key={SECRET}"
OURS = "https://shop.example"


class There:
    """What stands at the address: its answers, and what it was sent."""

    def __init__(self, *answers):
        self.answers, self.calls = list(answers), []

    def __call__(self, request):
        self.calls.append(request)
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, Exception):
            raise answer
        return httpx2.Response(answer, headers={"location": "http://127.0.0.1/"} if 300 <= answer < 400 else {})

    @property
    def alerts(self):
        return [[alert["text"] for alert in json.loads(call.content)["alerts"]] for call in self.calls]


class Office:
    def __init__(self, *answers, numbers=("93.184.216.34",), **reach):
        self.there = There(*answers)
        self.clock = SteppedClock(NOW)
        self.webhooks = Webhooks(
            Reach(**reach), http=httpx2.MockTransport(self.there), resolve=lambda host, port: list(numbers)
        )
        self.user = olga_the_owner()

    def destination(self, **changes):
        entry = {"name": "Chat", "kind": DestinationKind.WEBHOOK, "address": ADDRESS, **changes}
        made = destinations.create_destination(
            DestinationEntry(**entry), plain_http=False, now=self.clock.now(), user=self.user
        )
        return AlertDestination.objects.get(pk=made.pk)

    def run(self, email=None):
        return alerts_out.run(self.webhooks, email, OURS, WorkerClock(self.clock), lambda alert: "/alerts/")

    def on(self, **more):
        return self.clock.advance(timedelta(**more))


def states():
    return list(AlertDelivery.objects.order_by("pk").values_list("state", "attempts"))


def test_an_alert_goes_out_once():
    office = Office()
    office.destination()
    an_alert("Access is lost.")
    office.run()
    office.run()
    assert office.there.alerts == [["Access is lost."]]
    assert states() == [(DeliveryState.SENT, 1)]
    request = office.there.calls[0]
    assert (request.method, request.headers["host"], request.extensions["sni_hostname"]) == (
        "POST",
        "hooks.example",
        "hooks.example",
    )
    assert request.url.host == "93.184.216.34"


def test_what_was_raised_before_or_while_it_was_off_is_not_sent():
    office = Office()
    an_alert("Old.", raised_at=NOW - timedelta(days=1))
    place = office.destination()
    entry = DestinationEntry("Chat", DestinationKind.WEBHOOK, "", active=False)
    destinations.edit_destination(place.pk, entry, plain_http=False, now=office.on(hours=1), user=office.user)
    an_alert("While it was off.", raised_at=office.clock.now())
    entry = DestinationEntry("Chat", DestinationKind.WEBHOOK, "", active=True)
    destinations.edit_destination(place.pk, entry, plain_http=False, now=office.on(hours=1), user=office.user)
    an_alert("Now.", raised_at=office.on(minutes=1))
    office.run()
    assert office.there.alerts == [["Now."]]


def test_what_is_not_taken_waits_longer_each_time_and_is_given_up_in_the_end():
    office = Office(*[500] * 100)
    office.destination()
    an_alert()
    office.run()
    assert states() == [(DeliveryState.WAITING, 1)]
    assert office.run().next_due == NOW + timedelta(seconds=30)
    assert len(office.there.calls) == 1
    for _ in range(ATTEMPTS_AT_MOST + 3):
        office.on(hours=1)
        office.run()
    assert states() == [(DeliveryState.FAILED, ATTEMPTS_AT_MOST)]
    assert len(office.there.calls) == ATTEMPTS_AT_MOST
    assert AlertDelivery.objects.get().error == "The server there failed (500). It is tried again automatically."


def test_a_new_address_sends_what_failed():
    office = Office(404)
    place = office.destination()
    an_alert("Access is lost.")
    office.run()
    entry = DestinationEntry("Chat", DestinationKind.WEBHOOK, "https://hooks.example/other")
    destinations.edit_destination(place.pk, entry, plain_http=False, now=office.clock.now(), user=office.user)
    office.run()
    assert states() == [(DeliveryState.SENT, 1)]
    assert office.there.calls[1].url.path == "/other"


def test_a_worker_killed_between_claim_and_answer_sends_again_later():
    office = Office()
    place = office.destination()
    an_alert("Access is lost.")
    destinations.plan_deliveries(now=NOW)
    assert len(destinations.claim_deliveries(place.pk, now=NOW)) == 1
    office.run()
    assert office.there.calls == []
    office.on(minutes=1)
    office.run()
    assert office.there.alerts == [["Access is lost."]]


def test_one_that_was_closed_meanwhile_is_not_sent():
    office = Office(500)
    office.destination()
    an_alert()
    office.run()
    Alert.objects.update(closed_at=NOW)
    office.on(hours=1)
    office.run()
    assert states() == [(DeliveryState.CLOSED, 1)]
    assert len(office.there.calls) == 1


def test_quiet_hours_and_a_digest_make_one_message_of_several():
    office = Office()
    office.destination(digest=60, quiet_since=time(0), quiet_until=time(23, 59), urgent_breaks_quiet=True)
    an_alert("One.", kind="token_expires")
    an_alert("Two.", kind="secret_expires")
    an_alert("Lost.", kind="authorisation_lost")
    office.run()
    assert office.there.alerts == [["Lost."]]
    office.on(days=1)
    office.run()
    assert office.there.alerts == [["Lost."], ["One.", "Two."]]


def test_one_destination_that_fails_holds_up_no_other():
    office = Office(500, 200)
    office.destination(name="A")
    office.destination(name="B")
    an_alert()
    office.run()
    assert states() == [(DeliveryState.WAITING, 1), (DeliveryState.SENT, 1)]


def test_a_test_message_is_sent_whatever_the_hour_and_says_what_became_of_it():
    office = Office(200, 403)
    place = office.destination(active=False)
    destinations.request_test(place.pk, now=NOW)
    office.run()
    place.refresh_from_db()
    assert (place.test_wanted_at, place.tested_at, place.test_error) == (None, NOW, "")
    destinations.request_test(place.pk, now=NOW)
    office.run()
    place.refresh_from_db()
    assert place.test_error.startswith("The address is not accepted there (403)")


def test_e_mail_goes_by_the_mail_server():
    class Sender:
        way = "here"
        sent = []

        def send(self, email, recipients):
            self.sent.append((email.subject, recipients))

    office = Office()
    place = office.destination(kind=DestinationKind.EMAIL, address="night@example.com")
    an_alert()
    office.run()
    assert AlertDelivery.objects.get().error == NO_WAY
    AlertDelivery.objects.update(due_at=NOW)
    office.run(Sender())
    assert Sender.sent == [("Wharfinger: Authorisation lost", ["night@example.com"])]
    assert place.address_shown == "night@example.com"


# --- which machines may be called

PUBLIC, NEVER = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"], [
    "127.0.0.1", "127.9.9.9", "::1", "169.254.169.254", "fe80::1", "0.0.0.0", "::", "224.0.0.1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254",
]  # fmt: skip
PRIVATE = ["10.0.0.1", "192.168.1.5", "172.16.0.9", "fd00::1", "::ffff:10.0.0.1"]


@pytest.mark.parametrize("number", NEVER)
def test_this_machine_and_what_hangs_on_it_are_never_called(number):
    for reach in (Reach(), Reach(private=True)):
        assert reach.refusal(number) != ""


@pytest.mark.parametrize("number", PRIVATE)
def test_the_own_network_is_called_where_the_owner_allows_it(number):
    assert "WHARFINGER_ALERTS_TO_PRIVATE_NETWORK" in Reach().refusal(number)
    assert Reach(private=True).refusal(number) == ""


@pytest.mark.parametrize("number", PUBLIC)
def test_the_internet_is_called(number):
    assert Reach().refusal(number) == ""


def test_a_demo_system_may_call_this_machine():
    assert Reach(own=True).refusal("127.0.0.1") == ""
    assert Reach(own=True).refusal("169.254.169.254") != ""


def test_one_forbidden_number_among_several_is_enough():
    office = Office(numbers=("93.184.216.34", "169.254.169.254"))
    with pytest.raises(NotSent, match="no alert is sent"):
        office.webhooks.post(ADDRESS, Outgoing(b"{}", ()))
    assert office.there.calls == []


def test_a_redirect_is_not_followed():
    office = Office(302)
    with pytest.raises(NotSent, match="not followed"):
        office.webhooks.post(ADDRESS, Outgoing(b"{}", ()))
    assert len(office.there.calls) == 1


@pytest.mark.parametrize(
    "trouble",
    [httpx2.ConnectError(f"no way to {ADDRESS}"), httpx2.ReadTimeout("slow"), ValueError(ADDRESS), OSError(ADDRESS)],
)
def test_no_sentence_no_log_no_audit_and_no_repr_has_the_address(trouble, caplog):
    caplog.set_level("DEBUG")
    office = Office(trouble, 404, 500)
    place = office.destination()
    an_alert()
    for _ in range(3):
        office.run()
        office.on(hours=1)
    said = [AlertDelivery.objects.get().error, caplog.text, place.address_shown, repr(place)]
    said += [str(entry.after) for entry in AuditEntry.objects.all()]
    assert not any(SECRET in text for text in said)
    assert len(office.there.calls) == 3


def test_the_address_is_encrypted():
    office = Office()
    office.destination()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row::text FROM wharfinger_alertdestination AS row")
        assert SECRET not in cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"address": "http://hooks.example/x"}, "address"),
        ({"address": "https://user:pw@hooks.example/x"}, "address"),
        ({"address": "file:///etc/passwd"}, "address"),
        ({"address": "https://[::1/x"}, "address"),
        ({"address": "https:///x"}, "address"),
        ({"address": "https://hooks.example/" + "x" * 1000}, "address"),
        ({"kind": DestinationKind.EMAIL, "address": "nobody"}, "address"),
        ({"quiet_since": time(22)}, "quiet_until"),
        ({"quiet_since": time(22), "quiet_until": time(22)}, "quiet_until"),
        ({"zone": "Mars/Olympus"}, "zone"),
        ({"digest": 7}, "digest"),
        ({"name": " "}, "name"),
        ({"name": "chat"}, "name"),
    ],
)
def test_wrong_input_names_its_field_and_stores_nothing(changes, field):
    office = Office()
    office.destination()
    with pytest.raises(Refused) as refused:
        office.destination(**{"name": "Another", **changes})
    assert refused.value.field == field
    assert SECRET not in str(refused.value)
    assert AlertDestination.objects.count() == 1
