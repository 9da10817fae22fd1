"""One account of Click & Drop: its orders, labels and manifests, and how each operation answers."""

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from wharfinger.cli.demo.click_and_drop.description import (
    DOCUMENT_TYPES,
    IDS_AT_MOST,
    ORDER,
    PATHS,
    WITHOUT_KEY,
    faults_of,
)
from wharfinger.cli.demo.click_and_drop.order import (
    CREATED_ON,
    Order,
    in_text,
    info_of,
    label_of,
    paper,
    service_of,
    tracking_number,
)

KEY = "0f5b7e0e-1111-4c4c-9a9a-click-and-drop"
PREFIX = "/api/v1"
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Call:
    """`path`: as it stands in the request, with its query, percent-encoded."""

    method: str
    path: str
    authorization: str = ""
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes = b""
    content_type: str = "application/json"


@dataclass
class Account:
    """`tracked`: service codes whose labels have a number. `oba` False: it pays by card and gets no labels. `money`
    False: it has none. `kept` is called with every order that changed, before the answer is given."""

    key: str = KEY
    oba: bool = True
    services: tuple[str, ...] = ("TPN24", "TPS48", "CRL1")
    tracked: tuple[str, ...] = ("TPN24", "TPS48")
    labels_fail: bool = False
    money: bool = True
    orders: list[Order] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    broken_rules: list[str] = field(default_factory=list)
    kept: Callable[[Order], None] = lambda order: None
    clock: Callable[[], str] = lambda: CREATED_ON

    # --- its books

    @property
    def held(self) -> list[Order]:
        """Orders that were not deleted."""
        return [order for order in self.orders if not order.deleted]

    @property
    def labels_bought(self) -> Counter[str]:
        """Of each order the label counts once: it is the order that is paid for."""
        return Counter(order.reference for order in self.orders if order.labels)

    def answer(self, call: Call) -> Answer:
        split = urlsplit(call.path.removeprefix(PREFIX))
        shape = _shape(split.path)
        if not call.path.startswith(PREFIX) or shape is None or call.method not in PATHS[shape]:
            self.broken_rules.append(f"{call.method} {call.path} is no operation")
            return json_answer(404, {"message": "Not found"})
        if shape not in WITHOUT_KEY and call.authorization != f"Bearer {self.key}":
            return Answer(401)
        match shape, call.method:
            case "/version", _:
                return json_answer(200, {"release": "4.2", "releaseDate": "2026-11-01T00:00:00Z"})
            case "/orders", "POST":
                return self._create(call.body)
            case "/orders", "GET":
                size = int(parse_qs(split.query).get("pageSize", ["25"])[0])
                return json_answer(200, {"orders": [info_of(order) for order in self.held][:size]})
            case "/orders/{ids}", "GET":
                found = self._found(split.path)
                return json_answer(200, [info_of(order) for order in found]) if found else Answer(404)
            case "/orders/{ids}", "DELETE":
                return self._delete(split.path)
            case "/orders/{ids}/label", "GET":
                return self._label(split.path.removesuffix("/label"), parse_qs(split.query))
            case "/manifests", "POST":
                return self._manifest()
            case "/manifests/{number}", "GET":
                return self._manifest_again(split.path)
            case _:
                return Answer(403)  # for ChannelShipper's customers, or what this account has not

    # --- orders

    def _create(self, body: bytes) -> Answer:
        items = _items(body)
        if items is None:
            return json_answer(400, {"code": "BadRequest", "message": "The request cannot be read."})
        faults = [fault for item in items for fault in faults_of(item, ORDER)]
        if len(items) != 1 and any("label" in item for item in items if isinstance(item, dict)):
            faults.append("items: several labels in one call")
        if faults:
            self.broken_rules += faults
            return json_answer(
                400, {"code": "BadRequest", "message": "Validation failed", "details": "; ".join(faults)}
            )
        made, failed = [], []
        for item in items:
            self.bodies.append(item)
            if refused := self._refused(item):
                failed.append({"order": item, "errors": [refused]})
            else:
                made.append(self._made(item))
        counts = {"successCount": len(made), "errorsCount": len(failed)}
        return json_answer(200, counts | {"createdOrders": made, "failedOrders": failed})

    def _made(self, item: dict[str, Any]) -> dict[str, Any]:
        order = Order(1000 + len(self.orders), item.get("orderReference", ""), item, self.clock())
        self.orders.append(order)
        label: dict[str, Any] = {}
        if item.get("label", {}).get("includeLabelInResponse"):
            label = self._made_label(order)
        self.kept(order)
        return info_of(order) | label

    def _refused(self, item: dict[str, Any]) -> dict[str, Any] | None:
        address = item["recipient"]["address"]
        service = item.get("postageDetails", {}).get("serviceCode", "")
        postcode = address.get("postcode", "")
        if address["countryCode"] in ("GB", "GBR") and not _POSTCODE.fullmatch(postcode):
            return _error(41, f"Postcode {postcode} is not valid.", "Recipient.Address.Postcode", postcode)
        if service and service not in self.services:
            return _error(12, f"Service code {service} is not valid.", "PostageDetails.ServiceCode", service)
        return None if self.money else _error(77, "Insufficient funds on the account.")

    def _made_label(self, order: Order) -> dict[str, Any]:
        if not self.oba:
            return {"labelErrors": [{"code": "Forbidden", "message": "Labels are for OBA accounts only."}]}
        if self.labels_fail:
            return {"labelErrors": [{"code": "LabelFailed", "message": "The label could not be generated."}]}
        self._generate(order)
        return {"label": in_text(label_of(order))}

    def _generate(self, order: Order) -> None:
        order.labels += 1
        if service_of(order) in self.tracked and not order.tracking_number:
            order.tracking_number = tracking_number(order.identifier)

    def _delete(self, path: str) -> Answer:
        found = self._found(path)
        if not found:
            return Answer(404)
        gone, kept = [], []
        for order in found:
            names = {"orderIdentifier": order.identifier, "orderReference": order.reference}
            if order.manifest:
                kept.append(names | {"code": "Manifested", "message": "A manifested order cannot be deleted."})
                continue
            order.deleted = True
            self.kept(order)
            gone.append(names)
        return json_answer(200, {"deletedOrders": gone, "errors": kept})

    def _label(self, path: str, query: dict[str, list[str]]) -> Answer:
        faults = []
        if set(query.get("documentType", [])) - DOCUMENT_TYPES or "documentType" not in query:
            faults.append("documentType")
        if query.get("documentType") == ["postageLabel"] and "includeReturnsLabel" not in query:
            faults.append("includeReturnsLabel")
        if faults:
            self.broken_rules += faults
            return json_answer(400, [{"code": "BadRequest", "message": ", ".join(faults)}])
        if not self.oba:
            return Answer(403)
        found = self._found(path)
        if not found:
            return Answer(404)
        order = found[0]
        if self.labels_fail:
            names = {"accountOrderNumber": order.identifier, "channelOrderReference": order.reference}
            return json_answer(400, [names | {"code": "LabelFailed", "message": "The label could not be generated."}])
        self._generate(order)
        self.kept(order)
        return Answer(200, label_of(order), "application/pdf")

    def _found(self, path: str) -> list[Order]:
        wanted = [unquote(part) for part in path.removeprefix("/orders/").split(";")]
        if len(wanted) > IDS_AT_MOST:
            self.broken_rules.append(f"{len(wanted)} orders in one call")
            return []
        for part in wanted:
            if not part.isdecimal() and not (part.startswith('"') and part.endswith('"') and len(part) > 2):
                self.broken_rules.append(f"{part} is neither a number nor a reference between quotes")
        return [order for order in self.held if str(order.identifier) in wanted or f'"{order.reference}"' in wanted]

    # --- the end of the day

    def _manifest(self) -> Answer:
        """Every order of the account that has a label, whoever made it."""
        eligible = [order for order in self.held if order.labels and not order.manifest]
        if not eligible:
            return json_answer(400, {"errors": [{"code": "NoOrders", "description": "No orders are eligible."}]})
        number = 1 + max(order.manifest for order in self.orders)
        for order in eligible:
            order.manifest = number
            self.kept(order)
        return json_answer(201, {"manifestNumber": number, "documentPdf": paper(number, len(eligible))})

    def _manifest_again(self, path: str) -> Answer:
        text = path.rpartition("/")[2]
        on_it = [order for order in self.orders if text.isdecimal() and order.manifest == int(text) != 0]
        if not on_it:
            return Answer(404)
        number = int(text)
        said = {"manifestNumber": number, "status": "Completed", "documentPdf": paper(number, len(on_it))}
        return json_answer(200, said)


def _items(body: bytes) -> list[Any] | None:
    try:
        read = json.loads(body, parse_float=Decimal)
    except ValueError:
        return None
    items = read.get("items") if isinstance(read, dict) else None
    return items if isinstance(items, list) and items else None


def _error(code: int, message: str, name: str = "", value: str = "") -> dict[str, Any]:
    fields = [{"fieldName": name, "value": value}] if name else []
    return {"errorCode": code, "errorMessage": message, "fields": fields}


def _shape(path: str) -> str | None:
    if path in PATHS:
        return path
    match path.strip("/").split("/"):
        case ["orders", _]:
            return "/orders/{ids}"
        case ["orders", _, ("label" | "full") as what]:
            return f"/orders/{{ids}}/{what}"
        case ["manifests", "retry", _]:
            return "/manifests/retry/{number}"
        case ["manifests", _]:
            return "/manifests/{number}"
        case _:
            return None


def json_answer(status: int, body: Any) -> Answer:
    return Answer(status, json.dumps(body, default=float).encode())
