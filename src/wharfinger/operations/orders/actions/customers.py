"""Two records of one customer become one."""

from datetime import datetime

from wharfinger.db.models import Customer, SalesOrder, User
from wharfinger.operations.installation._history_steps import record_activity, record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation


@operation
def merge_customers(customer_id: int, *, into_id: int, now: datetime, user: User) -> Customer:
    """Orders, and with them addresses and what finds them, go to the other record; this one points to it, and so do
    those that were merged into this one before. Orders to come of the same buyer find the other record. Not undone."""
    if customer_id == into_id:
        raise Refused("A customer cannot be merged into itself. Choose the other record.", "into")
    rows = Customer.objects.select_for_update(no_key=True).filter(pk__in=[customer_id, into_id]).order_by("pk")
    found = {row.pk: row for row in rows}
    gone, kept = found.get(customer_id), found.get(into_id)
    if gone is None or kept is None:
        raise Refused("This customer does not exist. Open the list again.", "into")
    _check(gone, kept)
    orders = SalesOrder.objects.filter(customer=gone)
    ids = list(orders.order_by("pk").values_list("pk", flat=True)[:1000])
    moved = orders.update(customer=kept)
    Customer.objects.filter(merged_into=gone).update(merged_into=kept)
    gone.merged_into, gone.merged_at = kept, now
    gone.save(update_fields=["merged_into", "merged_at"])
    Customer.objects.filter(pk=kept.pk, company_class=None).update(company_class=gone.company_class_id)
    for order_id in ids:
        text = f"Its customer {gone.code} was merged into {kept.code}."
        record_activity(text, sales_order_id=order_id, now=now, user=user)
    record_audit(
        "merge",
        "Customer",
        gone.pk,
        before={"customer": gone.code},
        after={"into": kept.code, "orders": moved},
        now=now,
        user=user,
    )
    return kept


def _check(gone: Customer, kept: Customer) -> None:
    for row in (gone, kept):
        if row.generic:
            raise Refused(
                "%(row)s is the record of all buyers of a channel and a month: it is no person, and is not merged.",
                "into",
                row=row.code,
            )
    if gone.merged_into_id is not None:
        raise Refused(
            "%(gone)s was merged in the meantime. Open its page again.",
            gone=gone.code,
        )
    if kept.merged_into_id is not None:
        raise Refused(
            "%(kept)s was itself merged. Choose the record that it was merged into.",
            "into",
            kept=kept.code,
        )
