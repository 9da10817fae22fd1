"""Which service of a courier group an order is offered first. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

LEVEL_AT_MOST = 40
AMAZONS_LEVELS = (
    "STANDARD", "EXPEDITED", "NEXT_DAY", "SAME_DAY", "SECOND_DAY", "PRIORITY", "SCHEDULED", "FREE_ECONOMY",
)  # fmt: skip
"""fulfillmentServiceLevel, as orders 2026-01-01 lists its possible values."""


@dataclass(frozen=True, slots=True)
class GroupRule:
    """One line of a group: this service, when the order fits. None or empty = any."""

    service: int
    channel: int | None = None
    service_level: str = ""
    country: str = ""
    grams_at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Consignment:
    """What is to be sent. `grams` None = the weight of some item is not known."""

    channel: int
    service_level: str = ""
    country: str = ""
    grams: int | None = None


def service_for(rules: Sequence[GroupRule], sent: Consignment) -> int | None:
    """The service of the first rule that fits; None when none does."""
    return next((rule.service for rule in rules if fits(rule, sent)), None)


def fits(rule: GroupRule, sent: Consignment) -> bool:
    """Whether every condition of the rule holds. A weight that is not known is never light enough."""
    if rule.channel is not None and rule.channel != sent.channel:
        return False
    if rule.service_level and rule.service_level.casefold() != sent.service_level.casefold():
        return False
    if rule.country and rule.country.casefold() != sent.country.casefold():
        return False
    return rule.grams_at_most is None or (sent.grams is not None and sent.grams <= rule.grams_at_most)


def is_hidden_by(rule: GroupRule, earlier: GroupRule) -> bool:
    """Whether the earlier rule takes every order that this one would: each of its conditions is as wide."""
    if earlier.channel is not None and earlier.channel != rule.channel:
        return False
    if earlier.service_level and earlier.service_level.casefold() != rule.service_level.casefold():
        return False
    if earlier.country and earlier.country.casefold() != rule.country.casefold():
        return False
    if earlier.grams_at_most is None:
        return True
    return rule.grams_at_most is not None and rule.grams_at_most <= earlier.grams_at_most


def weight_of(lines: Iterable[tuple[int, int | None]]) -> int | None:
    """Grams of (units, grams each); None when an item that is sent has no weight."""
    total = 0
    for units, each in lines:
        if not units:
            continue
        if each is None:
            return None
        total += units * each
    return total


def level_fault(level: str) -> str:
    """Why this cannot be a shipping service level of Amazon's; empty = it can."""
    if len(level) > LEVEL_AT_MOST:
        return f"The service level has {len(level)} characters; at most {LEVEL_AT_MOST} fit. Amazon's are shorter."
    if not level.isprintable() or "<" in level or ">" in level:
        return "A service level may contain only letters, digits and _, such as STANDARD or NEXT_DAY."
    return ""
