"""Addresses of Amazon's pictures: which are kept, and which a page shows."""

import pytest

from wharfinger.domain.stock.pictures import is_shown, picture_address

AMAZONS = "https://m.media-amazon.com/images/I/71abc.jpg"


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        (AMAZONS, AMAZONS),
        ("http://127.0.0.1:8001/pictures/B0.svg", "http://127.0.0.1:8001/pictures/B0.svg"),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("//m.media-amazon.com/x.jpg", ""),
        ("https://", ""),
        ("https://[", ""),
        ("https://m.media-amazon.com/a b.jpg", ""),
        (f"https://m.media-amazon.com/{'x' * 500}.jpg", ""),
    ],
)
def test_only_a_whole_address_of_the_web_is_kept(link, kept):
    assert picture_address(link) == kept


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        (AMAZONS, True),
        ("https://images-na.ssl-images-amazon.com/images/I/1.jpg", True),
        ("http://m.media-amazon.com/images/I/1.jpg", False),
        ("https://m.media-amazon.com.example/1.jpg", False),
        ("https://evilmedia-amazon.com/1.jpg", False),
        ("http://127.0.0.1:8001/pictures/B0.svg", True),
        ("http://127.0.0.1:80011/pictures/B0.svg", False),
        ("", False),
    ],
)
def test_a_page_shows_amazons_pictures_and_those_of_its_own_simulator(link, shown):
    assert is_shown(link, ("http://127.0.0.1:8001",)) is shown
