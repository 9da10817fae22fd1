"""What orders are grouped by when a list is sorted by channel, marketplace or site: ids in the order of the names."""

from django.db.models.functions import Lower

from wharfinger.db.models import Channel, Marketplace, Site


def channels_by_name() -> tuple[int | None, ...]:
    """None last: orders that no channel takes."""
    return (*Channel.objects.order_by(Lower("name"), "id").values_list("id", flat=True), None)


def marketplaces_by_name() -> tuple[str | None, ...]:
    """None last: orders of a marketplace that nobody knows."""
    return (*Marketplace.objects.order_by(Lower("name"), "id").values_list("id", flat=True), None)


def sites_by_name() -> tuple[int, ...]:
    return tuple(Site.objects.order_by(Lower("name"), "id").values_list("id", flat=True))
