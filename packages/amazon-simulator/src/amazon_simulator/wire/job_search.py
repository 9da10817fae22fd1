"""getFeeds and getReports look alike: filters on the first page, a token alone on every other one.

Source: models feeds_2021-06-30.json, reports_2021-06-30.json.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from amazon_simulator.core.clock import from_iso
from amazon_simulator.protocol.paging import seal, unseal

LOOKED_BACK = 90 * 24 * 3600.0
LARGEST_PAGE, PAGE = 100, 10
STATUSES = ("CANCELLED", "DONE", "FATAL", "IN_PROGRESS", "IN_QUEUE")
NAMES_AT_MOST = 10


class Row(Protocol):
    """What both are."""

    number: int
    kind: str
    marketplaces: list[str]
    created: float
    status: str


Found = TypeVar("Found", bound=Row)


@dataclass(frozen=True, slots=True)
class JobFilters:
    """What a page must have; `before`: the number of the last row of the page before it."""

    kinds: list[str]
    statuses: list[str]
    marketplaces: list[str]
    since: float
    until: float
    size: int
    before: int = 0


def read_search(query: Mapping[str, str], kinds: str, seller: str, now: float) -> JobFilters:
    """Raises ValueError with what is wrong. `kinds` is the parameter of the types: it is required but for a token."""
    filters = (kinds, "processingStatuses", "marketplaceIds", "pageSize", "createdSince", "createdUntil")
    if query.get("nextToken"):
        if any(name in query for name in filters):
            raise ValueError("nextToken must be the only parameter.")
        held = unseal(kinds, query["nextToken"])
        if held is None or held[0] != seller:
            raise ValueError("nextToken is not valid.")
        return JobFilters(*held[1:])
    wanted = _listed(query, kinds)
    if not wanted:
        raise ValueError(f"Either {kinds} or nextToken is required.")
    statuses, marketplaces = _listed(query, "processingStatuses"), _listed(query, "marketplaceIds")
    if not set(statuses) <= set(STATUSES):
        raise ValueError(f"processingStatuses: choose from {', '.join(STATUSES)}.")
    if len(wanted) > NAMES_AT_MOST or len(marketplaces) > NAMES_AT_MOST:
        raise ValueError(f"{kinds}, marketplaceIds: at most {NAMES_AT_MOST}.")
    return JobFilters(
        kinds=wanted,
        statuses=statuses,
        marketplaces=marketplaces,
        since=_moment(query, "createdSince", now - LOOKED_BACK),
        until=_moment(query, "createdUntil", now),
        size=_size(query),
    )


def page_of(rows: Iterable[Found], filters: JobFilters, kinds: str, seller: str) -> tuple[list[Found], str]:
    """The rows of a page, newest first, and the token of the next one. `rows` come newest first."""
    found: list[Found] = []
    for row in rows:
        if not _fits(row, filters):
            continue
        if len(found) == filters.size:
            same = (filters.kinds, filters.statuses, filters.marketplaces, filters.since, filters.until, filters.size)
            return found, seal(kinds, (seller, *same, found[-1].number))
        found.append(row)
    return found, ""


def _fits(row: Row, filters: JobFilters) -> bool:
    return (
        (not filters.before or row.number < filters.before)
        and row.kind in filters.kinds
        and (not filters.statuses or row.status in filters.statuses)
        and (not filters.marketplaces or not set(filters.marketplaces).isdisjoint(row.marketplaces))
        and filters.since <= row.created <= filters.until
    )


def _listed(query: Mapping[str, str], name: str) -> list[str]:
    return [member for member in query.get(name, "").split(",") if member]


def _moment(query: Mapping[str, str], name: str, default: float) -> float:
    if name not in query:
        return default
    try:
        return from_iso(query[name])
    except ValueError as fault:
        raise ValueError(f"{name} is no date-time.") from fault


def _size(query: Mapping[str, str]) -> int:
    text = query.get("pageSize", str(PAGE))
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= LARGEST_PAGE:
        raise ValueError(f"pageSize must be 1 to {LARGEST_PAGE}.")
    return int(text)


def stamp(seconds: float) -> str:
    """As feeds and reports write times: whole seconds, +00:00 (behaviour R09)."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")


def read_marketplaces(marketplaces: object, most: int) -> Sequence[str]:
    """The marketplaceIds of a body; Raises ValueError with what is wrong."""
    if not isinstance(marketplaces, list) or not marketplaces or not all(isinstance(one, str) for one in marketplaces):
        raise ValueError("marketplaceIds: give a list of at least one.")
    if len(marketplaces) > most:
        raise ValueError(f"Too many 'marketplaceIds' values provided. Expected a maximum of {most}.")
    return marketplaces


def read_options(options: object, name: str) -> dict[str, str]:
    """feedOptions, reportOptions: names and texts."""
    if options is None:
        return {}
    if not isinstance(options, dict) or not all(isinstance(one, str) for one in options.values()):
        raise ValueError(f"{name}: give an object of texts.")
    return dict(options)
