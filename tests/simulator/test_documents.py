"""Documents behind presigned addresses: written once by its maker's content type, read until the address is old."""

from urllib.parse import urlsplit

import pytest

from amazon_simulator import router
from amazon_simulator.core.http import Request

EU = "A2HARBOUREULTD1"
JSON = "application/json; charset=UTF-8"


def at(amazon, address, method="GET", body=b"", content_type=None):
    parts = urlsplit(address)
    headers = {"content-type": content_type} if content_type else {}
    return router.answer(amazon.simulator, Request(method, parts.path, parts.query, headers, body))


@pytest.fixture
def opened(amazon):
    documents = amazon.simulator.documents
    return documents, documents.opened("amzn1.tortuga.4.eu", EU, JSON, amazon.simulator.clock.seconds())


def test_what_was_put_is_what_is_read(amazon, opened):
    documents, document = opened
    now = amazon.simulator.clock.seconds()
    read = documents.address(document, "GET", now)
    assert at(amazon, read).status == 404
    assert at(amazon, documents.address(document, "PUT", now), "PUT", b"\x00body", JSON).status == 200
    answer = at(amazon, read)
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"\x00body", JSON)


def test_an_address_is_good_for_five_minutes_one_method_and_one_content_type(amazon, opened):
    documents, document = opened
    address = documents.address(document, "PUT", amazon.simulator.clock.seconds())
    assert at(amazon, address, "GET").status == 403
    assert at(amazon, address, "PUT", b"x", "text/plain").status == 403
    assert at(amazon, address.replace("Expires=300", "Expires=900"), "PUT", b"x", JSON).status == 403
    assert at(amazon, address.split("?")[0], "PUT", b"x", JSON).status == 403
    amazon.advance(301)
    late = at(amazon, address, "PUT", b"x", JSON)
    assert late.status == 403
    assert b"Request has expired" in late.body


def test_documents_outlive_a_restart(amazon, tmp_path):
    kind = type(amazon)
    amazon = kind(home=tmp_path)
    document = amazon.simulator.documents.opened("amzn1.spdoc.1.4.eu", EU, "", amazon.simulator.clock.seconds())
    document.body = b"\xff\x00 kept"
    amazon.simulator.documents.make(document)
    amazon.order()
    amazon.simulator.close()
    again = kind(home=tmp_path)
    assert again.simulator.documents.held[document.id].body == b"\xff\x00 kept"
    again.simulator.close()
