"""Responses that a fault has changed: members left out, rows lost, tokens that are none."""

import json
from collections.abc import Callable
from typing import Any

from amazon_simulator.core.http import Response, answer_json

ADDRESSES = ("recipient", "ShippingAddress")
AMOUNTS = (
    "proceeds", "price", "payment",
    "OrderTotal", "ItemPrice", "ItemTax", "ShippingPrice", "PaymentExecutionDetail",
)  # fmt: skip
POISON = "R290IGdldCBhY3RpdmUgZm5Ta3UgbWFwIElucHV0SW52YWxpZEV4Y2VwdGlvbg=="
"""A token as Amazon once gave it: the text of an error (behaviour F02)."""
TOKENS = ("nextToken", "NextToken")
SKUS = ("sellerSku", "sku", "SellerSKU")


def edited(response: Response, change: Callable[[Any], Any]) -> Response:
    """The same answer with another body; what is no JSON and what is no success stays as it is."""
    if response.status >= 300 or "json" not in response.headers.get("content-type", ""):
        return response
    made = answer_json(change(json.loads(response.body)), response.status)
    made.headers = {**response.headers, **made.headers}
    return made


def emptied(body: Any) -> Any:
    return {"payload": None} if isinstance(body, dict) and "payload" in body else {}


def without(body: Any, names: list[str] | tuple[str, ...]) -> Any:
    """Every member of these names left out, however deep."""
    if isinstance(body, dict):
        return {name: without(value, names) for name, value in body.items() if name not in names}
    if isinstance(body, list):
        return [without(value, names) for value in body]
    return body


def given(body: Any, members: dict[str, Any], into: str, within: str = "") -> Any:
    """`members` put into every object that is the value of `into` (the whole answer: ""), or changed where they are.

    With `into` a member that was not there is added; without, only what is there gets the other value.
    """
    if isinstance(body, list):
        return [given(value, members, into, within) for value in body]
    if not isinstance(body, dict):
        return body
    kept = {name: given(value, members, into, name) for name, value in body.items()}
    if into:
        return {**kept, **members} if within == into else kept
    return {name: members.get(name, value) for name, value in kept.items()}


def _rows(body: Any) -> tuple[dict[str, Any], str] | None:
    """Where an answer keeps its rows: its first list of objects, under payload or not."""
    if not isinstance(body, dict):
        return None
    payload = body.get("payload")
    for holder in (body, payload) if isinstance(payload, dict) else (body,):
        for name, value in holder.items():
            if isinstance(value, list) and name != "errors":
                return holder, name
    return None


def without_first(body: Any) -> Any:
    found = _rows(body)
    if found is not None:
        holder, name = found
        holder[name] = holder[name][1:]
    return body


def without_odd_skus(body: Any) -> Any:
    found = _rows(body)
    if found is not None:
        holder, name = found
        holder[name] = [row for row in holder[name] if not _odd(row)]
    return body


def _odd(row: Any) -> bool:
    sku = next((str(row[name]) for name in SKUS if name in row), "") if isinstance(row, dict) else ""
    return " " in sku or "'" in sku


def with_bad_token(body: Any) -> Any:
    """A further page is offered under an invalid token, whether there is one or not."""
    for holder in (body.get("pagination"), body.get("payload")) if isinstance(body, dict) else ():
        for name in TOKENS:
            if isinstance(holder, dict) and name in holder:
                holder[name] = POISON
                return body
    if isinstance(body, dict):
        payload = body.get("payload")
        if isinstance(payload, dict) and "Orders" in payload:
            payload["NextToken"] = POISON
        else:
            body["pagination"] = {"nextToken": POISON}
    return body
