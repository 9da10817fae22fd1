"""Steps about orders that Amazon counts as sent because a label was bought from it for them: the parcel is still
here."""

from collections import Counter
from collections.abc import Mapping, Sequence

from wharfinger.db.models import CourierLabel, SalesOrder, SalesOrderLine
from wharfinger.domain.shipping.connections import ConnectionKind
from wharfinger.domain.shipping.labels import LabelState

_MAY_BE_BOUGHT = (
    LabelState.ATTEMPTED,
    LabelState.ORDERED,
    LabelState.READY,
    LabelState.VOIDING,
    LabelState.VOIDED,
    LabelState.NOT_VOIDED,
)


def labelled_by_amazon(order: SalesOrder) -> dict[int, int]:
    """By line the units that have a label bought from Amazon and no parcel; a voided label counts too, for Amazon's
    order stays as it was and the units are still to be sent."""
    rows = CourierLabel.objects.filter(
        order=order,
        shipment=None,
        label_service__connection__kind=ConnectionKind.AMAZON,
        state__in=_MAY_BE_BOUGHT,
    ).exclude(identifier="", state=LabelState.VOIDED)
    found: Counter[int] = Counter()
    for units in rows.values_list("units", flat=True):
        found.update({int(line): int(count) for line, count in units})
    return dict(found)


def without_labelled(
    units: Sequence[tuple[str, int]], labelled: Mapping[int, int], lines: Mapping[str, SalesOrderLine]
) -> tuple[tuple[str, int], ...]:
    """(order item id, units) that left without a label of ours."""
    left = ((number, count - labelled.get(lines[number].pk, 0)) for number, count in units)
    return tuple((number, count) for number, count in left if count > 0)
