"""Feeding Amazon as a program does: a document, its upload, the feed, its report."""

import gzip
import json
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

from tests.simulator.conftest import EU, UK

from amazon_simulator import router
from amazon_simulator.core.http import Request

JSON = "application/json; charset=UTF-8"
XML = "text/xml; charset=UTF-8"
PDF = "application/pdf"
FEEDS, DOCUMENTS = "/feeds/2021-06-30/feeds", "/feeds/2021-06-30/documents"
LISTINGS = "JSON_LISTINGS_FEED"
WORKED = 400
"""Trade seconds within which any feed of these tests has ended."""


def at(amazon, address, method="GET", body=b"", content_type=None):
    """The response of a presigned address."""
    parts = urlsplit(address)
    headers = {"content-type": content_type} if content_type else {}
    return router.answer(amazon.simulator, Request(method, parts.path, parts.query, headers, body))


def fresh(amazon):
    """Access tokens live an hour of trade time."""
    amazon._tokens.clear()


def upload(amazon, content, content_type=JSON, *, seller=EU):
    status, body = amazon.call("POST", DOCUMENTS, seller=seller, body={"contentType": content_type})
    assert status == 201, body
    if content is not None:
        assert at(amazon, body["url"], "PUT", content, content_type).status == 200
    return body["feedDocumentId"]


def feed(amazon, kind, content, content_type=JSON, *, seller=EU, marketplaces=(UK,), options=None):
    """The feed's id."""
    document = upload(amazon, content, content_type, seller=seller)
    body = {"feedType": kind, "marketplaceIds": list(marketplaces), "inputFeedDocumentId": document}
    status, result = amazon.call(
        "POST", FEEDS, seller=seller, body=body | ({"feedOptions": options} if options else {})
    )
    assert status == 202, result
    return result["feedId"]


def state(amazon, feed_id, *, seller=EU):
    return amazon.call("GET", f"{FEEDS}/{feed_id}", seller=seller)[1]


def status(amazon, feed_id, *, seller=EU):
    return state(amazon, feed_id, seller=seller)["processingStatus"]


def report(amazon, feed_id, *, seller=EU):
    """The processing report's bytes of a feed that has ended."""
    finished = state(amazon, feed_id, seller=seller)
    assert finished["processingStatus"] == "DONE", finished
    found = amazon.call("GET", f"{DOCUMENTS}/{finished['resultFeedDocumentId']}", seller=seller)[1]
    body = at(amazon, found["url"]).body
    return gzip.decompress(body) if found.get("compressionAlgorithm") else body


def worked(amazon, kind, content, content_type=JSON, **more):
    """The processing report of a feed, after it was worked through."""
    number = feed(amazon, kind, content, content_type, **more)
    amazon.advance(WORKED)
    fresh(amazon)
    fed_report = report(amazon, number, seller=more.get("seller", EU))
    return json.loads(fed_report) if fed_report[:1] == b"{" else read(fed_report)


# --- listings


def listings(*messages, seller=EU, **header):
    header_json = {"sellerId": seller, "version": "2.0", "issueLocale": "en_US", **header}
    return json.dumps({"header": header_json, "messages": list(messages)}).encode()


def quantity(number, sku, units, *, op="merge"):
    value = [{"fulfillment_channel_code": "DEFAULT", "quantity": units}]
    patch = {"op": op, "path": "/attributes/fulfillment_availability", "value": value}
    return {"messageId": number, "sku": sku, "operationType": "PATCH", "productType": "HOME", "patches": [patch]}


# --- XML


def envelope(kind, *bodies, seller=EU, numbers=None):
    messages = "".join(
        f"<Message><MessageID>{number}</MessageID><{kind}>{body}</{kind}></Message>"
        for number, body in zip(numbers or range(1, len(bodies) + 1), bodies, strict=True)
    )
    header = (
        f"<Header><DocumentVersion>1.01</DocumentVersion><MerchantIdentifier>{seller}</MerchantIdentifier></Header>"
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<AmazonEnvelope>{header}<MessageType>{kind}</MessageType>{messages}'
        "</AmazonEnvelope>"
    ).encode()


def shipment(order, *, item="", units=0, tracking="JD0001", carrier="<CarrierCode>Royal Mail</CarrierCode>", more=""):
    number = f"<ShipperTrackingNumber>{tracking}</ShipperTrackingNumber>" if tracking else ""
    line = (
        f"<Item><AmazonOrderItemCode>{item}</AmazonOrderItemCode><Quantity>{units}</Quantity></Item>" if units else ""
    )
    return (
        f"<AmazonOrderID>{order['orderId']}</AmazonOrderID>{more}<FulfillmentDate>2026-10-01T10:00:00Z</FulfillmentDate>"
        f"<FulfillmentData>{carrier}<ShippingMethod>Tracked 48</ShippingMethod>{number}</FulfillmentData>{line}"
    )


def read(content):
    """(processed, successful, with error, with warning, [(MessageID, code, warning or error)]) of an XML report."""
    element = ET.fromstring(content).find("Message/ProcessingReport")
    summary = element.find("ProcessingSummary")
    counts = [
        int(summary.findtext(name))
        for name in ("MessagesProcessed", "MessagesSuccessful", "MessagesWithError", "MessagesWithWarning")
    ]
    results = [
        (int(one.findtext("MessageID")), one.findtext("ResultMessageCode"), one.findtext("ResultCode"))
        for one in element.findall("Result")
    ]
    return (*counts, results)
