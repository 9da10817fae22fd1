"""What is stored for a member never changes: a row of years ago must read as it was written."""

from django.apps import apps

from wharfinger.db.fields import EnumField

STORED = {
    "ActivatedFor": ["Simulator", "Sandbox"],
    "AlertKind": [
        "Authorisation expires",
        "Client secret expires",
        "Authorisation lost",
        "Application refused",
        "Secret rotation failed",
        "Paid orders without a channel",
    ],
    "AmazonStatus": [
        "PENDING_AVAILABILITY",
        "PENDING",
        "UNSHIPPED",
        "PARTIALLY_SHIPPED",
        "SHIPPED",
        "CANCELLED",
        "UNFULFILLABLE",
        "UNKNOWN",
    ],
    "ApplicationKind": ["private", "unlisted", "listed"],
    "AuthorisationOutcome": [
        "linked",
        "refused",
        "expired",
        "replayed",
        "wrong_seller",
        "wrong_region",
        "draft",
        "code_refused",
        "application_refused",
        "no_answer",
        "channel_taken",
    ],
    "AuthorisationState": ["open", "returned", "exchanging", "done", "refused", "failed"],
    "ConfirmationState": ["waiting", "attempted", "accepted", "confirmed", "refused", "not_shown", "not_sent"],
    "CustomerPolicy": ["One customer for each buyer", "Generic customer of the month"],
    "DecimalSign": ["point", "comma"],
    "FirstImport": ["Import", "Record only", "Ignore"],
    "Fulfilment": ["FBM", "FBA"],
    "ImportFba": ["No FBA import", "Only FBA Import"],
    "ImportState": ["not_attempted", "ok", "failed", "skipped", "system_error", "retrying", "ignored"],
    "Language": ["en-gb", "en-us"],
    "LimitKind": ["address", "name", "browser"],
    "LinkState": ["waiting", "linked", "not_linked", "lost"],
    "ListCode": ["imported_orders", "sales_orders", "problems", "customers"],
    "MailSecurity": ["STARTTLS", "TLS", "None"],
    "MovementReason": [
        "Opening level",
        "Received",
        "Counted",
        "Adjusted",
        "Sold",
        "Returned",
        "Transferred",
        "Difference at Amazon",
    ],
    "OrderType": ["Standard", "Expedited", "Prime", "Business", "FBA", "Replacement"],
    "Pool": ["UK", "EU", "NA", "OTHER"],
    "ProblemKind": [
        "Unknown SKU",
        "FBA site has no stock levels",
        "Oversold",
        "Awaiting stock",
        "Message not understood",
        "Totals differ",
        "Paid orders without a channel",
        "Foreign currency",
        "Buyer asks to cancel",
        "Cancelled after shipping",
        "No delivery address",
        "Delivery address incomplete",
        "Delivery address changed",
        "Another time zone",
        "Confirmation refused",
        "Confirmation late",
        "Amazon does not show our parcel",
        "Listing refused",
        "Two rules for one SKU",
        "Listing has errors at Amazon",
        "Listing gone from Amazon",
        "Amazon shows another quantity",
        "Authorisation lost",
        "Application refused",
        "Role missing at Amazon",
        "Amazon limits our calls",
        "Import or upload failed",
    ],
    "RawMessage.State": ["waiting", "taken", "quarantined"],
    "Region": ["EU", "NA", "FE"],
    "Role": ["Administrator", "Manager", "Warehouse", "Accounts", "Viewer"],
    "SalesOrderState": [
        "pending",
        "held",
        "awaiting_stock",
        "ready_in_part",
        "ready_to_ship",
        "part_shipped",
        "shipped",
        "issued",
        "cancelled",
    ],
    "ShopState": ["running", "done", "failed"],
    "SiteKind": ["Own warehouse", "Shop", "3PL", "FBA", "In transit", "Quarantine"],
    "StockPush.Outcome": ["attempted", "accepted", "refused", "later"],
    "Tracking": ["At once", "Typed by hand", "Later, typed on the order", "Later (file exchange)"],
}
"""Every enum that a column holds. A new member is a new line here; a text that is here stays."""


def test_every_enum_of_a_column_has_its_stored_texts():
    columns = (field for model in apps.get_models() for field in model._meta.get_fields())
    members = {field.members for field in columns if isinstance(field, EnumField)}
    assert {each.__qualname__: [member.value for member in each] for each in members} == STORED


def test_every_stored_text_fits_its_column():
    columns = [field for model in apps.get_models() for field in model._meta.get_fields()]
    held = [field for field in columns if isinstance(field, EnumField)]
    assert [str(field) for field in held if max(len(each) for each in field.members) > field.max_length] == []
