"""The Amazon application by field: what is taken, what is refused, whom it speaks for, and its secret."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from tests.factories.accounts import an_account
from tests.factories.channels import a_channel
from tests.factories.ground import NOW
from tests.factories.stock import a_site

from wharfinger.db.models import Alert, AmazonApplication, AuditEntry, Problem, SellerAccount
from wharfinger.domain.installation.subjects import AboutApplication
from wharfinger.operations.access import accounts, applications
from wharfinger.operations.access.applications import ApplicationEntry, QueueEntry
from wharfinger.operations.refusals import Refused

pytestmark = pytest.mark.django_db

QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/wharfinger-secrets"
ENTRY = ApplicationEntry(
    application_id="amzn1.sp.solution.1",
    client_id="amzn1.application-oa2-client.1",
    client_secret="amzn1.oa2-cs.v1.secret",
    name="Ours",
)


def save(entry=ENTRY, **more):
    return applications.save_application(entry, now=NOW, **more)


def linked(account, application):
    SellerAccount.objects.filter(pk=account.pk).update(
        application=application, refresh_token="Atzr|x", token_set_at=NOW
    )


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("application_id", {"application_id": ""}),
        ("application_id", {"application_id": "amzn1.application-oa2-client.1"}),
        ("application_id", {"application_id": "amzn1.sp.solution.1 2"}),
        ("application_id", {"application_id": "amzn1.sp.solution." + "1" * 200}),
        ("application_id", {"application_id": "amzn1.sp.solution.\n"+"x"}),
        ("client_id", {"client_id": "amzn1.sp.solution.1"}),
        ("client_id", {"client_id": "amzn1.application-oa2-client.ä"}),
        ("client_secret", {"client_secret": ""}),
        ("client_secret", {"client_secret": "amzn1.application-oa2-client.1"}),
        ("client_secret", {"client_secret": "Atzr|IwEB"}),
        ("client_secret", {"client_secret": "amzn1.oa2-cs.v1.a b"}),
        ("client_secret", {"client_secret": "x" * 401}),
        ("name", {"name": "x" * 81}),
        ("name", {"name": "a\x00b"}),
        ("regions", {"regions": ("FE",)}),
        ("regions", {"regions": ("EU", "<b>")}),
        ("roles", {"roles": ("Everything",)}),
        ("redirect_uri", {"redirect_uri": "shop.example/amazon/callback"}),
        ("redirect_uri", {"redirect_uri": "http://shop.example/amazon/callback"}),
        ("redirect_uri", {"redirect_uri": "https://shop.example/amazon/callback#x"}),
        ("redirect_uri", {"redirect_uri": "javascript:alert(1)"}),
        ("redirect_uri", {"redirect_uri": "https://[::1/amazon/callback"}),
        ("secret_expires_on", {"secret_expires_on": date(2028, 1, 1)}),
        ("queue_url", {"queue": QueueEntry("https://evil.example/123456789012/q", "AKIAEXAMPLEEXAMPLE", "s")}),
        ("queue_url", {"queue": QueueEntry(QUEUE.replace("https", "http"), "AKIAEXAMPLEEXAMPLE", "s")}),
        ("queue_url", {"queue": QueueEntry("https://sqs.eu-west-1.amazonaws.com.evil.example/123456789012/q")}),
        ("queue_url", {"queue": QueueEntry("arn:aws:sqs:eu-west-1:123456789012:q", "AKIAEXAMPLEEXAMPLE", "s")}),
        ("queue_url", {"queue": QueueEntry("", "AKIAEXAMPLEEXAMPLE", "")}),
        ("queue_key_id", {"queue": QueueEntry(QUEUE, "", "s")}),
        ("queue_key_id", {"queue": QueueEntry(QUEUE, "akia lower", "s")}),
        ("queue_secret", {"queue": QueueEntry(QUEUE, "AKIAEXAMPLEEXAMPLE", "")}),
        ("queue_secret", {"queue": QueueEntry(QUEUE, "AKIAEXAMPLEEXAMPLE", "a b")}),
    ],
)  # fmt: skip
def test_wrong_input_is_refused_by_its_field_and_nothing_is_kept(field, changes):
    with pytest.raises(Refused) as refused:
        save(replace(ENTRY, **changes))
    assert (refused.value.field, AmazonApplication.objects.exists(), AuditEntry.objects.exists()) == (
        field,
        False,
        False,
    )


def test_what_was_copied_with_spaces_round_it_is_taken_whole():
    row = save(replace(ENTRY, application_id=" amzn1.sp.solution.1\n", client_secret=" amzn1.oa2-cs.v1.secret "))
    assert (row.application_id, row.client_secret) == ("amzn1.sp.solution.1", "amzn1.oa2-cs.v1.secret")


def test_a_new_secret_lives_180_days_or_as_long_as_the_portal_says():
    assert save().secret_expires_on == (NOW + timedelta(days=180)).date()
    assert save(replace(ENTRY, secret_expires_on=date(2027, 2, 3))).secret_expires_on == date(2027, 2, 3)


def test_an_empty_secret_keeps_the_stored_one_and_its_date():
    save()
    row = save(replace(ENTRY, client_secret="", is_draft=False))
    assert (row.client_secret, row.secret_set_at, row.is_draft) == ("amzn1.oa2-cs.v1.secret", NOW, False)


def test_the_audit_holds_the_word_changed_and_no_secret(olga):
    save(replace(ENTRY, queue=QueueEntry(QUEUE, "AKIAEXAMPLEEXAMPLE", "queue+secret/1234")), user=olga)
    after = AuditEntry.objects.get().after
    assert (after["secret"], after["queue secret"]) == ("changed", "changed")
    assert not [text for text in map(str, after.values()) if "oa2-cs" in text or "queue+" in text]


def test_the_audit_tells_what_was_before_and_that_a_secret_was_kept(olga):
    save()
    save(replace(ENTRY, client_secret="", is_draft=not ENTRY.is_draft), user=olga)
    entry = AuditEntry.objects.order_by("-pk")[0]
    changed = {name for name in entry.after if entry.before[name] != entry.after[name]}
    assert (changed, entry.after["secret"]) == ({"draft"}, "set")


def test_a_stored_secret_is_sent_for_no_other_client_id_and_to_no_other_queue():
    save(replace(ENTRY, queue=QueueEntry(QUEUE, "AKIAEXAMPLEEXAMPLE", "queue+secret/1234")))
    kept = replace(ENTRY, client_secret="", queue=QueueEntry(QUEUE, "AKIAEXAMPLEEXAMPLE"))
    changes = {
        "client_secret": {"client_id": "amzn1.application-oa2-client.another"},
        "queue_secret": {"queue": QueueEntry(QUEUE + "-2", "AKIAEXAMPLEEXAMPLE")},
    }
    for field, change in changes.items():
        with pytest.raises(Refused) as refused:
            save(replace(kept, **change))
        assert refused.value.field == field
    with pytest.raises(Refused, match="queue or its key"):
        save(replace(kept, queue=QueueEntry(QUEUE, "AKIAOTHEROTHEROTH")))
    save(replace(kept, client_id="amzn1.application-oa2-client.another", client_secret="amzn1.oa2-cs.v1.another"))


def test_the_queues_region_is_read_from_its_address_and_its_secret_kept_by_an_empty_field():
    save(replace(ENTRY, queue=QueueEntry(QUEUE, "AKIAEXAMPLEEXAMPLE", "queue+secret/1234")))
    row = save(replace(ENTRY, client_secret="", queue=QueueEntry(QUEUE, "AKIAEXAMPLEEXAMPLE")))
    assert (row.queue_region, row.queue_secret, row.queue_last_four) == ("eu-west-1", "queue+secret/1234", "1234")
    row = save(replace(ENTRY, client_secret=""))
    assert (row.queue_url, row.queue_secret, row.queue_last_four) == ("", "", "")


def test_each_account_takes_the_newest_application_that_serves_its_region():
    europe, america = an_account(), an_account("Inc", "A3INC", "NA")
    both = save()
    american = save(replace(ENTRY, application_id="amzn1.sp.solution.2", regions=("NA",)), beside=True)
    accounts = dict(SellerAccount.objects.values_list("pk", "application"))
    assert accounts == {europe.pk: both.pk, america.pk: american.pk}


def test_an_account_that_holds_access_keeps_its_application():
    account = an_account()
    first = save()
    linked(account, first)
    save(replace(ENTRY, application_id="amzn1.sp.solution.2"), beside=True)
    assert SellerAccount.objects.get().application == first


def test_the_id_of_an_application_that_is_used_cannot_be_changed():
    account = an_account()
    first = save()
    linked(account, first)
    with pytest.raises(Refused) as refused:
        save(replace(ENTRY, application_id="amzn1.sp.solution.2"), pk=first.pk)
    assert refused.value.field == "application_id"


def test_two_entries_cannot_have_one_application_id():
    save()
    second = save(replace(ENTRY, application_id="amzn1.sp.solution.2"), beside=True)
    for more in ({"beside": True}, {"pk": second.pk}):
        with pytest.raises(Refused, match="already entered"):
            save(**more)


def test_a_used_application_is_not_removed_an_unused_one_is(olga):
    account = an_account()
    first = save()
    second = save(replace(ENTRY, application_id="amzn1.sp.solution.2"), beside=True)
    linked(account, first)
    with pytest.raises(Refused, match="has access"):
        applications.remove_application(first.pk, now=NOW, user=olga)
    applications.remove_application(second.pk, now=NOW, user=olga)
    assert AmazonApplication.objects.get() == first


def test_a_removed_application_leaves_its_accounts_to_another_that_serves_them(olga):
    account = an_account()
    first = save()
    second = save(replace(ENTRY, application_id="amzn1.sp.solution.2"), beside=True)
    assert SellerAccount.objects.get(pk=account.pk).application == second
    applications.remove_application(second.pk, now=NOW, user=olga)
    assert SellerAccount.objects.get(pk=account.pk).application == first


def test_what_was_reported_of_a_removed_application_ends_with_it(olga):
    account = an_account()
    save()
    second = save(replace(ENTRY, application_id="amzn1.sp.solution.2"), beside=True)
    accounts.report_application_refused(account.pk, error="401 invalid_client", now=NOW)
    assert [Problem.objects.get().key, Alert.objects.get().subject] == [AboutApplication(second.pk)] * 2
    applications.remove_application(second.pk, now=NOW, user=olga)
    assert not Problem.objects.filter(solved_at=None).exists()
    assert not Alert.objects.filter(closed_at=None).exists()


def test_a_new_secret_has_one_channel_of_each_account_tried():
    account = an_account()
    a_channel(account, a_site())
    row = save()
    linked(account, row)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs")
    save(replace(ENTRY, client_secret="amzn1.oa2-cs.v1.another"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_jobs ORDER BY task_name")
        assert [name for (name,) in cursor.fetchall()] == ["run_periodic_task", "verify_channel"]
