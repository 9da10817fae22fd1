"""Steps about the status of a seller account at Amazon itself; they need an open transaction."""

from datetime import datetime

from wharfinger.db.models import Marketplace, SellerAccount
from wharfinger.domain.installation.alerts import AlertKind
from wharfinger.domain.installation.subjects import AboutAccount, AlertKey
from wharfinger.domain.orders.notifications import OrderNotice
from wharfinger.domain.sentences import N_
from wharfinger.operations.installation._alert_steps import close_alert, raise_alert
from wharfinger.operations.installation._history_steps import record_activity

NORMAL = "NORMAL"
_SAID = {
    "AT_RISK": "Amazon may soon deactivate the account in {place}",
    "DEACTIVATED": "Amazon has deactivated the account in {place}: its offers are not shown there",
}
_REMEDY = N_(
    "Open Account Health in Seller Central, and do what Amazon asks there. Orders that were placed are still to be "
    "dispatched in time."
)


def alert_of_status(account_id: int, notice: OrderNotice, *, now: datetime) -> None:
    """One alert for each status in each marketplace; a normal one closes them. What Amazon calls it tomorrow is said as
    Amazon says it."""
    account = SellerAccount.objects.get(pk=account_id)
    known = Marketplace.objects.filter(pk=notice.marketplace_id).first()
    place = known.name if known else notice.marketplace_id or "all marketplaces"
    status = notice.account_status.upper()
    for other in (*_SAID, status):
        if other != status or status == NORMAL:
            close_alert(_key(account_id, notice.marketplace_id, other), now=now)
    said = _SAID.get(status, f"Amazon says {status} of the account in {{place}}").format(place=place)
    if status != NORMAL:
        raise_alert(
            AlertKind.ACCOUNT_STATUS,
            _key(account_id, notice.marketplace_id, status),
            text=f"{account.name}: {said}.",
            remedy=_REMEDY,
            account=account,
            now=now,
        )
    text = f"{account.name}: the account is in good standing in {place}." if status == NORMAL else f"{said}."
    record_activity(text, account=account, now=now)


def _key(account_id: int, marketplace_id: str, status: str) -> AlertKey:
    return AlertKey(AboutAccount(account_id), f"status:{marketplace_id[:20]}:{status[:30]}")
