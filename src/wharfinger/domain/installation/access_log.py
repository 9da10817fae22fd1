"""What the access log keeps: who read personal data, and who signed in or failed to. Pure.

Amazon's Data Protection Policy wants both for twelve months, and no personal data of buyers in them: an entry refers to
an order or a customer by its row, never by a name.
"""

from collections.abc import Iterable
from datetime import timedelta

from wharfinger.domain.labels import Labelled
from wharfinger.domain.sentences import N_

KEPT = timedelta(days=366)
READ_AGAIN_AFTER = timedelta(hours=1)
"""A page that renews itself, or a bench on which an order is packed, is the same reading for so long."""


class Access(Labelled):
    """What somebody did. What is read by whoever may see personal data is recorded; for others the page holds none."""

    ORDER = "order", "Sales order"
    IMPORTED_ORDER = "imported_order", "Imported order"
    RAW_MESSAGE = "raw_message", "Messages from Amazon"
    CUSTOMER = "customer", "Customer"
    BENCH = "bench", "Packing bench"
    LABEL = "label", "Label printed"
    SLIP = "slip", "Packing slip printed"
    ATTACHMENT = "attachment", "File of an order"
    CUSTOMISATION = "customisation", "Customisation of a line"
    LIST = "list", "List with buyers"
    SEARCH = "search", "Search by buyer"
    EXPORT = "export", "Download of a list"
    HELD = "held", "Export of what is held about a buyer"
    UNREAD = "unread", "Notifications set aside"
    AUDIT = "audit", "Audit log"
    SIGNED_IN = "signed_in", "Signed in"
    SIGN_IN_FAILED = "sign_in_failed", "Sign-in failed"
    LOCKED_OUT = "locked_out", "Locked out after failures"
    SIGNED_OUT = "signed_out", "Signed out"
    FACTOR_SHOWN = "factor_shown", "Second factor shown"
    FACTOR_FAILED = "factor_failed", "Second factor failed"
    FACTOR_SET_UP = "factor_set_up", "Second factor set up"
    PASSWORD_CHANGED = "password_changed", "Password changed"
    PASSWORD_AGAIN = "password_again", "Password typed again"

    @property
    def is_reading(self) -> bool:
        """Of buyers' data; the others are about signing in."""
        return self not in SIGN_INS

    @property
    def failed(self) -> bool:
        return self in (Access.SIGN_IN_FAILED, Access.LOCKED_OUT, Access.FACTOR_FAILED)


SIGN_INS = frozenset(
    {
        Access.SIGNED_IN,
        Access.SIGN_IN_FAILED,
        Access.LOCKED_OUT,
        Access.SIGNED_OUT,
        Access.FACTOR_SHOWN,
        Access.FACTOR_FAILED,
        Access.FACTOR_SET_UP,
        Access.PASSWORD_CHANGED,
        Access.PASSWORD_AGAIN,
    }
)


class Subject(Labelled):
    """Whose row an entry refers to."""

    SALES_ORDER = "sales_order", "Sales order"
    IMPORTED_ORDER = "imported_order", "Imported order"
    CUSTOMER = "customer", "Customer"


READINGS = "readings"
SIGNING_IN = "signing_in"
GROUPS: dict[str, str] = {READINGS: N_("All readings"), SIGNING_IN: N_("All of signing in")}
"""Beside a single kind, what the log is filtered by."""


def kinds_of(choice: str) -> Iterable[Access]:
    """The kinds that a choice of the filter means: a group, or one kind; none for the empty or an unknown one."""
    if choice in GROUPS:
        return [kind for kind in Access if kind.is_reading is (choice == READINGS)]
    return [kind for kind in Access if kind == choice]
