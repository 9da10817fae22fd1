"""What a printer may be: ports, hosts, numbers; what a label is written in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.shipping.printers import PrinterLanguage, is_host, language_of, why_no_printer


@pytest.mark.parametrize("number", ["192.168.1.40", "10.0.0.9", "172.16.3.4", "fd00::12", "::ffff:192.168.1.40"])
def test_numbers_of_the_own_network_may_be_a_printer(number):
    assert why_no_printer(number, own=False) == ""


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("127.0.0.1", "this machine itself"),
        ("::1", "this machine itself"),
        ("::ffff:127.0.0.1", "this machine itself"),
        ("169.254.169.254", "No printer can be"),
        ("fe80::1%eth0", "No printer can be"),
        ("0.0.0.0", "No printer can be"),
        ("224.0.0.1", "No printer can be"),
        ("255.255.255.255", "No printer can be"),
        ("93.184.216.34", "out of your network"),
        ("2606:2800:220:1::1", "out of your network"),
        ("::ffff:8.8.8.8", "out of your network"),
    ],
)
def test_other_numbers_may_not(number, why):
    assert why in why_no_printer(number, own=False)


def test_a_demo_may_print_on_its_own_machine():
    assert why_no_printer("127.0.0.1", own=True) == ""


@given(st.ip_addresses())
def test_no_public_number_is_ever_a_printer(number):
    if number.is_global:
        assert why_no_printer(str(number), own=True)


@pytest.mark.parametrize("host", ["192.168.1.40", "printer.local", "bench-1", "fd00::12"])
def test_a_host_is_a_name_or_a_number(host):
    assert is_host(host)


@pytest.mark.parametrize(
    "host", ["", "http://printer", "printer:9100", "a b", "-x", "printer/..", "x" * 254, "ü.local"]
)
def test_whatever_else_is_none(host):
    assert not is_host(host)


def test_a_label_says_what_it_is_written_in():
    assert language_of(b"%PDF-1.4\n") is PrinterLanguage.PDF
    assert language_of(b"\n^XA^FO10,10^XZ") is PrinterLanguage.ZPL
    assert language_of(b"\x89PNG\r\n") is None
