"""What few lines have, as it is stored."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wharfinger.domain.orders.order import Associated, Particulars
from wharfinger.domain.orders.particulars import read_particulars, write_particulars

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)
names = st.lists(texts, max_size=4).map(tuple)
amounts = st.dictionaries(texts, st.decimals(allow_nan=False, allow_infinity=False, places=4), max_size=4)
parts = amounts.map(lambda found: tuple(found.items()))
associated = st.builds(Associated, texts, texts, texts)
particulars = st.builds(
    Particulars,
    associated=st.lists(associated, max_size=3).map(tuple),
    serial_numbers=names,
    constraints=names,
    programs=names,
    tax_model=texts,
    tax_scheme=texts,
    tax_parts=parts,
    discount_parts=parts,
)


@given(particulars)
def test_what_is_written_is_read_back(said):
    assert read_particulars(write_particulars(said)) == said


@given(particulars, particulars)
def test_what_is_not_said_any_more_stays_as_it_was(before, after):
    held = write_particulars(before)
    kept = None if held is None else dict(held)
    merged = read_particulars(write_particulars(after, held))
    assert held == kept
    for name in Particulars.__slots__:
        assert getattr(merged, name) == (getattr(after, name) or getattr(before, name))


def test_the_names_are_a_file_format():
    said = Particulars(
        associated=(Associated("WARRANTY", "026-1", "7"),),
        serial_numbers=("SN1",),
        constraints=("recipientAgeVerification",),
        programs=("TRANSPARENCY",),
        tax_model="MARKETPLACE_FACILITATOR",
        tax_scheme="UOSS",
        tax_parts=(("ITEM", Decimal("1.20")),),
        discount_parts=(("SHIPPING", Decimal("0.50")),),
    )
    assert write_particulars(said) == {
        "associated": [["WARRANTY", "026-1", "7"]],
        "serial_numbers": ["SN1"],
        "constraints": ["recipientAgeVerification"],
        "programs": ["TRANSPARENCY"],
        "tax_model": "MARKETPLACE_FACILITATOR",
        "tax_scheme": "UOSS",
        "tax_parts": {"ITEM": "1.20"},
        "discount_parts": {"SHIPPING": "0.50"},
    }
    assert write_particulars(Particulars()) is None
