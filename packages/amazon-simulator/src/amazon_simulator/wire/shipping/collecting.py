"""Shipping v2: carriers' own accounts, and the forms with which a carrier collects a day's parcels."""

from collections.abc import Callable
from typing import Any

from amazon_simulator.buy_shipping.carriers import SERVICES
from amazon_simulator.buy_shipping.collection_forms import collection_form
from amazon_simulator.buy_shipping.parcel_requests import address
from amazon_simulator.buy_shipping.rates import carrier_id
from amazon_simulator.buy_shipping.request_parsing import RequestPart
from amazon_simulator.buy_shipping.shipping_labels import encoded
from amazon_simulator.buy_shipping.shipping_records import CarrierAccount, CollectionForm, Shipment, ShippingRecords
from amazon_simulator.core.clock import from_iso, iso
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.protocol.routing import Call, Route
from amazon_simulator.wire.context import ApiContext
from amazon_simulator.wire.shipping.refusals import body_of, fingerprint, guarded, key_of, missing, refused

CARRIERS = {carrier_id(service): service.carrier for service in SERVICES}
AMAZON_SHIPPING = "AMAZON_SHIPPING"
"""The carrier whose account lets a seller buy labels for orders of other channels."""
KINDS = {AMAZON_SHIPPING: ("AMAZON_ACCOUNT",), **dict.fromkeys(CARRIERS, ("SHIPPER_ACCOUNT",))}
NUMBER = "accountNumber"
REFERENCE_KINDS = ("IntegratorShipperId", "IntegratorMerchantId")
MOST = 100


class Collecting:
    def __init__(self, context: ApiContext, records: ShippingRecords) -> None:
        self._numbering = context.numbering
        self._records = records

    def routes(self) -> tuple[Route, ...]:
        """The model has `linkCarrierAccount` twice, by PUT and by POST."""
        one = "/shipping/v2/carrierAccounts/{carrierId}"
        operations: tuple[tuple[str, str, str, Callable[[Call], Response]], ...] = (
            ("getCarrierAccountFormInputs", "GET", "/shipping/v2/carrierAccountFormInputs", self.get_form_inputs),
            ("getCarrierAccounts", "PUT", "/shipping/v2/carrierAccounts", self.get_accounts),
            ("linkCarrierAccount", "PUT", one, self.link),
            ("linkCarrierAccountByPost", "POST", one, self.link),
            ("unlinkCarrierAccount", "PUT", f"{one}/unlink", self.unlink),
            ("generateCollectionForm", "POST", "/shipping/v2/collectionForms", self.generate),
            ("getCollectionFormHistory", "PUT", "/shipping/v2/collectionForms/history", self.get_history),
            ("getUnmanifestedShipments", "PUT", "/shipping/v2/unmanifestedShipments", self.get_unmanifested),
            ("getCollectionForm", "GET", "/shipping/v2/collectionForms/{collectionFormId}", self.get_form),
        )
        return tuple(Route(name, method, path, guarded(act)) for name, method, path, act in operations)

    # --- accounts

    def get_form_inputs(self, call: Call) -> Response:
        carriers = [
            {
                "carrierId": carrier,
                "linkableAccountTypes": [{"accountType": kind, "carrierAccountInputs": [_input()]} for kind in kinds],
            }
            for carrier, kinds in KINDS.items()
        ]
        return answer_json({"linkableCarriersList": carriers})

    def get_accounts(self, call: Call) -> Response:
        _check_references(body_of(call))
        held = self._records.accounts_of(call.seller.id)
        return answer_json({"activeAccounts": [{"accountId": one.id, "carrierId": one.carrier_id} for one in held]})

    def link(self, call: Call) -> Response:
        """An account with a carrier that is linked already stays as it is."""
        body, carrier = body_of(call), call.names[0]
        _check_references(body)
        kind = body.text("carrierAccountType", 60)
        attributes = {
            one.text("attributeName", 100): one.text("value", 200)
            for one in body.parts("carrierAccountAttributes", least=1)
        }
        if carrier not in KINDS:
            raise missing("CarrierId is not one of the linkable carriers'")
        if kind not in KINDS[carrier]:
            raise body.wrong("carrierAccountType", f"Member must satisfy enum value set: [{', '.join(KINDS[carrier])}]")
        if NUMBER not in attributes:
            raise body.wrong("carrierAccountAttributes", f"Member must have the attribute {NUMBER}")
        held = next((one for one in self._records.accounts_of(call.seller.id) if one.carrier_id == carrier), None)
        if held is None:
            account = self._numbering.uuid("carrier account", call.now)
            held = CarrierAccount(account, call.seller.id, carrier, kind, call.now)
            self._records.make(held)
        return answer_json({"registrationStatus": "ACTIVE", "accountId": held.id})

    def unlink(self, call: Call) -> Response:
        body = body_of(call)
        _check_references(body)
        account = self._records.accounts.get(body.text("accountId", 100))
        if account is None or (account.seller, account.carrier_id) != (call.seller.id, call.names[0]):
            raise missing("AccountId is not one of the seller's with this carrier")
        account.gone = True
        self._records.make(account)
        return answer_json({"isUnlinked": True})

    # --- collection forms

    def generate(self, call: Call) -> Response:
        """One form for all of a carrier's parcels that are on none yet and leave from that address."""
        body = body_of(call)
        _check_references(body)
        held = self._records.bought_with(call.seller.id, "generateCollectionForm", key_of(call))
        if held is not None and held.fingerprint != fingerprint(body.members):
            raise refused("x-amzn-IdempotencyKey was used before with other parameters")
        if isinstance(held, CollectionForm):
            return _document(held)
        carrier = body.text("carrierId", 60)
        place = None if body.members.get("shipFromAddress") is None else address(body.part("shipFromAddress"))
        waiting = [
            one
            for one in self._unmanifested(call)
            if one.carrier_id == carrier and (place is None or one.ship_from == place)
        ]
        if not waiting:
            raise refused("There are no shipments of this carrier to manifest")
        form = CollectionForm(
            id=self._numbering.uuid("collection form", call.now),
            seller=call.seller.id,
            carrier_id=carrier,
            carrier=CARRIERS[carrier],
            ship_from=place or waiting[0].ship_from,
            created=call.now,
            content=collection_form(CARRIERS[carrier], [one.tracking for one in waiting], iso(call.now)),
            key=key_of(call),
            fingerprint=fingerprint(body.members),
        )
        self._records.make(form)
        for shipment in waiting:
            shipment.form = form.id
            self._records.make(shipment)
        return _document(form)

    def get_history(self, call: Call) -> Response:
        body = body_of(call)
        _check_references(body)
        carrier = body.text("carrierId", 60, "")
        most = body.members.get("maxResults", MOST)
        if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= MOST:
            raise body.wrong("maxResults", f"Member must be between 1 and {MOST}")
        since, until = _range(body)
        found = [
            {
                "carrierName": form.carrier,
                "creationDate": iso(form.created),
                "generationStatus": "Completed",
                "collectionFormId": form.id,
                "shipFromAddress": form.ship_from,
            }
            for form in reversed(self._records.forms.values())
            if form.seller == call.seller.id and carrier in ("", form.carrier_id) and since <= form.created <= until
        ]
        records: dict[str, Any] = {"collectionFormsHistoryRecordList": found[:most], "lastRefreshedDate": iso(call.now)}
        return answer_json(records)

    def get_unmanifested(self, call: Call) -> Response:
        _check_references(body_of(call))
        places: dict[str, list[dict[str, str]]] = {}
        for shipment in self._unmanifested(call):
            held = places.setdefault(shipment.carrier_id, [])
            if shipment.ship_from not in held:
                held.append(shipment.ship_from)
        carriers = [
            {
                "carrierId": carrier,
                "carrierName": CARRIERS[carrier],
                "unmanifestedShipmentLocationList": [self._location(call, carrier, one) for one in found],
            }
            for carrier, found in places.items()
        ]
        return answer_json({"unmanifestedCarrierInformationList": carriers})

    def get_form(self, call: Call) -> Response:
        form = self._records.forms.get(call.names[0])
        if form is None or form.seller != call.seller.id:
            raise missing("CollectionFormId is not one of the seller's")
        return _document(form)

    def _unmanifested(self, call: Call) -> list[Shipment]:
        return [one for one in self._records.of_seller(call.seller.id) if not one.form and one.cancelled is None]

    def _location(self, call: Call, carrier: str, place: dict[str, str]) -> dict[str, Any]:
        last = [
            form.created
            for form in self._records.forms.values()
            if (form.seller, form.carrier_id, form.ship_from) == (call.seller.id, carrier, place)
        ]
        return {"address": place, **({"lastManifestDate": iso(max(last))} if last else {})}


def _input() -> dict[str, Any]:
    return {
        "descriptionLocalizationKey": "carrier_account_number",
        "name": NUMBER,
        "groupName": "account",
        "inputType": "TEXTBOX",
        "isMandatory": True,
        "isConfidential": False,
        "isHidden": False,
        "validationMetadata": [
            {"errorMessage": "Give your account number", "validationStrategy": "MIN_LENGTH", "value": "1"}
        ],
    }


def _check_references(body: RequestPart) -> None:
    for one in body.parts("clientReferenceDetails"):
        one.one_of("clientReferenceType", REFERENCE_KINDS)
        one.text("clientReferenceId", 200)


def _range(body: RequestPart) -> tuple[float, float]:
    part = RequestPart(body.members.get("dateRange") or {}, "dateRange")
    since, until = part.time("startDate"), part.time("endDate")
    return since or 0.0, from_iso("2999-01-01T00:00:00Z") if until is None else until


def _document(form: CollectionForm) -> Response:
    document = {"base64EncodedContent": encoded(form.content), "documentFormat": "application/pdf"}
    return answer_json({"collectionsFormDocument": document})
