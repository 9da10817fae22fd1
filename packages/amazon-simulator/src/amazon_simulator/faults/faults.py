"""Faults on command: each by count, probability or window, for an operation and a seller, seeded, journalled."""

import random
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from amazon_simulator.access.rate_limits import PLANS
from amazon_simulator.core.clock import from_iso
from amazon_simulator.core.store import Entity
from amazon_simulator.protocol.errors import BUDGETS, SAY_WHICH

KINDS = {
    "throttle": "429 although the budget is not used up; `of`: which one a listing's patch or put names",
    "400": "InvalidInput without a reason, although nothing is wrong",
    "refuse": "an error of your own: `status` (400 by default), `code`, `message`, `details`",
    "500": "InternalFailure",
    "503": "service unavailable",
    "slow": "responds `seconds` of machine time later",
    "cut_before": "the connection breaks before anything was done",
    "cut_after": "the connection breaks after it was done",
    "html": "a front end's HTML page instead of JSON",
    "broken_json": "200 with JSON that breaks off",
    "wrong_content_type": "JSON under another content type: `contentType`, text/plain by default",
    "empty": "200 whose payload is null, or without any member",
    "members": "members left out (`without`), or given another value (`with`, inside `into` where given)",
    "token_expired": "the access token is worth nothing from now on",
    "revoked": "the seller's authorisation is withdrawn",
    "denied": "403 as for a missing role",
    "stale_read": "listings show the quantity before the last change",
    "orders_missing": "searchOrders leaves its first order out",
    "rows_missing": "a page leaves its first row out",
    "page_repeated": "gives the first page again, with a token",
    "bad_next_token": "the next page's token is no token",
    "page_token_refused": "a call with a page token is refused without a message: 400 whose message is null",
    "no_address": "orders come without their address",
    "no_money": "orders come without their money",
    "no_quantities": "getInventorySummaries gives empty inventoryDetails",
    "odd_skus_missing": "a SKU with a space or an apostrophe is not found when it is requested; the whole list has it",
    "accepted_not_applied": "a listing's patch, put or deletion is ACCEPTED and nothing happens",
    "applied_late": "what was accepted for a listing takes effect `seconds` of trade time later",
    "invalid": "a listing's patch or put is INVALID, with an issue and status 200",
    "sku_refused": "400: the SKU is called invalid for its marketplace",
    "tracking_refused": "confirmShipment refuses the tracking number as not fitting the carrier",
}
"""What can be made to happen to a call."""
HAPPENINGS = {
    "total_off": "a new order's grand total is one cent more than its lines",
    "late_orders": "a new order is not found by searchOrders until `seconds` of trade time later",
    "feed_stuck": "a feed stays IN_PROGRESS for `seconds` of trade time more",
    "feed_partly_refused": "every second message of a feed is refused with an error in its report",
    "feed_fatal": "a feed ends FATAL, nothing of it is done",
    "feed_tracking_refused": "a feed's tracking number that is none of its carrier's is an error, and ships nothing",
    "feed_cancelled": "a feed ends CANCELLED at once, nothing of it is done",
    "report_cancelled": "a report ends CANCELLED, without a document",
    "report_fatal": "a report ends FATAL",
    "report_odd": "a report is DONE, and its document is a sentence instead of a table",
    "report_rows_missing": "a report leaves every second row out",
    "label_confirmed_late": "an order shows a label of Shipping v2 `seconds` of trade time later than it would",
    "label_never_confirmed": "an order never shows a label of Shipping v2 that is bought now",
    "notification_lost": "a notification is never delivered",
    "notification_doubled": "a notification is delivered twice",
    "notification_old": "a change of an order's status comes as the ORDER_STATUS_CHANGE that was before ORDER_CHANGE",
    "notification_late": "a notification is delivered `seconds` of trade time later, after newer ones",
}
"""Faults outside calls: always with operation “*”."""
OF_ORDERS = ("searchOrders", "getOrder", "getOrders", "getOrderV0", "getOrderAddress", "getOrderItems")
SUBMITTED = ("patchListingsItem", "putListingsItem", "deleteListingsItem")
OF_LISTINGS = ("getListingsItem", *SUBMITTED)
PAGED = {
    "searchOrders": "paginationToken",
    "searchListingsItems": "pageToken",
    "getInventorySummaries": "nextToken",
    "getOrders": "NextToken",
    "listTransactions": "nextToken",
}
"""Operations whose every page repeats the first one's parameters → the token's own parameter."""
TOKENS = {
    **PAGED,
    **dict.fromkeys(("getReports", "getFeeds", "getSubscriptions", "listAllFulfillmentOrders"), "nextToken"),
}
"""Operations that give their answer in pages → the token's parameter."""
OF_FEEDS = ("accepted_not_applied", "applied_late", "invalid")
"""Faults of submissions that meet the messages of a listings feed, too."""
SKU_PARAMETERS = {"getInventorySummaries": ("sellerSkus", "sellerSku"), "searchListingsItems": ("identifiers",)}
"""Operations → the parameters by which SKUs are requested."""
ONLY_FOR: dict[str, tuple[str, ...]] = {
    "stale_read": ("searchListingsItems", "getListingsItem"),
    "orders_missing": ("searchOrders",),
    "rows_missing": tuple(PAGED),
    "page_repeated": tuple(PAGED),
    "bad_next_token": tuple(PAGED),
    "page_token_refused": tuple(TOKENS),
    "no_address": OF_ORDERS,
    "no_money": OF_ORDERS,
    "no_quantities": ("getInventorySummaries",),
    "odd_skus_missing": ("getInventorySummaries", "searchListingsItems"),
    "accepted_not_applied": SUBMITTED,
    "applied_late": SUBMITTED,
    "invalid": SAY_WHICH,
    "sku_refused": OF_LISTINGS,
    "tracking_refused": ("confirmShipment",),
    **dict.fromkeys(HAPPENINGS, ()),
}
REFUSAL_TEXTS = (("message", "The request was refused."), ("details", ""))
LONGEST = {"slow": 600.0}
"""Seconds at most: of machine time a client waits no longer; of trade time anything goes."""


class Fault(Entity, tag="fault", kw_only=True):
    """`count` times (0 = without end), with `probability`, between `since` and `until` (trade seconds).

    `tries` counts the throws of its dice, so that the same calls meet the same throws, over a restart too.
    `gone`: taken away, kept for its number.
    """

    number: int
    kind: str
    operation: str
    seller: str
    count: int
    probability: float
    since: float
    until: float | None
    seconds: float
    seed: str
    more: dict[str, Any] = {}
    tries: int = 0
    hits: int = 0
    gone: bool = False

    def fits(self, operation: str, seller: str, now: float) -> bool:
        left = self.count == 0 or self.hits < self.count
        return (
            left
            and self.operation in ("*", operation)
            and (operation == self.kind or operation in ONLY_FOR.get(self.kind, (operation,)))
            and self.seller in ("*", seller)
            and self.since <= now
            and (self.until is None or now <= self.until)
        )

    def hits_now(self) -> bool:
        """Whether this throw of the dice makes it happen."""
        self.tries += 1
        thrown = random.Random(f"{self.seed}:{self.number}:{self.tries}").random() if self.probability < 1 else 0.0
        self.hits += thrown < self.probability
        return thrown < self.probability


class FaultEvent(Entity, tag="fault event", kw_only=True):
    """A fault has happened, for the state report. `operation` is empty where it was no call that it happened to."""

    number: int
    at: float
    fault: int
    kind: str
    operation: str
    seller: str
    subject: str = ""


class Faults:
    """A store: what was made to happen goes on happening after a restart."""

    kinds: ClassVar[tuple[type[Entity], ...]] = (Fault, FaultEvent)

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.changed: list[Entity] = []
        self.faults: list[Fault] = []
        self.events: list[FaultEvent] = []
        self._last: Fault | None = None

    def put(self, entity: Entity) -> None:
        if isinstance(entity, FaultEvent) and entity.number == len(self.events):
            self.events.append(entity)
        if not isinstance(entity, Fault):
            return
        others = [fault for fault in self.faults if fault.number != entity.number]
        self.faults = others if entity.gone else sorted([*others, entity], key=lambda fault: fault.number)
        if self._last is None or entity.number >= self._last.number:
            self._last = entity

    def everything(self) -> Iterator[Entity]:
        """Those that are there, and the last one that was: no number is given twice."""
        yield from self.faults
        yield from self.events
        if self._last is not None and self._last.gone:
            yield self._last

    def turn(self, now: float) -> None:
        """A fault waits for what it happens to."""

    def add(self, params: Mapping[str, Any]) -> Fault:
        """ValueError names the field that is wrong and what it may be."""
        kind, operation = params.get("kind"), params.get("operation", "*")
        if not isinstance(kind, str) or (kind not in KINDS and kind not in HAPPENINGS):
            raise ValueError(f"kind: “{kind}” is no fault; choose one of {', '.join((*KINDS, *HAPPENINGS))}")
        fitting = ("*", *(one for one in ONLY_FOR.get(kind, PLANS) if one in PLANS))
        if operation not in fitting:
            raise ValueError(f"operation: “{operation}” does not fit {kind}; choose one of {', '.join(fitting)}")
        since, until = _window(params.get("window"))
        endless = "probability" in params or "window" in params
        seed = params.get("seed", self._seed)
        if not isinstance(seed, int | str):
            raise ValueError("seed: give a number or a text")
        fault = Fault(
            number=1 if self._last is None else self._last.number + 1,
            kind=kind,
            operation=str(operation),
            seller=str(params.get("sellerId", "*")),
            count=int(_number(params, "count", 0 if endless else 1, 0, 1e9)),
            probability=_number(params, "probability", 1.0, 0, 1),
            since=since,
            until=until,
            seconds=_number(params, "seconds", 2.0, 0, LONGEST.get(kind, 1e7)),
            seed=str(seed),
            more=_more(kind, params),
        )
        self.put(fault)
        self.changed.append(fault)
        return fault

    def clear(self, number: int | None = None) -> None:
        """All of them, or one by its number."""
        for fault in [fault for fault in self.faults if number is None or fault.number == number]:
            fault.gone = True
            self.put(fault)
            self.changed.append(fault)

    def happens(self, kind: str, seller: str, now: float) -> Fault | None:
        """The fault of this kind that applies now: for HAPPENINGS, called by whoever does them."""
        fitting = [fault for fault in self.faults if fault.kind == kind]
        return self._noted(self._first(kind, seller, now, fitting), "", seller, "", now) if fitting else None

    def inject(self, operation: str, seller: str, now: float, query: Mapping[str, str], subject: str) -> Fault | None:
        """The first fault that happens to this call, if any. `subject`: the last part of its path."""
        fitting = [fault for fault in self.faults if fault.kind in KINDS and _meets(fault.kind, operation, query)]
        return self._noted(self._first(operation, seller, now, fitting), operation, seller, subject, now)

    def inject_into_message(self, operation: str, seller: str, now: float, sku: str) -> Fault | None:
        """What happens to a message of a listings feed, which is done as this operation does it."""
        fitting = [fault for fault in self.faults if fault.kind in OF_FEEDS]
        return self._noted(self._first(operation, seller, now, fitting), operation, seller, sku, now)

    def _noted(self, fault: Fault | None, operation: str, seller: str, subject: str, now: float) -> Fault | None:
        if fault is not None:
            event = FaultEvent(
                number=len(self.events),
                at=now,
                fault=fault.number,
                kind=fault.kind,
                operation=operation,
                seller=seller,
                subject=subject[:100],
            )
            self.put(event)
            self.changed.append(event)
        return fault

    def lateness(self, seller: str, now: float) -> float:
        """Seconds for which an order that is placed now stays out of searches."""
        fault = self.happens("late_orders", seller, now)
        return 0.0 if fault is None else fault.seconds

    def rounding(self, seller: str, now: float) -> bool:
        """Whether the grand total of an order that is placed now is a cent more than its lines."""
        return self.happens("total_off", seller, now) is not None

    def _first(self, operation: str, seller: str, now: float, faults: list[Fault]) -> Fault | None:
        for fault in faults:
            if fault.fits(operation, seller, now):
                self.changed.append(fault)
                if fault.hits_now():
                    return fault
        return None


def _meets(kind: str, operation: str, query: Mapping[str, str]) -> bool:
    """Some faults happen only to a page after the first, or to what was requested by name."""
    if kind == "page_token_refused":
        return bool(query.get(TOKENS.get(operation, "")))
    if kind == "odd_skus_missing":
        return any(query.get(name) for name in SKU_PARAMETERS.get(operation, ()))
    return True


def _more(kind: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that only this kind of fault has."""
    if kind == "throttle":
        of = params.get("of", "application")
        if not isinstance(of, str) or of not in BUDGETS:
            raise ValueError(f"of: “{str(of)[:40]}” is no budget of a listing's; choose one of {', '.join(BUDGETS)}")
        return {"of": of}
    if kind == "wrong_content_type":
        name = params.get("contentType", "text/plain")
        if not isinstance(name, str) or not name.isascii() or not name.isprintable() or len(name) > 100:
            raise ValueError("contentType: give one like text/plain or application/xml")
        return {"contentType": name}
    if kind == "refuse":
        status = params.get("status", 400)
        if type(status) is not int or not 400 <= status <= 599:
            raise ValueError("status: give a whole number from 400 to 599")
        texts = {name: params.get(name, default) for name, default in (("code", "InvalidInput"), *REFUSAL_TEXTS)}
        wrong = next((name for name, text in texts.items() if not isinstance(text, str) or len(text) > 2_000), None)
        if wrong is not None:
            raise ValueError(f"{wrong}: give a text of at most 2000 characters")
        return {"status": status, **texts}
    if kind != "members":
        return {}
    without, given, into = params.get("without", []), params.get("with", {}), params.get("into", "")
    if not isinstance(without, list) or not all(isinstance(one, str) for one in without):
        raise ValueError("without: give a list of members' names")
    if not isinstance(given, dict):
        raise ValueError("with: give an object of members and their values")
    if not isinstance(into, str):
        raise ValueError("into: give the name of the member whose objects get the members of `with`")
    if not without and not given:
        raise ValueError("without: name the members to leave out, or `with`: those to give another value")
    return {"without": without, "with": given, "into": into}


def _window(value: Any) -> tuple[float, float | None]:
    """{"since": ISO, "until": ISO} of trade time, either may be missing."""
    if value is None:
        return 0.0, None
    if not isinstance(value, dict) or not set(value) <= {"since", "until"}:
        raise ValueError('window: give {"since": ISO, "until": ISO} in trade time')
    try:
        since = from_iso(str(value["since"])) if "since" in value else 0.0
        return since, from_iso(str(value["until"])) if "until" in value else None
    except ValueError as fault:
        raise ValueError(f"window: {fault}; give times like 2026-12-01T00:00:00Z") from fault


def _number(params: Mapping[str, Any], name: str, default: float, least: float, most: float) -> float:
    value = params.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise ValueError(f"{name}: give a number from {least:g} to {most:g}")
    return float(value)
