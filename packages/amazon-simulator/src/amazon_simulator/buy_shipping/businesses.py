"""Amazon's shipping businesses: which marketplace's orders each sends. Source: model shippingV2.json, header
x-amzn-shipping-business-id."""

COUNTRY_OF = {
    "AmazonShipping_US": "US",
    "AmazonShipping_IN": "IN",
    "AmazonShipping_UK": "GB",
    "AmazonShipping_UAE": "AE",
    "AmazonShipping_SA": "SA",
    "AmazonShipping_EG": "EG",
    "AmazonShipping_IT": "IT",
    "AmazonShipping_ES": "ES",
    "AmazonShipping_FR": "FR",
    "AmazonShipping_JP": "JP",
}
DEFAULT = "AmazonShipping_UK"
"""What a call without the header is for."""
