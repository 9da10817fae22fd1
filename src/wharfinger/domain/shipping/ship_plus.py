"""FBM Ship+: orders that only a label bought from Amazon ships. Pure.

Amazon confirms them itself, from such a label, and refuses every confirmation of the seller's
(developer-docs.amazon.com/sp-api/docs/confirm-the-shipment-status): a label bought elsewhere can never be reported.
"""

from collections.abc import Collection
from datetime import timedelta

from wharfinger.domain.sentences import N_
from wharfinger.domain.shipping.dispatching import Stays

PROGRAM = "FBM_SHIP_PLUS"
LOOK_AFTER = timedelta(minutes=15)
"""Until the first look for what Amazon shows without us; the ordinary order search shows it sooner."""
ALARM_BEFORE = timedelta(hours=2)
"""Before ship-by a person is shown what Amazon does not show yet: time enough to buy another label from it."""


def is_ship_plus(programs: Collection[str] | None) -> bool:
    return PROGRAM in (programs or ())


def why_no_courier_label(programs: Collection[str] | None, *, service: object) -> Stays | None:
    """Why no label is bought from another courier than Amazon for the order; None = one may be."""
    if not is_ship_plus(programs):
        return None
    return Stays(
        N_(
            "This is an FBM Ship+ order: only a label bought from Amazon ships it, and a label of %(service)s could "
            "never be reported to Amazon. Choose a service that buys from Amazon and press “Buy label”, or buy it in "
            "Seller Central, type its number and press Dispatch."
        ),
        "service_id",
        {"service": service},
    )


def why_not_sent_so(programs: Collection[str] | None, typed: str, *, from_courier: bool) -> Stays | None:
    """Why a parcel may not leave with this number; None = it may. `from_courier`: that of a label bought here, of
    another courier than Amazon."""
    if not is_ship_plus(programs):
        return None
    if from_courier:
        return Stays(
            N_(
                "This is an FBM Ship+ order, and its label was bought from a courier: it could never be reported to "
                "Amazon. Press “Void label”, choose a service that buys from Amazon, and press “Buy label”."
            ),
            "tracking_number",
        )
    if not typed.strip():
        return Stays(
            N_(
                "This is an FBM Ship+ order: only a label bought from Amazon ships it. Choose a service that buys from "
                "Amazon and press “Buy label”, or buy it in Seller Central, type its tracking number and press "
                "Dispatch."
            ),
            "tracking_number",
        )
    return None
