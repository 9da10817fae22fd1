"""Labels that Amazon sells for its own orders (Shipping v2). Source: model shippingV2.json."""

from datetime import datetime
from types import MappingProxyType
from typing import Any

from wharfinger.amazon import identity, operations
from wharfinger.amazon.answers import Answer
from wharfinger.amazon.caller import Caller, answer_of, path_of, understood_by
from wharfinger.amazon.errors import InvalidRequest
from wharfinger.amazon.messages.buy_shipping import (
    BoughtShipment,
    Offers,
    Parcel,
    Purchase,
    Tracking,
    read_bought,
    read_documents,
    read_inputs_schema,
    read_offers,
    read_tracking,
    write_purchase,
    write_rates_request,
)

BUSINESSES = MappingProxyType(
    {
        "ATVPDKIKX0DER": "AmazonShipping_US",
        "A21TJRUUN4KGV": "AmazonShipping_IN",
        "A1F83G8C2ARO7P": "AmazonShipping_UK",
        "A2VIGQ35RCS4UG": "AmazonShipping_UAE",
        "A17E79C6D8DWNP": "AmazonShipping_SA",
        "ARBP9OOSHTCHU": "AmazonShipping_EG",
        "APJ6JRA9NG5V4": "AmazonShipping_IT",
        "A1RKKUPIHCS9HS": "AmazonShipping_ES",
        "A13V1IB3VIYZZH": "AmazonShipping_FR",
        "A1VC38T7YXB528": "AmazonShipping_JP",
    }
)
"""Marketplace → the shipping business that sells labels for its orders. The model names no business for the others, and
takes the United Kingdom's where none is named."""
LONGEST_KEY = 64
"""Characters of an idempotency key: our own limit, Amazon gives none."""


class ShippingCalls(Caller):
    """`marketplace_id`: the order's. InvalidRequest where Amazon has no shipping business for it."""

    def get_rates(self, marketplace_id: str, parcel: Parcel, *, now: datetime) -> Answer[Offers]:
        """What carriers offer for one parcel; good for ten minutes. Buys nothing."""
        operation = operations.GET_RATES
        business = _business(operation, marketplace_id)
        response = self._call(operation, operation.path, now=now, body=write_rates_request(parcel), headers=business)
        offers = understood_by(read_offers, operation, response)
        return Answer(offers, answer_of(response, None).rate_limit, response.request_id, offers.unreadable)

    def get_additional_inputs(
        self, marketplace_id: str, request_token: str, rate_id: str, *, now: datetime
    ) -> Answer[dict[str, Any]]:
        """The JSON Schema of what must be sent along to buy this offer. OffersExpired after ten minutes."""
        operation = operations.GET_ADDITIONAL_INPUTS
        query = (("requestToken", request_token), ("rateId", rate_id))
        business = _business(operation, marketplace_id)
        response = self._call(operation, operation.path, query, now=now, headers=business)
        return answer_of(response, understood_by(read_inputs_schema, operation, response))

    def purchase_shipment(
        self, marketplace_id: str, reference: str, purchase: Purchase, *, key: str, now: datetime
    ) -> Answer[BoughtShipment]:
        """Buys an offer. `reference`: the parcel's, for which the offers were fetched; `key`: one for each purchase.

        With `outcome_unknown` it may have been bought: repeat it with the same key and the same purchase, which gives
        what was bought or buys it now; never with another key. OffersExpired at the first attempt: nothing was
        bought. At a repeat it proves nothing, for Amazon does not say which it looks at first, key or age: then the
        order's packages show whether one was bought. A bought label confirms its order at Amazon: never confirm it
        as well.
        """
        operation = operations.PURCHASE_SHIPMENT
        if not key or len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
            raise InvalidRequest(operation.name, message=f"the key must be 1 to {LONGEST_KEY} characters of ASCII")
        headers = (*_business(operation, marketplace_id), ("x-amzn-idempotencykey", key))
        response = self._call(operation, operation.path, now=now, body=write_purchase(purchase), headers=headers)
        bought = understood_by(read_bought, operation, response)
        identity.compare(
            operation.name, response, {identity.PARCEL: (reference,)}, ((identity.PARCEL, bought.reference),)
        )
        return answer_of(response, bought)

    def get_shipment_documents(
        self, marketplace_id: str, shipment_id: str, reference: str, *, now: datetime, label_format: str = ""
    ) -> Answer[BoughtShipment]:
        """The label again, in the format that was bought or in another that the offer supported."""
        operation = operations.GET_SHIPMENT_DOCUMENTS
        query = (("packageClientReferenceId", reference), ("format", label_format))
        business = _business(operation, marketplace_id)
        path = path_of(operation, shipment_id=shipment_id)
        response = self._call(operation, path, query, now=now, headers=business)
        bought = understood_by(read_documents, operation, response)
        wanted = {identity.SHIPMENT: (shipment_id,), identity.PARCEL: (reference,)}
        found = ((identity.SHIPMENT, bought.shipment_id), (identity.PARCEL, bought.reference))
        identity.compare(operation.name, response, wanted, found)
        return answer_of(response, bought)

    def cancel_shipment(self, marketplace_id: str, shipment_id: str, *, now: datetime) -> Answer[None]:
        """Has a label cancelled. Refused once the carrier has the parcel. Amazon says nothing of the refund."""
        operation = operations.CANCEL_SHIPMENT
        business = _business(operation, marketplace_id)
        path = path_of(operation, shipment_id=shipment_id)
        return answer_of(self._call(operation, path, now=now, headers=business), None)

    def get_tracking(
        self, marketplace_id: str, tracking_number: str, carrier_id: str, *, now: datetime
    ) -> Answer[Tracking]:
        """Where a parcel is; `carrier_id`: of the offer that was bought."""
        operation = operations.GET_TRACKING
        query = (("trackingId", tracking_number), ("carrierId", carrier_id))
        business = _business(operation, marketplace_id)
        response = self._call(operation, operation.path, query, now=now, headers=business)
        tracking = understood_by(read_tracking, operation, response)
        identity.compare(
            operation.name,
            response,
            {identity.TRACKING: (tracking_number,)},
            ((identity.TRACKING, str(tracking.tracking_id)),),
        )
        return answer_of(response, tracking)


def _business(operation: operations.Operation, marketplace_id: str) -> tuple[tuple[str, str]]:
    business = BUSINESSES.get(marketplace_id)
    if business is None:
        raise InvalidRequest(operation.name, message=f"Amazon sells no labels by this API for {marketplace_id[:40]}")
    return (("x-amzn-shipping-business-id", business),)
