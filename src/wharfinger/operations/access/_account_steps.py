"""What operations on seller accounts share; no transaction is opened here."""

from datetime import datetime

from django.db.models import QuerySet

from wharfinger.db.models import AmazonApplication, FlowSchedule, SellerAccount
from wharfinger.domain.channels.channel import LinkState


def application_for(region: str) -> AmazonApplication | None:
    """The newest application that serves the region."""
    rows = AmazonApplication.objects.order_by("-pk")
    return next((row for row in rows if not row.regions or region in row.regions), None)


def linked_accounts() -> QuerySet[SellerAccount]:
    """Accounts that hold a refresh token of their application (or have lost it and may get it back)."""
    return SellerAccount.objects.filter(application__isnull=False, token_set_at__isnull=False)


def link_before_checks(account: SellerAccount) -> LinkState:
    """Where access is held, a channel is Linked only once its own checks say so."""
    linked = account.link_state == LinkState.LINKED
    return LinkState.NOT_LINKED if linked else account.link_state


def restart_failures(account_id: int, *, now: datetime) -> None:
    """A new token: what was refused with the old one says nothing of it, and is tried at once."""
    FlowSchedule.objects.filter(account_id=account_id, failures__gt=0).update(failures=0, due_at=now)
