"""Reading what a control call was told: every wrong field is named with its cure."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from amazon_simulator.world import NotPossible


class Body:
    """The members of a JSON object; reading one of another kind raises NotPossible with its full name."""

    def __init__(self, members: Any, within: str = "") -> None:
        self._within = within
        if not isinstance(members, dict):
            raise NotPossible(f"{within.rstrip('.') or 'the body'}: give a JSON object")
        self.members: Mapping[str, Any] = members

    def __contains__(self, name: str) -> bool:
        return name in self.members

    def _wrong(self, name: str, cure: str) -> NotPossible:
        return NotPossible(f"{self._within}{name}: {cure}")

    def text(self, name: str, default: str | None = None, longest: int = 2_000) -> str:
        value = self.members.get(name, default)
        if not isinstance(value, str) or len(value) > longest:
            raise self._wrong(name, f"give a text of at most {longest} characters")
        return value

    def whole(self, name: str, default: int | None = None, least: int = 0, most: int = 1_000_000) -> int:
        value = self.members.get(name, default)
        if type(value) is not int or not least <= value <= most:
            raise self._wrong(name, f"give a whole number from {least} to {most}")
        return value

    def number(self, name: str, default: float | None = None, least: float = 0, most: float = 1e9) -> float:
        value = self.members.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            raise self._wrong(name, f"give a number from {least:g} to {most:g}")
        return float(value)

    def money(self, name: str, default: str) -> Decimal:
        try:
            amount = Decimal(str(self.members.get(name, default)))
        except InvalidOperation:
            amount = Decimal(-1)
        if not amount.is_finite() or not 0 <= amount <= 1_000_000 or amount != round(amount, 2):
            raise self._wrong(name, 'give an amount like "3.99"')
        return amount

    def truth(self, name: str, default: bool = False) -> bool:
        value = self.members.get(name, default)
        if not isinstance(value, bool):
            raise self._wrong(name, "give true or false")
        return value

    def texts(self, name: str, default: list[str]) -> list[str]:
        value = self.members.get(name, default)
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self._wrong(name, "give a list of texts")
        return list(value)

    def one_of(self, name: str, known: Mapping[str, Any], where: str, default: str | None = None) -> str:
        value = self.text(name, default)
        if value not in known:
            raise self._wrong(name, f"“{value[:60]}” is not known; see {where}")
        return value

    def parts(self, name: str) -> list["Body"]:
        """A list of objects, at least one."""
        value = self.members.get(name)
        if not isinstance(value, list) or not value:
            raise self._wrong(name, "give a list with at least one object")
        return [Body(one, f"{self._within}{name}[{number}].") for number, one in enumerate(value)]

    def part(self, name: str) -> "Body":
        return Body(self.members.get(name), f"{self._within}{name}.")
