"""Which addresses a courier can deliver to, what is masked, and what a later message may change."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.orders.addresses import (
    Doubts,
    changed,
    differs_in_part,
    doubts,
    in_form,
    masked,
    merge,
    merge_buyer,
    read_address,
    read_buyer,
    tidy,
)
from wharfinger.domain.orders.order import IncomingAddress, IncomingBuyer

FULL = IncomingAddress(
    name="Ada Byron",
    line_1="1 Quay Street",
    line_2="Flat 3",
    town="Hull",
    postcode="HU1 1AA",
    country="GB",
    phone="+44 1482 000000",
)


@pytest.mark.parametrize("line", ["line_1", "line_2", "line_3"])
def test_any_street_line_will_do(line):
    address = replace(FULL, **{"line_1": "", "line_2": "", line: "1 Quay Street"})
    assert (doubts(address), tidy(address).line_1) == (Doubts(), "1 Quay Street")


def test_street_lines_move_up():
    address = tidy(replace(FULL, line_1="  ", line_2="Flat 3", line_3=" 1 Quay Street "))
    assert (address.line_1, address.line_2, address.line_3) == ("Flat 3", "1 Quay Street", "")


@pytest.mark.parametrize(
    ("country", "parts"),
    [
        ("SG", {"postcode": "238801"}),
        ("HK", {}),
        ("HK", {"county": "Kowloon"}),
        ("GI", {}),
        ("MC", {}),
        ("MO", {}),
        ("VA", {}),
        ("SM", {"postcode": "47890"}),
        ("AE", {"town": "Dubai"}),
        ("AE", {"county": "Dubai"}),
        ("IE", {"town": "Galway"}),
        ("QA", {"town": "Doha"}),
        ("JP", {"postcode": "100-0001", "county": "Tokyo"}),
        ("US", {"town": "Seattle", "postcode": "98101", "county": "WA"}),
        ("US", {"town": "Seattle", "postcode": "98101"}),
        ("ES", {"town": "Madrid", "postcode": "28001"}),
        ("XK", {"town": "Pristina"}),
        ("ZZ", {"town": "Nowhere"}),
    ],
)
def test_each_country_wants_its_own_parts(country, parts):
    address = IncomingAddress(name="Ada Byron", line_1="1 Quay Street", country=country, **parts)
    assert doubts(address) == Doubts()


@pytest.mark.parametrize(
    ("address", "missing"),
    [
        (None, ("name", "street", "town", "country")),
        (replace(FULL, name=""), ("name",)),
        (replace(FULL, line_1="", line_2=""), ("street",)),
        (replace(FULL, town=""), ("town",)),
        (replace(FULL, postcode=" "), ("postcode",)),
        (replace(FULL, country=""), ("country",)),
        (replace(FULL, country="SG", town="", postcode=""), ("postcode",)),
        (replace(FULL, country="US", postcode="", county=""), ("region", "postcode")),
    ],
)
def test_what_is_missing_is_named(address, missing):
    assert doubts(address) == Doubts(missing=missing)


def test_a_company_is_an_addressee():
    assert doubts(replace(FULL, name="", company="Byron & Daughters")) == Doubts()


@pytest.mark.parametrize(
    ("part", "value", "named"),
    [
        ("postcode", "T2* 1**", "postcode"),
        ("postcode", "HU1 XXX", "postcode"),
        ("name", "A** B****", "name"),
        ("name", "[REDACTED]", "name"),
        ("name", "xxx", "name"),
        ("line_1", "1 Qu*** Street", "street"),
        ("line_2", "***", "street"),
        ("line_2", "xxxxx", "street"),
        ("town", "####", "town"),
        ("town", "••••", "town"),
        ("county", "XX-XX", "region"),
    ],
)
def test_an_address_with_a_mask_is_not_delivered_to(part, value, named):
    assert doubts(replace(FULL, **{part: value})) == Doubts(masked=(named,))


@pytest.mark.parametrize(
    "text",
    [
        "Via XX Settembre 12",
        "Piazza XXX Ottobre",
        "#12 Quay Street",
        "Apt #3",
        "Flat 2 *ring twice*",
        "Unit 4 * Harbour Park",
        "Xaxx Lane",
        "Anna Maxx",
        "N/A",
        "Null",
        "Block A • Stair 2",
        "O'Neill - Smith, Jr.",
        "Straße 1/2",
        "東京都千代田区1-1",
        "",
    ],
)
def test_real_addresses_are_no_masks(text):
    assert not masked(text)


@pytest.mark.parametrize("postcode", ["OX1 1XX", "HU1 1AA", "98101-1234", "D02 X285", "1234 AB", "XX1 1XX"])
def test_real_postcodes_are_no_masks(postcode):
    assert not masked(postcode, "postcode")


def test_a_masked_company_beside_a_clear_name_holds_nothing():
    assert doubts(replace(FULL, company="XXXX Brewery")) == Doubts()


def test_masked_and_absent_parts_erase_nothing():
    incoming = IncomingAddress(name="A** B****", line_1="1 Quay Street", town="Hull", postcode="HU* 1**", country="GB")
    assert merge(FULL, incoming) == FULL


def test_the_same_address_reported_again_adds_what_is_new():
    incoming = replace(FULL, line_2="", phone="", postcode="hu11aa", instructions="Ring twice", county="East Yorkshire")
    assert merge(FULL, incoming) == replace(FULL, postcode="hu11aa", instructions="Ring twice", county="East Yorkshire")


def test_a_clear_part_replaces_a_masked_one():
    held = replace(FULL, name="A** B****", postcode="HU* 1**", line_1="1 Q*** Street", line_2="")
    incoming = replace(FULL, line_2="", phone="")
    assert merge(held, incoming) == replace(FULL, line_2="")


@pytest.mark.parametrize(
    "change",
    [
        {"line_1": "2 Pier Road"},
        {"line_2": "Flat 4"},
        {"name": "Grace Hopper"},
        {"town": "Bristol", "postcode": "BS1 4DJ"},
        {"country": "IE"},
    ],
)
def test_another_address_replaces_the_held_one_whole(change):
    incoming = replace(FULL, phone="", **change)
    assert (merge(FULL, incoming), changed(FULL, incoming)) == (incoming, True)


def test_another_street_without_its_postcode_is_another_address_all_the_same():
    incoming = IncomingAddress(name="Ada Byron", line_1="2 Pier Road", town="Hull", country="GB")
    assert (merge(FULL, incoming), doubts(incoming)) == (incoming, Doubts(missing=("postcode",)))


@pytest.mark.parametrize(
    "incoming",
    [
        IncomingAddress(town="Bath", country="GB"),
        IncomingAddress(name="Ada Byron", line_1="2 P*** Road", town="Bath", postcode="BA1 1AA", country="GB"),
        IncomingAddress(name="Ada Byron", line_1="2 Pier Road", town="Hull", postcode="HU* 2**", country="GB"),
    ],
)
def test_a_part_of_another_address_is_not_mixed_with_the_held_one(incoming):
    assert (merge(FULL, incoming), differs_in_part(FULL, incoming)) == (FULL, True)


def test_a_part_of_the_same_address_differs_in_nothing():
    assert not differs_in_part(FULL, IncomingAddress(town="HULL", postcode="HU1 1AA", country="GB"))
    assert not differs_in_part(None, FULL)


def test_what_is_filled_in_is_no_change():
    assert not changed(None, FULL)
    assert not changed(IncomingAddress(town="Hull", country="GB"), FULL)
    assert not changed(FULL, replace(FULL, phone="", line_2=""))


def test_a_partial_address_gives_way_to_any_other():
    held = IncomingAddress(town="Bristol", postcode="BS1 4DJ")
    assert merge(held, IncomingAddress(town="Bath", country="GB")) == IncomingAddress(town="Bath", country="GB")
    assert merge(held, FULL) == FULL
    assert (merge(None, None), merge(FULL, None), merge(None, FULL)) == (None, FULL, FULL)


def test_a_buyer_is_kept_fact_by_fact():
    held = IncomingBuyer(name="Ada Byron", email="ada@marketplace.example", vat_number="DE1")
    incoming = IncomingBuyer(name="A** B****", company="Byron & Daughters", purchase_order_number="PO 7")
    assert merge_buyer(held, incoming) == IncomingBuyer(
        name="Ada Byron",
        email="ada@marketplace.example",
        company="Byron & Daughters",
        purchase_order_number="PO 7",
        vat_number="DE1",
    )


def test_rows_of_another_version_are_read():
    assert read_address({"line_1": "1 Quay Street", "planet": "Earth"}) == IncomingAddress(line_1="1 Quay Street")
    assert (read_address(None), read_buyer(None)) == (None, IncomingBuyer())


@pytest.mark.parametrize("name", ["-", ".", "\u200b", "\u00a0", "N/A", "n.a.", "null", "--", "\u200e \u200f"])
def test_a_name_or_a_street_that_says_nothing_is_none(name):
    assert doubts(replace(FULL, name=name)) == Doubts(missing=("name",))
    assert doubts(replace(FULL, line_1=name, line_2="")) == Doubts(missing=("street",))
    assert tidy(replace(FULL, line_1=name)).line_1 == "Flat 3"


@pytest.mark.parametrize("name", ["X", "Ø", "李", "Na", "N", "Null Byron", "1"])
def test_names_of_one_letter_are_names(name):
    assert doubts(replace(FULL, name=name)) == Doubts()


@pytest.mark.parametrize("mask", ["＊＊＊", "A∗∗∗", "＃＃＃", "A✱✱"])
def test_masks_of_other_stars_are_masks(mask):
    assert doubts(replace(FULL, name=mask)) == Doubts(masked=("name",))
    assert merge(FULL, replace(FULL, name=mask)).name == "Ada Byron"


def test_places_may_be_called_like_nothing():
    assert tidy(replace(FULL, town="None", county="NA", country="NA")) == replace(
        FULL, town="None", county="NA", country="NA"
    )


@pytest.mark.parametrize("nothing", ["", " ", "\u200b", "-", "N/A"])
def test_a_buyers_fact_that_says_nothing_erases_nothing(nothing):
    held = IncomingBuyer("Ada", "a@example.org", "Byron Ltd", "PO-1", "GB123456789")
    assert merge_buyer(held, IncomingBuyer(nothing, nothing, nothing, nothing, nothing)) == held


@given(
    st.lists(
        st.sampled_from(["Anna", " Anna ", "-", "N/A", "none", "xxxx", "A*** B***", "[Redacted]", "Ünal", ""]),
        min_size=5,
        max_size=5,
    )
)
def test_the_first_facts_of_a_buyer_are_tidied_as_later_ones_are(parts):
    buyer = IncomingBuyer(*parts)

    assert merge_buyer(IncomingBuyer(), buyer) == merge_buyer(buyer, buyer)


@pytest.mark.parametrize(
    "mask", ["A***", "####", "XXXX", "[REDACTED]", "masked", "Anonymised", "ANONYMIZED", "Suppressed", "••••"]
)
def test_no_mask_passes_the_quick_look(mask):
    assert masked(mask)


@pytest.mark.parametrize(
    ("country", "town", "county", "lines"),
    [
        ("DE", "Berlin", "", ("10115 BERLIN", "GERMANY")),
        ("GB", "Bristol", "Avon", ("BRISTOL", "10115", "UNITED KINGDOM")),
        ("US", "Austin", "TX", ("AUSTIN, TX 10115", "UNITED STATES")),
        ("QQ", "Nowhere", "", ("Nowhere 10115", "QQ")),
    ],
)
def test_an_address_is_written_as_its_country_writes_it(country, town, county, lines):
    address = IncomingAddress("Anna Berg", "", "Quay 7", "Yard", "", town, county, "10115", country)
    assert in_form(address) == ("Anna Berg", "Quay 7", "Yard", *lines)
