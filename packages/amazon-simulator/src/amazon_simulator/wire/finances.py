"""Finances 2024-06-19: listTransactions. Source: model finances_2024-06-19.json."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any

from amazon_simulator.core.clock import from_iso, iso
from amazon_simulator.core.http import Response, answer_json
from amazon_simulator.finances.charges import FEES, NOTHING, PRICE, PROMOTION, WITHHELD, Charge
from amazon_simulator.finances.ledger import REFUND, SHIPMENT, TRANSFER, Ledger, Posting, group_of
from amazon_simulator.protocol.errors import denied, refuse
from amazon_simulator.protocol.paging import fingerprint, seal, unseal
from amazon_simulator.protocol.routing import Call, Route
from amazon_simulator.wire.context import ApiContext
from amazon_simulator.world.catalogue import MARKETS
from amazon_simulator.world.entities import Order

ROLE = "Finance and Accounting"
PAGE = 100
FRESH = 120.0
"""Seconds before now up to which transactions are listed."""
LONGEST = 180 * 24 * 3600.0
"""Of a range that has results: a longer one is empty."""
STATUSES = ("DEFERRED", "RELEASED", "DEFERRED_RELEASED")
GROUP, ORDER = "FINANCIAL_EVENT_GROUP_ID", "ORDER_ID"
DESCRIPTIONS = {SHIPMENT: "Order Payment", REFUND: "Refund Order", TRANSFER: "Disburse to bank account"}
CHAPTERS = {PRICE: "Sales", PROMOTION: "Sales", FEES: "Expenses", WITHHELD: "Tax"}
NAMES = {
    (PRICE, "Tax"): "Product Tax",
    (PRICE, "Principal"): "Product Charges",
    (PROMOTION, "Principal"): "Promo Rebates",
    (PROMOTION, "Shipping"): "Promo Rebates",
    (FEES, "FBAPerUnitFulfillmentFee"): "FBA Fees",
}
"""(Kind, name) of a charge → the breakdown's type; others are called by their name."""


@dataclass(frozen=True, slots=True)
class TransactionFilters:
    """What transactions must be like; `after` is the number of the last one of the page before."""

    since: float
    until: float
    marketplace: str
    status: str
    group: str
    order: str
    after: int = -1


class Finances:
    def __init__(self, context: ApiContext, ledger: Ledger) -> None:
        self._context = context
        self._ledger = ledger

    def routes(self) -> tuple[Route, ...]:
        return (Route("listTransactions", "GET", "/finances/2024-06-19/transactions", self.list_transactions),)

    def list_transactions(self, call: Call) -> Response:
        """A page of transactions, oldest first; a range of more than 180 days has none."""
        if ROLE not in self._context.application.roles:
            return denied()
        query = call.request.params()
        try:
            filters = _read(query, call.seller.id, call.now)
        except ValueError as fault:
            return refuse(400, "InvalidInput", str(fault), kind="InvalidInputException")
        if filters.marketplace and filters.marketplace not in call.seller.marketplaces:
            return denied()
        fitting = (posting for posting in self._found(call.seller.id, filters) if self._fits(posting, filters))
        rows = list(islice(fitting, PAGE + 1))
        payload: dict[str, Any] = {"transactions": [self._transaction(posting) for posting in rows[:PAGE]]}
        if len(rows) > PAGE:
            same = fingerprint(query, "nextToken")
            payload["nextToken"] = seal(
                "finances", (call.seller.id, same, filters.since, filters.until, rows[PAGE - 1].number)
            )
        return answer_json({"payload": payload})

    def _found(self, seller: str, filters: TransactionFilters) -> Sequence[Posting]:
        if filters.until - filters.since > LONGEST:
            return ()
        return self._ledger.between(seller, filters.since, filters.until)

    def _fits(self, posting: Posting, filters: TransactionFilters) -> bool:
        """What moved no money is no transaction."""
        return (
            posting.number > filters.after
            and filters.status in ("", "RELEASED")
            and (not filters.order or posting.order == filters.order)
            and (not filters.marketplace or self._marketplace(posting) == filters.marketplace)
            and (not filters.group or self._group(posting) == filters.group)
            and (posting.kind == TRANSFER or bool(self._ledger.charges(posting)))
        )

    def _group(self, posting: Posting) -> str:
        return group_of(posting.seller, self._ledger.currency(posting), posting.at)

    def _marketplace(self, posting: Posting) -> str:
        order = self._context.world.orders.get(posting.order)
        return "" if order is None else order.marketplace

    # --- one transaction

    def _transaction(self, posting: Posting) -> dict[str, Any]:
        currency, order = self._ledger.currency(posting), self._context.world.orders.get(posting.order)
        charges, marketplace = self._ledger.charges(posting), self._marketplace(posting)
        identifiers = {GROUP: self._group(posting)}
        if order is not None:
            identifiers[ORDER] = order.id
        elif posting.reference:
            identifiers["SETTLEMENT_ID"] = posting.reference
        payload: dict[str, Any] = {
            "sellingPartnerMetadata": {"sellingPartnerId": posting.seller, "accountType": "Standard Orders"},
            "relatedIdentifiers": [
                {"relatedIdentifierName": name, "relatedIdentifierValue": value} for name, value in identifiers.items()
            ],
            "transactionType": posting.kind,
            "transactionId": _name(posting),
            "transactionStatus": "RELEASED",
            "description": DESCRIPTIONS[posting.kind],
            "postedDate": iso(posting.at),
            "totalAmount": _money(self._ledger.total(posting), currency),
            "items": [] if order is None else list(_items(order, charges, currency)),
            "breakdowns": list(_breakdowns(charges, currency)),
        }
        if marketplace:
            payload["sellingPartnerMetadata"]["marketplaceId"] = marketplace
            payload["marketplaceDetails"] = {
                "marketplaceId": marketplace,
                "marketplaceName": MARKETS[marketplace].name,
            }
        return payload


def _read(query: Mapping[str, str], seller: str, now: float) -> TransactionFilters:
    """The filters; Raises ValueError with what is wrong."""
    name, value = query.get("relatedIdentifierName", ""), query.get("relatedIdentifierValue", "")
    if name and name not in (GROUP, ORDER):
        raise ValueError(f"relatedIdentifierName: choose {GROUP} or {ORDER}")
    if bool(name) != bool(value):
        raise ValueError("relatedIdentifierName and relatedIdentifierValue belong together")
    if not query.get("postedAfter") and not name:
        raise ValueError("postedAfter is required without a related identifier")
    status = query.get("transactionStatus", "")
    if status and status not in STATUSES:
        raise ValueError(f"transactionStatus: choose from {', '.join(STATUSES)}")
    until = _moment(query, "postedBefore", now - FRESH)
    since = _moment(query, "postedAfter", until - LONGEST)
    if since > now - FRESH or until > now - FRESH:
        raise ValueError("postedAfter and postedBefore must be more than two minutes before the request")
    if until < since:
        raise ValueError("postedBefore must be later than postedAfter")
    after = -1
    if query.get("nextToken"):
        held = unseal("finances", query["nextToken"])
        if held is None or held[:2] != [seller, fingerprint(dict(query), "nextToken")]:
            raise ValueError("nextToken is not valid: all other parameters must match the original request")
        since, until, after = held[2:]
    order, group = (value if name == wanted else "" for wanted in (ORDER, GROUP))
    return TransactionFilters(since, until, query.get("marketplaceId", ""), status, group, order, after)


def _moment(query: Mapping[str, str], name: str, default: float) -> float:
    if not query.get(name):
        return default
    try:
        return from_iso(query[name])
    except ValueError as fault:
        raise ValueError(f"{name} is no date-time") from fault


def _name(posting: Posting) -> str:
    identity = f"{posting.seller}:{posting.number}:{posting.kind}"
    return urlsafe_b64encode(hashlib.sha256(identity.encode()).digest()).decode().rstrip("=")


def _items(order: Order, charges: Sequence[Charge], currency: str) -> Iterator[dict[str, Any]]:
    network = "AFN" if order.fulfilled_by == "AMAZON" else "MFN"
    for item in order.items:
        own = [charge for charge in charges if charge.item.id == item.id]
        if not own:
            continue
        yield {
            "description": item.title,
            "relatedIdentifiers": [
                {"itemRelatedIdentifierName": "ORDER_ADJUSTMENT_ITEM_ID", "itemRelatedIdentifierValue": item.id}
            ],
            "totalAmount": _money(_sum(own), currency),
            "breakdowns": list(_breakdowns(own, currency)),
            "contexts": [
                {
                    "contextType": "ProductContext",
                    "asin": item.asin,
                    "sku": item.sku,
                    "quantityShipped": own[0].units,
                    "fulfillmentNetwork": network,
                }
            ],
        }


def _breakdowns(charges: Sequence[Charge], currency: str) -> Iterator[dict[str, Any]]:
    """Chapters (Sales, Expenses, Tax), each with what it consists of."""
    for chapter in dict.fromkeys(CHAPTERS.values()):
        own = [charge for charge in charges if CHAPTERS[charge.kind] == chapter]
        if own:
            names = list(dict.fromkeys(_called(charge) for charge in own))
            inner = [_breakdown(name, [one for one in own if _called(one) == name], currency) for name in names]
            yield {**_breakdown(chapter, own, currency), "breakdowns": inner}


def _breakdown(name: str, charges: Sequence[Charge], currency: str) -> dict[str, Any]:
    return {"breakdownType": name, "breakdownAmount": _money(_sum(charges), currency), "breakdowns": []}


def _called(charge: Charge) -> str:
    return NAMES.get((charge.kind, charge.name), charge.name)


def _sum(charges: Sequence[Charge]) -> Decimal:
    return sum((charge.amount for charge in charges), NOTHING)


def _money(amount: Decimal, currency: str) -> dict[str, Any]:
    """Amounts are numbers here, not texts (behaviour M12)."""
    return {"currencyCode": currency, "currencyAmount": float(amount)}
