"""Which controls the remedy of each kind of problem may name, and who may use them. Pure.

A remedy's sentence names a control in quotes, “Send again”, exactly as the button, link or field says it. The page that
the problem names shows the problem and has the control for each role with the right: `tests/web/test_remedies.py`
makes every kind and looks. A new kind of problem needs its entry here and its maker there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from wharfinger.domain.installation.people import Right
from wharfinger.domain.installation.problems import ProblemKind

MARK_AS_DONE = "Mark as done"
_QUOTED = re.compile("“([^“”]+)”")


@dataclass(frozen=True, slots=True)
class Control:
    """A button, link or field by its label. `right` None = everyone who is signed in may use it."""

    label: str
    right: Right | None


_DONE = Control(MARK_AS_DONE, Right.FIX_PROBLEMS)
_SEND_AGAIN = Control("Send again", Right.SHIP)
_RETRY_DOWNLOAD = Control("Retry Download", Right.FIX_PROBLEMS)
_SEND_QUANTITY = Control("Send quantity again", Right.FIX_PROBLEMS)

REMEDIES: Mapping[ProblemKind, tuple[Control, ...]] = {
    ProblemKind.UNKNOWN_SKU: (Control("Link to a stock item", Right.FIX_PROBLEMS),),
    ProblemKind.FBA_SITE_EMPTY: (Control("Load levels from Amazon", Right.EDIT_STOCK),),
    ProblemKind.OVERSOLD: (Control("Count", Right.EDIT_STOCK), Control("Receive", Right.EDIT_STOCK)),
    ProblemKind.AWAITING_STOCK: (Control("Receive stock", Right.EDIT_STOCK),),
    ProblemKind.NOT_UNDERSTOOD: (_RETRY_DOWNLOAD, _DONE),
    ProblemKind.TOTALS_DIFFER: (Control("Accept these amounts", Right.FIX_PROBLEMS),),
    ProblemKind.NO_CHANNEL: (Control("Create the channel", Right.EDIT_CHANNELS),),
    ProblemKind.FOREIGN_CURRENCY: (_DONE,),
    ProblemKind.CANCEL_REQUESTED: (
        Control("Cancel at Amazon", Right.EDIT_ORDERS),
        Control("Dispatch anyway", Right.SHIP),
    ),
    ProblemKind.CANCELLATION_REFUSED: (Control("Cancel at Amazon", Right.EDIT_ORDERS), _DONE),
    ProblemKind.CANCELLATION_NOT_SHOWN: (Control("Cancel at Amazon", Right.EDIT_ORDERS), _DONE),
    ProblemKind.CANCELLED_AFTER_SHIPPING: (_DONE,),
    ProblemKind.VERIFICATION_WAITS: (
        Control("Approve the goods", Right.SHIP),
        Control("Reject the goods", Right.EDIT_ORDERS),
    ),
    ProblemKind.NO_ADDRESS: (_RETRY_DOWNLOAD,),
    ProblemKind.ADDRESS_INCOMPLETE: (Control("Confirm this address", Right.SHIP),),
    ProblemKind.ADDRESS_CHANGED: (
        Control("Restore Amazon's address", Right.EDIT_ORDERS),
        Control("I have seen the new address", Right.SHIP),
    ),
    ProblemKind.ZONE_DIFFERS: (Control("Use this zone", Right.EDIT_CHANNELS),),
    ProblemKind.CONFIRMATION_REFUSED: (
        Control("Correct carrier / tracking number", Right.SHIP),
        _SEND_AGAIN,
        _DONE,
    ),
    ProblemKind.CONFIRMATION_NOT_SHOWN: (
        Control("Correct carrier / tracking number", Right.SHIP),
        _SEND_AGAIN,
        _DONE,
    ),
    ProblemKind.CONFIRMATION_LATE: (_SEND_AGAIN, Control("Add tracking number", Right.SHIP), _DONE),
    ProblemKind.LABEL_REFUSED: (Control("Buy label", Right.SHIP), Control("Compare offers", Right.SHIP), _DONE),
    ProblemKind.LABEL_MISSING: (
        Control("Fetch label again", Right.SHIP),
        Control("Void label", Right.SHIP),
        Control("Not bought", Right.SHIP),
    ),
    ProblemKind.LABEL_TO_DESTROY: (_DONE,),
    ProblemKind.LABEL_NOT_VOIDED: (Control("Void label", Right.SHIP), _DONE),
    ProblemKind.COURIER_REFUSES_KEY: (
        Control("API key", Right.ADMINISTER),
        Control("Test connection", Right.ADMINISTER),
    ),
    ProblemKind.LISTING_REFUSED: (_SEND_QUANTITY,),
    ProblemKind.LISTING_CONFLICT: (
        Control("Choose", Right.EDIT_CHANNELS),
        Control("Read the listings again", Right.EDIT_CHANNELS),
    ),
    ProblemKind.LISTING_ISSUE: (Control("Read the listings again", Right.EDIT_CHANNELS),),
    ProblemKind.LISTING_GONE: (Control("Read the listings again", Right.EDIT_CHANNELS), _DONE),
    ProblemKind.LISTING_DRIFT: (_SEND_QUANTITY,),
    ProblemKind.STOCK_HELD: (
        Control("Send these", Right.EDIT_CHANNELS),
        Control("Keep what Amazon has", Right.EDIT_CHANNELS),
    ),
    ProblemKind.HANDLING_WITHOUT_EFFECT: (Control("Send handling times again", Right.EDIT_CHANNELS),),
    ProblemKind.SAFE_MODE: (
        Control("Search for orders now", Right.EDIT_CHANNELS),
        Control("Edit safe mode", Right.EDIT_CHANNELS),
    ),
    ProblemKind.AUTHORISATION_LOST: (
        Control("Authorise", Right.EDIT_CHANNELS),
        Control("Authorise again", Right.EDIT_CHANNELS),
    ),
    ProblemKind.APPLICATION_REFUSED: (Control("LWA client secret", Right.SEE_CREDENTIALS),),
    ProblemKind.ROLE_MISSING: (Control("Authorise again", Right.EDIT_CHANNELS),),
    ProblemKind.THROTTLED: (Control("Access at Amazon", Right.SEE_CREDENTIALS),),
    ProblemKind.NOTIFICATION_UNREAD: (_DONE,),
    ProblemKind.INCOMPLETE: (Control("Download again", Right.FIX_PROBLEMS), _DONE),
    ProblemKind.REPORT_FAILED: (Control("Check now", Right.FIX_PROBLEMS),),
    ProblemKind.ALSO_IMPORTED: (_DONE,),
    ProblemKind.FLOW_FAILED: (Control("Sync now", Right.EDIT_CHANNELS), _DONE),
}


def controls_named(remedy: str) -> tuple[str, ...]:
    """The labels that a remedy's sentence names, in their order."""
    return tuple(_QUOTED.findall(remedy))


def closed_by_word(kind: ProblemKind) -> bool:
    """Whether a person's word closes it: nothing that we could see would."""
    return _DONE in REMEDIES[kind]
