"""A pretend Click & Drop: one account, its orders and labels, and the faults that a test wants of it.

It judges every request by the table in `description` and refuses what breaks it, as the real one does. As a transport
of httpx2 it stands in place of the network.
"""

import base64
import json
import re
from collections import Counter, deque
from dataclasses import dataclass, field
from decimal import Decimal
from urllib.parse import parse_qs, unquote, urlsplit

import httpx2
from tests.couriers.description import DOCUMENT_TYPES, IDS_AT_MOST, ORDER, PATHS, WITHOUT_KEY, faults_of

KEY = "0f5b7e0e-1111-4c4c-9a9a-click-and-drop"
LABEL = b"%PDF-1.4\n% a label of the tests\n%%EOF\n"


class Cut(Exception):
    """The worker's process ends here."""


@dataclass
class Order:
    identifier: int
    reference: str
    body: dict
    tracking_number: str = ""
    labels: int = 0
    deleted: bool = False


@dataclass
class PretendClickAndDrop(httpx2.BaseTransport):
    """`faults`: what happens to the next calls, first in first out; None = nothing. `tracked`: service codes whose
    labels have a number. `money`: False = the account has none."""

    key: str = KEY
    oba: bool = True
    services: tuple[str, ...] = ("TPN24", "TPS48", "CRL1")
    tracked: tuple[str, ...] = ("TPN24", "TPS48")
    labels_fail: bool = False
    money: bool = True
    orders: list[Order] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    bodies: list[dict] = field(default_factory=list)
    broken_rules: list[str] = field(default_factory=list)
    faults: deque = field(default_factory=deque)

    # --- what a test looks at

    @property
    def held(self):
        """Orders that were not deleted."""
        return [order for order in self.orders if not order.deleted]

    @property
    def labels_bought(self):
        """Of each order the label counts once: it is the order that is paid for."""
        return Counter(order.reference for order in self.orders if order.labels)

    # --- how faults are wanted

    def fail_next(self, *faults):
        """Each for one call: a status, `cut before`, `cut after`, `html`, or an exception to end the process with,
        as (`before` or `after`, exception)."""
        self.faults.extend(faults)

    # --- the network

    def handle_request(self, request):
        fault = self.faults.popleft() if self.faults else None
        call = f"{request.method} {request.url.raw_path.decode()}"
        self.calls.append(call)
        body = request.read()
        match fault:
            case None:
                return self._answer(request, body)
            case "refused connection":
                raise httpx2.ConnectError("nobody listens", request=request)
            case "cut before":
                raise httpx2.ReadError("cut", request=request)
            case "cut after":
                self._answer(request, body)
                raise httpx2.RemoteProtocolError("cut", request=request)
            case "html":
                self._answer(request, body)
                return httpx2.Response(200, html="<html>Bad gateway</html>")
            case "500 after":
                self._answer(request, body)
                return _json(500, {"code": "Internal", "message": "Something went wrong."})
            case ("before", error):
                raise error
            case ("after", error):
                self._answer(request, body)
                raise error
            case int():
                return _json(fault, {"code": str(fault), "message": "A fault of the tests."})
            case _:
                raise AssertionError(fault)

    def _answer(self, request, body):
        path = request.url.raw_path.decode().removeprefix("/api/v1")
        split = urlsplit(path)
        shape = _shape(split.path)
        if shape is None or request.method not in PATHS[shape]:
            self.broken_rules.append(f"{request.method} {path} is no operation")
            return _json(404, {"message": "Not found"})
        if shape not in WITHOUT_KEY and request.headers.get("authorization") != f"Bearer {self.key}":
            return httpx2.Response(401)
        match shape, request.method:
            case "/version", _:
                return _json(200, {"release": "4.2", "releaseDate": "2026-11-01T00:00:00Z"})
            case "/orders", "POST":
                return self._create(body)
            case "/orders", "GET":
                return _json(200, {"orders": [_info(order) for order in self.held][:1]})
            case "/orders/{ids}", "GET":
                found = self._found(split.path)
                return _json(200, [_info(order) for order in found]) if found else httpx2.Response(404)
            case "/orders/{ids}", "DELETE":
                return self._delete(split.path)
            case "/orders/{ids}/label", "GET":
                return self._label(split.path.removesuffix("/label"), parse_qs(split.query))
            case _:
                raise AssertionError(shape)

    # --- its operations

    def _create(self, body):
        wanted = json.loads(body, parse_float=Decimal)
        items = wanted.get("items", [])
        faults = [fault for item in items for fault in faults_of(item, ORDER)]
        if len(items) != 1:
            faults.append("items: several labels in one call")
        if faults:
            self.broken_rules += faults
            return _json(400, {"code": "BadRequest", "message": "Validation failed", "details": "; ".join(faults)})
        (item,) = items
        self.bodies.append(item)
        refused = self._refused(item)
        if refused:
            failed = [{"order": json.loads(body)["items"][0], "errors": [refused]}]
            return _json(200, {"successCount": 0, "errorsCount": 1, "createdOrders": [], "failedOrders": failed})
        order = Order(1000 + len(self.orders), item.get("orderReference", ""), item)
        self.orders.append(order)
        made = {**_info(order)}
        if item.get("label", {}).get("includeLabelInResponse"):
            made |= self._made_label(order)
        return _json(200, {"successCount": 1, "errorsCount": 0, "createdOrders": [made], "failedOrders": []})

    def _refused(self, item):
        address = item["recipient"]["address"]
        service = item["postageDetails"]["serviceCode"]
        if not re.fullmatch(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}", address.get("postcode", "")):
            value = [{"fieldName": "Recipient.Address.Postcode", "value": address.get("postcode", "")}]
            words = f"Postcode {address.get('postcode', '')} is not valid."
            return {"errorCode": 41, "errorMessage": words, "fields": value}
        if service and service not in self.services:
            fields = [{"fieldName": "PostageDetails.ServiceCode", "value": service}]
            return {"errorCode": 12, "errorMessage": f"Service code {service} is not valid.", "fields": fields}
        if not self.money:
            return {"errorCode": 77, "errorMessage": "Insufficient funds on the account.", "fields": []}
        return None

    def _made_label(self, order):
        if not self.oba:
            return {"labelErrors": [{"code": "Forbidden", "message": "Labels are for OBA accounts only."}]}
        if self.labels_fail:
            return {"labelErrors": [{"code": "LabelFailed", "message": "The label could not be generated."}]}
        self._generate(order)
        return {**_info(order), "label": base64.b64encode(LABEL).decode()}

    def _generate(self, order):
        order.labels += 1
        if order.body["postageDetails"]["serviceCode"] in self.tracked and not order.tracking_number:
            order.tracking_number = tracking_number(order.identifier)

    def _delete(self, path):
        found = self._found(path)
        if not found:
            return httpx2.Response(404)
        for order in found:
            order.deleted = True
        gone = [{"orderIdentifier": order.identifier, "orderReference": order.reference} for order in found]
        return _json(200, {"deletedOrders": gone, "errors": []})

    def _label(self, path, query):
        faults = []
        if set(query.get("documentType", [])) - DOCUMENT_TYPES or "documentType" not in query:
            faults.append("documentType")
        if query.get("documentType") == ["postageLabel"] and "includeReturnsLabel" not in query:
            faults.append("includeReturnsLabel")
        if faults:
            self.broken_rules += faults
            return _json(400, [{"code": "BadRequest", "message": ", ".join(faults)}])
        if not self.oba:
            return httpx2.Response(403)
        found = self._found(path)
        if not found:
            return httpx2.Response(404)
        (order,) = found
        if self.labels_fail:
            fault = {"accountOrderNumber": order.identifier, "channelOrderReference": order.reference}
            return _json(400, [{**fault, "code": "LabelFailed", "message": "The label could not be generated."}])
        self._generate(order)
        return httpx2.Response(200, content=LABEL, headers={"content-type": "application/pdf"})

    def _found(self, path):
        wanted = [unquote(part) for part in path.removeprefix("/orders/").split(";")]
        assert len(wanted) <= IDS_AT_MOST
        for part in wanted:
            if not part.isdecimal() and not (part.startswith('"') and part.endswith('"') and len(part) > 2):
                self.broken_rules.append(f"{part} is neither a number nor a reference between quotes")
        return [order for order in self.held if str(order.identifier) in wanted or f'"{order.reference}"' in wanted]


def tracking_number(identifier):
    """As post offices print them (UPU S10), with its check digit."""
    digits = f"{identifier:08d}"
    rest = 11 - sum(int(d) * w for d, w in zip(digits, (8, 6, 4, 2, 3, 5, 9, 7), strict=True)) % 11
    return f"RM{digits}{ {10: 0, 11: 5}.get(rest, rest) }GB"


def _info(order):
    info = {
        "orderIdentifier": order.identifier,
        "orderReference": order.reference,
        "createdOn": "2026-11-24T12:00:00Z",
        "packages": [{"packageNumber": 1}],
    }
    if order.tracking_number:
        info["trackingNumber"] = order.tracking_number
        info["packages"] = [{"packageNumber": 1, "trackingNumber": order.tracking_number}]
    return info


def _shape(path):
    if path in PATHS:
        return path
    parts = path.strip("/").split("/")
    match parts:
        case ["orders", _]:
            return "/orders/{ids}"
        case ["orders", _, ("label" | "full") as what]:
            return f"/orders/{{ids}}/{what}"
        case _:
            return None


def _json(status, body):
    return httpx2.Response(status, json=body)
