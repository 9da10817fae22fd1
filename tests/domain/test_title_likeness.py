"""How much a stock item's name is like a listing's title."""

import pytest

from wharfinger.domain.stock.title_likeness import TitleWords, likeness, title_words

LIKE = [
    ("Enamel mug", "Falcon Enamel Mug 8 cm, white", 1.0),
    ("Enamel mugs", "Falcon Enamel Mug 8 cm, white", 1.0),
    ("Enamel mug blue large", "Falcon Enamel Mug", 0.5),
    ("Emaille-Becher für Kaffee", "EMAILLE BECHER fur Kaffee", 1.0),
    ("Aluminium tray", "Baking Tray, Aluminum", 1.0),
    ("Enamel mug 250 ml", "Falcon Enamel Mug 250ml", 1.0),
    ("Enamel mug 2-pack", "Falcon Enamel Mug (2 pack)", 1.0),
    ("Oil 0,5 l bottle", "Bottle of oil 0.5l", 1.0),
]
UNLIKE = [
    ("Mug", "Enamel Mug"),
    ("Enamel mug", "Steel kettle"),
    ("Enamel mug 250 ml", "Falcon Enamel Mug 500 ml"),
    ("Enamel mug 2-pack", "Falcon Enamel Mug 4 pack"),
    ("Cat bed", "Bat bed"),
    ("", ""),
    ("", "Enamel Mug"),
    ("Enamel mug", ""),
    ("of the", "of the in"),
]


@pytest.mark.parametrize(("name", "title", "share"), LIKE)
def test_a_name_stands_in_a_title(name, title, share):
    assert likeness(title_words(name), title_words(title)) == share


@pytest.mark.parametrize(("name", "title"), UNLIKE)
def test_one_word_another_size_or_another_thing_is_not_alike(name, title):
    assert likeness(title_words(name), title_words(title)) < 0.5


def test_sizes_are_kept_apart_from_words_with_their_units():
    assert title_words("Mugs, 2 pack, 0,25 l – Blau") == TitleWords(
        frozenset({"mug", "blau"}), frozenset({"2pack", "0.25l"})
    )
