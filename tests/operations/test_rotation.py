"""The client secret's rotation as rows: requested once, taken once, older messages change nothing."""

from datetime import timedelta

import pytest
from tests.factories.accounts import QUEUE, an_application
from tests.factories.ground import NOW

from wharfinger.db.models import Alert, AmazonApplication, AuditEntry
from wharfinger.operations.access import rotation
from wharfinger.operations.access.rotation import NewSecret, Took
from wharfinger.operations.refusals import Refused

pytestmark = pytest.mark.django_db
CLIENT = "amzn1.application-oa2-client.1"


@pytest.fixture
def application():
    return an_application(
        client_secret="amzn1.oa2-cs.v1.old",
        secret_set_at=NOW - timedelta(days=170),
        secret_expires_on=(NOW + timedelta(days=10)).date(),
        **QUEUE,
    )


def message(secret="amzn1.oa2-cs.v1.fresh", made=NOW, client=CLIENT):
    return NewSecret(client, secret, made, made + timedelta(days=180), made + timedelta(days=7))


def now_held():
    row = AmazonApplication.objects.get()
    return row.client_secret, row.secret_last_four, row.rotation_requested_at


def test_one_press_asks_once_however_often_the_job_runs(application, olga):
    rotation.ask_rotation(application.pk, user=olga, now=NOW)
    started = rotation.start_rotation(application.pk, now=NOW)
    assert (started.client_secret, started.region) == ("amzn1.oa2-cs.v1.old", "EU")
    assert "oa2-cs" not in repr(started)
    assert rotation.start_rotation(application.pk, now=NOW) is None


def test_a_press_while_a_secret_is_waited_for_is_refused_and_a_later_one_is_not(application, olga):
    rotation.ask_rotation(application.pk, user=olga, now=NOW)
    with pytest.raises(Refused, match="already"):
        rotation.ask_rotation(application.pk, user=olga, now=NOW + timedelta(minutes=5))
    rotation.ask_rotation(application.pk, user=olga, now=NOW + timedelta(hours=2))
    assert rotation.start_rotation(application.pk, now=NOW) is not None


def test_without_a_queue_the_button_says_what_to_do(application, olga):
    AmazonApplication.objects.update(queue_url="")
    with pytest.raises(Refused, match="SQS"):
        rotation.ask_rotation(application.pk, user=olga, now=NOW)


def test_the_message_brings_the_new_secret_encrypted_with_its_end_and_the_old_ones(application, olga):
    rotation.ask_rotation(application.pk, user=olga, now=NOW)
    later = NOW + timedelta(minutes=3)
    assert rotation.take_new_secret(message(), now=later) is Took.NEW
    assert now_held() == ("amzn1.oa2-cs.v1.fresh", "resh", None)
    row = AmazonApplication.objects.get()
    assert (row.secret_expires_on, row.old_secret_works_until, row.rotated_at) == (
        (NOW + timedelta(days=180)).date(),
        NOW + timedelta(days=7),
        later,
    )
    entries = AuditEntry.objects.order_by("pk").values_list("verb", "after")
    assert list(entries) == [("rotate secret", {"secret": "asked for"}), ("rotate secret", {"secret": "changed"})]


def test_the_same_message_twice_changes_nothing(application):
    rotation.take_new_secret(message(), now=NOW)
    assert rotation.take_new_secret(message(), now=NOW + timedelta(hours=1)) is Took.KNOWN
    assert AuditEntry.objects.count() == 1


def test_an_older_message_that_comes_late_changes_nothing(application):
    rotation.take_new_secret(message("amzn1.oa2-cs.v1.second", NOW), now=NOW)
    old = message("amzn1.oa2-cs.v1.first", NOW - timedelta(hours=1))
    assert rotation.take_new_secret(old, now=NOW) is Took.OLDER
    assert now_held()[0] == "amzn1.oa2-cs.v1.second"


def test_two_rotations_in_one_hour_end_with_the_later_secret(application):
    rotation.take_new_secret(message("amzn1.oa2-cs.v1.first", NOW), now=NOW + timedelta(minutes=9))
    second = message("amzn1.oa2-cs.v1.second", NOW + timedelta(minutes=2))
    assert rotation.take_new_secret(second, now=NOW + timedelta(minutes=9)) is Took.NEW


def test_another_applications_message_is_left(application):
    assert rotation.take_new_secret(message(client="another"), now=NOW) is Took.STRANGER
    assert not rotation.take_secret_expiry("another", expires_at=NOW)


def test_amazon_names_the_day_on_which_the_secret_ends(application):
    assert rotation.take_secret_expiry(CLIENT, expires_at=NOW + timedelta(days=3))
    assert AmazonApplication.objects.get().secret_expires_on == (NOW + timedelta(days=3)).date()


def test_a_refusal_keeps_the_old_secret_and_is_reported(application, olga):
    rotation.ask_rotation(application.pk, user=olga, now=NOW)
    rotation.refuse_rotation(application.pk, error="Not enrolled.", remedy="Register the queue.", now=NOW)
    row = AmazonApplication.objects.get()
    assert (row.client_secret, row.rotation_requested_at, row.rotation_error) == (
        "amzn1.oa2-cs.v1.old",
        None,
        "Not enrolled. Register the queue.",
    )
    assert Alert.objects.get().kind == "rotation_failed"
    rotation.ask_rotation(application.pk, user=olga, now=NOW + timedelta(minutes=1))
    assert Alert.objects.get().closed_at is not None


def test_a_message_that_does_not_come_in_an_hour_is_reported_once(application, olga):
    rotation.ask_rotation(application.pk, user=olga, now=NOW)
    rotation.start_rotation(application.pk, now=NOW)
    rotation.wait_for_secret(application.pk)
    noted = [rotation.note_overdue(application.pk, now=NOW + timedelta(minutes=m)) for m in (59, 60, 61)]
    assert noted == [False, True, False]
    assert Alert.objects.count() == 1
    assert rotation.take_new_secret(message(), now=NOW + timedelta(hours=3)) is Took.NEW
    assert Alert.objects.get().closed_at is not None
