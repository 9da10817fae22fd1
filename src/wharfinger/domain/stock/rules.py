"""Stock rules: how much of what is available a channel shows, and where each part of the rule comes from.

An item's own settings beat its profile's, the item beats the channel, the channel beats the installation, each field
for itself. Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from wharfinger.domain.labels import Labelled
from wharfinger.domain.sentences import N_

UNITS_AT_MOST = 1_000_000_000
"""The largest buffer, send-zero level or cap; far above any stock, and it fits the column."""


class Rounding(Labelled):
    DOWN = "down", "Round down"
    UP = "up", "Round up"
    NEAREST = "nearest", "Round to nearest"


@dataclass(frozen=True, slots=True)
class RuleValues:
    """What one profile, item or channel sets; None = not set, which inherits.

    `percent`: whole, 0 to 100; `buffer`: units kept back; `send_zero_at`: this number or fewer is sent as 0; `cap`:
    the largest number shown.
    """

    percent: int | None = None
    rounding: Rounding | None = None
    buffer: int | None = None
    send_zero_at: int | None = None
    cap: int | None = None

    @property
    def empty(self) -> bool:
        return all(getattr(self, name) is None for name in RULE_FIELDS)

    def as_stored(self) -> dict[str, Any]:
        """The columns of whatever row holds them; an unset rounding is kept as empty text."""
        return {name: getattr(self, name) for name in RULE_FIELDS} | {"rounding": self.rounding or ""}


RULE_FIELDS: tuple[str, ...] = tuple(field.name for field in fields(RuleValues))
"""In the order in which pages show them."""


class RuleSource(Labelled):
    """Where a part of a rule comes from; what stands first beats what follows."""

    ITEM = "item", "the item"
    ITEM_PROFILE = "item_profile", "the item's profile"
    CHANNEL = "channel", "the channel"
    CHANNEL_PROFILE = "channel_profile", "the channel's profile"
    INSTALLATION = "installation", "the installation"
    DEFAULT = "default", "default"


class RuleSubject(Labelled):
    """Whose setting a kept change is about."""

    PROFILE = "profile", "Stock profile"
    ITEM = "item", "Stock item"
    CHANNEL = "channel", "Channel"
    INSTALLATION = "installation", "Installation"
    LISTING = "listing", "Listing"
    PRODUCT = "product", "Channel product"


@dataclass(frozen=True, slots=True)
class Origin:
    """`profile`: its name, where the source is a profile."""

    source: RuleSource
    profile: str = ""


FROM_DEFAULT = Origin(RuleSource.DEFAULT)


@dataclass(frozen=True, slots=True)
class SafeLevel:
    """How much of a number is shown while orders are not seen: a percent of it, rounded down, and at most `cap`."""

    percent: int = 50
    cap: int | None = None

    def of(self, quantity: int) -> int:
        share = quantity * self.percent // 100
        return share if self.cap is None else min(share, self.cap)

    def summary(self) -> str:
        """For a stored sentence."""
        at_most = "" if self.cap is None else f" and at most {self.cap}"
        return f"{self.percent} %{at_most}"


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for an item on a channel. Without any setting, all of what is available is shown.

    `shares`: the percents of all listings that sell the item from the site, added up, where they are shares of one
    stock: together they never show more than there is. 0 = they are not, and each listing may show the whole.
    `safe`: orders that take of the same stock are not seen.
    """

    percent: int = 100
    rounding: Rounding = Rounding.DOWN
    buffer: int = 0
    send_zero_at: int = 0
    cap: int | None = None
    shares: int = 0
    safe: SafeLevel | None = None

    def share(self, left: int) -> int:
        """The percent of the units that are left, rounded; never more than they are. A share of one stock is rounded
        down, and made smaller where all percents are more than a hundred."""
        hundredths = max(0, left) * self.percent
        if self.shares:
            return hundredths // max(100, self.shares)
        match self.rounding:
            case Rounding.UP:
                return -(-hundredths // 100)
            case Rounding.NEAREST:
                return (hundredths + 50) // 100
            case _:
                return hundredths // 100

    def summary(self) -> str:
        """For a stored sentence: “50 %, rounded down, 2 kept back, at most 20”."""
        parts = [f"{self.percent} %"]
        if self.percent != 100:
            parts.append(ROUNDED[self.rounding].lower())
        if self.buffer:
            parts.append(f"{self.buffer} kept back")
        if self.send_zero_at:
            parts.append(f"0 at {self.send_zero_at} or fewer")
        if self.cap is not None:
            parts.append(f"at most {self.cap}")
        return ", ".join(parts)


EVERYTHING = Rule()
ROUNDED: Mapping[Rounding, str] = {
    Rounding.DOWN: "Rounded down",
    Rounding.UP: "Rounded up",
    Rounding.NEAREST: "Rounded to nearest",
}


@dataclass(frozen=True, slots=True)
class Resolved:
    """The rule in force, and where each of its fields comes from."""

    rule: Rule
    origins: tuple[Origin, ...]
    """In the order of RULE_FIELDS."""

    def as_why(self) -> list[list[Any]]:
        """What is not the default: [field, value, source, profile], as kept with each number that is sent."""
        return [
            [name, getattr(self.rule, name), origin.source.value, origin.profile]
            for name, origin in zip(RULE_FIELDS, self.origins, strict=True)
            if origin.source is not RuleSource.DEFAULT
        ]


Layer = tuple[Origin, RuleValues]
NO_RULE = Resolved(EVERYTHING, (FROM_DEFAULT,) * len(RULE_FIELDS))


def resolve(layers: Iterable[Layer]) -> Resolved:
    """Each field from the first layer that sets it. `layers`: the strongest first."""
    ranked = tuple(layers)
    values: dict[str, Any] = {}
    origins = []
    for name in RULE_FIELDS:
        found = ((origin, getattr(layer, name)) for origin, layer in ranked)
        origin, value = next((pair for pair in found if pair[1] is not None), (FROM_DEFAULT, None))
        origins.append(origin)
        if value is not None:
            values[name] = value
    return Resolved(Rule(**values), tuple(origins)) if values else NO_RULE


@dataclass(frozen=True, slots=True)
class Fault:
    """Why values cannot be as they are: a sentence for the catalogues with its values, and the field it is about."""

    field: str
    sentence: str
    values: Mapping[str, Any]


def fault_in(values: RuleValues) -> Fault | None:
    if values.percent is not None and not 0 <= values.percent <= 100:
        return Fault(
            "percent", N_("Percent is a whole number from 0 to 100; not %(given)s."), {"given": values.percent}
        )
    for name in ("buffer", "send_zero_at", "cap"):
        units = getattr(values, name)
        if units is not None and not 0 <= units <= UNITS_AT_MOST:
            return Fault(
                name,
                N_("Give a number of units from 0 to %(at_most)s; not %(given)s."),
                {"at_most": UNITS_AT_MOST, "given": units},
            )
    if values.cap is not None and values.send_zero_at and values.cap <= values.send_zero_at:
        return Fault(
            "cap",
            N_(
                "At most %(cap)s are shown, and %(send_zero_at)s or fewer are sent as 0: nothing would ever be sold. "
                "Give a larger number here, or a smaller one for “Send zero at”."
            ),
            {"cap": values.cap, "send_zero_at": values.send_zero_at},
        )
    return None
