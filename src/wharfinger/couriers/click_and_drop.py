"""Royal Mail Click & Drop: orders with their labels, by its published API (version 1).

Labels are for business accounts (OBA) only, always PDF in the size of the account's own page “Label format”. There is
no sandbox, no idempotency key and no list of service codes; the order's reference is the one thing by which a purchase
of unknown outcome is found again. One order a call: only then comes its label with the answer.

Never sent: SKUs and address book references, with which Click & Drop overwrites the account's products and addresses.
"""

import base64
import binascii
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec

from wharfinger.couriers.errors import (
    AddressRefused,
    CourierError,
    KeyRefused,
    NoMoney,
    NotAllowed,
    NotThere,
    NotUnderstood,
    OurBug,
    Refused,
    RequestRefused,
    Said,
    ServerFault,
    ServiceNotAvailable,
    Throttled,
)
from wharfinger.couriers.seam import BoughtLabel, Content, LabelRequest, Recipient
from wharfinger.couriers.transport import Request, Response, Transport

ADDRESS = "https://api.parcel.royalmail.com/api/v1"
CALLS_A_SECOND = 5
"""Beyond it every call is 429."""
REFERENCE_AT_MOST = 40
GRAMS_AT_MOST = 30_000
MONEY_AT_MOST = Decimal(999_999)
PACKAGE_FORMATS = frozenset(
    {"undefined", "letter", "largeLetter", "smallParcel", "mediumParcel", "largeParcel", "parcel", "documents"}
)
_AT_MOST = {"fullName": 210, "companyName": 100, "addressLine1": 100, "addressLine2": 100, "addressLine3": 100,
            "city": 100, "county": 100, "postcode": 20, "countryCode": 3}  # fmt: skip
_PHONE_AT_MOST = 25
_PDF = b"%PDF-"

T = TypeVar("T")


class ClickAndDrop:
    """One account. `before_call` waits until a call is allowed: the account's calls a second are counted."""

    def __init__(
        self,
        transport: Transport,
        api_key: str,
        *,
        address: str = ADDRESS,
        before_call: Callable[[], None] = lambda: None,
    ) -> None:
        self._transport = transport
        self._api_key = api_key
        self._address = address.rstrip("/")
        self._before_call = before_call

    @property
    def whole_timeout(self) -> float:
        return self._transport.whole_timeout

    def check(self) -> str:
        """The release of the API, which comes without a look at the key; then one page of orders, which wants it."""
        found = _read("version", self._call("version", "GET", "/version"), _Version)
        self._call("list orders", "GET", "/orders?pageSize=1")
        return found.release or found.build or found.release_date

    def buy(self, request: LabelRequest) -> BoughtLabel:
        """One order with its label; the label may be missing although the order was made."""
        body = _ENCODER.encode({"items": [to_order(request)]})
        private = request.recipient.parts
        answer = self._call("create order", "POST", "/orders", body, private=private)
        made = _read("create order", answer, _Created, unknown=True)
        if made.created_orders:
            order = made.created_orders[0]
            if order.order_reference not in (None, request.reference):
                raise _another("create order", answer, unknown=True)
            return _bought(order, private)
        if not made.failed_orders:
            raise NotUnderstood(
                "create order",
                status=answer.status,
                said=[Said("neither a created nor a failed order")],
                outcome_unknown=True,
            )
        raise _refusal("create order", answer.status, _said(made.failed_orders[0].errors), private)

    def find(self, reference: str) -> BoughtLabel | None:
        """The order with this reference; of several the first. Orders with other references alone are no answer: it is
        not known then whether ours is there."""
        try:
            answer = self._call("look up order", "GET", f"/orders/{quoted(reference)}")
        except NotThere:
            return None
        shown = _read("look up order", answer, list[_Order])
        found = [one for one in shown if one.order_reference == reference]
        if shown and not found:
            raise _another("look up order", answer)
        return _known(min(found, key=lambda one: one.order_identifier)) if found else None

    def fetch(self, identifier: str) -> BoughtLabel:
        """First what the order says of itself, then its label, which this call generates."""
        label = self._call(
            "get label",
            "GET",
            f"/orders/{_number(identifier)}/label?documentType=postageLabel&includeReturnsLabel=false&includeCN=true",
            accept="application/pdf, application/json",
        )
        if not label.body.startswith(_PDF):
            raise NotUnderstood("get label", status=label.status, said=[Said("the label is no PDF")])
        answer = self._call("look up order", "GET", f"/orders/{_number(identifier)}")
        orders = _read("look up order", answer, list[_Order])
        if not orders:
            raise NotThere("look up order", status=200)
        known = _known(orders[0])
        if known.identifier != identifier:
            raise _another("look up order", answer)
        return BoughtLabel(known.identifier, known.reference, known.tracking_number, label.body)

    def void(self, identifier: str) -> None:
        answer = self._call("delete order", "DELETE", f"/orders/{_number(identifier)}")
        found = _read("delete order", answer, _Deleted, unknown=True)
        if not found.deleted_orders:
            raise _refusal("delete order", answer.status, _said(found.errors), ())
        if found.deleted_orders[0].order_identifier not in (None, int(identifier)):
            raise _another("delete order", answer, unknown=True)

    def _call(
        self,
        call: str,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        accept: str = "application/json",
        private: Iterable[str] = (),
    ) -> Response:
        headers = [("accept", accept), ("authorization", f"Bearer {self._api_key}")]
        if body is not None:
            headers.append(("content-type", "application/json"))
        self._before_call()
        response = self._transport.send(Request(call, method, f"{self._address}{path}", tuple(headers), body))
        if not 200 <= response.status < 300:
            raise _error(call, response, (*private, self._api_key))
        return response


# --- what is sent


def to_order(request: LabelRequest) -> dict[str, Any]:
    """The order in Click & Drop's words; OurBug where its rules are broken."""
    _check(request)
    package: dict[str, Any] = {"weightInGrams": request.grams, "packageFormatIdentifier": request.package_format}
    if request.contents:
        package["contents"] = [_content(one) for one in request.contents]
    postage: dict[str, Any] = {
        "serviceCode": request.service_code,
        "receiveEmailNotification": False,
        "receiveSmsNotification": False,
    }
    if request.carrier_name:
        postage["carrierName"] = request.carrier_name
    order: dict[str, Any] = {
        "orderReference": request.reference,
        "recipient": _recipient(request.recipient),
        "packages": [package],
        "orderDate": _moment(request.ordered_at),
        "subtotal": _money(request.goods),
        "shippingCostCharged": _money(request.shipping),
        "total": _money(request.total),
        "currencyCode": request.currency,
        "postageDetails": postage,
    }
    if request.business is not None:
        order["isRecipientABusiness"] = request.business
    if request.with_label:
        order["label"] = {"includeLabelInResponse": True, "includeCN": True, "includeReturnsLabel": False}
    return order


def _check(request: LabelRequest) -> None:
    faults = [
        (not 0 < len(request.reference) <= REFERENCE_AT_MOST, "the reference"),
        (not 0 < len(request.service_code) <= 10, "the service code"),
        (request.package_format not in PACKAGE_FORMATS, "the package format"),
        (not 1 <= request.grams <= GRAMS_AT_MOST, "the weight"),
        (not all(0 <= money <= MONEY_AT_MOST for money in (request.goods, request.shipping, request.total)), "money"),
        (not (request.recipient.line_1 and request.recipient.town and request.recipient.country), "the address"),
    ]
    wrong = [what for fault, what in faults if fault]
    if wrong:
        raise OurBug("create order", said=[Said(f"{', '.join(wrong)} cannot be sent")])


def _recipient(to: Recipient) -> dict[str, Any]:
    parts = {
        "fullName": to.name,
        "companyName": to.company,
        "addressLine1": to.line_1,
        "addressLine2": to.line_2,
        "addressLine3": to.line_3,
        "city": to.town,
        "county": to.county,
        "postcode": to.postcode,
        "countryCode": to.country,
    }
    long = [name for name, part in parts.items() if len(part) > _AT_MOST[name]]
    if long:
        raise OurBug("create order", said=[Said("too long", fields=tuple(long))])
    found: dict[str, Any] = {"address": {name: part for name, part in parts.items() if part}}
    if to.phone and len(to.phone) <= _PHONE_AT_MOST:
        found["phoneNumber"] = to.phone
    return found


def _content(one: Content) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": one.name[:800],
        "quantity": one.units,
        "unitValue": _money(one.value),
        "unitWeightInGrams": one.grams,
        "customsDescription": one.name[:50],
        "customsDeclarationCategory": "saleOfGoods",
    }
    if one.commodity_code:
        found["customsCode"] = one.commodity_code[:10]
    if one.origin:
        found["originCountryCode"] = one.origin
    return found


def _money(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def quoted(reference: str) -> str:
    """A reference within a path: between double quotes, all of it percent-encoded."""
    if not reference:
        raise OurBug("look up order", said=[Said("the reference is empty")])
    return quote(f'"{reference}"', safe="")


def _number(identifier: str) -> str:
    if not identifier.isdecimal():
        raise OurBug("order", said=[Said("the identifier is no number")])
    return identifier


_ENCODER = msgspec.json.Encoder(decimal_format="number")


# --- what comes back


class _Message(msgspec.Struct, frozen=True, rename="camel"):
    """A part of Click & Drop's JSON. Nearly every member is optional; what is not known here is ignored."""


class _Version(_Message, frozen=True, rename="camel"):
    release_date: str
    release: str | None = None
    build: str | None = None


class _Package(_Message, frozen=True, rename="camel"):
    tracking_number: str | None = None


class _LabelError(_Message, frozen=True, rename="camel"):
    message: str | None = None
    code: str | int | None = None


class _Order(_Message, frozen=True, rename="camel"):
    order_identifier: int
    order_reference: str | None = None
    tracking_number: str | None = None
    packages: list[_Package] | None = None
    label: str | None = None
    label_errors: list[_LabelError] | None = None


class _Field(_Message, frozen=True, rename="camel"):
    field_name: str | None = None


class _Fault(_Message, frozen=True, rename="camel"):
    """All five shapes in one: each has some of these, none has all."""

    code: str | int | None = None
    error_code: str | int | None = None
    message: str | None = None
    error_message: str | None = None
    details: str | None = None
    description: str | None = None
    fields: list[_Field] | None = None


class _Failed(_Message, frozen=True, rename="camel"):
    """The order comes back with it, address and all: it is not read."""

    errors: list[_Fault] | None = None


class _Created(_Message, frozen=True, rename="camel"):
    created_orders: list[_Order] | None = None
    failed_orders: list[_Failed] | None = None


class _DeletedOrder(_Message, frozen=True, rename="camel"):
    order_identifier: int | None = None


class _Deleted(_Message, frozen=True, rename="camel"):
    deleted_orders: list[_DeletedOrder] | None = None
    errors: list[_Fault] | None = None


def _read(call: str, response: Response, kind: type[T], *, unknown: bool = False) -> T:
    """`unknown`: the call wrote something, so that an answer which cannot be read leaves its outcome open."""
    try:
        return msgspec.json.decode(response.body, type=kind, strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        said = [Said(str(error) if isinstance(error, msgspec.ValidationError) else "the body is no JSON")]
        raise NotUnderstood(call, status=response.status, said=said, outcome_unknown=unknown) from None


def _bought(order: _Order, private: Iterable[str]) -> BoughtLabel:
    known = _known(order)
    errors = [Said(one.message or "", str(one.code or "")) for one in order.label_errors or ()]
    label = _pdf(order.label)
    why = " | ".join(map(str, RequestRefused("label", said=errors, private=private).said))
    why = "" if label else why or "The answer held no label."
    return BoughtLabel(known.identifier, known.reference, known.tracking_number, label, why)


def _known(order: _Order) -> BoughtLabel:
    numbers = [order.tracking_number, *(package.tracking_number for package in order.packages or ())]
    number = next((number for number in numbers if number), "")
    return BoughtLabel(str(order.order_identifier), order.order_reference or "", number)


def _pdf(text: str | None) -> bytes | None:
    try:
        found = base64.b64decode(text or "", validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if found.startswith(_PDF) else None


# --- what went wrong


def _another(call: str, response: Response, *, unknown: bool = False) -> NotUnderstood:
    """An answer about another order than the request's is no answer: its label would send the goods elsewhere."""
    said = [Said("the answer is about another order")]
    return NotUnderstood(call, status=response.status, said=said, outcome_unknown=unknown)


def _error(call: str, response: Response, private: Iterable[str]) -> CourierError:
    said = _said(_faults(response.body))
    status = response.status
    if status == 429:
        return Throttled(call, status=status, said=said, private=private)
    if status >= 500 or status == 408:
        return ServerFault(call, status=status, said=said, private=private, outcome_unknown=True)
    if status == 401:
        return KeyRefused(call, status=status, said=said, private=private)
    if status == 403:
        return NotAllowed(call, status=status, said=said, private=private)
    if status == 404:
        return NotThere(call, status=status, said=said, private=private)
    if 400 <= status < 500:
        return _refusal(call, status, said, private)
    return NotUnderstood(call, status=status, said=said, private=private, outcome_unknown=True)


def _faults(body: bytes) -> list[_Fault]:
    """A list of faults, a list below `errors`, or one fault."""
    try:
        return msgspec.json.decode(body, type=list[_Fault], strict=False)
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    try:
        listed = msgspec.json.decode(body, type=_Deleted, strict=False).errors
        return listed or [msgspec.json.decode(body, type=_Fault, strict=False)]
    except (msgspec.DecodeError, UnicodeDecodeError):
        return []


def _said(faults: list[_Fault] | None) -> tuple[Said, ...]:
    found = []
    for one in faults or ():
        code = one.code if one.code is not None else one.error_code
        words = " ".join(part for part in (one.message or one.error_message or one.description, one.details) if part)
        names = tuple(field.field_name for field in one.fields or () if field.field_name)
        found.append(Said(words, "" if code is None else str(code), names))
    return tuple(found)


_GONE = ("notfound", "notexist", "doesnotexist", "couldnotbefound")
_ADDRESS = ("recipient", "address", "postcode", "city", "county", "countrycode", "fullname", "companyname", "phone")
_SERVICE = ("service", "postagedetails", "package", "weight", "carriername")
_MONEY = ("insufficientfunds", "insufficientbalance", "insufficientcredit", "creditlimit", "notenoughcredit")


def _refusal(call: str, status: int, said: tuple[Said, ...], private: Iterable[str]) -> Refused:
    """Which refusal it is: by the fields that are named, else by the words, since codes are not described."""
    names = " ".join(_squeezed(field) for one in said for field in one.fields)
    words = " ".join(_squeezed(f"{one.code} {one.message}") for one in said)
    kind: type[Refused] = RequestRefused
    if any(sign in words for sign in _GONE) and call != "create order":
        kind = NotThere
    elif status == 402 or any(sign in words for sign in _MONEY):
        kind = NoMoney
    else:
        where = names or words
        if any(sign in where for sign in _ADDRESS):
            kind = AddressRefused
        elif any(sign in where for sign in _SERVICE):
            kind = ServiceNotAvailable
    return kind(call, status=status, said=said, private=private)


def _squeezed(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
