"""What Amazon's words for programmes, constraints and parts of amounts are called on pages.

A word not known stays as it is.

Source: orders_2026-01-01.json (Order.programs, OrderItem.programs, ItemShippingConstraints, AssociatedOrderItem,
ItemProceedsDetailedBreakdown.subtype).
"""

from wharfinger.domain.sentences import N_

NAMES = {
    "AMAZON_BAZAAR": N_("Amazon Bazaar"),
    "AMAZON_BUSINESS": N_("Amazon Business"),
    "AMAZON_EASY_SHIP": N_("Easy Ship"),
    "AMAZON_HAUL": N_("Amazon Haul"),
    "DELIVERY_BY_AMAZON": N_("Delivery by Amazon"),
    "FBM_SHIP_PLUS": N_("FBM Ship+"),
    "INVOICE_BY_AMAZON": N_("Invoice by Amazon"),
    "IN_STORE_PICK_UP": N_("Collected in store"),
    "PREMIUM": N_("Premium"),
    "PREORDER": N_("Pre-order"),
    "PRIME": N_("Prime"),
    "TRANSPARENCY": N_("Transparency: each unit has a code of its own"),
    "SUBSCRIBE_AND_SAVE": N_("Subscribe and Save"),
    "WARRANTY": N_("Warranty"),
    "VALUE_ADD_SERVICE": N_("Service"),
    "SERVICE": N_("Service"),
    "ITEM": N_("on the goods"),
    "SHIPPING": N_("on shipping"),
    "GIFT_WRAP": N_("on gift wrap"),
    "COD_FEE": N_("on paying at delivery"),
    "OTHER": N_("on other things"),
    "DISCOUNT": N_("on the discount"),
    "palletDelivery": N_("delivered on a pallet"),
    "cashOnDelivery": N_("paid on delivery"),
    "signatureConfirmation": N_("signed for"),
    "recipientIdentityVerification": N_("the recipient shows who they are"),
    "recipientAgeVerification": N_("the recipient's age is checked"),
}
