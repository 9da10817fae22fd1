"""Steps about parcels that Amazon's own order does not show; they need an open transaction.

Amazon answers 204 to a confirmation and may drop it, when the order's shipping automation set another carrier. What
Amazon took is therefore not done until its order shows our parcel.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from wharfinger.db.models import Confirmation
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutConfirmation
from wharfinger.domain.orders.order import IncomingPackage
from wharfinger.domain.shipping.shipments import ConfirmationState
from wharfinger.operations.installation._history_steps import record_activity
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem
from wharfinger.operations.shipping._confirmation_steps import parcels_of_others

LOOK_AFTER_ACCEPTED = timedelta(minutes=8)
"""The ordinary order search shows the parcel sooner; this look is for when it does not."""
LOOK_AFTER_DOUBT = timedelta(minutes=3)
"""Amazon's reads may lag two minutes behind (behaviour O03): a sooner look proves nothing."""
LOOKS_BEFORE_SENDING_AGAIN = 2
LOOKS_AFTER_ACCEPTED = 4
RESENDS_AT_MOST = 2
"""After so many Amazon drops it on purpose: once more would be dropped too."""


def look_again_or_send(
    row: Confirmation, packages: Sequence[IncomingPackage], *, all_shipped: bool, now: datetime
) -> None:
    """The look did not show the parcel. The caller saves the row.

    Of unknown outcome and not there: sent again, as often as it takes. Accepted, or the order counts as shipped
    without us: a bounded number of looks and sendings, then a person decides.
    """
    accepted = row.state == ConfirmationState.ACCEPTED
    others = parcels_of_others(row, packages) if all_shipped else []
    without_us = all_shipped and bool(others or not packages)
    row.read_backs += 1
    if row.read_backs < (LOOKS_AFTER_ACCEPTED if accepted or without_us else LOOKS_BEFORE_SENDING_AGAIN):
        row.again_at = now + (LOOK_AFTER_ACCEPTED if accepted else LOOK_AFTER_DOUBT)
    elif without_us or (accepted and row.resends >= RESENDS_AT_MOST):
        note_not_shown(row, packages, others, shipped=all_shipped, now=now)
    else:
        row.state, row.again_at = ConfirmationState.WAITING, now
        row.resends += accepted
        row.error = "Amazon's order does not show the parcel: the confirmation is sent again, with the same reference."


def note_not_shown(
    row: Confirmation,
    packages: Sequence[IncomingPackage],
    others: Sequence[IncomingPackage],
    *,
    shipped: bool,
    now: datetime,
) -> None:
    """Amazon's order stays without our parcel: a problem says what it holds instead. The caller saves the row."""
    order = row.shipment.order
    row.state = ConfirmationState.NOT_SHOWN
    cause = f"{order.code}, parcel {row.shipment.package_reference} ({row.shipment.tracking_number}): "
    cause += _what_amazon_holds(others or packages, shipped=shipped)
    if shipped:
        solve_problem(ProblemKind.CONFIRMATION_LATE, AboutConfirmation(row.pk), now=now)
        cause += " The order's shipping automation (Seller Central, Shipping settings) or somebody in Seller Central "
        cause += "may have set that."
    if row.error:
        cause += f" Amazon's last message: {row.error}"
    open_problem(
        ProblemKind.CONFIRMATION_NOT_SHOWN,
        AboutConfirmation(row.pk),
        cause=cause,
        remedy="Compare the order in Seller Central with the parcel. Press “Correct carrier / tracking number” if ours "
        "is wrong, otherwise “Send again”. If the buyer can track the parcel there, press “Mark as done”.",
        sales_order=order,
        channel=order.channel,
        account_id=row.account_id,
        now=now,
    )
    record_activity(
        f"Amazon does not show parcel {row.shipment.package_reference}.",
        sales_order=order,
        channel_id=order.channel_id,
        account_id=row.account_id,
        now=now,
    )


def _what_amazon_holds(packages: Sequence[IncomingPackage], *, shipped: bool) -> str:
    state = "Amazon shows the order as shipped" if shipped else "Amazon accepted the confirmation"
    if not packages:
        return f"{state} and shows no parcel for it."
    named = ", ".join(_named(package) for package in packages)
    return f"{state} and shows another parcel: {named}." if shipped else f"{state} and shows only: {named}."


def _named(package: IncomingPackage) -> str:
    carrier = package.carrier or "no carrier named"
    return f"{carrier}, {package.tracking_number}" if package.tracking_number else f"{carrier}, without a number"
