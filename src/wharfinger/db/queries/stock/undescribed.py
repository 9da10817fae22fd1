"""Unlinked channel products whose listings came without a GTIN or a picture: Amazon's catalogue may have them."""

from django.db.models import Q

from wharfinger.db.models import ChannelProduct


def undescribed_asins(account_id: int, at_most: int) -> tuple[str, tuple[str, ...]] | None:
    """A marketplace, and ASINs that were not looked up in its catalogue yet; None = nothing is missing."""
    rows = ChannelProduct.objects.filter(
        Q(gtin="") | Q(picture=""),
        listing__account=account_id,
        listing__gone_at=None,
        listing__ignored_at=None,
        item=None,
        described_at=None,
    ).exclude(asin="")
    first = rows.order_by("marketplace", "asin").values_list("marketplace", flat=True).first()
    if first is None:
        return None
    asins = rows.filter(marketplace=first).order_by("asin").values_list("asin", flat=True).distinct()[:at_most]
    return first, tuple(asins)
