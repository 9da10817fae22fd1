from datetime import UTC, datetime
from decimal import Decimal

from wharfinger.domain.orders.unimported import channelless_sentence

DUE = datetime(2026, 11, 5, 8, 30, tzinfo=UTC)


def test_each_currency_stands_by_itself():
    amounts = [("EUR", Decimal("340.5")), ("GBP", Decimal(12))]
    assert channelless_sentence(12, "Amazon.fr", "Harbour", amounts, 2, DUE, "Europe/Paris") == (
        "12 paid orders in Amazon.fr, where Harbour has no channel: 340.50 EUR and 12.00 GBP; 2 of them without a "
        "stated total. Dispatch is due by 5 Nov 2026 09:30 (Europe/Paris)."
    )


def test_an_amount_has_the_decimals_of_its_currency():
    amounts = [("JPY", Decimal("1200.00")), ("KWD", Decimal("3.1250"))]
    assert "1200 JPY and 3.125 KWD" in channelless_sentence(2, "Amazon.co.jp", "Harbour", amounts, 0, None)


def test_one_order_of_a_marketplace_that_is_not_known():
    assert channelless_sentence(1, "", "Harbour", [], 0, None) == ("1 paid order of Harbour in an unknown marketplace.")
