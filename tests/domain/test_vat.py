"""VAT for the seller's own books, by facts alone."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from babel.numbers import get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.vat import sums_of, vat_of
from wharfinger.domain.vat_areas import UNION, area_of, in_kingdom, in_union, tax_country, vat_country
from wharfinger.domain.vat_facts import ItemRate, Registration, RegistrationKind, Sale, Scheme, VatLine
from wharfinger.domain.vat_rates import STANDARD, standard_rate

DAY = date(2026, 11, 28)
EVER = date(2020, 1, 1)
VAT, OSS, IOSS = RegistrationKind.VAT, RegistrationKind.UNION_OSS, RegistrationKind.IOSS
GB = Registration(VAT, "GB", EVER, established=True)
DE = Registration(VAT, "DE", EVER, established=True)
FR = Registration(VAT, "FR", EVER)
UNION_OSS = Registration(OSS, "DE", EVER)
OWN_IOSS = Registration(IOSS, "DE", EVER)
AT_HOME = Registration(RegistrationKind.BELOW_THRESHOLD, "DE", EVER)


def a_sale(origin="GB", to="GB", *, total="12.00", currency="GBP", buyer="", **line):
    amount = Decimal(total)
    values = {"goods": amount, **line}
    return Sale(DAY, origin, to, currency, (VatLine("1", amount, **values),), buyer)


def treated(sale, *registrations):
    (line,) = vat_of(sale, registrations)
    return line.scheme, line.country, line.rate, line.net, line.vat


D = Decimal


@pytest.mark.parametrize(
    ("sale", "registrations", "expected"),
    [
        (a_sale(), [GB], (Scheme.DOMESTIC, "GB", D(20), D("10.00"), D("2.00"))),
        (a_sale(to="XI"), [GB], (Scheme.DOMESTIC, "GB", D(20), D("10.00"), D("2.00"))),
        (a_sale(to="GB?"), [GB], (Scheme.DOMESTIC, "GB", D(20), D("10.00"), D("2.00"))),
        (a_sale("XI", "GB"), [GB], (Scheme.DOMESTIC, "GB", D(20), D("10.00"), D("2.00"))),
        (a_sale(to="JE"), [GB], (Scheme.EXPORT, "", D(0), D("12.00"), D(0))),
        (a_sale(to="DE", currency="EUR"), [GB], (Scheme.EXPORT, "", D(0), D("12.00"), D(0))),
        (a_sale("DE", "DE", currency="EUR", total="119.00"), [DE], (Scheme.DOMESTIC, "DE", D(19), D(100), D(19))),
        (a_sale("DE", "DE-HE", currency="EUR"), [DE], (Scheme.EXPORT, "", D(0), D("12.00"), D(0))),
        (a_sale("ES", "ES-CN", currency="EUR"), [DE], (Scheme.EXPORT, "", D(0), D("12.00"), D(0))),
        (a_sale("DE", "AT-JM", currency="EUR", total="11.90"), [DE, UNION_OSS],
         (Scheme.UNION_OSS, "AT", D(19), D("10.00"), D("1.90"))),
        (a_sale("DE", "FI", currency="EUR", total="125.50"), [DE, UNION_OSS],
         (Scheme.UNION_OSS, "FI", D("25.5"), D("100.00"), D("25.50"))),
        (a_sale("DE", "FR", currency="EUR"), [DE, FR], (Scheme.DISTANCE_SALE, "FR", D(20), D("10.00"), D("2.00"))),
        (a_sale("DE", "FR", currency="EUR", total="11.90"), [DE, AT_HOME],
         (Scheme.ORIGIN, "DE", D(19), D("10.00"), D("1.90"))),
        (a_sale("DE", "FR", currency="EUR", buyer="FR"), [DE, UNION_OSS],
         (Scheme.REVERSE_CHARGE, "", D(0), D("12.00"), D(0))),
        (a_sale("DE", "XI", buyer="XI"), [DE], (Scheme.REVERSE_CHARGE, "", D(0), D("12.00"), D(0))),
        (a_sale("DE", "XI"), [DE, UNION_OSS], (Scheme.UNION_OSS, "GB", D(20), D("10.00"), D("2.00"))),
        (a_sale("XI", "DE", total="11.90"), [GB, UNION_OSS], (Scheme.UNION_OSS, "DE", D(19), D("10.00"), D("1.90"))),
        (a_sale("FR", "MC", currency="EUR"), [FR], (Scheme.DOMESTIC, "FR", D(20), D("10.00"), D("2.00"))),
        (a_sale("DE", "CH", currency="EUR"), [DE], (Scheme.EXPORT, "", D(0), D("12.00"), D(0))),
        (a_sale("DE", "GB", total="500.00"), [DE], (Scheme.EXPORT, "", D(0), D("500.00"), D(0))),
        (a_sale("DE", "GB", total="162.00", buyer="GB"), [DE], (Scheme.REVERSE_CHARGE, "", D(0), D("162.00"), D(0))),
        (a_sale("GB", "DE", currency="EUR", total="178.50"), [OWN_IOSS],
         (Scheme.IOSS, "DE", D(19), D("150.00"), D("28.50"))),
        (a_sale("GB", "DE", currency="EUR", total="178.52"), [OWN_IOSS],
         (Scheme.EXPORT, "", D(0), D("178.52"), D(0))),
        (a_sale("US", "US", currency="USD"), [], (Scheme.OUTSIDE, "", D(0), D("12.00"), D(0))),
        (a_sale("GB", "DE", currency="EUR", total="11.90", by_amazon=True, tax=D("1.90")), [],
         (Scheme.MARKETPLACE, "", D(0), D("10.00"), D(0))),
        (a_sale("US", "US", currency="USD", by_amazon=True), [], (Scheme.MARKETPLACE, "", D(0), D("12.00"), D(0))),
    ],
)  # fmt: skip
def test_a_sale_is_treated_by_where_its_goods_leave_and_go(sale, registrations, expected):
    assert treated(sale, *registrations) == expected


@pytest.mark.parametrize(
    ("sale", "registrations", "words"),
    [
        (a_sale(origin=""), [GB], "from which country the goods leave"),
        (a_sale(to=""), [GB], "to which country the goods go"),
        (a_sale(), [], "No VAT registration of GB"),
        (a_sale(), [Registration(VAT, "GB", DAY + timedelta(days=1))], "No VAT registration of GB"),
        (a_sale(), [Registration(VAT, "GB", EVER, until=DAY - timedelta(days=1))], "No VAT registration of GB"),
        (a_sale("DE", "ES?", currency="EUR"), [UNION_OSS], "ES has regions of their own"),
        (a_sale("DE", "FR", currency="EUR"), [DE], "neither Union OSS nor a registration there"),
        (a_sale("FR", "FR", currency="EUR", buyer="FR"), [FR], "article 194"),
        (a_sale("DE", "FR", currency="EUR", buyer="FR"), [], "No VAT registration of DE"),
        (a_sale("DE", "FR", currency="EUR", buyer="??"), [DE, UNION_OSS], "does not say its country"),
        (a_sale("FR", "FR", currency="EUR", buyer="??"), [FR], "article 194"),
        (a_sale("DE", "GB", total="12.00", buyer="??"), [DE], "does not say its country"),
        (a_sale("DE", "GB", total="162.00"), [GB], "Amazon has to account for their VAT"),
        (a_sale("DE", "GB", total="162.02"), [GB], "more than 135 GBP"),
        (a_sale("DE", "GB", currency="EUR"), [GB], "their value in pounds is not known"),
        (a_sale("GB", "DE", currency="GBP"), [OWN_IOSS], "their value in euros is not known"),
        (a_sale("GB", "DE", currency="EUR"), [GB, DE], "who imports them decides"),
        (a_sale("US", "DE", currency="EUR"), [], "who imports them decides"),
    ],
)  # fmt: skip
def test_what_is_not_known_is_said_and_has_no_amounts(sale, registrations, words):
    (line,) = vat_of(sale, registrations)
    assert (line.scheme, line.rate, line.net, line.vat) == (Scheme.UNKNOWN, None, None, None)
    assert words in str(line.reason)


def test_a_tax_of_amazons_that_is_not_stated_leaves_the_net_open():
    (line,) = vat_of(a_sale("DE", "GB", by_amazon=True), [DE])
    assert (line.scheme, line.net) == (Scheme.MARKETPLACE, None)
    assert "does not state how much" in str(line.reason)


def test_a_line_without_amounts_keeps_its_scheme():
    sale = replace(a_sale(), lines=(VatLine("1", None),))
    (line,) = vat_of(sale, [GB])
    assert (line.scheme, line.country, line.gross, line.vat) == (Scheme.DOMESTIC, "GB", None, None)


def test_an_items_own_rate_holds_from_its_day_in_its_country():
    rates = (ItemRate("GB", Decimal(0), DAY), ItemRate("DE", Decimal(7), EVER), ItemRate("GB", Decimal(5), EVER))
    assert treated(a_sale(rates=rates), GB) == (Scheme.DOMESTIC, "GB", D(0), D("12.00"), D("0.00"))
    before = replace(a_sale(rates=rates), day=DAY - timedelta(days=1))
    assert treated(before, GB)[2] == D(5)


@pytest.mark.parametrize(
    ("area", "day", "rate"),
    [
        ("DE", date(2020, 12, 31), "16"),
        ("DE", date(2021, 1, 1), "19"),
        ("EE", date(2025, 6, 30), "22"),
        ("EE", date(2025, 7, 1), "24"),
        ("RO", date(2025, 7, 31), "19"),
        ("RO", date(2025, 8, 1), "21"),
        ("SK", date(2025, 1, 1), "23"),
        ("FI", date(2024, 9, 1), "25.5"),
        ("XI", DAY, "20"),
        ("PT-20", DAY, "16"),
        ("ES?", DAY, "21"),
    ],
)
def test_a_rate_holds_from_its_day(area, day, rate):
    assert standard_rate(area, day) == Decimal(rate)


def test_every_member_state_and_the_kingdom_have_a_rate():
    assert set(STANDARD) - {"PT-20", "PT-30", "AT-JM"} == UNION | {"GB"}
    for steps in STANDARD.values():
        days = [day for day, _ in steps]
        assert days == sorted(days)
    assert standard_rate("CH", DAY) is None
    assert standard_rate("RO", date(2010, 1, 1)) is None


@pytest.mark.parametrize(
    ("country", "postcode", "area"),
    [
        ("GB", "BT1 1AA", "XI"), ("gb", "bt7 1nn", "XI"), ("UK", "B1 1AA", "GB"), ("GB", "JE2 3AB", "JE"),
        ("GB", "IM1 1AA", "IM"), ("GB", "GY1 1AA", "GG"), ("GB", "", "GB?"), ("DE", "10115", "DE"),
        ("DE", "D-78266", "DE-BU"), ("DE", "27498", "DE-HE"), ("ES", "35001", "ES-CN"), ("ES", "51001", "ES-CE"),
        ("ES", "28001", "ES"), ("PT", "9000-001", "PT-30"), ("PT", "9500-100", "PT-20"), ("PT", "1000-001", "PT"),
        ("FR", "97110", "FR-OM"), ("FR", "98000", "MC"), ("FR", "75001", "FR"), ("RE", "97400", "RE"),
        ("IT", "23041", "IT-LI"), ("FI", "22100", "AX"), ("AT", "6991", "AT-JM"), ("EL", "10431", "GR"),
        ("US", "", "US"), ("", "10115", ""), ("Deutschland", "", ""), ("LT", "", "LT"),
    ],
)  # fmt: skip
def test_an_area_is_the_country_or_the_region_of_its_postcode(country, postcode, area):
    assert area_of(country, postcode) == area


@pytest.mark.parametrize(
    ("number", "country"),
    [("DE136695976", "DE"), ("EL 094259216", "GR"), ("xi123456789", "XI"), ("GB 980 7806 84", "GB"), ("12345", "??"),
     ("US12345", "??"), ("", "")],
)  # fmt: skip
def test_a_vat_number_names_its_country(number, country):
    assert tax_country(number) == country


areas = st.sampled_from([*sorted(UNION), "GB", "XI", "IM", "JE", "US", "CH", "MC", "PT-20", "ES-CN", "GB?", "ES?", ""])
days = st.dates(date(2021, 8, 1), date(2027, 12, 31))
registrations = st.lists(
    st.builds(
        Registration,
        st.sampled_from(list(RegistrationKind)),
        st.sampled_from(["GB", "DE", "FR", "IE"]),
        days,
        st.none() | days,
        established=st.booleans(),
    ),
    max_size=5,
)
money = st.decimals(0, 100_000, places=3)


@st.composite
def sales(draw):
    currency = draw(st.sampled_from(["GBP", "EUR", "JPY", "KWD", "SEK"]))
    coin = Decimal(1).scaleb(-get_currency_precision(currency))
    amount = money.map(lambda value: value.quantize(coin))
    line = st.builds(
        VatLine,
        st.text("abc", max_size=3),
        st.none() | amount,
        st.none() | amount,
        st.none() | amount,
        st.booleans(),
        st.lists(st.builds(ItemRate, st.sampled_from(["GB", "DE"]), st.just(Decimal(5)), days), max_size=2).map(tuple),
    )
    lines = tuple(draw(st.lists(line, max_size=5)))
    buyer = draw(st.sampled_from(["", "GB", "XI", "DE", "FR", "??"]))
    return Sale(draw(days), draw(areas), draw(areas), currency, lines, buyer)


@given(sales(), registrations)
def test_sums_by_line_equal_the_total_to_the_coin(sale, held):
    found = vat_of(sale, held)
    assert [line.key for line in found] == [line.key for line in sale.lines]
    known = [(line, stated) for line, stated in zip(found, sale.lines, strict=True) if line.vat is not None]
    for line, stated in known:
        taken = (stated.tax or 0) if stated.by_amazon else 0
        assert line.gross == stated.total - taken
        assert line.net + line.vat == line.gross
        assert line.vat == line.vat.quantize(Decimal(1).scaleb(-get_currency_precision(sale.currency)))
        assert (line.country == "") == (line.scheme in (
            Scheme.EXPORT, Scheme.REVERSE_CHARGE, Scheme.MARKETPLACE, Scheme.OUTSIDE,
        ))  # fmt: skip
    sums = sums_of(found)
    assert sum((one.gross for one in sums), Decimal(0)) == sum((line.gross for line, _ in known), Decimal(0))
    assert sum((one.vat for one in sums), Decimal(0)) == sum((line.vat for line, _ in known), Decimal(0))
    assert len({(one.scheme, one.country, one.rate) for one in sums}) == len(sums)


@given(sales(), registrations)
def test_nothing_is_due_by_the_seller_where_amazon_collects_and_nothing_is_guessed(sale, held):
    for line, stated in zip(vat_of(sale, held), sale.lines, strict=True):
        assert str(line.reason)
        if stated.by_amazon:
            assert (line.scheme, not line.vat) == (Scheme.MARKETPLACE, True)
        if line.scheme is Scheme.UNKNOWN:
            assert (line.gross, line.net, line.vat, line.rate) == (None, None, None, None)
        if line.scheme in (Scheme.DOMESTIC, Scheme.UNION_OSS, Scheme.DISTANCE_SALE) and line.vat is not None:
            own = [one.rate for one in stated.rates if one.country == line.country]
            assert line.rate in [*own, standard_rate(sale.to_area, sale.day)]


@given(st.text(max_size=12), st.text(max_size=12))
def test_an_area_is_made_of_anything(country, postcode):
    area = area_of(country, postcode)
    assert not (in_union(area) and in_kingdom(area) and area != "XI")
    assert vat_country(area) == vat_country(vat_country(area))
