"""Every feed type that createFeed takes. Source: feed-type-values, usp-xml-and-flat-file-listings-feeds deprecation."""

from amazon_simulator.feeds.acknowledgements import work_acknowledgements
from amazon_simulator.feeds.adjustments import work_adjustments
from amazon_simulator.feeds.feed import FATAL, Ground, Job, Kind, Outcome
from amazon_simulator.feeds.invoices import work_invoice
from amazon_simulator.feeds.listing_messages import work_listings
from amazon_simulator.feeds.shipments import work_fulfilment

LISTINGS = "JSON_LISTINGS_FEED"
OF_ORDERS = ("Inventory and Order Tracking", "Direct-to-Consumer Shipping")
OF_LISTINGS = ("Product Listing",)
RETIRED = (
    "POST_PRODUCT_DATA", "POST_INVENTORY_AVAILABILITY_DATA", "POST_PRODUCT_OVERRIDES_DATA", "POST_PRODUCT_PRICING_DATA",
    "POST_PRODUCT_IMAGE_DATA", "POST_PRODUCT_RELATIONSHIP_DATA", "POST_FLAT_FILE_INVLOADER_DATA",
    "POST_FLAT_FILE_LISTINGS_DATA", "POST_FLAT_FILE_BOOKLOADER_DATA", "POST_FLAT_FILE_CONVERGENCE_LISTINGS_DATA",
    "POST_FLAT_FILE_PRICEANDQUANTITYONLY_UPDATE_DATA", "POST_UIEE_BOOKLOADER_DATA",
)  # fmt: skip
"""Dead since 31 July 2025: createFeed still takes them."""


def refuse_retired(ground: Ground, job: Job) -> Outcome:
    return Outcome(FATAL)


KINDS = {
    LISTINGS: Kind(work_listings, OF_LISTINGS, most=1),
    "POST_ORDER_FULFILLMENT_DATA": Kind(work_fulfilment, OF_ORDERS),
    "POST_ORDER_ACKNOWLEDGEMENT_DATA": Kind(work_acknowledgements, OF_ORDERS),
    "POST_PAYMENT_ADJUSTMENT_DATA": Kind(work_adjustments, OF_ORDERS),
    "UPLOAD_VAT_INVOICE": Kind(work_invoice, ("Tax Invoicing",)),
    **dict.fromkeys(RETIRED, Kind(refuse_retired, OF_LISTINGS)),
}
