"""A person chooses among the offers for a label, and enters what the chosen one wants to know."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from wharfinger.db.models import CourierLabel, User
from wharfinger.db.stored_offers import SCHEMA, read_choice, read_offers, write_choice
from wharfinger.domain.shipping.input_schemas import fault_of_inputs
from wharfinger.domain.shipping.labels import LabelState
from wharfinger.domain.shipping.offers import Choice, Offer, Offers, chosen_again, fault_of_extras
from wharfinger.operations import triggers
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.refusals import Refused
from wharfinger.operations.shipping._carrier_steps import refusal
from wharfinger.operations.shipping._label_steps import labels_locked
from wharfinger.operations.shipping._offer_steps import (
    OFFER_FIELDS,
    write_purchase,
)
from wharfinger.operations.transaction import operation


@operation
def choose_offer(label_id: int, token: str, rate_id: str, extras: Sequence[str], *, now: datetime, user: User) -> None:
    """This offer of those that the page showed, with these extras; the worker buys it.

    Offers that have expired meanwhile are fetched again, and the same one is bought unless it costs more now.
    """
    row, offers = _choosing(label_id)
    if offers.token != token:
        raise Refused("The offers were fetched again in the meantime. Look at them and choose again.")
    offer = next((one for one in offers.offers if one.rate_id == rate_id), None)
    if offer is None or row.label_format not in offer.documents:
        raise Refused("Choose one of the offers.", "offer")
    fault = fault_of_extras(offer, extras)
    if fault is not None:
        raise refusal(fault)
    choice = Choice(offer.carrier_id, offer.service_id, tuple(extras), offer.total(extras), offer.currency)
    row.choice = write_choice(choice)
    _go_on(row, offers, offer, choice, now)
    record_activity(
        f"Label {row.reference}: {offer.carrier}, {offer.service} chosen for {choice.price:.2f} {choice.currency}.",
        sales_order=row.order,
        channel=row.order.channel,
        now=now,
        user=user,
    )


@operation
def enter_inputs(label_id: int, inputs: Mapping[str, Any], *, now: datetime, user: User) -> None:
    """What the chosen offer wants to know, by the names of its schema."""
    row, offers = _choosing(label_id)
    choice, schema = read_choice(row.choice), (row.offers or {}).get(SCHEMA)
    if choice is None or schema is None:
        raise Refused("The offers were fetched again in the meantime. Look at them and choose again.")
    fault = fault_of_inputs(schema, inputs)
    if fault is not None:
        raise refusal(fault)
    choice = replace(choice, inputs=dict(inputs))
    row.choice, row.requested_by = write_choice(choice), user
    chosen = chosen_again(offers, choice, row.label_format)
    if not isinstance(chosen, Offer):
        raise refusal(chosen)
    _go_on(row, offers, chosen, choice, now)


def _choosing(label_id: int) -> tuple[CourierLabel, Offers]:
    row = labels_locked().get(pk=label_id)
    offers = read_offers(row.offers)
    if row.state is not LabelState.CHOOSING or offers is None:
        raise Refused("There is nothing to choose for this label any more. See its state under Labels.")
    return row, offers


def _go_on(row: CourierLabel, offers: Offers, offer: Offer, choice: Choice, now: datetime) -> None:
    """Bought with the offers as they are while they live; else the worker fetches them again."""
    row.state, row.again_at, row.error, row.attempts = LabelState.WAITING, now, "", 0
    if offers.live(now) and (choice.inputs is not None or not offer.needs_inputs):
        write_purchase(row, offers, offer, choice.extras, choice.inputs)
    row.save(update_fields=["state", "again_at", "error", "attempts", "requested_by", *OFFER_FIELDS])
    triggers.run_periodic_task(triggers.LABELS_OUT)
