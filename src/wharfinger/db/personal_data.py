"""Every place of the database that holds personal data, and the proof of how old it is; every other text column too.

`tests/architecture/test_personal_data.py` compares this with the models: a new column is a person's, a secret, of who
works here, or says nothing about a buyer. Whoever adds one to a place erases it in `operations.orders.privacy`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from wharfinger.domain.sentences import N_

_ORDER_IS_OVER = "o.erased_at IS NOT NULL OR o.id IN (SELECT id FROM due)"
_IS_OLD = "{} < %(before)s"


@dataclass(frozen=True, slots=True)
class Place:
    """`rows`: FROM and WHERE of the rows that hold personal data; `since`: how old each is; `is_due`: whether its time
    is over. Over the CTE `due` (orders that are due), with the parameters of `db.queries.orders.privacy.erasing`."""

    name: str
    columns: Mapping[str, tuple[str, ...]]
    rows: str
    since: str
    is_due: str


def _of_order(name: str, model: str, columns: tuple[str, ...], since: str, holds: str = "") -> Place:
    table = f"wharfinger_{model.lower()}"
    where = f" WHERE {holds}" if holds else ""
    return Place(
        name,
        {model: columns},
        f"{table} t JOIN wharfinger_salesorder o ON o.id = t.order_id{where}",
        since,
        _ORDER_IS_OVER,
    )


PLACES: tuple[Place, ...] = (
    Place(
        N_("Sales orders: buyer, address, contact"),
        {
            "SalesOrder": (
                "delivery", "own_delivery", "buyer", "cancel_reason", "confirmed_address_hash", "postcode_hash",
                "surname_hash", "email_hash",
            )
        },
        "wharfinger_salesorder o WHERE o.erased_at IS NULL",
        "o.placed_at",
        _ORDER_IS_OVER,
    ),
    _of_order(
        N_("Lines: gift messages and customisations"),
        "SalesOrderLine",
        ("gift_message", "customisation_url"),
        "o.placed_at",
        "t.gift_message <> '' OR t.customisation_url <> ''",
    ),
    Place(
        N_("Customisations: buyers' words and pictures"),
        {"Customisation": ("body",)},
        "wharfinger_customisation t JOIN wharfinger_salesorderline l ON l.id = t.line_id "
        "JOIN wharfinger_salesorder o ON o.id = l.order_id WHERE t.body IS NOT NULL",
        "t.fetched_at",
        _ORDER_IS_OVER,
    ),
    _of_order(N_("Notes on orders"), "OrderNote", ("text",), "t.made_at"),
    _of_order(N_("Files attached to orders"), "OrderAttachment", ("name", "content"), "t.made_at"),
    _of_order(
        N_("Labels of couriers"),
        "CourierLabel",
        ("document", "address_hash", "error", "choice", "purchase"),
        "t.requested_at",
        "t.document IS NOT NULL OR t.address_hash <> '' OR t.error <> '' OR t.choice IS NOT NULL "
        "OR t.purchase IS NOT NULL",
    ),
    _of_order(N_("Words of holds"), "OrderHold", ("details",), "t.held_at", "t.details <> ''"),
    _of_order(N_("Reasons of legal holds"), "LegalHold", ("reason",), "t.placed_at", "t.reason <> ''"),
    _of_order(N_("Packing benches: which address was shown"), "BenchClaim", ("address_hash",), "t.since"),
    _of_order(N_("Words by which orders are found"), "SearchWord", ("hash",), "o.placed_at"),
    Place(
        N_("Timelines: addresses before and after"),
        {"Activity": ("personal",)},
        "wharfinger_activity t LEFT JOIN wharfinger_salesorder o ON o.id = t.sales_order_id "
        "WHERE t.personal IS NOT NULL",
        "t.happened_at",
        _ORDER_IS_OVER,
    ),
    Place(
        N_("Audit log: what was before and after on orders, and searches"),
        {"AuditEntry": ("before", "after")},
        "wharfinger_auditentry t LEFT JOIN wharfinger_salesorder o ON t.noun = 'SalesOrder' AND o.id::text = t.noun_id "
        "WHERE (t.before IS NOT NULL OR t.after IS NOT NULL) AND t.noun IN ('SalesOrder', 'List', 'SavedView')",
        "t.at",
        f"o.id IN (SELECT id FROM due) OR (o.erased_at IS NOT NULL AND t.at < o.erased_at) "
        f"OR (t.noun <> 'SalesOrder' AND {_IS_OLD.format('t.at')})",
    ),
    Place(
        N_("Raw messages from Amazon"),
        {"RawMessage": ("body",)},
        "wharfinger_rawmessage m WHERE m.body IS NOT NULL",
        "m.received_at",
        "m.id IN (SELECT id FROM due_messages) OR EXISTS (SELECT 1 FROM wharfinger_importedorder i "
        "JOIN wharfinger_salesorder o ON o.imported_id = i.id JOIN due ON due.id = o.id "
        "WHERE i.account_id = m.account_id AND i.amazon_order_id = m.key)",
    ),
    Place(
        N_("Notifications that could not be read"),
        {"UnreadNotification": ("body",)},
        "wharfinger_unreadnotification t",
        "t.received_at",
        _IS_OLD.format("t.received_at"),
    ),
    Place(
        N_("Searches of actions on many orders"),
        {"BulkAction": ("chosen",)},
        "wharfinger_bulkaction t WHERE t.chosen IS NOT NULL",
        "t.pressed_at",
        _IS_OLD.format("t.finished_at"),
    ),
    Place(
        N_("Searches of saved views"),
        {"SavedView": ("filters",)},
        "wharfinger_savedview t WHERE t.filters ? 'q' "
        "AND t.list IN ('sales_orders', 'imported_orders', 'customers')",
        "t.made_at",
        _IS_OLD.format("t.made_at"),
    ),
    Place(
        N_("Customers"),
        {
            "Customer": (
                "name", "email", "address", "address_hash", "name_hash", "surname_hash", "postcode_hash", "email_hash",
            )
        },
        "wharfinger_customer c WHERE c.erased_at IS NULL AND NOT c.generic",
        "c.made_at",
        "c.id IN (SELECT id FROM due_customers) OR (EXISTS (SELECT 1 FROM wharfinger_salesorder o JOIN due "
        "ON due.id = o.id WHERE o.customer_id = COALESCE(c.merged_into_id, c.id)) AND NOT EXISTS (SELECT 1 "
        "FROM wharfinger_salesorder o WHERE o.customer_id = COALESCE(c.merged_into_id, c.id) "
        "AND o.erased_at IS NULL AND o.id NOT IN (SELECT id FROM due)))",
    ),
)  # fmt: skip

SECRETS: Mapping[str, tuple[str, ...]] = {
    "AlertDestination": ("address",),
    "AmazonApplication": ("client_secret", "queue_secret"),
    "AuthorisationAttempt": ("code", "state_hash", "session_hash"),
    "CourierConnection": ("api_key",),
    "MailSettings": ("password",),
    "NotificationQueue": ("secret",),
    "SellerAccount": ("refresh_token",),
    "SetupLink": ("token_hash",),
    "User": ("password",),
}
"""Encrypted or hashed as well, and nobody's personal data."""

OF_THE_SHOP: Mapping[str, tuple[str, ...]] = {
    "AlertDestination": ("address_shown",),
    "AccessEntry": ("address", "browser"),
    "User": ("username", "full_name", "email"),
    "Verification": ("answer_reviewer", "reviewer"),
    "SignInLimit": ("subject_hash", "name_hash"),
    "TestMail": ("to",),
    "MailSettings": ("sender", "recipients", "username"),
    "SenderAddress": ("name", "line_1", "line_2", "town", "county", "postcode", "phone", "email"),
}
"""Of the people who work here: kept as long as they do, no buyer's."""

SAYS_NO_PERSON: Mapping[str, str] = {
    "AccessEntry": "details",
    "Activity": "text",
    "Alert": "key subject text remedy mail_error",
    "AlertDelivery": "error",
    "AlertDestination": "name kinds zone test_error",
    "AmazonApplication": "name application_id client_id secret_last_four regions roles redirect_uri queue_url "
    "queue_region queue_key_id queue_last_four rotation_error",
    "AuditEntry": "verb noun noun_id",
    "AuthorisationAttempt": "seller_id redirect_uri error",
    "Backup": "name place version error verify_error",
    "BankAccount": "name currency",
    "BenchClaim": "scanned",
    "BulkAction": "description",
    "BulkActionOrder": "left",
    "Cancellation": "error",
    "Channel": "name order_ref_format match_codes",
    "ChannelCheck": "title message remedy",
    "ChannelOption": "currency",
    "ChannelProduct": "asin title gtin picture issues linked_by",
    "CompanyClass": "name",
    "CompletenessDay": "amazon_money our_money",
    "CompletenessGap": "amazon_order_id kinds note amazon ours",
    "Confirmation": "sent_carrier shown_carrier stale_carrier error",
    "PrivacyProof": "places",
    "ConnectionCheck": "reference answer",
    "ConnectionService": "code name extras",
    "CountEntry": "token",
    "CountLine": "bin",
    "CourierConnection": "name key_last_four carrier_name error",
    "CourierGroup": "name",
    "CourierGroupRule": "service_level country",
    "CourierLabel": "reference units identifier tracking_number void_why offers purchase_key bought_service currency "
    "protections",
    "CourierLevelMapping": "service_level",
    "CourierMapping": "carrier_code carrier_name shipping_method",
    "CourierService": "courier name number_prefix amazon_carrier_code amazon_carrier_name amazon_shipping_method",
    "CsvHeading": "kind heading column",
    "Customer": "code generic_month",
    "Customisation": "error",
    "FbaLedgerDay": "booked",
    "FbaLedgerReport": "report_id error",
    "FlowSchedule": "flow outcome waiting_for error denied_call denied_roles",
    "HandlingPeriod": "name",
    "ImportedLine": "order_item_id sku asin title",
    "ImportedOrder": "amazon_order_id reason remedy waits_for order_ref summary currency",
    "Installation": "system live_place restored_from",
    "Invoice": "code currency",
    "LabelBatchOrder": "refused",
    "ListSetting": "columns",
    "Listing": "sku product_type sent_why error location_codes restock_date",
    "ListingFeed": "feed_id error",
    "ListingReport": "report_id error",
    "MailSettings": "host password_last_four",
    "Marketplace": "id name country currency seller_central time_zone proposed_zone",
    "MarketplaceReading": "skus",
    "Movement": "note",
    "NotificationQueue": "url region key_id last_four destination_id subscription_id error queue_error test_id",
    "OrderCursor": "marketplace_ids page_token",
    "OrderFeed": "feed_id error",
    "OrderNumberPrefix": "name",
    "OrderReport": "report_id error",
    "Participation": "store_name",
    "PeriodicTaskSchedule": "task outcome error",
    "PickList": "chosen",
    "PrintJob": "error",
    "Printer": "name host",
    "Problem": "key cause remedy",
    "RateBudget": "operation",
    "RawMessage": "kind key body_hash error",
    "RunningShop": "error",
    "SalesOrder": "code order_ref currency totals_accepted service_level programs replaces vat_area goes_to "
    "buyer_vat_country",
    "SalesOrderLine": "order_item_id sku asin title held_reason tax_collected_by ioss_number gift_wrap_level service "
    "particulars",
    "SalesSource": "name",
    "SavedView": "name sort columns",
    "SeenNotification": "notification_id",
    "SellerAccount": "name seller_id token_last_four link_error",
    "Shipment": "package_reference tracking_number",
    "Site": "name address country time_zone",
    "StockBarcode": "type code gtin",
    "StockCount": "bin_from bin_to",
    "StockItem": "code name other_reference commodity_code country_of_origin picture cost_currency",
    "StockLevel": "fba_other bin other_bins",
    "StockNotice": "cause",
    "SiteGroup": "name",
    "StockProfile": "name",
    "StockPush": "why submission_id error",
    "StockRuleChange": "setting",
    "StockTransfer": "note end_reason",
    "UploadPlan": "totals",
    "UploadPlanRow": "why_not",
    "Tag": "name",
    "TestMail": "error way",
    "UnreadNotification": "body_hash error",
    "User": "time_zone theme changed_rights",
    "VatItemRate": "country",
    "VatRegistration": "country number",
    "Verification": "answer_reason error reasons rejection",
    "WantedOrder": "amazon_order_id error",
    "WorkerHeartbeat": "name version fault",
}
"""Every other column of text, names between spaces: codes, Amazon's words about goods and money, sentences of ours that
name orders by their numbers. Tracking numbers stay: a courier alone knows whose they are, and only for some months."""
