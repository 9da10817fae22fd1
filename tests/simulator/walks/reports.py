"""A walk through reports, schedules and finances: made, cancelled, found over pages, read."""

from tests.simulator.conftest import NA, UK, US
from tests.simulator.reporting import DOCUMENTS, MADE, REPORTS, SCHEDULES, SETTLEMENT, fresh, request_body

SINCE = "2026-09-21T00:00:00Z"
LISTINGS = "GET_MERCHANT_LISTINGS_ALL_DATA"
UPDATED = "GET_FLAT_FILE_ALL_ORDERS_DATA_BY_LAST_UPDATE_GENERAL"
TRANSACTIONS = "/finances/2024-06-19/transactions"


def walk_reports(go):
    go.amazon.order()
    options = {"aggregatedByTimePeriod": "DAILY"}
    bodies = [
        request_body(LISTINGS, options={"preferredReportDocumentLocale": "de_DE"}),
        request_body(UPDATED, since=SINCE, until="2026-09-21T12:00:00Z"),
        request_body("GET_LEDGER_SUMMARY_VIEW_DATA", since=SINCE, options=options),
        request_body("GET_FBA_MYI_ALL_INVENTORY_DATA"),
    ]
    numbers = [go.call("POST", REPORTS, body=one)["reportId"] for one in bodies]
    gone = go.call("POST", REPORTS, body=request_body(LISTINGS))["reportId"]
    go.call("DELETE", f"{REPORTS}/{gone}")
    go.call("DELETE", f"{REPORTS}/{gone}")
    go.call("DELETE", f"{REPORTS}/nothing")
    for kind in (SETTLEMENT, "GET_TEA"):
        go.call("POST", REPORTS, body=request_body(kind))
    go.call("GET", f"{REPORTS}/{numbers[0]}")
    go.amazon.advance(MADE)
    reports = [go.call("GET", f"{REPORTS}/{one}") for one in (*numbers, gone)]
    go.call("GET", f"{REPORTS}/{numbers[0]}", seller=NA)
    query = {"reportTypes": f"{LISTINGS},{UPDATED}", "pageSize": 1, "createdSince": SINCE, "marketplaceIds": UK}
    page = go.call("GET", REPORTS, query=query)
    go.call("GET", REPORTS, query={"nextToken": page["nextToken"]})
    go.call("GET", REPORTS, query={**query, "nextToken": page["nextToken"]})
    path = f"{DOCUMENTS}/{reports[0]['reportDocumentId']}"
    go.call("GET", path)
    go.call("GET", path, query={"enableContentEncodingUrlHeader": "true"})
    go.call("GET", path, seller=NA)


def walk_schedules(go):
    body = {**request_body(UPDATED, options={"custom": "true"}), "period": "PT1H", "nextReportCreationTime": SINCE}
    first = go.call("POST", SCHEDULES, body=body)["reportScheduleId"]
    second = go.call("POST", SCHEDULES, body={**request_body(LISTINGS), "period": "P1D"})["reportScheduleId"]
    go.call("POST", SCHEDULES, body={**request_body(LISTINGS), "period": "P5D"})
    go.amazon.advance(2 * 3600)
    fresh(go.amazon)
    go.call("GET", REPORTS, query={"reportTypes": UPDATED})
    go.call("GET", SCHEDULES, query={"reportTypes": f"{UPDATED},{LISTINGS}"})
    go.call("GET", SCHEDULES)
    for number in (first, second, "nothing"):
        go.call("GET", f"{SCHEDULES}/{number}")
        go.call("DELETE", f"{SCHEDULES}/{number}")


def walk_finances(go):
    amazon = go.amazon
    for seller, market in (("A2HARBOUREULTD1", UK), (NA, US)):
        amazon.confirm(amazon.order(seller=seller, marketplace=market, quantity=2), quantity=2, seller=seller)
    fba = amazon.order(sku="FBA-0001", by="AMAZON")
    amazon.advance(600)
    order = amazon.simulator.world.orders[fba["orderId"]]
    amazon.simulator.world.returning.take_back(order, order.items[0].id, 1, amazon.simulator.clock.seconds())
    amazon.advance(14 * 86_400)
    fresh(amazon)
    query = {"postedAfter": SINCE, "marketplaceId": UK, "transactionStatus": "RELEASED"}
    go.call("GET", TRANSACTIONS, query=query)
    go.call("GET", TRANSACTIONS, query={"postedAfter": SINCE})
    go.call("GET", TRANSACTIONS, query={"postedAfter": SINCE}, seller=NA)
    related = {"relatedIdentifierName": "ORDER_ID", "relatedIdentifierValue": fba["orderId"]}
    go.call("GET", TRANSACTIONS, query=related)
    go.call("GET", TRANSACTIONS, query={**related, "nextToken": "mangled"})
    go.call("GET", TRANSACTIONS)
