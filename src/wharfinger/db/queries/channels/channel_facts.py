"""Channels as pages show them: frozen values, no secrets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import FilteredRelation, Q, QuerySet

from wharfinger.db.models import (
    Channel,
    ChannelCheck,
    ChannelOption,
    ImportedOrder,
    Marketplace,
    SalesOrder,
    Site,
)
from wharfinger.db.queries.channels.first_import import found_orders
from wharfinger.db.queries.courier_choice import services_offered
from wharfinger.db.queries.option_rows import row_of
from wharfinger.db.queries.stock.warehouse.site_groups import list_site_groups
from wharfinger.domain.channels.channel import ActivatedFor, ChannelFacts, LinkState, Missing, missing_before_running
from wharfinger.domain.channels.options import Place
from wharfinger.domain.marketplaces import BY_ID, Region
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.shipping.shipments import Tracking
from wharfinger.domain.stock.ledger import SiteKind


@dataclass(frozen=True, slots=True)
class ChannelHead:
    """What stands at the top of every page of a channel: whether it runs, and what of the three facts is missing."""

    id: int
    name: str
    kind: str
    account: str
    account_id: int
    seller_id: str
    marketplace: str
    country: str
    enabled: bool
    activated: bool
    activated_for: str
    link: LinkState
    missing: tuple[Missing, ...]
    archived: bool
    dont_import_orders: bool
    amazon_deactivated_at: datetime | None

    @property
    def runs(self) -> bool:
        return not self.missing


_HEAD = (
    "id", "name", "kind", "account__name", "account_id", "account__seller_id", "marketplace__name",
    "marketplace__country", "enabled", "activated", "activated_for", "link_state", "archived", "dont_import_orders",
    "amazon_deactivated_at",
    "everything__site_id", "everything__site_group_id", "everything__courier_service_id",
)  # fmt: skip


def _heads() -> QuerySet[Channel, dict[str, Any]]:
    """Rows, not objects: two hundred channels with their options would cost 40 ms to build."""
    everything = FilteredRelation("options", condition=Q(options__order_type=""))
    rows: QuerySet[Channel, dict[str, Any]] = Channel.objects.annotate(everything=everything).values(*_HEAD)
    return rows


def list_channels(*, archived: bool = False) -> tuple[ChannelHead, ...]:
    """Every channel that is not archived (or every one that is), by account and marketplace. One query."""
    rows = _heads().filter(archived=archived).order_by("account__name", "marketplace__name", "kind")
    return tuple(_head(row) for row in rows)


def channel_head(channel_id: int) -> ChannelHead | None:
    row = _heads().filter(pk=channel_id).first()
    return None if row is None else _head(row)


def _head(row: dict[str, Any]) -> ChannelHead:
    facts = ChannelFacts(
        kind=row["kind"],
        enabled=row["enabled"],
        activated=row["activated"],
        archived=row["archived"],
        link=row["link_state"],
        has_site=(row["everything__site_id"] or row["everything__site_group_id"]) is not None,
        has_courier=row["everything__courier_service_id"] is not None,
        activated_for=ActivatedFor(row["activated_for"]) if row["activated_for"] else None,
    )
    return ChannelHead(
        id=row["id"],
        name=row["name"],
        kind=row["kind"],
        account=row["account__name"],
        account_id=row["account_id"],
        seller_id=row["account__seller_id"],
        marketplace=row["marketplace__name"],
        country=row["marketplace__country"],
        enabled=row["enabled"],
        activated=row["activated"],
        activated_for=row["activated_for"],
        link=row["link_state"],
        missing=missing_before_running(facts),
        archived=row["archived"],
        dont_import_orders=row["dont_import_orders"],
        amazon_deactivated_at=row["amazon_deactivated_at"],
    )


def _missing(channel: Channel, options: Sequence[ChannelOption]) -> tuple[Missing, ...]:
    option = next((row for row in options if row.order_type == ""), None)
    return missing_before_running(
        ChannelFacts(
            kind=channel.kind,
            enabled=channel.enabled,
            activated=channel.activated,
            archived=channel.archived,
            link=channel.link_state,
            has_site=option is not None and (option.site_id or option.site_group_id) is not None,
            has_courier=option is not None and option.courier_service_id is not None,
            activated_for=ActivatedFor(channel.activated_for) if channel.activated_for else None,
        )
    )


@dataclass(frozen=True, slots=True)
class Check:
    """A line of the verification, as the checks part shows it: good, bad, waiting, or left out."""

    state: str
    title: str
    text: str
    remedy: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class ChannelPage:
    """Everything of a channel's Setup tab."""

    id: int
    version: int
    name: str
    kind: str
    enabled: bool
    activated: bool
    activated_for: str
    link: LinkState
    start_date: date
    order_ref_format: str
    dont_import_orders: bool
    dont_upload_order_status: bool
    dont_upload_stock_levels: bool
    use_amazon_sku: bool
    import_fba_orders: str
    region: str
    marketplace_id: str
    marketplace: str
    seller_central: str
    zone: str
    """Where the marketplace's days begin."""
    zone_assumed: bool
    """Only Amazon knows this marketplace: its zone is the region's most likely."""
    proposed_zone: str
    """What its orders' ship-by times say instead; empty = they agree."""
    seller_id: str
    account: str
    account_id: int
    shared_with: tuple[str, ...]
    token_last_four: str
    token_set_at: datetime | None
    token_expiry: date | None
    participations_read_at: datetime | None
    site_id: Place | None
    """Of the (Global) row; a site group too."""
    courier_service_id: int | None
    late_courier_acknowledged: bool
    missing: tuple[Missing, ...]
    checks: tuple[Check, ...]
    checking: bool
    archived: bool
    hangs_on: str
    found: int
    """Orders that wait for the first import's decision."""


def channel_page(channel_id: int) -> ChannelPage | None:
    channel = (
        Channel.objects.select_related("account", "marketplace")
        .prefetch_related("options", "checks")
        .filter(pk=channel_id)
        .first()
    )
    if channel is None:
        return None
    options = list(channel.options.all())
    option = next((row for row in options if row.order_type == ""), None)
    account = channel.account
    lines = list(channel.checks.all())
    siblings = Channel.objects.filter(account=account, archived=False).exclude(pk=channel_id).order_by("name")
    return ChannelPage(
        id=channel.pk,
        version=channel.version,
        name=channel.name,
        kind=channel.kind,
        enabled=channel.enabled,
        activated=channel.activated,
        activated_for=channel.activated_for,
        link=channel.link_state,
        start_date=channel.start_date,
        order_ref_format=channel.order_ref_format,
        dont_import_orders=channel.dont_import_orders,
        dont_upload_order_status=channel.dont_upload_order_status,
        dont_upload_stock_levels=channel.dont_upload_stock_levels,
        use_amazon_sku=channel.use_amazon_sku,
        import_fba_orders=channel.import_fba_orders,
        region=account.region,
        marketplace_id=channel.marketplace_id,
        marketplace=channel.marketplace.name,
        seller_central=channel.marketplace.seller_central,
        zone=channel.marketplace.time_zone,
        zone_assumed=channel.marketplace_id not in BY_ID,
        proposed_zone=channel.marketplace.proposed_zone,
        seller_id=account.seller_id,
        account=account.name,
        account_id=account.pk,
        shared_with=tuple(siblings.values_list("name", flat=True)),
        token_last_four=account.token_last_four,
        token_set_at=account.token_set_at,
        token_expiry=account.token_expiry,
        participations_read_at=account.participations_read_at,
        site_id=row_of(option).values.place if option else None,
        courier_service_id=option.courier_service_id if option else None,
        late_courier_acknowledged=bool(option and option.late_courier_acknowledged),
        missing=_missing(channel, options),
        checks=tuple(Check(_state(line), line.title, line.message, line.remedy, line.checked_at) for line in lines),
        checking=any(_state(line) == "waiting" for line in lines) and channel.link_state != LinkState.WAITING,
        archived=channel.archived,
        hangs_on=hangs_on(channel_id),
        found=found_orders(channel_id).count() if channel.dont_import_orders else 0,
    )


def hangs_on(channel_id: int) -> str:
    """What of the installation hangs on a channel, so that it can only be archived; empty = it may be deleted."""
    if ImportedOrder.objects.filter(channel=channel_id).exists():
        return "Orders were imported through it."
    if SalesOrder.objects.filter(channel=channel_id).exists():
        return "Sales orders belong to it."
    return ""


def _state(line: ChannelCheck) -> str:
    if line.ok is None:
        return "waiting" if line.checked_at is None else "left"
    return "good" if line.ok else "bad"


def marketplace_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Marketplace picker by region: name and ID, those known from Amazon's answers too; Far East is not offered."""
    rows = Marketplace.objects.exclude(region=Region.FE).order_by("region", "name")
    offered: dict[str, list[tuple[str, str]]] = {}
    for row in rows:
        label = f"{row.name} ({row.pk})"
        offered.setdefault(row.region.title, []).append((row.pk, label))
    return list(offered.items())


def site_choices(kind: Fulfilment) -> list[tuple[str, str]]:
    """Places for the column Site, as `Place` writes them: sites, and behind them the site groups."""
    if kind is Fulfilment.FBA:
        rows = Site.objects.filter(kind=SiteKind.FBA).order_by("name")
        return [(str(row.pk), f"{row.name} ({row.pool_title})" if row.pool else row.name) for row in rows]
    own = Site.objects.exclude(kind=SiteKind.FBA).exclude(for_transfers=True).order_by("name")
    sites = [(str(Place(site=row.pk)), row.name) for row in own]
    return sites + [(str(Place(group=row.id)), f"{row.name} ({row.names})") for row in list_site_groups()]


def courier_choices() -> list[tuple[int, str]]:
    """Courier services; those that give their tracking number only later say so."""
    rows = services_offered().order_by("courier", "name")
    return [(row.pk, f"{row}: tracking number {row.tracking.label.lower()}") for row in rows]


_GIVES = {
    Tracking.AT_ONCE: "Tracking number at once",
    Tracking.BY_HAND: "Tracking number typed by hand",
    Tracking.TYPED_LATER: "Only later: needs your acknowledgement",
}


def courier_groups() -> list[tuple[str, list[tuple[int, str]]]]:
    """Courier services by when they give their tracking number, the prompt ones first."""
    rows = list(services_offered().order_by("courier", "name"))
    groups = [(title, [(row.pk, str(row)) for row in rows if row.tracking == how]) for how, title in _GIVES.items()]
    return [(title, choices) for title, choices in groups if choices]
