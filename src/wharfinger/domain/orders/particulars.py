"""What few lines have, as it is stored: the names here are a file format, and change only with a data step.

What is empty is not written; a line of which nothing is said has None.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from wharfinger.domain.orders.order import Associated, Particulars

_TEXTS = ("tax_model", "tax_scheme")
_LISTS = ("serial_numbers", "constraints", "programs")
_AMOUNTS = ("tax_parts", "discount_parts")
AT_MOST = 200
"""Entries of a list: a line has no more serial numbers than that on a page."""


def write_particulars(said: Particulars, held: Mapping[str, Any] | None = None) -> dict[str, Any] | None:
    """As it is stored. What Amazon does not say (any more) stays as it was `held`."""
    if said is _NOTHING or said == _NOTHING:
        return None if held is None else dict(held)
    written: dict[str, Any] = dict(held or {})
    written |= {name: value[:40] for name in _TEXTS if (value := getattr(said, name))}
    written |= {name: list(value[:AT_MOST]) for name in _LISTS if (value := getattr(said, name))}
    written |= {
        name: {kind: str(amount) for kind, amount in value} for name in _AMOUNTS if (value := getattr(said, name))
    }
    if said.associated:
        written["associated"] = [[one.kind, one.order_id, one.order_item_id] for one in said.associated[:AT_MOST]]
    return written


def read_particulars(stored: Mapping[str, Any] | None) -> Particulars:
    if not stored:
        return _NOTHING
    return Particulars(
        associated=tuple(Associated(*one) for one in stored.get("associated", ())),
        serial_numbers=tuple(stored.get("serial_numbers", ())),
        constraints=tuple(stored.get("constraints", ())),
        programs=tuple(stored.get("programs", ())),
        tax_model=stored.get("tax_model", ""),
        tax_scheme=stored.get("tax_scheme", ""),
        tax_parts=_amounts(stored.get("tax_parts", {}).items()),
        discount_parts=_amounts(stored.get("discount_parts", {}).items()),
    )


def _amounts(parts: Iterable[tuple[str, str]]) -> tuple[tuple[str, Decimal], ...]:
    return tuple((kind, Decimal(amount)) for kind, amount in parts)


_NOTHING = Particulars()
