"""A listing that shows another quantity than was sent: whose change that probably is. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from wharfinger.domain.labels import Labelled
from wharfinger.domain.sentences import N_

TAKES_EFFECT_WITHIN = timedelta(minutes=30)
"""Amazon applies a number after minutes (behaviours S01, S08); longer is no delay."""
OFTEN = 3
"""Looks in a row that found another number, each second one after it was sent again: no person does that."""


class DriftCause(Labelled):
    REFUSED = "refused", "Amazon refused ours"
    HELD = "held", "The write guard holds a newer number"
    WAITS = "waits", "A newer number waits"
    ORDERS = "orders", "An order that was not read yet"
    NOT_APPLIED = "not_applied", "Ours is not applied yet"
    PROGRAM = "program", "Another program"
    PERSON = "person", "Changed in Seller Central"
    AMAZON = "amazon", "Amazon shows another number than the listing holds"


WHAT_TO_DO = {
    DriftCause.REFUSED: N_("Fix the listing in Seller Central, then send it again."),
    DriftCause.HELD: N_("Decide about it on the channel's Stock tab, Write guard."),
    DriftCause.WAITS: N_("Nothing: it goes in its turn."),
    DriftCause.ORDERS: N_("Nothing: the orders are read first, then the number is worked out anew."),
    DriftCause.NOT_APPLIED: N_("Wait some minutes; it is looked at again automatically."),
    DriftCause.PROGRAM: N_("Find the other program under Seller Central, Manage Your Apps, and stop its quantities."),
    DriftCause.PERSON: N_("Count the item here if the new number is right; send it again if ours is."),
    DriftCause.AMAZON: N_("Look at the listing in Seller Central; Amazon may hold units for orders it has not sent."),
}


@dataclass(frozen=True, slots=True)
class Drift:
    """`submitted`: what the listing's attributes hold at Amazon; `shown`: what it offers; `looks`: that found it
    otherwise in a row; `held`: a newer number waits, by the write guard; `fell`: Amazon showed fewer than was sent, and
    no order explains it yet; `kept`: it showed the same before ours was sent."""

    sent: int
    sent_at: datetime
    submitted: int | None
    shown: int | None
    looks: int = 0
    refused: bool = False
    held: bool = False
    waits: bool = False
    fell: bool = False
    kept: bool = False


def likely_cause(drift: Drift, now: datetime) -> DriftCause:
    """The first that fits. A number that somebody else wrote stands in the listing's attributes; where these still hold
    ours, nobody wrote another."""
    if drift.refused:
        return DriftCause.REFUSED
    if drift.held:
        return DriftCause.HELD
    if drift.waits:
        return DriftCause.WAITS
    if drift.fell:
        return DriftCause.ORDERS
    if drift.kept or now - drift.sent_at < TAKES_EFFECT_WITHIN:
        return DriftCause.NOT_APPLIED
    if drift.looks >= OFTEN:
        return DriftCause.PROGRAM
    if drift.submitted is not None and drift.submitted == drift.sent:
        return DriftCause.AMAZON
    return DriftCause.PERSON
