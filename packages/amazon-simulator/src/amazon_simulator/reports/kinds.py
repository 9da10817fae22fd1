"""Every report type that can be had here. Source: report-type-values, fba-sales-reports-attributes, reports-faq."""

from amazon_simulator.reports import listings, orders, returns, settlements, warehouse
from amazon_simulator.reports.report import DAY, Kind

HALF_AN_HOUR, FOUR_HOURS = 1800.0, 4 * 3600.0
"""Between two reports of Amazon's warehouses: of those that are nearly live, and of those that are made daily."""
OF_ORDERS, OF_LISTINGS = ("Inventory and Order Tracking",), ("Product Listing", "Inventory and Order Tracking")
OF_WAREHOUSES, OF_MONEY = ("Amazon Fulfillment", "Product Listing"), ("Finance and Accounting",)
SHIPS_HOME, INVOICES = ("Direct-to-Consumer Shipping",), ("Tax Invoicing",)
ORDERS_KEPT = 30 * DAY
MONTH = 31 * DAY
ORDERS_AT_MOST = 30 * DAY
TOO_LONG = "Date range exceeded. Report can be requested only upto 30 days"
"""What the document of an All Orders report holds that should cover more (models#2591)."""
SETTLEMENT = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"

KINDS = {
    "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL": Kind(
        orders.by_last_update, OF_ORDERS, kept=ORDERS_KEPT, longest=ORDERS_AT_MOST, exceeded=TOO_LONG
    ),
    "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_ORDER_DATE_GENERAL": Kind(
        orders.by_order_date, OF_ORDERS, kept=ORDERS_KEPT, longest=ORDERS_AT_MOST, exceeded=TOO_LONG
    ),
    "GET_FLAT_FILE_ACTIONABLE_ORDER_DATA_SHIPPING": Kind(
        orders.to_be_shipped, SHIPS_HOME, kept=ORDERS_KEPT, longest=MONTH, restricted=True
    ),
    "GET_FLAT_FILE_ORDER_REPORT_DATA_INVOICING": Kind(
        orders.to_be_invoiced, INVOICES, kept=ORDERS_KEPT, longest=MONTH, restricted=True
    ),
    "GET_MERCHANT_LISTINGS_ALL_DATA": Kind(listings.everything, OF_LISTINGS, window=False),
    "GET_MERCHANT_LISTINGS_DATA": Kind(listings.active, OF_LISTINGS, window=False),
    "GET_MERCHANT_LISTINGS_INACTIVE_DATA": Kind(listings.inactive, OF_LISTINGS, window=False),
    "GET_FLAT_FILE_OPEN_LISTINGS_DATA": Kind(listings.open_listings, OF_LISTINGS, window=False),
    "GET_FBA_MYI_ALL_INVENTORY_DATA": Kind(warehouse.inventory, OF_WAREHOUSES, window=False, every=HALF_AN_HOUR),
    "GET_FBA_MYI_UNSUPPRESSED_INVENTORY_DATA": Kind(
        warehouse.inventory, OF_WAREHOUSES, window=False, every=HALF_AN_HOUR
    ),
    "GET_AFN_INVENTORY_DATA": Kind(warehouse.available, OF_WAREHOUSES, window=False, every=HALF_AN_HOUR),
    "GET_LEDGER_SUMMARY_VIEW_DATA": Kind(warehouse.summary, OF_WAREHOUSES, every=FOUR_HOURS, empty="DONE"),
    "GET_LEDGER_DETAIL_VIEW_DATA": Kind(
        warehouse.detail, OF_WAREHOUSES, every=FOUR_HOURS, empty="DONE", sooner="FATAL"
    ),
    "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE": Kind(returns.to_the_seller, OF_ORDERS, longest=60 * DAY),
    "GET_FBA_FULFILLMENT_CUSTOMER_RETURNS_DATA": Kind(returns.to_amazon, OF_WAREHOUSES, every=FOUR_HOURS),
    SETTLEMENT: Kind(settlements.settlement, OF_MONEY, requested=False),
}
NOT_ALLOWED = {
    SETTLEMENT: 1118,
    "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE": 1117,
    "GET_V2_SETTLEMENT_REPORT_DATA_XML": 1116,
}
"""Types that cannot be requested → the number in Amazon's message (behaviour R06)."""
