"""Handling times: the periods in force, those that are to turn, and what became of them at Amazon."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q, QuerySet

from wharfinger.db.models import Channel, HandlingPeriod, Listing, StockProfile
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.handling import (
    MISSES_UNTIL_WITHOUT_EFFECT,
    PeriodInForce,
    PeriodState,
    Span,
)

_ANY_ZONE = timedelta(days=2)
"""More than any zone's midnight lies apart from UTC's."""


def periods_in_force() -> tuple[PeriodInForce, ...]:
    rows = HandlingPeriod.objects.filter(state=PeriodState.IN_FORCE)
    return tuple(PeriodInForce(*row) for row in rows.values_list("days", "channel", "profile"))


def may_turn(now: datetime) -> QuerySet[HandlingPeriod]:
    """The periods that may begin or end by now, or have begun before their time."""
    today = now.date()
    coming = Q(state=PeriodState.COMING, first_day__lte=today + _ANY_ZONE)
    ending = Q(state=PeriodState.IN_FORCE) & (Q(last_day__lt=today + _ANY_ZONE) | Q(first_day__gt=today - _ANY_ZONE))
    return HandlingPeriod.objects.filter(coming | ending)


def zones_of(period: HandlingPeriod) -> tuple[str, ...]:
    """Of the marketplaces whose days it means: its channel's, else those of every FBM channel."""
    channels = Channel.objects.filter(kind=Fulfilment.FBM, archived=False)
    if period.channel_id is not None:
        channels = Channel.objects.filter(pk=period.channel_id)
    zones = channels.order_by("marketplace__time_zone").values_list("marketplace__time_zone", flat=True)
    return tuple(zones.distinct())


def span_of(period: HandlingPeriod) -> Span:
    return Span(period.first_day, period.last_day)


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A period as its list shows it; `channel` and `profile` are names, both empty = all channels."""

    id: int
    name: str
    first_day: date
    last_day: date | None
    days: int
    channel_id: int | None
    channel: str
    profile_id: int | None
    profile: str
    state: PeriodState
    version: int


def list_periods() -> tuple[PeriodRow, ...]:
    """Those in force first, then those that come, then those that are over, the newest of these first."""
    rows = HandlingPeriod.objects.select_related("channel", "profile").order_by("-first_day", "pk")
    order = [PeriodState.IN_FORCE, PeriodState.COMING, PeriodState.OVER]
    return tuple(sorted((_row(row) for row in rows), key=lambda row: order.index(row.state)))


def period_row(period_id: int) -> PeriodRow | None:
    row = HandlingPeriod.objects.select_related("channel", "profile").filter(pk=period_id).first()
    return None if row is None else _row(row)


def _row(row: HandlingPeriod) -> PeriodRow:
    return PeriodRow(
        id=row.pk,
        name=row.name,
        first_day=row.first_day,
        last_day=row.last_day,
        days=row.days,
        channel_id=row.channel_id,
        channel=row.channel.name if row.channel else "",
        profile_id=row.profile_id,
        profile=row.profile.name if row.profile else "",
        state=row.state,
        version=row.version,
    )


@dataclass(frozen=True, slots=True)
class AtAmazon:
    """What became of an account's handling times: of so many listings ours is sent, `shown` by Amazon, `waiting` for
    a look or to be sent again, and `without_effect`; `ending` get their own back."""

    account_id: int
    account: str
    sent: int
    shown: int
    waiting: int
    without_effect: int
    ending: int


_NOT_SHOWN = ~Q(lead_time_days=F("handling_days")) | Q(lead_time_days=None)
_WITHOUT_EFFECT = Q(handling_misses__gte=MISSES_UNTIL_WITHOUT_EFFECT)
ODD_SHOWN = 50


def at_amazon() -> tuple[AtAmazon, ...]:
    ours = Listing.objects.filter(handling_days__isnull=False, gone_at=None)
    held = Q(handling_ends=False)
    rows = (
        ours.values("account", "account__name")
        .annotate(
            sent=Count("pk", filter=held),
            shown=Count("pk", filter=held & Q(lead_time_days=F("handling_days"))),
            without_effect=Count("pk", filter=held & _NOT_SHOWN & _WITHOUT_EFFECT),
            ending=Count("pk", filter=~held),
        )
        .order_by("account__name", "account")
    )
    return tuple(
        AtAmazon(
            account_id=row["account"],
            account=row["account__name"],
            sent=row["sent"],
            shown=row["shown"],
            waiting=row["sent"] - row["shown"] - row["without_effect"],
            without_effect=row["without_effect"],
            ending=row["ending"],
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class OddListing:
    id: int
    sku: str
    account: str
    sent: int
    shown: int | None


def without_effect() -> tuple[OddListing, ...]:
    """The first listings whose handling time Amazon does not show, though it was sent again and again."""
    rows = Listing.objects.filter(_WITHOUT_EFFECT, handling_days__isnull=False, handling_ends=False, gone_at=None)
    rows = rows.select_related("account").order_by("account__name", "sku")[:ODD_SHOWN]
    return tuple(
        OddListing(row.pk, row.sku, row.account.name, row.handling_days or 0, row.lead_time_days) for row in rows
    )


def choices() -> tuple[Sequence[tuple[int, str]], Sequence[tuple[int, str]]]:
    """Channels that send quantities, and stock profiles that may be chosen: (id, name)."""
    channels = Channel.objects.filter(kind=Fulfilment.FBM, archived=False).order_by("name")
    profiles = StockProfile.objects.filter(archived=False).order_by("name")
    return list(channels.values_list("pk", "name")), list(profiles.values_list("pk", "name"))
