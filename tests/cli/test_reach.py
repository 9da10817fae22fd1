"""doctor calls its own public address: what it says of the name, the certificate and the proxy between."""

import ssl
import threading
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import pytest
import waitress
from django.core.signing import TimestampSigner
from django.core.wsgi import get_wsgi_application
from tests.web.client import Client

from wharfinger.cli.reach_checks import look_at_reach
from wharfinger.cli.serve import _proxy
from wharfinger.config.reach import ANSWER_HEADER, QUESTION_HEADER, question
from wharfinger.domain.installation.health import Verdict

PUBLIC = "https://shop.example"
HERE = frozenset({"127.0.0.1"})


@contextmanager
def pages(configuration):
    """The web server as `wharfinger serve` starts it, on a free port."""
    server = waitress.create_server(
        get_wsgi_application(), host="127.0.0.1", port=0, threads=2, url_scheme="https", **_proxy(configuration)
    )
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.effective_port
    finally:
        server.close()
        thread.join()


def through_proxy(port, *, forwards):
    """A client whose calls to the public address go to the pages as a proxy would pass them on: `forwards` changes
    the headers that arrived."""

    def answer(request):
        sent = {name: request.headers[name] for name in (QUESTION_HEADER, "X-Forwarded-For")}
        headers = {"Host": "shop.example", "X-Forwarded-Proto": "https", **sent, **forwards(sent)}
        with httpx2.Client() as http:
            return http.get(f"http://127.0.0.1:{port}{request.url.path}", headers=headers)

    return httpx2.Client(transport=httpx2.MockTransport(answer))


def found(configuration, http, look_up=lambda host: HERE):
    return [(one.title, one.verdict.value, one.detail) for one in look_at_reach(configuration, http, look_up)]


def replaced(sent):
    return {"X-Forwarded-For": "127.0.0.1"}


def appended(sent):
    return {"X-Forwarded-For": f"{sent['X-Forwarded-For']}, 127.0.0.1"}


@pytest.fixture
def configuration(settings):
    settings.ALLOWED_HOSTS = ["shop.example"]
    return replace(settings.WHARFINGER, public_url=PUBLIC, trusted_proxy="127.0.0.1")


@pytest.mark.parametrize(
    ("forwards", "verdicts"),
    [
        (replaced, ["well host, scheme and visitor's address come through (127.0.0.1)"]),
        (appended, ["well host, scheme and visitor's address come through (127.0.0.1)"]),
        (lambda sent: {}, ["wrong a visitor may name any address as his own: it passes a foreign X-Forwarded-For on"]),
        (
            lambda sent: {"X-Forwarded-For": "172.18.0.1"},
            ["soon a call from this machine comes from 172.18.0.1 to the pages, which trust 127.0.0.1"],
        ),
        (
            lambda sent: {**replaced(sent), "X-Forwarded-Proto": "http"},
            ["wrong the pages take an https call for plain http"],
        ),
        (
            lambda sent: {**replaced(sent), "Host": "127.0.0.1:8000"},
            ["wrong it calls the pages as 127.0.0.1:8000"],
        ),
    ],
)
def test_what_a_proxy_passes_on_is_judged(configuration, forwards, verdicts):
    with pages(configuration) as port, through_proxy(port, forwards=forwards) as http:
        answered = found(configuration, http)
    assert [title for title, _, _ in answered[:2]] == ["Host name", "Public address"]
    assert [f"{verdict} {detail}" for _, verdict, detail in answered[2:]] == verdicts


def test_a_proxy_that_nobody_trusts_is_named_with_its_address(configuration):
    configuration = replace(configuration, trusted_proxy="")
    with pages(configuration) as port, through_proxy(port, forwards=replaced) as http:
        (_, _, proxy) = look_at_reach(configuration, http, lambda host: HERE)
    assert proxy.verdict is Verdict.SOON
    assert proxy.remedy.startswith("set WHARFINGER_TRUSTED_PROXY=127.0.0.1 if that is your proxy")


def test_an_address_of_this_machine_alone_is_not_called(configuration):
    for url in ("http://127.0.0.1:8000", "http://[::1]:8000", "http://localhost:8000"):
        assert found(replace(configuration, public_url=url), None) == []


def test_a_name_that_nobody_knows(configuration):
    def unknown(host):
        raise OSError(f"no {host}")

    assert found(configuration, None, unknown) == [("Host name", "wrong", "shop.example is not known here")]


def refused(error):
    def answer(request):
        raise httpx2.ConnectError("no") from error

    return httpx2.Client(transport=httpx2.MockTransport(answer))


def test_no_answer_and_a_refused_certificate_are_two_things(configuration):
    with refused(OSError("nobody")) as http:
        assert found(configuration, http)[1][:2] == ("Public address", "soon")
    with refused(ssl.SSLCertVerificationError("it ended yesterday")) as http:
        assert found(configuration, http)[1][:2] == ("Public address", "wrong")


class SomebodyElse(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()

    def log_message(self, *words):
        """Quiet."""


def test_another_program_at_the_address_is_not_taken_for_the_pages(configuration):
    server = ThreadingHTTPServer(("127.0.0.1", 0), SomebodyElse)
    threading.Thread(target=server.serve_forever).start()
    try:
        with through_proxy(server.server_port, forwards=replaced) as http:
            assert found(configuration, http)[1][:2] == ("Public address", "wrong")
    finally:
        server.shutdown()
        server.server_close()


def test_only_who_has_the_key_learns_what_was_seen(settings):
    client = Client()
    assert ANSWER_HEADER in client.get("/health/live", headers={QUESTION_HEADER: question()}).headers
    for header in ("", "reach", TimestampSigner(key="another", salt="wharfinger.reach").sign("reach")):
        assert ANSWER_HEADER not in client.get("/health/live", headers={QUESTION_HEADER: header}).headers
