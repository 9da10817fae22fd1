"""What is stored for a member never changes: a row of years ago must read as it was written."""

from django.apps import apps

from wharfinger.db.fields import EnumField

STORED = {
    "ActivatedFor": ["simulator", "sandbox"],
    "AlertKind": [
        "token_expires",
        "secret_expires",
        "authorisation_lost",
        "application_refused",
        "rotation_failed",
        "no_channel",
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
    "Cause": [
        "unexplained",
        "not_amazons",
        "not_traded",
        "before_start",
        "not_read_yet",
        "known_by_number",
        "amounts_confirmed",
        "unknown_to_amazon",
        "refused",
        "books_differ",
    ],
    "CompletenessGap.State": ["open", "stuck", "healed", "explained"],
    "ConfirmationState": ["waiting", "attempted", "accepted", "confirmed", "refused", "not_shown", "not_sent"],
    "CustomerPolicy": ["each_buyer", "generic"],
    "DecimalSign": ["point", "comma"],
    "FirstImport": ["import", "record", "ignore"],
    "Fulfilment": ["FBM", "FBA"],
    "ImportFba": ["no_fba", "only_fba"],
    "ImportState": ["not_attempted", "ok", "failed", "skipped", "system_error", "retrying", "ignored"],
    "Language": ["en-gb", "en-us"],
    "LimitKind": ["address", "name", "browser"],
    "LinkState": ["waiting", "linked", "not_linked", "lost"],
    "ListCode": ["imported_orders", "sales_orders", "problems", "customers"],
    "MailSecurity": ["starttls", "tls", "none"],
    "MovementReason": [
        "opening",
        "received",
        "counted",
        "adjusted",
        "sold",
        "returned",
        "transferred",
        "fba_difference",
    ],
    "OrderType": ["standard", "expedited", "prime", "business", "fba", "replacement"],
    "Pool": ["UK", "EU", "NA", "OTHER"],
    "ProblemKind": [
        "unknown_sku",
        "fba_site_empty",
        "oversold",
        "awaiting_stock",
        "not_understood",
        "totals_differ",
        "no_channel",
        "foreign_currency",
        "cancel_requested",
        "cancelled_after_shipping",
        "no_address",
        "address_incomplete",
        "address_changed",
        "zone_differs",
        "confirmation_refused",
        "confirmation_late",
        "confirmation_not_shown",
        "listing_refused",
        "listing_conflict",
        "listing_issue",
        "listing_gone",
        "listing_drift",
        "authorisation_lost",
        "application_refused",
        "role_missing",
        "throttled",
        "incomplete",
        "report_failed",
        "flow_failed",
    ],
    "RawMessage.Source": ["search", "by_id", "not_requested"],
    "RawMessage.State": ["waiting", "taken", "quarantined"],
    "Region": ["EU", "NA", "FE"],
    "ReportState": ["wanted", "preparing", "compared", "none", "failed"],
    "Role": ["administrator", "manager", "warehouse", "accounts", "viewer"],
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
    "SiteKind": ["own", "shop", "third_party", "fba", "in_transit", "quarantine"],
    "StockPush.Outcome": ["attempted", "accepted", "refused", "later"],
    "Tracking": ["at_once", "by_hand", "typed_later", "later"],
    "WantedBy": ["notification", "gap", "catch_up"],
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
