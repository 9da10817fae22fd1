"""Site groups as their pages and the choice of a channel's site show them."""

from dataclasses import dataclass

from django.db.models import Prefetch

from wharfinger.db.models import ChannelOption, Site, SiteGroup
from wharfinger.domain.stock.ledger import SENDING_KINDS


@dataclass(frozen=True, slots=True)
class SiteGroupRow:
    """`sites` and `channels`: (id, name); sites by priority."""

    id: int
    name: str
    may_split: bool
    version: int
    sites: tuple[tuple[int, str], ...]
    channels: tuple[tuple[int, str], ...]

    @property
    def names(self) -> str:
        return ", ".join(name for _, name in self.sites)


def list_site_groups() -> tuple[SiteGroupRow, ...]:
    """By name; three statements, however many there are."""
    options = ChannelOption.objects.select_related("channel").order_by("channel__name")
    groups = SiteGroup.objects.prefetch_related(
        Prefetch("sites", Site.objects.order_by("priority", "name")), Prefetch("channel_options", options)
    )
    return tuple(
        SiteGroupRow(
            id=group.pk,
            name=group.name,
            may_split=group.may_split,
            version=group.version,
            sites=tuple((site.pk, site.name) for site in group.sites.all()),
            channels=tuple(dict.fromkeys((row.channel_id, row.channel.name) for row in group.channel_options.all())),
        )
        for group in groups.order_by("name")
    )


def site_group_row(group_id: int) -> SiteGroupRow | None:
    return next((row for row in list_site_groups() if row.id == group_id), None)


def sites_for_groups() -> tuple[tuple[int, str], ...]:
    """Those that parcels leave from, by priority."""
    rows = Site.objects.filter(kind__in=SENDING_KINDS).order_by("priority", "name")
    return tuple(rows.values_list("pk", "name"))
