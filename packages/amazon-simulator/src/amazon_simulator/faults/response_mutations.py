"""Answers that a fault has changed: members left out, rows lost, tokens that are none."""

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


def emptied(told: Any) -> Any:
    return {"payload": None} if isinstance(told, dict) and "payload" in told else {}


def without(told: Any, names: list[str] | tuple[str, ...]) -> Any:
    """Every member of these names left out, however deep."""
    if isinstance(told, dict):
        return {name: without(value, names) for name, value in told.items() if name not in names}
    if isinstance(told, list):
        return [without(value, names) for value in told]
    return told


def given(told: Any, members: dict[str, Any], into: str, within: str = "") -> Any:
    """`members` put into every object that is the value of `into` (the whole answer: ""), or changed where they are.

    With `into` a member that was not there is added; without, only what is there gets the other value.
    """
    if isinstance(told, list):
        return [given(value, members, into, within) for value in told]
    if not isinstance(told, dict):
        return told
    kept = {name: given(value, members, into, name) for name, value in told.items()}
    if into:
        return {**kept, **members} if within == into else kept
    return {name: members.get(name, value) for name, value in kept.items()}


def _rows(told: Any) -> tuple[dict[str, Any], str] | None:
    """Where an answer keeps its rows: its first list of objects, under payload or not."""
    if not isinstance(told, dict):
        return None
    payload = told.get("payload")
    for holder in (told, payload) if isinstance(payload, dict) else (told,):
        for name, value in holder.items():
            if isinstance(value, list) and name != "errors":
                return holder, name
    return None


def without_first(told: Any) -> Any:
    found = _rows(told)
    if found is not None:
        holder, name = found
        holder[name] = holder[name][1:]
    return told


def without_odd_skus(told: Any) -> Any:
    found = _rows(told)
    if found is not None:
        holder, name = found
        holder[name] = [row for row in holder[name] if not _odd(row)]
    return told


def _odd(row: Any) -> bool:
    sku = next((str(row[name]) for name in SKUS if name in row), "") if isinstance(row, dict) else ""
    return " " in sku or "'" in sku


def with_bad_token(told: Any) -> Any:
    """A further page is promised under a token that is none, whether there is one or not."""
    for holder in (told.get("pagination"), told.get("payload")) if isinstance(told, dict) else ():
        for name in TOKENS:
            if isinstance(holder, dict) and name in holder:
                holder[name] = POISON
                return told
    if isinstance(told, dict):
        payload = told.get("payload")
        if isinstance(payload, dict) and "Orders" in payload:
            payload["NextToken"] = POISON
        else:
            told["pagination"] = {"nextToken": POISON}
    return told
