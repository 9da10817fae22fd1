"""Seller accounts: what Amazon says of them, whether access holds."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from wharfinger.db.models import (
    Channel,
    ChannelCheck,
    FlowSchedule,
    Marketplace,
    Participation,
    SellerAccount,
)
from wharfinger.db.queries.moments import is_past
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.installation import occasions
from wharfinger.domain.installation.alerts import AlertKind
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutAccount, AboutApplication, AlertKey
from wharfinger.domain.marketplaces import MARKETPLACES, Pool, likely_zone
from wharfinger.domain.moments import is_ahead
from wharfinger.domain.orders.waits_for import ForChannel
from wharfinger.domain.timetable import FLOW_TITLES
from wharfinger.operations import triggers
from wharfinger.operations.installation._alert_steps import close_alerts, raise_alert
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem
from wharfinger.operations.orders._reconsider_steps import reconsider
from wharfinger.operations.stock._channel_notice_steps import (
    notice_all,
)
from wharfinger.operations.transaction import operation

PROBED_EVERY = timedelta(days=1)
"""The flows of a linked seller account; `wharfinger.worker` runs each by this name."""


_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+){1,3}")


@dataclass(frozen=True, slots=True)
class FoundParticipation:
    """One line of getMarketplaceParticipations."""

    marketplace_id: str
    marketplace_name: str
    country: str
    currency: str
    store_name: str
    participating: bool
    suspended_listings: bool


@operation
def keep_participations(
    account_id: int, found: Sequence[FoundParticipation], *, now: datetime, whole: bool = True
) -> None:
    """Replace what Amazon said of the account's marketplaces; an id not known yet becomes usable (A11).

    Not `whole`: some of Amazon's entries could not be read; what is not found stays as it was.
    """
    account = SellerAccount.objects.select_for_update().get(pk=account_id)
    for line in found:
        Marketplace.objects.get_or_create(
            pk=line.marketplace_id,
            defaults={
                "name": line.marketplace_name[:60] or line.marketplace_id,
                "country": line.country[:2],
                "currency": line.currency[:3],
                "region": account.region,
                "pool": Pool.OTHER,
                "seller_central": _seller_central(line.marketplace_name.lower(), account.region),
                "time_zone": likely_zone(line.marketplace_id, account.region, line.country[:2]),
            },
        )
    if whole:
        others = Participation.objects.filter(account=account)
        others.exclude(marketplace_id__in=[line.marketplace_id for line in found]).delete()
    Participation.objects.bulk_create(
        [
            Participation(
                account=account,
                marketplace_id=line.marketplace_id,
                store_name=line.store_name[:120],
                participating=line.participating,
                suspended_listings=line.suspended_listings,
            )
            for line in found
        ],
        update_conflicts=True,
        unique_fields=["account", "marketplace"],
        update_fields=["store_name", "participating", "suspended_listings"],
    )
    stores = {line.store_name for line in found if line.store_name}
    if len(stores) == 1:  # the name that the seller chose beats the one that we made of the first channel's
        account.name = f"{stores.pop()} ({account.region.title})"[:80]
    SellerAccount.objects.filter(pk=account_id).update(participations_read_at=now, name=account.name)


def _seller_central(name: str, region: str) -> str:
    """The host of a marketplace of no table: by its name, as Amazon's newer ones are, else the region's oldest."""
    if _DOMAIN.fullmatch(name):
        return f"sellercentral.{name}"
    return next(row.seller_central for row in MARKETPLACES if row.region == region)


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One line of the verification: ok None = not answered yet, or `left_out`: not checked, and not waited for."""

    title: str
    ok: bool | None
    message: str = ""
    remedy: str = ""
    left_out: bool = False


@operation
def record_checks(channel_id: int, lines: Sequence[CheckLine], *, linked: LinkState | None, now: datetime) -> None:
    """Write the verification's lines; `linked` None = it goes on, or is unknown (the state stays)."""
    channel = Channel.objects.select_for_update().select_related("account").get(pk=channel_id)
    ChannelCheck.objects.filter(channel=channel).delete()
    ChannelCheck.objects.bulk_create(
        ChannelCheck(
            channel=channel,
            position=position,
            title=line.title,
            ok=line.ok,
            message=line.message,
            remedy=line.remedy,
            checked_at=None if line.ok is None and not line.left_out else now,
        )
        for position, line in enumerate(lines)
    )
    Channel.objects.filter(pk=channel_id).update(checked_at=now)
    if linked is None:
        return
    if channel.link_state != linked:
        Channel.objects.filter(pk=channel_id).update(link_state=linked)
        record_activity(f"{channel.name}: {linked.msgid}.", channel=channel, now=now)
    if linked is LinkState.LINKED:
        _account_is_linked(channel.account, now)
        if channel.link_state != linked:
            reconsider(ForChannel(channel_id), now=now)
            notice_all(channel, "linked", now)
            _read_anew(channel)


def _account_is_linked(account: SellerAccount, now: datetime) -> None:
    SellerAccount.objects.filter(pk=account.pk).update(
        link_state=LinkState.LINKED, link_error="", lost_at=None, probed_at=None
    )
    Channel.objects.filter(account=account, link_state=LinkState.LOST).update(link_state=LinkState.LINKED)
    solve_problem(ProblemKind.AUTHORISATION_LOST, AboutAccount(account.pk), now=now)
    close_alerts(AboutAccount(account.pk), now=now, kinds=(AlertKind.AUTHORISATION_LOST,))
    FlowSchedule.objects.bulk_create(
        [FlowSchedule(account=account, flow=flow, due_at=now) for flow in FLOW_TITLES], ignore_conflicts=True
    )
    if account.link_state != LinkState.LINKED:
        FlowSchedule.objects.filter(account=account).update(due_at=now, failures=0)


def _read_anew(channel: Channel) -> None:
    """A marketplace more: its listings, levels and orders are read now, not when the timetable comes round."""
    for flow in ("listings_in", "fba_stock_in", "orders_in"):
        triggers.run_flow(channel.account_id, flow, soon=True)


@operation
def lose_authorisation(account_id: int, *, error: str, now: datetime, since: datetime | None = None) -> bool:
    """Amazon takes our token no more: the account's channels stop, nothing queued is lost, an alert says so.

    `since`: when the work began that was refused. A token that came later is none that Amazon refused.
    """
    account = SellerAccount.objects.select_for_update().get(pk=account_id)
    revoked_here = account.link_state == LinkState.WAITING and account.token_set_at is None
    if account.link_state == LinkState.LOST or revoked_here:
        return False
    set_at = account.token_set_at
    if since is not None and set_at is not None and set_at > since and not is_ahead(set_at, now):
        return False
    SellerAccount.objects.filter(pk=account_id).update(link_state=LinkState.LOST, link_error=error, lost_at=now)
    channels = Channel.objects.filter(account=account, link_state=LinkState.LINKED)
    first = channels.order_by("pk").first()
    channels.update(link_state=LinkState.LOST)
    ChannelCheck.objects.filter(channel__account=account, channel__link_state=LinkState.LOST, position=0).update(
        ok=False, message="Amazon no longer accepts our token.", remedy="Press Authorise.", checked_at=now
    )
    remedy = "Press “Authorise again” on one of its channels. Queued work is sent afterwards; nothing is lost."
    open_problem(
        ProblemKind.AUTHORISATION_LOST,
        AboutAccount(account_id),
        cause=f"{account.name}: Amazon refuses access. {error}",
        remedy=remedy,
        account=account,
        channel=first,
        now=now,
    )
    raise_alert(
        AlertKind.AUTHORISATION_LOST,
        AlertKey(AboutAccount(account_id), occasions.lost_access(now)),
        text=f"{account.name}: Amazon refuses access. No orders are imported and nothing is sent for now.",
        remedy=remedy,
        account=account,
        now=now,
    )
    record_activity(f"{account.name}: authorisation lost.", account=account, channel=first, now=now)
    return True


@operation
def probe_lost_accounts(*, now: datetime) -> int:
    """Once a day each account whose access is lost is checked again: it recovers by that when Amazon takes the token.

    Returns how many checks were triggered.
    """
    before = now - PROBED_EVERY
    rows = SellerAccount.objects.select_for_update(skip_locked=True).filter(link_state=LinkState.LOST)
    probed_long_ago = is_past("probed_at", before, now) | (Q(probed_at=None) & is_past("lost_at", before, now))
    rows = rows.exclude(token_set_at=None).filter(probed_long_ago)
    probed = 0
    for account in rows.order_by("pk"):
        channel = Channel.objects.filter(account=account, archived=False).order_by("-activated", "pk").first()
        SellerAccount.objects.filter(pk=account.pk).update(probed_at=now)
        if channel is not None:
            triggers.verify_channel(channel.pk)
            probed += 1
    return probed


@operation
def report_application_refused(account_id: int, *, error: str, now: datetime) -> None:
    """Login with Amazon refuses the application itself (its secret, A03): no seller's channel is unlinked."""
    account = SellerAccount.objects.select_related("application").get(pk=account_id)
    subject = AboutApplication(account.application_id or 0)
    remedy = "Copy the current secret from the Solution Provider Portal into “LWA client secret” and save it."
    problem = open_problem(
        ProblemKind.APPLICATION_REFUSED,
        subject,
        cause=f"Amazon refuses the application's client id or secret. {error}",
        remedy=remedy,
        account=account,
        now=now,
    )
    raise_alert(
        AlertKind.APPLICATION_REFUSED,
        AlertKey(subject, occasions.of_problem(problem.pk)),
        text="Amazon refuses the application's client id or secret: every call fails, for every account that uses "
        "it. The accounts' authorisations remain valid.",
        remedy=remedy,
        now=now,
    )


@operation
def accept_application(account_id: int, *, now: datetime) -> None:
    """The application was taken again: its problem is solved."""
    account = SellerAccount.objects.get(pk=account_id)
    subject = AboutApplication(account.application_id or 0)
    solve_problem(ProblemKind.APPLICATION_REFUSED, subject, now=now)
    close_alerts(subject, now=now)
