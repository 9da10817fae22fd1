"""What may need a person. Each kind has one way to be raised and one remedy."""

from enum import StrEnum


class ProblemKind(StrEnum):
    UNKNOWN_SKU = "Unknown SKU"
    FBA_SITE_EMPTY = "FBA site has no stock levels"
    OVERSOLD = "Oversold"
    AWAITING_STOCK = "Awaiting stock"
    NOT_UNDERSTOOD = "Message not understood"
    TOTALS_DIFFER = "Totals differ"
    NO_CHANNEL = "Paid orders without a channel"
    FOREIGN_CURRENCY = "Foreign currency"
    CANCEL_REQUESTED = "Buyer asks to cancel"
    CANCELLED_AFTER_SHIPPING = "Cancelled after shipping"
    NO_ADDRESS = "No delivery address"
    ADDRESS_INCOMPLETE = "Delivery address incomplete"
    ADDRESS_CHANGED = "Delivery address changed"
    ZONE_DIFFERS = "Another time zone"
    CONFIRMATION_REFUSED = "Confirmation refused"
    CONFIRMATION_LATE = "Confirmation late"
    CONFIRMATION_NOT_SHOWN = "Amazon does not show our parcel"
    LISTING_REFUSED = "Listing refused"
    LISTING_CONFLICT = "Two rules for one SKU"
    LISTING_ISSUE = "Listing has errors at Amazon"
    LISTING_GONE = "Listing gone from Amazon"
    LISTING_DRIFT = "Amazon shows another quantity"
    AUTHORISATION_LOST = "Authorisation lost"
    APPLICATION_REFUSED = "Application refused"
    ROLE_MISSING = "Role missing at Amazon"
    THROTTLED = "Amazon limits our calls"
    FLOW_FAILED = "Import or upload failed"


ADDRESS_HOLDS = (ProblemKind.NO_ADDRESS, ProblemKind.ADDRESS_INCOMPLETE)
"""While one of these is open, the order is held: nothing could be written on a label."""
