"""One attempt over real sockets on loopback: slow, cut off, too large, gone."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from wharfinger.amazon.errors import (
    AmazonError,
    InvalidRequest,
    Misaddressed,
    NotAnsweredAsPromised,
    TimedOut,
    Unreachable,
)
from wharfinger.amazon.transport import Request, Response, Timeouts, Transport

_QUICK = Timeouts(connect=1, read=0.3, write=1, pool=0.3, whole=0.6)


@contextmanager
def _server(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """Reads one request's head on each connection, then does as `serve` says."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(5)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                try:
                    serve(connection)
                except OSError:
                    return

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _send(url: str, **options) -> Response:
    with Transport(timeouts=_QUICK, **options) as transport:
        return transport.send(Request("getOrder", "GET", url))


def _serving(*pieces: bytes, pause: float = 0.0) -> Callable[[socket.socket], None]:
    def serve(connection: socket.socket) -> None:
        for piece in pieces:
            connection.sendall(piece)
            time.sleep(pause)  # noqa: TID251 -- a slow server is the subject

    return serve


def test_an_answer_of_any_status_is_a_value():
    with _server(_serving(b"HTTP/1.1 418 T\r\nX-Amzn-RequestId: r-1\r\nContent-Length: 2\r\n\r\nhi")) as url:
        response = _send(url)
    assert (response.status, response.body, response.request_id) == (418, b"hi", "r-1")
    assert "hi" not in repr(response)


def test_a_redirect_is_not_followed():
    with _server(_serving(b"HTTP/1.1 302 F\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")) as url:
        assert _send(url).status == 302


def test_silence_ends_at_the_read_time_out_with_the_outcome_unknown():
    with _server(_serving(b"", pause=2.5)) as url:
        started = time.monotonic()
        with pytest.raises(TimedOut) as caught:
            _send(url)
        assert time.monotonic() - started < 2.5  # however busy the machine: before the server would have spoken
    assert caught.value.outcome_unknown is True


def test_a_trickle_ends_at_the_time_out_of_the_whole():
    trickle = [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", *[b"x"] * 30]
    with _server(_serving(*trickle, pause=0.1)) as url:
        started = time.monotonic()
        with pytest.raises(TimedOut) as caught:
            _send(url)
        assert time.monotonic() - started < 2.9  # the trickle itself takes three seconds
    assert caught.value.outcome_unknown is True


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", b"no HTTP at all\r\n\r\n"],
    ids=["closed", "cut off", "no HTTP"],
)
def test_a_line_that_breaks_after_the_request_leaves_the_outcome_unknown(answer):
    with _server(_serving(answer)) as url, pytest.raises(Unreachable) as caught:
        _send(url)
    assert caught.value.outcome_unknown is True


def test_nobody_listening_is_unreachable_and_nothing_was_done():
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(Unreachable) as caught:
        _send(url)
    assert caught.value.outcome_unknown is False


def test_a_body_without_end_is_cut():
    with (
        _server(_serving(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", b"x" * 5000)) as url,
        pytest.raises(NotAnsweredAsPromised),
    ):
        _send(url, largest_body=1000)


def test_a_broken_encoding_is_no_answer():
    body = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope"
    with _server(_serving(body)) as url, pytest.raises(NotAnsweredAsPromised) as caught:
        _send(url)
    assert caught.value.outcome_unknown is True


@pytest.mark.parametrize("url", ["ftp://amazon.example/", "no address", "http://", "http://[::1/", ""])
def test_what_is_no_address_is_named_as_such(url):
    with pytest.raises(Misaddressed):
        _send(url)


@pytest.mark.parametrize("value", ["two\r\nlines", "Atza|ü"])
def test_a_header_that_http_cannot_carry_is_named_without_its_value(value):
    with (
        _server(_serving(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")) as url,
        Transport(timeouts=_QUICK) as transport,
        pytest.raises(AmazonError) as caught,
    ):
        transport.send(Request("getOrder", "GET", url, (("x-amz-access-token", value),)))
    assert type(caught.value) is InvalidRequest
    assert caught.value.__cause__ is None
    assert value not in repr(caught.value)


def test_the_whole_timeout_covers_every_part():
    with Transport() as transport:
        assert transport.whole_timeout == 90.0
    with Transport(timeouts=Timeouts(connect=50, read=50, write=50, pool=50, whole=10)) as transport:
        assert transport.whole_timeout == 200


def test_a_request_shows_neither_headers_nor_body():
    request = Request("x", "POST", "http://h/?t=token", (("a", "secret"),), b"secret")
    assert "secret" not in repr(request)
    assert "token" not in repr(request)
