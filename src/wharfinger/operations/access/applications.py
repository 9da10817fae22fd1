"""The retailer's own applications at Amazon: entered, corrected, taken away; which accounts each speaks for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings

from wharfinger.db.models import AmazonApplication, SellerAccount, User
from wharfinger.domain.access.authorisation import ROLES, ApplicationKind
from wharfinger.domain.access.queues import check_queue, queue_region
from wharfinger.domain.installation.alerts import AlertKind
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.reminders import SECRET_LIVES
from wharfinger.domain.installation.subjects import AboutApplication, AboutRotation, AboutSecret
from wharfinger.domain.marketplaces import Region
from wharfinger.operations import triggers
from wharfinger.operations.access._account_steps import application_for, linked_accounts
from wharfinger.operations.installation._alert_steps import close_alerts
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.installation._problem_steps import solve_problem
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

REGIONS = (Region.EU, Region.NA)
_PLACES = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """The SQS queue into which Amazon puts a rotated secret. Empty `secret` = keep the one that is stored."""

    url: str = ""
    key_id: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ApplicationEntry:
    """What a person entered. `client_secret` empty = keep the one that is stored.

    `regions` empty = every region; `roles` those that it has at Amazon; `redirect_uri` empty = our own address;
    `secret_expires_on` None = 180 days after the secret was entered. `secret_seen`: the last four of the secret
    that the page showed; another one is stored by now when a rotation ended meanwhile. Empty = not compared.
    """

    application_id: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    is_draft: bool = True
    kind: ApplicationKind = ApplicationKind.UNLISTED
    name: str = ""
    regions: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    redirect_uri: str = ""
    secret_expires_on: date | None = None
    queue: QueueEntry = QueueEntry()
    secret_seen: str = ""


@operation
def save_application(
    entry: ApplicationEntry,
    *,
    now: datetime,
    user: User | None = None,
    pk: int | None = None,
    beside: bool = False,
) -> AmazonApplication:
    """Keep an application: the one with this `pk`; a further one `beside` those that are there (as one for each
    region); else the one with this application id.

    Another application id corrects the known application while no account holds access through it, and is a new
    application afterwards: accounts that hold access keep theirs, all others are authorised through the newest one
    that serves their region.
    """
    checked = _checked(entry, now)
    row = _row(checked, pk, beside)
    if checked.secret_seen and row.pk is not None and checked.secret_seen != row.secret_last_four:
        raise Refused(
            "A new client secret arrived while you were editing. Your changes were not saved: open the page again "
            "and enter them once more."
        )
    if not checked.client_secret and row.pk is None:
        raise Refused("Give the client secret: see LWA credentials in the Solution Provider Portal.", "client_secret")
    if row.pk is not None:
        _refuse_other_targets(row, checked)
    before = _facts(row) if row.pk is not None else None
    _write(row, checked, now)
    for account in SellerAccount.objects.exclude(pk__in=linked_accounts().values("pk")):
        SellerAccount.objects.filter(pk=account.pk).update(application=application_for(account.region))
    after = _facts(row)
    if checked.client_secret:
        after["secret"] = "changed"
    if checked.queue.secret:
        after["queue secret"] = "changed"
    record_audit("save application", "AmazonApplication", row.pk, before=before, after=after, now=now, user=user)
    if checked.client_secret:
        _try_the_new_secret(row, now)
    triggers.run_periodic_task(triggers.REMIND)
    return row


def _refuse_other_targets(row: AmazonApplication, entry: ApplicationEntry) -> None:
    """A stored secret belongs to what it was entered for, and is sent nowhere else."""
    if not entry.client_secret and row.client_id != entry.client_id:
        raise Refused("The client id was changed: enter the client secret that belongs to it.", "client_secret")
    queue = entry.queue
    if (
        row.queue_secret
        and queue.url
        and not queue.secret
        and (row.queue_url, row.queue_key_id)
        != (
            queue.url,
            queue.key_id,
        )
    ):
        raise Refused("The queue or its key was changed: enter the secret access key again.", "queue_secret")


def _row(entry: ApplicationEntry, pk: int | None, beside: bool) -> AmazonApplication:
    rows = AmazonApplication.objects.select_for_update()
    same = rows.filter(application_id=entry.application_id).first()
    if pk is None and not beside:
        unused = rows.exclude(pk__in=linked_accounts().values("application_id")).order_by("-pk").first()
        return same or unused or AmazonApplication()
    if same is not None and same.pk != pk:
        raise Refused("This application id is already entered. Edit that entry instead.", "application_id")
    if pk is None:
        return AmazonApplication()
    known = rows.get(pk=pk)
    if known.application_id != entry.application_id and linked_accounts().filter(application=known).exists():
        raise Refused(
            "Seller accounts have access through this application, so its id can no longer be changed. "
            "Add the other application as a new entry.",
            "application_id",
        )
    return known


@operation
def remove_application(pk: int, *, now: datetime, user: User) -> None:
    """Take an application away through which no account holds access."""
    row = AmazonApplication.objects.select_for_update().get(pk=pk)
    held = linked_accounts().filter(application=row).order_by("name").first()
    if held is not None:
        raise Refused(
            "%(held)s has access through this application. Revoke that access first, or keep the application.",
            held=held.name,
        )
    SellerAccount.objects.filter(application=row).update(application=None)
    solve_problem(ProblemKind.APPLICATION_REFUSED, AboutApplication(pk), now=now)
    for subject in (AboutApplication(pk), AboutSecret(pk), AboutRotation(pk)):
        close_alerts(subject, now=now)
    record_audit(
        "remove application",
        "AmazonApplication",
        pk,
        before=_facts(row),
        after=None,
        now=now,
        user=user,
    )
    row.delete()
    for account in SellerAccount.objects.filter(application=None):
        SellerAccount.objects.filter(pk=account.pk).update(application=application_for(account.region))


def _write(row: AmazonApplication, entry: ApplicationEntry, now: datetime) -> None:
    row.name = entry.name or row.name
    row.application_id, row.client_id, row.is_draft = entry.application_id, entry.client_id, entry.is_draft
    row.kind = entry.kind
    row.regions, row.roles, row.redirect_uri = list(entry.regions), list(entry.roles), entry.redirect_uri
    if entry.client_secret:
        row.client_secret, row.secret_last_four, row.secret_set_at = entry.client_secret, entry.client_secret[-4:], now
        row.secret_expires_on = entry.secret_expires_on or (now + SECRET_LIVES).date()
        row.rotation_requested_at = row.rotation_called_at = row.old_secret_works_until = None
        row.rotation_error = ""
    elif entry.secret_expires_on is not None:
        row.secret_expires_on = entry.secret_expires_on
    row.queue_url, row.queue_key_id = entry.queue.url, entry.queue.key_id
    row.queue_region = queue_region(entry.queue.url, settings.WHARFINGER.simulator_url)
    if not entry.queue.url:
        row.queue_secret = row.queue_last_four = ""
    elif entry.queue.secret:
        row.queue_secret, row.queue_last_four = entry.queue.secret, entry.queue.secret[-4:]
    elif not row.queue_secret:
        raise Refused("Give the queue's secret access key too.", "queue_secret")
    row.save()


def _try_the_new_secret(row: AmazonApplication, now: datetime) -> None:
    """One channel of each account tells whether Amazon takes it."""
    close_alerts(AboutRotation(row.pk), now=now, kinds=(AlertKind.ROTATION_FAILED,))
    for account in linked_accounts().filter(application=row):
        channel = account.channels.filter(archived=False).order_by("pk").first()
        if channel is not None:
            triggers.verify_channel(channel.pk)


def _facts(row: AmazonApplication) -> dict[str, str]:
    """For the audit: of a secret only that it is there."""
    return {
        "name": row.name,
        "application id": row.application_id,
        "client id": row.client_id,
        "secret": "set",
        "kind": row.kind,
        "draft": str(row.is_draft),
        "regions": ", ".join(row.regions) or "all",
        "roles": ", ".join(row.roles),
        "redirect URI": row.redirect_uri,
        "secret expires on": str(row.secret_expires_on or ""),
        "queue": row.queue_url,
        "queue key": row.queue_key_id,
        "queue secret": "set" if row.queue_secret else "",
    }


# --- what was entered


def _checked(entry: ApplicationEntry, now: datetime) -> ApplicationEntry:
    return ApplicationEntry(
        application_id=_application_id(entry.application_id.strip()),
        client_id=_client_id(entry.client_id.strip()),
        client_secret=_secret(entry.client_secret.strip()),
        is_draft=entry.is_draft,
        kind=entry.kind,
        name=_name(entry.name),
        regions=_known(entry.regions, REGIONS, "regions", "Choose UK and Europe, US, or both."),
        roles=_known(entry.roles, [role.name for role in ROLES], "roles", "Choose roles from the list."),
        redirect_uri=_redirect_uri(entry.redirect_uri.strip()),
        secret_expires_on=_expiry(entry.secret_expires_on, now),
        queue=_queue(entry.queue),
        secret_seen=entry.secret_seen,
    )


def _application_id(text: str) -> str:
    if not text.startswith(("amzn1.sp.solution.", "amzn1.sellerapps.app.")) or not _is_one_word(text, 120):
        raise Refused(
            "An application id begins with amzn1.sp.solution. Copy it whole from the Solution Provider Portal.",
            "application_id",
        )
    return text


def _client_id(text: str) -> str:
    if not text.startswith("amzn1.application-oa2-client.") or not _is_one_word(text, 200):
        raise Refused("A client id begins with amzn1.application-oa2-client. See LWA credentials.", "client_id")
    return text


def _secret(text: str) -> str:
    if text.startswith(("amzn1.application-oa2-client.", "amzn1.sp.solution.", "Atzr|", "Atza|")):
        raise Refused(
            "This is another value of the portal, not the client secret. The secret begins with amzn1.oa2-cs. "
            "See LWA credentials. It was not stored.",
            "client_secret",
        )
    if text and not _is_one_word(text, 400):
        raise Refused(
            "The client secret contains a space or line break. Copy the secret only, without anything around it.",
            "client_secret",
        )
    return text


def _is_one_word(text: str, at_most: int) -> bool:
    return len(text) <= at_most and text.isascii() and text.isprintable() and " " not in text


def _name(text: str) -> str:
    name = " ".join(text.split())
    if len(name) > 80 or not name.isprintable():
        raise Refused("The name has at most 80 characters, none of them a control character. Shorten it.", "name")
    return name


def _known(entered: Sequence[str], lawful: Sequence[str], field_name: str, remedy: str) -> tuple[str, ...]:
    if not set(entered) <= set(lawful):
        raise Refused(remedy, field_name)
    return tuple(value for value in lawful if value in entered)


def _redirect_uri(text: str) -> str:
    if not text:
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if not _is_one_word(text, 300) or not parts.hostname or parts.fragment or parts.scheme not in ("http", "https"):
        raise Refused(
            "Write the redirect URI as it is registered, as https://shop.example/amazon/callback.", "redirect_uri"
        )
    if parts.scheme != "https" and parts.hostname not in _PLACES:
        raise Refused("Amazon accepts only https redirect URIs. Begin it with https://.", "redirect_uri")
    return text


def _expiry(day: date | None, now: datetime) -> date | None:
    if day is not None and day > (now + SECRET_LIVES + timedelta(days=1)).date():
        raise Refused(
            "A client secret is valid for 180 days: give the expiry date that the portal shows.", "secret_expires_on"
        )
    return day


def _queue(entry: QueueEntry) -> QueueEntry:
    url, key_id, secret = entry.url.strip(), entry.key_id.strip(), entry.secret.strip()
    if not url:
        if key_id or secret:
            raise Refused("Give the queue's address too, or leave its key empty.", "queue_url")
        return QueueEntry()
    for name, fault in check_queue(url, key_id, secret, settings.WHARFINGER.simulator_url):
        raise Refused(fault, f"queue_{name}")
    return QueueEntry(url, key_id, secret)
