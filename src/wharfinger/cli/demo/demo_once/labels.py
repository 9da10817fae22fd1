"""Labels of the main job: bought for British orders through the pages, judged by Click & Drop's own books."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from wharfinger.cli.console import print_line
from wharfinger.cli.demo.demo_once.judge import Verdict
from wharfinger.cli.demo.demo_once.visitor import PageSurprise, Visitor
from wharfinger.cli.demo.seed_royal_mail import COURIER, FIRST
from wharfinger.db.models import CourierLabel, CourierService, LabelBatch, SalesOrder, Shipment
from wharfinger.domain.orders.order import SalesOrderState
from wharfinger.domain.shipping.labels import LabelState

BRITISH = "A1F83G8C2ARO7P"
LABELS_AT_MOST = 12
_MOVES = [state for state in LabelState if state.moves]


class Job(Protocol):
    """What is wanted of a run."""

    visitor: Visitor

    def await_that(self, what: str, is_so: Callable[[], bool], so_far: Callable[[], str]) -> None: ...


def royal_mail_service() -> int:
    """The service whose labels are bought; the courier rules of British channels choose it."""
    return CourierService.objects.get(courier=COURIER, name=FIRST).pk


def buy_labels(job: Job, at_most: int) -> None:
    """Tick orders in Sales Orders, press Buy labels, look at the summary, press Buy. The worker buys meanwhile."""
    ready = SalesOrder.objects.filter(state=SalesOrderState.READY, channel__marketplace=BRITISH)
    ids = list(ready.order_by("ship_by", "pk").values_list("pk", flat=True)[: min(at_most, LABELS_AT_MOST)])
    if not ids:
        return
    page = job.visitor.open("/sales-orders/")
    summary = job.visitor.send(page, "/shipping/labels/ticked/", {"ids": [str(pk) for pk in ids]})
    try:
        summary.form("/shipping/labels/buy/").button("Buy")
        job.visitor.send(summary, "/shipping/labels/buy/", {})
    except PageSurprise:
        print_line("No order can have a label.")
        return
    print_line(f"{CourierLabel.objects.count()} labels requested.")


def dispatch_with_labels(job: Job) -> int:
    """Wait for every label, print them as one file, dispatch the parcels that have one; how many left."""
    for batch in LabelBatch.objects.order_by("pk"):
        job.await_that("every label is bought or refused", all_settled, _labels_so_far)
        page = job.visitor.open(f"/shipping/labels/{batch.pk}/")
        if not CourierLabel.objects.filter(state=LabelState.READY, shipment=None).exists():
            continue
        job.visitor.send(page, f"/labels/{batch.pk}/pdf/", {})
        job.visitor.send(page, f"/labels/{batch.pk}/dispatch/", {})
    left = Shipment.objects.count()
    print_line(f"{left} orders dispatched with labels of Royal Mail.")
    return left


def all_settled() -> bool:
    return not CourierLabel.objects.filter(state__in=_MOVES).exists()


def _labels_so_far() -> str:
    states = Counter(label.state.msgid for label in CourierLabel.objects.all())
    return ", ".join(f"{count} {state}" for state, count in sorted(states.items()))


def judge_labels(books: Mapping[str, Any], verdict: Verdict) -> None:
    """Every label that the account holds is one of ours with its number, and the other way round; none stands twice
    for a parcel."""
    ours = {label.reference: label for label in CourierLabel.objects.select_related("order")}
    held = _held(books["orders"])
    verdict.labels = len(held)
    parcels = Counter((label.order_id, label.number) for ref, label in ours.items() if ref in held)
    verdict.labels_bought_twice = sum(count - 1 for count in parcels.values())
    verdict.labels_bought_twice += sum(len(numbers) - 1 for numbers in held.values())
    for reference, label in ours.items():
        bought = label.state is LabelState.READY
        if bought != (reference in held) or (bought and label.tracking_number not in held[reference]):
            verdict.labels_lost += 1
            verdict.faults.append(f"label {reference} ({label.state.msgid}): Click & Drop holds {held.get(reference)}")
    for reference in held.keys() - ours.keys():
        verdict.labels_lost += 1
        verdict.faults.append(f"label {reference} is held by Click & Drop, and nobody here knows it")
    for rule in books["brokenRules"]:
        verdict.faults.append(f"a request that Click & Drop does not take: {rule}")


def _held(orders: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Tracking numbers of orders that have a label and were not deleted, by our reference."""
    held: dict[str, list[str]] = {}
    for order in orders:
        if order["labels"] and not order["deleted"]:
            held.setdefault(order["reference"], []).append(order["trackingNumber"])
    return held
