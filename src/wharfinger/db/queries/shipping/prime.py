"""How the marketplaces on which we ship ourselves, and for which Amazon sells labels, want the labels of their Prime
orders."""

from dataclasses import dataclass

from wharfinger.db.models import Channel, Marketplace
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.shipping.prime import PrimeLabels, in_force


@dataclass(frozen=True, slots=True)
class PrimeRow:
    marketplace_id: str
    name: str
    setting: PrimeLabels


def prime_rows() -> tuple[PrimeRow, ...]:
    ours = Channel.objects.filter(archived=False, kind=Fulfilment.FBM).values("marketplace")
    rows = Marketplace.objects.filter(pk__in=ours).order_by("name")
    return tuple(
        PrimeRow(row.pk, row.name, row.prime_labels)
        for row in rows
        if in_force(row.prime_labels, row.country) is not None
    )
