from urllib.parse import parse_qsl, urlsplit

import pytest

from wharfinger.domain.access.authorisation import (
    CONSENT_CODES,
    Callback,
    Consent,
    NotAmazons,
    confirm_address,
    consent_address,
    consent_code_in,
    looks_like_mws_token,
    order_address,
    parse_callback,
)

SIMULATOR = "http://127.0.0.1:9700"
ID = "amzn1.sp.solution.5a1d7c0e-demo-4c1b-9f00-000000000001"
CONFIRM = f"/apps/authorize/confirm/{ID}"


@pytest.mark.parametrize(
    "address",
    [
        f"https://amazon.com{CONFIRM}",
        f"https://www.amazon.com{CONFIRM}",
        f"https://sellercentral.amazon.com{CONFIRM}",
        f"https://sellercentral.amazon.com:443{CONFIRM}",
        f"https://sellercentral-europe.amazon.com{CONFIRM}",
        f"https://sellercentral.amazon.co.uk{CONFIRM}",
        f"https://sellercentral.amazon.com.be{CONFIRM}?mons_sel=1",
        f"https://SELLERCENTRAL.AMAZON.DE{CONFIRM}/",
    ],
)
def test_amazons_own_pages_are_gone_to(address):
    assert parse_callback(address, None) == Callback(address, ID)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "amazon.com",
        f"http://amazon.com{CONFIRM}",
        f"https://evil.example{CONFIRM}",
        f"https://amazon.com.evil.example{CONFIRM}",
        f"https://notamazon.com{CONFIRM}",
        f"https://evil.example/?x=https://amazon.com{CONFIRM}",
        f"https://amazon.com@evil.example{CONFIRM}",
        f"https://user:pass@amazon.com{CONFIRM}",
        f"https://amazon.com:8443{CONFIRM}",
        f"https://amazon.com:99999{CONFIRM}",
        f"https://amazon.com\\@evil.example{CONFIRM}",
        f"https://amazon.com{CONFIRM}#x",
        f"https://amazon.com{CONFIRM}/more",
        "https://amazon.com/apps/authorize/confirm/",
        "https://amazon.com/gp/redirect.html?to=https://evil.example",
        f"javascript:alert(1)//amazon.com{CONFIRM}",
        f"//amazon.com{CONFIRM}",
        f"https://amazon.com\n{CONFIRM}",
        f"https://amazon.com {CONFIRM}",
        f"https://аmazon.com{CONFIRM}",  # a Cyrillic letter
        f"https://[::1{CONFIRM}",
        f"https://amazon.com{CONFIRM}" + "x" * 500,
        f"{SIMULATOR}/sellercentral/sellercentral.amazon.com{CONFIRM}",
    ],
)
def test_no_other_address_is_gone_to(address):
    with pytest.raises(NotAmazons):
        parse_callback(address, None)


def test_a_demo_knows_the_simulators_seller_central_too():
    address = f"{SIMULATOR}/sellercentral/sellercentral-europe.amazon.com{CONFIRM}"
    assert parse_callback(address, SIMULATOR) == Callback(address, ID)


@pytest.mark.parametrize(
    "address",
    [
        f"{SIMULATOR}{CONFIRM}",
        f"{SIMULATOR}/_simulator/sellercentral/x{CONFIRM}",
        f"{SIMULATOR}.evil.example/sellercentral/x{CONFIRM}",
        f"http://127.0.0.1:97000/sellercentral/x{CONFIRM}",
        f"{SIMULATOR}@evil.example/sellercentral/x{CONFIRM}",
    ],
)
def test_a_demo_knows_nothing_else_of_that_machine(address):
    with pytest.raises(NotAmazons):
        parse_callback(address, SIMULATOR)


def test_the_way_back_to_seller_central_holds_what_amazon_wants():
    callback = Callback(f"https://amazon.com{CONFIRM}", ID)
    address = confirm_address(
        callback, redirect_uri="https://shop.example/amazon/callback", amazon_state="a+/=&b", state="s", draft=True
    )
    assert address.startswith(f"{callback.address}?")
    assert dict(parse_qsl(urlsplit(address).query)) == {
        "redirect_uri": "https://shop.example/amazon/callback",
        "amazon_state": "a+/=&b",
        "state": "s",
        "version": "beta",
    }
    more = confirm_address(
        Callback(f"{callback.address}?x=1", ID), redirect_uri="u", amazon_state="a", state="s", draft=False
    )
    assert more == f"{callback.address}?x=1&redirect_uri=u&amazon_state=a&state=s"


@pytest.mark.parametrize("draft", [True, False])
def test_a_draft_is_reported_as_beta(draft):
    address = consent_address(Consent("https://sellercentral.amazon.com", ID, "s", "https://u", draft))
    assert ("version=beta" in address) is draft


@pytest.mark.parametrize(
    ("text", "is_mws"),
    [
        ("amzn.mws.1f2e3d4c-1111-2222-3333-444455556666", True),
        ("  amzn.mws.1f2e3d4c ", True),
        ("AMZN.MWS.1F2E3D4C", True),
        ("“amzn.mws.1f2e3d4c”", True),
        ("Atzr|IwEBIabc", False),
        ("amzn1.oa2-cs.v1.x", False),
        ("", False),
    ],
)
def test_an_mws_token_is_recognised_however_it_was_copied(text, is_mws):
    assert looks_like_mws_token(text) is is_mws


def test_every_code_of_the_consent_page_is_explained_with_a_remedy():
    assert [entry.code for entry in CONSENT_CODES] == ["MD1000", "MD5100", "MD5101", "MD9000", "SPDC8143"]
    assert all(entry.meaning and entry.remedy for entry in CONSENT_CODES)
    assert consent_code_in("Error MD5101 occurred").code == "MD5101"
    assert consent_code_in("access_denied") is None


@pytest.mark.parametrize(
    ("host", "simulator", "address"),
    [
        ("sellercentral.amazon.de", None, "https://sellercentral.amazon.de/orders-v3/order/026-0000001-0000001"),
        (
            "sellercentral.amazon.de",
            "http://127.0.0.1:8091",
            "http://127.0.0.1:8091/sellercentral/sellercentral.amazon.de/orders-v3/order/026-0000001-0000001",
        ),
        ("", None, ""),
    ],
)
def test_an_orders_page_is_in_the_seller_central_that_is_spoken_to(host, simulator, address):
    """A demo's order is none that Amazon knows."""
    assert order_address(host, "026-0000001-0000001", simulator) == address
