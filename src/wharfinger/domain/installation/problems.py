"""What may need a person. Each kind has one way to be raised and one remedy."""

from wharfinger.domain.labels import Labelled


class ProblemKind(Labelled):
    UNKNOWN_SKU = "unknown_sku", "Unknown SKU"
    FBA_SITE_EMPTY = "fba_site_empty", "FBA site has no stock levels"
    OVERSOLD = "oversold", "Oversold"
    AWAITING_STOCK = "awaiting_stock", "Awaiting stock"
    NOT_UNDERSTOOD = "not_understood", "Message not understood"
    TOTALS_DIFFER = "totals_differ", "Totals differ"
    NO_CHANNEL = "no_channel", "Paid orders without a channel"
    FOREIGN_CURRENCY = "foreign_currency", "Foreign currency"
    CANCEL_REQUESTED = "cancel_requested", "Buyer requested cancellation"
    CANCELLATION_REFUSED = "cancellation_refused", "Cancellation refused"
    CANCELLATION_NOT_SHOWN = "cancellation_not_shown", "Amazon does not show our cancellation"
    CANCELLED_AFTER_SHIPPING = "cancelled_after_shipping", "Cancelled after shipping"
    NO_ADDRESS = "no_address", "No delivery address"
    ADDRESS_INCOMPLETE = "address_incomplete", "Delivery address incomplete"
    ADDRESS_CHANGED = "address_changed", "Delivery address changed"
    ZONE_DIFFERS = "zone_differs", "Another time zone"
    CONFIRMATION_REFUSED = "confirmation_refused", "Confirmation refused"
    CONFIRMATION_LATE = "confirmation_late", "Confirmation late"
    CONFIRMATION_NOT_SHOWN = "confirmation_not_shown", "Amazon does not show our parcel"
    LISTING_REFUSED = "listing_refused", "Listing refused"
    LISTING_CONFLICT = "listing_conflict", "Two rules for one SKU"
    LISTING_ISSUE = "listing_issue", "Listing has errors at Amazon"
    LISTING_GONE = "listing_gone", "Listing gone from Amazon"
    LISTING_DRIFT = "listing_drift", "Amazon shows another quantity"
    STOCK_HELD = "stock_held", "Large change of stock held back"
    AUTHORISATION_LOST = "authorisation_lost", "Authorisation lost"
    APPLICATION_REFUSED = "application_refused", "Application refused"
    ROLE_MISSING = "role_missing", "Role missing at Amazon"
    THROTTLED = "throttled", "Amazon limits our calls"
    NOTIFICATION_UNREAD = "notification_unread", "Notification not understood"
    INCOMPLETE = "incomplete", "Orders differ from Amazon's report"
    REPORT_FAILED = "report_failed", "No order report from Amazon"
    ALSO_IMPORTED = "also_imported", "Also imported by another program?"
    FLOW_FAILED = "flow_failed", "Import or upload failed"


ADDRESS_HOLDS = (ProblemKind.NO_ADDRESS, ProblemKind.ADDRESS_INCOMPLETE)
"""While one of these is open, the order is held: nothing could be written on a label."""
