"""What Amazon finds wrong with a listing, in words. Pure.

Only what bears on selling is kept: issues of severity ERROR, and those by which Amazon took action. Amazon's message
is in the language of the marketplace or the account; code and action decide.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

ENFORCEMENTS: Mapping[str, str] = {
    "LISTING_SUPPRESSED": "the offer cannot be bought",
    "ATTRIBUTE_SUPPRESSED": "Amazon rejects a value of the listing",
    "CATALOG_ITEM_REMOVED": "the product is removed from Amazon's catalogue, nobody can buy it there",
    "SEARCH_SUPPRESSED": "the product is hidden from search results",
}
ERROR = "ERROR"


@dataclass(frozen=True, slots=True)
class ListingIssue:
    """`actions`: Amazon's codes of what it did about it. Stored as JSON by these names."""

    code: str
    message: str
    severity: str = ERROR
    attributes: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()

    @property
    def matters(self) -> bool:
        """An error, or something that Amazon acted upon."""
        return self.severity == ERROR or bool(self.actions)

    @property
    def sentence(self) -> str:
        """Amazon's message, its code, the attributes it names, and what Amazon did."""
        about = f"{self.code}: {', '.join(self.attributes)}" if self.attributes else self.code
        done = "; ".join(ENFORCEMENTS.get(action, action) for action in self.actions)
        return f"{self.message.strip() or 'Amazon gave no message.'} ({about})" + (f" — {done}." if done else "")

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "code": self.code,
            "message": self.message,
            "severity": self.severity,
            "attributes": list(self.attributes),
            "actions": list(self.actions),
        }


def that_matter(issues: Iterable[ListingIssue]) -> tuple[ListingIssue, ...]:
    """Each once, in Amazon's order."""
    return tuple(dict.fromkeys(issue for issue in issues if issue.matters))


def read_issues(stored: Iterable[Mapping[str, Any]]) -> tuple[ListingIssue, ...]:
    """From JSON as `stored` wrote it."""
    return tuple(
        ListingIssue(
            code=one["code"],
            message=one["message"],
            severity=one["severity"],
            attributes=tuple(one["attributes"]),
            actions=tuple(one["actions"]),
        )
        for one in stored
    )
