"""Asking Amazon for reports as a program does, and reading them."""

import gzip
import json
from urllib.parse import urlsplit

from tests.simulator.conftest import EU, UK

from amazon_simulator import router
from amazon_simulator.core.http import Request

REPORTS, DOCUMENTS, SCHEDULES = (f"/reports/2021-06-30/{part}" for part in ("reports", "documents", "schedules"))
RESTRICTED = "/tokens/2021-03-01/restrictedDataToken"
SETTLEMENT = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2"
MADE = 61
"""Trade seconds within which a report has ended."""
CODECS = {"Cp1252": "cp1252", "UTF-8": "utf-8", "ISO-8859-1": "latin-1", "windows-31j": "cp932"}


def fresh(amazon):
    """Access tokens live an hour of trade time."""
    amazon._tokens.clear()


def request_body(kind, *, marketplaces=(UK,), since="", until="", options=None):
    body = {"reportType": kind, "marketplaceIds": list(marketplaces)}
    dates = {"dataStartTime": since, "dataEndTime": until}
    return (
        body | {name: value for name, value in dates.items() if value} | ({"reportOptions": options} if options else {})
    )


def ask(amazon, kind, *, seller=EU, **more):
    """The report's id."""
    status, body = amazon.call("POST", REPORTS, seller=seller, body=request_body(kind, **more))
    assert status == 202, body
    return body["reportId"]


def state(amazon, number, *, seller=EU):
    return amazon.call("GET", f"{REPORTS}/{number}", seller=seller)[1]


def made(amazon, kind, *, seller=EU, **more):
    """What became of a report that is requested now."""
    number = ask(amazon, kind, seller=seller, **more)
    amazon.advance(MADE)
    fresh(amazon)
    return state(amazon, number, seller=seller)


def download(amazon, document, *, seller=EU, token="", query=None):
    """(the JSON about a document, S3's response)."""
    headers = {"x-amz-access-token": token or amazon.token(seller)}
    answer = amazon.send("GET", f"{DOCUMENTS}/{document}", headers=headers, query=query)
    assert answer.status == 200, answer.body
    body = json.loads(answer.body)
    address = urlsplit(body["url"])
    return body, router.answer(amazon.simulator, Request("GET", address.path, address.query))


def rows_of(amazon, report, *, seller=EU, token="", quoted=False):
    """The lines of a report that is DONE, each by its header."""
    assert report["processingStatus"] == "DONE", report
    document, answer = download(amazon, report["reportDocumentId"], seller=seller, token=token)
    assert (answer.status, document["compressionAlgorithm"]) == (200, "GZIP")
    charset = answer.headers["content-type"].removeprefix("text/plain; charset=")
    lines = gzip.decompress(answer.body).decode(CODECS[charset]).splitlines()
    cells = [[cell.strip('"') if quoted else cell for cell in line.split("\t")] for line in lines]
    return [dict(zip(cells[0], line, strict=True)) for line in cells[1:]]


def rows(amazon, kind, *, seller=EU, quoted=False, **more):
    """The lines of a report that is made now."""
    return rows_of(amazon, made(amazon, kind, seller=seller, **more), seller=seller, quoted=quoted)
