"""Offers for a label, and what a person chose of them, as their columns hold them: for minutes, until it is bought."""

from collections.abc import Mapping
from typing import Any

import msgspec

from wharfinger.domain.shipping.offers import Choice, Offers

SCHEMA = "schema"
"""Beside the offers: what the chosen one wants to know."""


def write_offers(offers: Offers) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(offers)
    return found


def read_offers(stored: Mapping[str, Any] | None) -> Offers | None:
    """What `write_offers` wrote; members beside it are left alone."""
    return None if stored is None else msgspec.convert(stored, Offers, strict=False)


def write_choice(choice: Choice) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(choice)
    return found


def read_choice(stored: Mapping[str, Any] | None) -> Choice | None:
    return None if stored is None else msgspec.convert(stored, Choice, strict=False)
