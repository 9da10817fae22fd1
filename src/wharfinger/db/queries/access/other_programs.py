"""What another program leaves behind in our rows, of one seller account."""

from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef

from wharfinger.db.models import Problem, RateBudget, SalesOrder, Shipment
from wharfinger.domain.access.other_programs import LOOKED_BACK, OURS_OF_THE_RATE, Signs
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.orders.order import Fulfilment

_SHOWN = 10


def signs_of_others(account_id: int, *, now: datetime) -> Signs:
    """Of the last seven days; by indexes alone, so that an hourly look costs nothing at a million orders."""
    since = now - LOOKED_BACK
    shipped = SalesOrder.objects.filter(
        shipped_at__gte=since,
        channel__account=account_id,
        channel__kind=Fulfilment.FBM,
        imported__record_only=False,
    )
    elsewhere = shipped.exclude(Exists(Shipment.objects.filter(order=OuterRef("pk")))).order_by("-shipped_at", "-pk")
    drifted = Problem.objects.filter(kind=ProblemKind.LISTING_DRIFT, account=account_id, opened_at__gte=since)
    of_listings = drifted.exclude(listing=None).order_by("listing__sku")
    skus = list(of_listings.values_list("listing__sku", flat=True).distinct())
    slowed = RateBudget.objects.filter(account=account_id, share__lt=Decimal(str(OURS_OF_THE_RATE)))
    return Signs(
        shipped.count(),
        elsewhere.count(),
        tuple(elsewhere.values_list("pk", "code")[:_SHOWN]),
        len(skus),
        tuple(skus[:_SHOWN]),
        tuple(slowed.order_by("operation").values_list("operation", flat=True)),
    )
