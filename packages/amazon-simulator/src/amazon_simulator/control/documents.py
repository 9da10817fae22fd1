"""Feeds, reports, invoices and money in the state report."""

from collections.abc import Callable
from typing import Any

from amazon_simulator.core.clock import iso
from amazon_simulator.finances.ledger import Posting
from amazon_simulator.simulator import Simulator
from amazon_simulator.world.catalogue import written


def documents_json(
    simulator: Simulator, ours: Callable[[str], bool], includes: Callable[[str], bool]
) -> dict[str, Any]:
    """What was submitted, what was made, and what was earned."""
    feeds, reports, ledger = simulator.feeds, simulator.reports, simulator.ledger
    return {
        "feeds": [
            {
                "at": iso(row.created),
                "sellerId": row.seller,
                "feedId": row.id,
                "feedType": row.kind,
                "marketplaceIds": row.marketplaces,
                "status": row.status,
            }
            for row in feeds.feeds.values()
            if ours(row.seller)
        ],
        "reports": [
            {
                "at": iso(row.created),
                "sellerId": row.seller,
                "reportId": row.id,
                "reportType": row.kind,
                "marketplaceIds": row.marketplaces,
                "status": row.status,
                "reportScheduleId": row.schedule,
            }
            for rows in reports.of_seller.values()
            for row in rows.values()
            if ours(row.seller)
        ],
        "invoices": [
            {
                "at": iso(row.at),
                "sellerId": row.seller,
                "orderId": row.order,
                "number": row.number,
                "kind": row.kind,
                "total": row.total,
                "vat": row.vat,
                "feedId": row.feed,
            }
            for row in feeds.invoices
            if ours(row.seller)
        ],
        "transactions": [_transaction(simulator, row) for row in ledger.postings if ours(row.seller)]
        if includes("transactions")
        else [],
    }


def _transaction(simulator: Simulator, row: Posting) -> dict[str, Any]:
    ledger, currency = simulator.ledger, simulator.ledger.currency(row)
    return {
        "at": iso(row.at),
        "sellerId": row.seller,
        "kind": row.kind,
        "orderId": row.order,
        "currency": currency,
        "total": written(ledger.total(row), currency),
        "reference": row.reference,
        "charges": [
            {
                "orderItemId": charge.item.id,
                "type": charge.kind,
                "description": charge.name,
                "amount": written(charge.amount, currency),
            }
            for charge in ledger.charges(row)
        ],
    }
