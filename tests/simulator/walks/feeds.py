"""A walk through feeds: taken, waiting, cancelled, ended in every way, found over pages."""

from tests.simulator.conftest import NA, UK
from tests.simulator.feeding import DOCUMENTS, FEEDS, JSON, LISTINGS, WORKED, XML, at, fresh, listings, quantity


def walk_feeds(go):
    kept = _take(go, LISTINGS, listings(quantity(1, "HH-0010", 5), quantity(2, "NOBODY", 5)), JSON)
    dead = _take(go, "POST_PRODUCT_DATA", b"<a/>", XML)
    _take(go, "POST_ORDER_FULFILLMENT_DATA", b"<a/>", XML)
    gone = _take(go, LISTINGS, b"{}", JSON)
    go.call("DELETE", f"{FEEDS}/{gone}")
    go.call("DELETE", f"{FEEDS}/{gone}")
    go.call("DELETE", f"{FEEDS}/nothing")
    go.call("GET", f"{FEEDS}/{kept}")
    go.amazon.advance(WORKED)
    fresh(go.amazon)
    feeds = [go.call("GET", f"{FEEDS}/{one}") for one in (kept, dead, gone)]
    go.call("GET", f"{FEEDS}/{kept}", seller=NA)
    query = {"feedTypes": f"{LISTINGS},POST_PRODUCT_DATA", "pageSize": 2, "processingStatuses": "DONE,FATAL,CANCELLED"}
    page = go.call("GET", FEEDS, query={**query, "marketplaceIds": UK, "createdSince": "2026-09-01T00:00:00Z"})
    go.call("GET", FEEDS, query={"nextToken": page["nextToken"]})
    go.call("GET", FEEDS, query={"nextToken": page["nextToken"], "pageSize": 2})
    go.call("GET", FEEDS, query={"pageSize": 2})
    result = f"{DOCUMENTS}/{feeds[0]['resultFeedDocumentId']}"
    go.call("GET", result)
    go.call("GET", result, query={"enableContentEncodingUrlHeader": "true"})
    go.call("GET", result, seller=NA)
    go.call("POST", DOCUMENTS, body={})
    go.call("POST", FEEDS, body={"feedType": "POST_TEA", "marketplaceIds": [UK], "inputFeedDocumentId": "none"})
    many = {"feedType": LISTINGS, "marketplaceIds": [UK, UK], "inputFeedDocumentId": "none"}
    go.call("POST", FEEDS, body=many)


def _take(go, kind, content, content_type):
    payload = go.call("POST", DOCUMENTS, body={"contentType": content_type})
    at(go.amazon, payload["url"], "PUT", content, content_type)
    body = {"feedType": kind, "marketplaceIds": [UK], "inputFeedDocumentId": payload["feedDocumentId"]}
    return go.call("POST", FEEDS, body={**body, "feedOptions": {"metadata:orderid": "1"}})["feedId"]
