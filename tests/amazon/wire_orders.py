"""An order as Amazon writes it, every member filled in: our own words in the model's shape."""

from typing import Any

FULL_ORDER: dict[str, Any] = {
    "orderId": "026-1234567-7654321",
    "orderAliases": [{"aliasId": "SHOP-9", "aliasType": "SELLER_ORDER_ID"}],
    "createdTime": "2026-11-20T08:15:30Z",
    "lastUpdatedTime": "2026-11-20T10:15:30.250+01:00",
    "programs": ["PRIME", "A_PROGRAM_OF_TOMORROW"],
    "associatedOrders": [{"orderId": "026-0000000-0000001", "associationType": "REPLACEMENT_ORIGINAL_ID"}],
    "salesChannel": {
        "channelName": "AMAZON",
        "marketplaceId": "A1F83G8C2ARO7P",
        "marketplaceName": "Amazon.co.uk",
    },
    "buyer": {
        "buyerName": "Ada Buyer",
        "buyerEmail": "ada@marketplace.example",
        "buyerCompanyName": "Ada & Daughters",
        "buyerPurchaseOrderNumber": "PO 7",
    },
    "recipient": {
        "deliveryAddress": {
            "name": "Ada Buyer",
            "companyName": "Ada & Daughters",
            "addressLine1": "1 Quay Street",
            "addressLine2": "Flat 2",
            "addressLine3": "Back door",
            "city": "Bristol",
            "districtOrCounty": "Avon",
            "stateOrRegion": "England",
            "municipality": "Bristol",
            "postalCode": "BS1 1AA",
            "countryCode": "GB",
            "phone": "+44 117 000000",
            "extendedFields": {
                "streetName": "Quay Street",
                "streetNumber": "1",
                "complement": "Flat 2",
                "neighborhood": "Harbourside",
            },
            "addressType": "RESIDENTIAL",
        },
        "deliveryPreference": {
            "dropOffLocation": "Porch",
            "addressInstruction": "Ring twice",
            "deliveryTime": {
                "businessHours": [
                    {
                        "dayOfWeek": "MON",
                        "timeWindows": [{"startTime": {"hour": 9, "minute": 0}, "endTime": {"hour": 17, "minute": 30}}],
                    }
                ],
                "exceptionDates": [
                    {
                        "exceptionDate": "2026-12-25",
                        "exceptionDateType": "CLOSED",
                        "timeWindows": [{"startTime": {"hour": 0, "minute": 0}}],
                    }
                ],
            },
            "deliveryCapabilities": ["HAS_ACCESS_POINT"],
        },
    },
    "proceeds": {
        "grandTotal": {"amount": "25.48", "currencyCode": "GBP"},
        "breakdowns": [
            {"type": "ITEM", "status": "FINAL", "subtotal": {"amount": "21.98", "currencyCode": "GBP"}},
            {"type": "SHIPPING", "subtotal": {"amount": "3.50", "currencyCode": "GBP"}},
        ],
    },
    "payment": {
        "paymentExecutions": [
            {
                "paymentMethod": "CREDIT_CARD",
                "paymentAmount": {"amount": "25.48", "currencyCode": "GBP"},
                "acquirerId": "A",
                "cardBrand": "VISA",
                "authorizationCode": "0815",
            }
        ]
    },
    "tax": {
        "taxRegistrations": [
            {
                "entityType": "BUYER",
                "legalName": "Ada & Daughters",
                "taxRegistrationType": "VAT",
                "taxRegistrationNumber": "GB000000000",
                "taxRegistrationAddress": {"city": "Bristol", "countryCode": "GB"},
                "taxRegistrationAttributes": [{"key": "office", "value": "1"}],
            }
        ],
        "taxInvoicing": {"buyerInvoicePreference": "INDIVIDUAL", "invoiceStatus": "PENDING"},
    },
    "fulfillment": {
        "fulfillmentStatus": "PARTIALLY_SHIPPED",
        "fulfilledBy": "MERCHANT",
        "fulfillmentServiceLevel": "STANDARD",
        "shipByWindow": {
            "earliestDateTime": "2026-11-20T00:00:00Z",
            "latestDateTime": "2026-11-23T23:59:59Z",
        },
        "deliverByWindow": {"latestDateTime": "2026-11-26T23:59:59Z"},
        "labelPrintingWindow": {"earliestDateTime": "2026-11-20T00:00:00Z"},
    },
    "orderItems": [
        {
            "orderItemId": "11111111111111",
            "quantityOrdered": 2,
            "measurement": {"unit": "KILOGRAMS", "value": "0.25"},
            "associatedOrderItems": [
                {
                    "orderId": "026-0000000-0000001",
                    "orderItemId": "22222222222222",
                    "associationType": "VALUE_ADD_SERVICE",
                }
            ],
            "programs": ["SUBSCRIBE_AND_SAVE"],
            "product": {
                "asin": "B000000001",
                "title": "Brass lantern ＆ wick",
                "sellerSku": "LAN-01/2",
                "condition": {"conditionType": "NEW", "conditionSubtype": "NEW", "conditionNote": "boxed"},
                "price": {
                    "unitPrice": {"amount": "10.99", "currencyCode": "GBP"},
                    "priceDesignation": "BUSINESS_PRICE",
                },
                "serialNumbers": ["SN1"],
                "customization": {"customizedUrl": "https://customizations.example/zip"},
            },
            "proceeds": {
                "proceedsTotal": {"amount": "25.48", "currencyCode": "GBP"},
                "breakdowns": [
                    {
                        "type": "TAX",
                        "subtotal": {"amount": "4.25", "currencyCode": "GBP"},
                        "detailedBreakdowns": [
                            {"subtype": "ITEM", "value": {"amount": "3.66", "currencyCode": "GBP"}},
                            {"subtype": "SHIPPING", "value": {"amount": "0.59", "currencyCode": "GBP"}},
                        ],
                    },
                    {"type": "DISCOUNT", "subtotal": {"amount": "-1.00", "currencyCode": "GBP"}},
                ],
            },
            "expense": {
                "pointsCost": {
                    "pointsGranted": {
                        "pointsNumber": 10,
                        "pointsMonetaryValue": {"amount": "10", "currencyCode": "JPY"},
                    }
                }
            },
            "promotion": {"breakdowns": [{"promotionId": "FREE-SHIP-1"}]},
            "cancellation": {
                "cancellationRequest": {"requester": "BUYER", "cancelReason": "ordered by mistake"},
                "cancellationExecution": {"cancelledBy": "MERCHANT", "cancelReason": "no stock"},
            },
            "fulfillment": {
                "quantityFulfilled": 1,
                "quantityUnfulfilled": 1,
                "picking": {
                    "substitutionPreference": {
                        "substitutionType": "CUSTOMER_PREFERENCE",
                        "substitutionOptions": [
                            {
                                "asin": "B000000002",
                                "quantityOrdered": 1,
                                "sellerSku": "LAN-03",
                                "title": "Tin lantern",
                                "measurement": {"unit": "COUNT", "value": "1"},
                            }
                        ],
                    }
                },
                "packing": {
                    "giftOption": {"giftMessage": "Many happy returns", "giftWrapLevel": "Classic"},
                    "serialNumberRequirement": {"requirementType": "MANDATORY"},
                },
                "shipping": {
                    "scheduledDeliveryWindow": {
                        "earliestDateTime": "2026-11-24T09:00:00Z",
                        "latestDateTime": "2026-11-24T11:00:00Z",
                    },
                    "shippingConstraints": {
                        "palletDelivery": "MANDATORY",
                        "cashOnDelivery": "MANDATORY",
                        "signatureConfirmation": "MANDATORY",
                        "recipientIdentityVerification": "MANDATORY",
                        "recipientAgeVerification": "MANDATORY",
                    },
                    "internationalShipping": {"iossNumber": "IM0000000000"},
                },
            },
            "tax": {
                "taxCalculationBreakdowns": [{"reportingScheme": "UNION_OSS"}],
                "taxCollections": [{"model": "LOW_VALUE_GOODS", "responsibleParty": "AMAZON"}],
            },
        }
    ],
    "packages": [
        {
            "packageReferenceId": "1",
            "createdTime": "2026-11-21T09:00:00Z",
            "packageStatus": {"status": "IN_TRANSIT", "detailedStatus": "PICKED_UP"},
            "carrier": "Royal Mail",
            "shipTime": "2026-11-21T10:00:00Z",
            "shippingService": "Tracked 48",
            "trackingNumber": "AB123456789GB",
            "shipFromAddress": {
                "name": "Harbour & Home",
                "addressLine1": "Unit 1",
                "addressLine2": "Dock Road",
                "addressLine3": "Avonmouth",
                "city": "Bristol",
                "districtOrCounty": "Avon",
                "stateOrRegion": "England",
                "municipality": "Bristol",
                "postalCode": "BS11 9AA",
                "countryCode": "GB",
            },
            "packageItems": [{"orderItemId": "11111111111111", "quantity": 1, "transparencyCodes": ["T1"]}],
        }
    ],
    "fulfillmentOrders": [{"fulfillmentOrderId": "F1"}],
}


def plain_order(**changes: Any) -> dict[str, Any]:
    """The least that Amazon always sends."""
    return {
        "orderId": "026-1234567-7654321",
        "createdTime": "2026-11-20T08:15:30Z",
        "lastUpdatedTime": "2026-11-20T08:15:30Z",
        "salesChannel": {"channelName": "AMAZON"},
        "orderItems": [{"orderItemId": "1", "quantityOrdered": 1, "product": {}}],
        **changes,
    }
