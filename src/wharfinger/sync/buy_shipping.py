"""Amazon as a courier whose labels are chosen among offers: our steps as its calls, its answers as their outcomes."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, TypeVar

from wharfinger.amazon.errors import AmazonError
from wharfinger.couriers import errors as couriers
from wharfinger.domain.shipping.offers import Offers
from wharfinger.operations.shipping._offer_steps import LabelToDescribe, LabelToPurchase, LabelToQuote
from wharfinger.operations.shipping.labels import Held, LabelToFetch, LabelToVoid
from wharfinger.sync.calls import Calls, NotBefore, OnlyACopy
from wharfinger.sync.translate.buy_shipping import to_courier_error, to_held, to_offers, to_parcel, to_purchase

T = TypeVar("T")
_UNKNOWN_NUMBER, _UNKNOWN_CARRIER = "WHARFINGER-TEST", "ROYAL_MAIL"


class BuyShipping:
    """One seller account. Each method is one attempt; they raise leaves of CourierError."""

    def __init__(self, calls: Calls, now: Callable[[], datetime]) -> None:
        """`now`: trade time, as offers live by it."""
        self._calls = calls
        self._now = now

    def check(self, marketplace_id: str) -> str:
        """Whether Amazon takes the account's authorisation for labels: a parcel that nobody has is looked for."""
        with suppress(couriers.Refused):  # Amazon looked for it: that is all that is to be known
            self._call(lambda: self._calls.get_tracking(marketplace_id, _UNKNOWN_NUMBER, _UNKNOWN_CARRIER))
        return self._calls.account.name

    def quote(self, label: LabelToQuote) -> Offers:
        parcel = _sendable("getRates", lambda: to_parcel(label))
        found = self._call(lambda: self._calls.get_rates(label.marketplace_id, parcel)).value
        return to_offers(found, self._now())

    def describe(self, label: LabelToDescribe) -> dict[str, Any]:
        return self._call(
            lambda: self._calls.get_additional_inputs(label.marketplace_id, label.token, label.rate_id)
        ).value

    def purchase(self, label: LabelToPurchase) -> Held:
        purchase = _sendable("purchaseShipment", lambda: to_purchase(label.purchase))
        bought = self._call(
            lambda: self._calls.purchase_shipment(label.marketplace_id, label.reference, purchase, key=label.key)
        ).value
        return to_held(bought)

    def fetch(self, label: LabelToFetch) -> Held:
        return to_held(
            self._call(
                lambda: self._calls.get_shipment_documents(label.marketplace_id, label.identifier, label.reference)
            ).value
        )

    def void(self, label: LabelToVoid) -> None:
        self._call(lambda: self._calls.cancel_shipment(label.marketplace_id, label.identifier))

    def _call(self, call: Callable[[], T]) -> T:
        try:
            return call()
        except NotBefore as wait:
            raise couriers.Throttled(f"Amazon {wait.operation}") from wait
        except OnlyACopy as copy:
            raise couriers.NotAllowed(f"Amazon {copy}") from copy
        except AmazonError as error:
            raise to_courier_error(error) from error


def _sendable(call: str, make: Callable[[], T]) -> T:
    """What Amazon's own rules of writing refuse is refused before it is sent, with the part that is wrong."""
    try:
        return make()
    except ValueError as fault:
        said = [couriers.Said(str(fault))]
        kind = couriers.AddressRefused if call == "getRates" else couriers.OurBug
        raise kind(f"Amazon {call}", said=said) from fault
