"""The offers for a label as their page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wharfinger.db.models import CourierLabel
from wharfinger.db.stored_offers import SCHEMA, read_choice, read_offers
from wharfinger.domain.shipping.labels import LabelState
from wharfinger.domain.shipping.offers import Choice, Offer, Offers, arrives_in_time, extras_of


@dataclass(frozen=True, slots=True)
class OfferShown:
    offer: Offer
    usual: tuple[str, ...]
    """The extras that are chosen first."""
    in_time: bool
    printable: bool
    """It gives its label in the service's format."""


@dataclass(frozen=True, slots=True)
class OffersPage:
    label_id: int
    order_id: int
    reference: str
    service: str
    state: LabelState
    error: str
    grams: int
    sides: tuple[int | None, int | None, int | None]
    deliver_by: datetime | None
    """Amazon's delivery date of the order."""
    offers: Offers | None
    shown: tuple[OfferShown, ...]
    choice: Choice | None
    schema: Mapping[str, Any] | None
    """What the chosen offer wants to know."""


def offers_page(order_id: int, label_id: int) -> OffersPage | None:
    """Best first: in time, protected, cheap."""
    rows = CourierLabel.objects.filter(pk=label_id, order=order_id).defer("document", "purchase")
    row = rows.select_related("order__channel__marketplace", "service", "label_service").first()
    if row is None:
        return None
    offers = read_offers(row.offers)
    deliver_by = row.order.deliver_by
    wanted = tuple(row.label_service.extras.split())
    shown = [
        OfferShown(
            one,
            extras_of(one, wanted) or extras_of(one, ()) or (),
            arrives_in_time(one, deliver_by),
            row.label_format in one.documents,
        )
        for one in (offers.offers if offers else ())
    ]
    shown.sort(key=lambda one: (not one.in_time, not one.offer.protected, one.offer.total(one.usual)))
    return OffersPage(
        label_id=row.pk,
        order_id=order_id,
        reference=row.reference,
        service=str(row.service),
        state=row.state,
        error=row.error,
        grams=row.grams,
        sides=(row.length_cm, row.width_cm, row.height_cm),
        deliver_by=deliver_by,
        offers=offers,
        shown=tuple(shown),
        choice=read_choice(row.choice),
        schema=(row.offers or {}).get(SCHEMA),
    )
