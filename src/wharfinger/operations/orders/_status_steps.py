"""Steps about the status of a seller account at Amazon itself; they need an open transaction.

A deactivated account sells nothing, so no quantity is sent until Amazon says otherwise. Confirmations and cancellations
go on: Amazon wants orders that were placed dispatched in time all the same.
"""

from datetime import datetime

from wharfinger.db.models import Channel, Marketplace, SellerAccount
from wharfinger.domain.installation import occasions
from wharfinger.domain.installation.alerts import AlertKind
from wharfinger.domain.installation.subjects import AboutAccount, AlertKey
from wharfinger.domain.orders.notifications import OrderNotice
from wharfinger.domain.sentences import N_
from wharfinger.operations.installation._alert_steps import close_alert, raise_alert
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.stock._channel_notice_steps import notice_all

NORMAL = "NORMAL"
DEACTIVATED = "DEACTIVATED"
_SAID = {
    "AT_RISK": "Amazon may soon deactivate the account in {place}",
    DEACTIVATED: "Amazon has deactivated the account in {place}: its offers are not shown there",
}
_REMEDY = N_(
    "Open Account Health in Seller Central, and do what Amazon asks there. Orders that were placed are still to be "
    "dispatched in time."
)


def follow_status(account_id: int, notice: OrderNotice, *, now: datetime) -> None:
    """What Amazon says of the account: an alert, and whether quantities are sent. An older word changes nothing."""
    said_at = notice.changed_at or notice.published_at or now
    channels = Channel.objects.select_for_update(of=("self",), no_key=True).filter(account_id=account_id)
    if notice.marketplace_id:
        channels = channels.filter(marketplace_id=notice.marketplace_id)
    found = list(channels.order_by("pk"))
    if any(channel.amazon_status_at is not None and channel.amazon_status_at > said_at for channel in found):
        return
    _alert_of_status(account_id, notice, now=now)
    for channel in found:
        _pause_or_go_on(channel, notice.account_status.upper(), said_at, now)


def _pause_or_go_on(channel: Channel, status: str, said_at: datetime, now: datetime) -> None:
    """A status that is not known yet pauses nothing, and ends no pause."""
    before, channel.amazon_status_at = channel.amazon_deactivated_at, said_at
    if status == DEACTIVATED:
        channel.amazon_deactivated_at = before or said_at
    elif status in (NORMAL, *_SAID):
        channel.amazon_deactivated_at = None
    channel.save(update_fields=["amazon_status_at", "amazon_deactivated_at"])
    if before is not None and channel.amazon_deactivated_at is None:
        go_on(channel, now)


def go_on(channel: Channel, now: datetime) -> None:
    """What the pause kept back is sent."""
    record_activity(f"{channel.name}: quantities are sent to Amazon again.", channel=channel, now=now)
    notice_all(channel, "the account is active again", now)


def _alert_of_status(account_id: int, notice: OrderNotice, *, now: datetime) -> None:
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
    return AlertKey(AboutAccount(account_id), occasions.standing(marketplace_id, status))
