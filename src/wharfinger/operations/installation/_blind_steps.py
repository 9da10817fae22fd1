"""Steps about a shop that sees no orders of Amazon's any more; they need an open transaction."""

from datetime import datetime

from wharfinger.db.models import Alert, SellerAccount
from wharfinger.db.queries.orders.blindness import blind_of
from wharfinger.domain.installation import occasions
from wharfinger.domain.installation.alerts import AlertKind
from wharfinger.domain.installation.subjects import AboutAccount, AlertKey
from wharfinger.domain.orders.blindness import REMEDIES, Whose
from wharfinger.operations.installation._alert_steps import close_alerts, raise_alert
from wharfinger.operations.installation._history_steps import record_activity

SEARCH = "orders_in"


def alert_if_blind(account_id: int, flow: str, *, now: datetime) -> None:
    """A run of the search failed, or only waited: once for each outage an alert says so. Lost access has its own."""
    if flow != SEARCH:
        return
    account = SellerAccount.objects.get(pk=account_id)
    blind = blind_of(account, now, works=True)
    if blind is None or blind.whose is Whose.ACCESS:
        return
    raise_alert(
        AlertKind.ORDERS_NOT_SEEN,
        AlertKey(AboutAccount(account_id), occasions.not_seen(blind.since)),
        text=f"{account.name}: no orders are seen since {blind.since:%d %b %H:%M} UTC. {blind.whose.msgid}.",
        remedy=REMEDIES[blind.whose],
        account=account,
        now=now,
    )


def note_seen_again(account_id: int, flow: str, *, now: datetime) -> None:
    """The search reads on, from where it stood: what changed meanwhile comes in now."""
    if flow != SEARCH or not Alert.objects.filter(kind=AlertKind.ORDERS_NOT_SEEN, closed_at=None).exists():
        return
    if close_alerts(AboutAccount(account_id), now=now, kinds=[AlertKind.ORDERS_NOT_SEEN]):
        account = SellerAccount.objects.get(pk=account_id)
        text = f"{account.name}: orders are seen again; what changed meanwhile is read now."
        record_activity(text, account=account, now=now)
