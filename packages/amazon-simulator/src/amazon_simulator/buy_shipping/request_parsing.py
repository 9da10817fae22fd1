"""Reading a shipment request; refusals have the messages of Amazon's own validation."""

from typing import Any

from amazon_simulator.core.clock import from_iso

ADDRESS = {
    "Name": 30, "AddressLine1": 180, "AddressLine2": 60, "AddressLine3": 60, "DistrictOrCounty": 100, "Email": 200,
    "City": 30, "StateOrProvinceCode": 30, "PostalCode": 30, "CountryCode": 2, "Phone": 30,
}  # fmt: skip
WANTED = ("Name", "AddressLine1", "Email", "City", "PostalCode", "CountryCode", "Phone")
GRAMS = {"g": 1.0, "oz": 28.349523125}
HEAVIEST, LONGEST = 1e6, 1e4


class NotValid(Exception):
    """One field does not fit; the message is Amazon's."""

    def __init__(self, value: Any, place: str, constraint: str) -> None:
        shown = "null" if value is None else f"'{str(value)[:200]}'"
        super().__init__(
            f"1 validation error detected: Value {shown} at '{place}' failed to satisfy constraint: {constraint}"
        )


class RequestPart:
    """The members of an object, at `place` of the request."""

    def __init__(self, members: Any, place: str) -> None:
        if not isinstance(members, dict):
            raise NotValid(None if members is None else members, place, "Member must not be null")
        self.members: dict[str, Any] = members
        self._place = place

    def _at(self, name: str) -> str:
        return f"{self._place}.{name[0].lower()}{name[1:]}".lstrip(".")

    def wrong(self, name: str, constraint: str) -> NotValid:
        return NotValid(self.members.get(name), self._at(name), constraint)

    def text(self, name: str, longest: int = 2_000, default: str | None = None) -> str:
        value = self.members.get(name, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.wrong(name, "Member must not be null")
        if len(value) > longest:
            raise self.wrong(name, f"Member must have length less than or equal to {longest}")
        return value

    def one_of(self, name: str, known: tuple[str, ...], default: str | None = None) -> str:
        value = self.text(name, default=default)
        if value not in known and value != default:
            raise self.wrong(name, f"Member must satisfy enum value set: [{', '.join(known)}]")
        return value

    def number(self, name: str, most: float) -> float:
        value = self.members.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(name, "Member must not be null")
        if not 0 < value <= most:
            raise self.wrong(name, "Member must be greater than 0")
        return float(value)

    def truth(self, name: str, default: bool | None = None) -> bool:
        value = self.members.get(name, default)
        if not isinstance(value, bool):
            raise self.wrong(name, "Member must not be null")
        return value

    def time(self, name: str) -> float | None:
        if self.members.get(name) is None:
            return None
        try:
            return from_iso(self.text(name))
        except ValueError:
            raise self.wrong(name, "Member must be a date-time") from None

    def part(self, name: str) -> "RequestPart":
        return RequestPart(self.members.get(name), self._at(name))

    def parts(self, name: str, *, least: int = 0) -> list["RequestPart"]:
        value = self.members.get(name) or []
        if not isinstance(value, list) or len(value) < least:
            raise self.wrong(name, "Member must not be empty")
        return [RequestPart(one, f"{self._at(name)}.{number}.member") for number, one in enumerate(value, 1)]

    def amount(self, name: str) -> dict[str, Any] | None:
        if self.members.get(name) is None:
            return None
        part = self.part(name)
        value = part.members.get("Amount")
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1e9:
            raise part.wrong("Amount", "Member must be greater than or equal to 0")
        return {"CurrencyCode": part.text("CurrencyCode", 3), "Amount": value}


def address(part: RequestPart) -> dict[str, str]:
    """An address with all that the model wants."""
    fields = {name: part.text(name, longest) for name, longest in ADDRESS.items() if name in WANTED}
    for name, longest in ADDRESS.items():
        if name not in WANTED and part.members.get(name) is not None:
            fields[name] = part.text(name, longest, default="")
    return fields


def dimensions(part: RequestPart) -> dict[str, Any]:
    """Three lengths, or the name of a carrier's own box."""
    if part.members.get("PredefinedPackageDimensions") is not None:
        return {"PredefinedPackageDimensions": part.text("PredefinedPackageDimensions", 60)}
    lengths = {name: part.number(name, LONGEST) for name in ("Length", "Width", "Height")}
    return {**lengths, "Unit": part.one_of("Unit", ("inches", "centimeters"))}


def weight(part: RequestPart) -> tuple[dict[str, Any], float]:
    """As it was sent, and in grams."""
    value, unit = part.number("Value", HEAVIEST), part.one_of("Unit", tuple(GRAMS))
    return {"Value": value, "Unit": unit}, value * GRAMS[unit]
