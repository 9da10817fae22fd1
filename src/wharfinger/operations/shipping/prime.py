"""How each marketplace wants the labels of its Prime orders."""

from datetime import datetime

from wharfinger.db.models import Marketplace, User
from wharfinger.domain.shipping.prime import PrimeLabels
from wharfinger.operations.installation._history_steps import record_audit
from wharfinger.operations.refusals import Refused
from wharfinger.operations.transaction import operation


@operation
def set_prime_labels(marketplace_id: str, setting: PrimeLabels, *, now: datetime, user: User) -> None:
    """From now on; parcels that left stay as they are."""
    row = Marketplace.objects.select_for_update(no_key=True).filter(pk=marketplace_id).first()
    if row is None:
        raise Refused("This marketplace is no longer there.")
    before = row.prime_labels
    if before is setting:
        return
    row.prime_labels = setting
    row.save(update_fields=["prime_labels"])
    record_audit(
        "set Prime labels",
        "Marketplace",
        row.pk,
        before={"Prime labels": before},
        after={"Prime labels": setting},
        now=now,
        user=user,
    )
