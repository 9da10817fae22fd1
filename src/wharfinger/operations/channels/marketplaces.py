"""Where a marketplace's days begin: checked against its orders' ship-by times, changed by a person."""

from datetime import datetime

from wharfinger.db.models import Channel, Marketplace, SalesOrder, User
from wharfinger.domain.days import zone_that_fits
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutMarketplace
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.orders.waits_for import ForChannel
from wharfinger.operations.installation._history_steps import record_activity, record_audit
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem
from wharfinger.operations.orders._reconsider_steps import reconsider
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation

ORDERS_LOOKED_AT = 60
"""The newest FBM orders of a marketplace; a change of clocks among them tells zones apart."""


@operation
def check_zones(*, now: datetime) -> int:
    """Propose another zone where the ship-by times of a marketplace contradict its own. Returns how many differ.

    Safe to run twice: a proposal stands until it is accepted or the orders agree again.
    """
    rows = Marketplace.objects.select_for_update(no_key=True).filter(
        pk__in=Channel.objects.filter(archived=False, kind=Fulfilment.FBM).values("marketplace")
    )
    return sum([_check(row, now) for row in rows.order_by("pk")])


def _check(marketplace: Marketplace, now: datetime) -> bool:
    orders = SalesOrder.objects.filter(
        channel__marketplace=marketplace, channel__kind=Fulfilment.FBM, ship_by__isnull=False
    )
    newest = orders.order_by("-placed_at", "-id").values_list("ship_by", flat=True)[:ORDERS_LOOKED_AT]
    proposed = zone_that_fits([at for at in newest if at], marketplace.time_zone, marketplace.country) or ""
    if proposed != marketplace.proposed_zone:
        marketplace.proposed_zone = proposed
        marketplace.save(update_fields=["proposed_zone"])
    if not proposed:
        solve_problem(ProblemKind.ZONE_DIFFERS, AboutMarketplace(marketplace.pk), now=now)
        return False
    channel = _a_channel(marketplace)
    open_problem(
        ProblemKind.ZONE_DIFFERS,
        AboutMarketplace(marketplace.pk),
        cause=f"{marketplace.name} uses the time zone {marketplace.time_zone}, but the ship-by times of its orders fit "
        f"{proposed}.",
        remedy=f"Press “Use this zone” on the channel's page: from then on it uses {proposed}.",
        channel=channel,
        now=now,
    )
    return True


def _a_channel(marketplace: Marketplace) -> Channel | None:
    rows = Channel.objects.filter(marketplace=marketplace, archived=False)
    return rows.order_by("-kind", "pk").first()  # FBM before FBA


@operation
def accept_zone(channel_id: int, zone: str, *, now: datetime, user: User) -> str:
    """The proposed zone is the marketplace's from now on; returns its name. Orders that a Start Date kept out are
    looked at again. `zone`: the one that the page proposed."""
    channel = Channel.objects.filter(pk=channel_id).first()
    if channel is None:
        raise Refused("This channel does not exist. Open the list again.")
    marketplace = Marketplace.objects.select_for_update(no_key=True).get(pk=channel.marketplace_id)
    if not zone or marketplace.proposed_zone != zone:
        raise Refused(
            "This zone is no longer proposed for %(marketplace)s. Open the channel again.", marketplace=marketplace.name
        )
    before = marketplace.time_zone
    marketplace.time_zone, marketplace.proposed_zone = zone, ""
    marketplace.save(update_fields=["time_zone", "proposed_zone"])
    solve_problem(ProblemKind.ZONE_DIFFERS, AboutMarketplace(marketplace.pk), now=now)
    for row in Channel.objects.filter(marketplace=marketplace, archived=False).order_by("pk"):
        record_activity(
            f"{marketplace.name} uses the time zone {zone} instead of {before}.", channel=row, now=now, user=user
        )
        reconsider(ForChannel(row.pk), now=now)
    record_audit(
        "accept zone",
        "Marketplace",
        marketplace.pk,
        before={"time zone": before},
        after={"time zone": zone},
        now=now,
        user=user,
    )
    return zone
