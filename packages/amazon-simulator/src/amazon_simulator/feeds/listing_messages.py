"""JSON_LISTINGS_FEED: up to 25,000 submissions, each done as the Listings Items API does it.

Source: schemas listings-feed-schema-v2, listings-feed-processing-report-schema-v2; models#4097, models#4636; behaviours
FD07, FD08, S10, S11.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from amazon_simulator.feeds.feed import DONE, Ground, Job, Outcome, Submission
from amazon_simulator.world import World
from amazon_simulator.world.catalogue import MARKETS

MESSAGES_AT_MOST = 25_000
LARGEST = 10 * 1024 * 1024
HIGHEST_ID = 2**31 - 1
VERSION = "2.0"
MISSING, UNFIT, BROKEN, IDENTICAL, SPOILT = "4002005", "4002006", "4002008", "5000", "13013"
UNREADABLE, TOO_MANY, TOO_LARGE = "4002001", "4002003", "4002004"
FRENCH = "L???attribut '{}' ne correspond pas ?? la valeur requise."
"""As it comes in French marketplaces, whatever locale was requested, and mangled (behaviour FD07)."""
ENGLISH = "The attribute '{}' does not match the required value."
DATA = (
    "summaries", "attributes", "issues", "offers", "fulfillmentAvailability", "procurement", "relationships",
    "productTypes",
)  # fmt: skip
NEEDS = {
    "UPDATE": ({"productType", "attributes"}, {"patches"}),
    "PARTIAL_UPDATE": ({"productType", "attributes"}, {"requirements", "patches"}),
    "PATCH": ({"productType", "patches"}, {"requirements", "attributes"}),
    "DELETE": (set[str](), {"requirements", "attributes", "productType", "patches"}),
}
"""operationType → members that a message must have, and that it must not have."""

Message = Mapping[str, Any]


class Whole(Exception):
    """What is wrong with the feed as a whole: an issue without messageId (behaviour FD08)."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(slots=True)
class Tally:
    """What the report will say."""

    issues: list[dict[str, Any]] = field(default_factory=list)
    processed: int = 0
    accepted: list[str] = field(default_factory=list)

    def note(
        self, message: int | None, sku: str, code: str, text: str, *, severity: str = "ERROR", of: str = ""
    ) -> None:
        issue: dict[str, Any] = {} if message is None else {"messageId": message}
        if sku:
            issue["sku"] = sku
        issue |= {"code": code, "severity": severity, "message": text}
        if of:
            issue["attributeName"] = of
        self.issues.append(issue)


def work_listings(ground: Ground, job: Job) -> Outcome:
    """DONE in any case: what was refused is in the report (behaviour FD03)."""
    tally = Tally()
    try:
        body = _read(job.content)
        header = _header(body, job)
        messages = _messages(body)
    except Whole as fault:
        tally.note(None, "", fault.code, str(fault))
        return _reported(ground, job, tally, {})
    before = _before(job)
    seen: set[int] = set()
    for place, message in enumerate(messages, start=1):
        tally.processed += 1
        _work_message(ground, job, message, tally, seen, before, partly_refused=job.partly_refused and place % 2 == 0)
    return _reported(ground, job, tally, header.get("report") or {})


# --- the feed as a whole


def _read(content: bytes) -> Mapping[str, Any]:
    if len(content) > LARGEST:
        raise Whole(TOO_LARGE, "feed size beyond allowed size")
    try:
        body = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise Whole(UNREADABLE, f"The feed is no JSON: {fault}") from fault
    if not isinstance(body, dict):
        raise Whole(UNREADABLE, "The feed is no JSON object.")
    return body


def _header(body: Mapping[str, Any], job: Job) -> Mapping[str, Any]:
    header = body.get("header")
    if not isinstance(header, dict):
        raise Whole(MISSING, "Attribute ‘header’ is required, but not present.")
    for name in ("sellerId", "version"):
        if name not in header:
            raise Whole(MISSING, f"Attribute ‘{name}’ is required, but not present.")
    text = FRENCH if MARKETS[job.feed.marketplaces[0]].country == "FR" else ENGLISH
    for name, value in (("sellerId", job.seller.id), ("version", VERSION)):
        if header[name] != value:
            raise Whole(UNFIT, text.format(name))
    if not isinstance(header.get("issueLocale", ""), str):
        raise Whole(UNFIT, text.format("issueLocale"))
    report = header.get("report")
    if report is not None and not _is_report(report):
        raise Whole(UNFIT, text.format("report"))
    return header


def _is_report(body: object) -> bool:
    if not isinstance(body, dict) or body.get("apiVersion") != "2021-08-01":
        return False
    data = body.get("includedData")
    return isinstance(data, list) and bool(data) and all(isinstance(one, str) and one in DATA for one in data)


def _messages(body: Mapping[str, Any]) -> Sequence[Any]:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise Whole(MISSING, "Attribute ‘messages’ is required, but not present.")
    if len(messages) > MESSAGES_AT_MOST:
        raise Whole(TOO_MANY, "feed messages list beyond allowed size")
    return messages


def _before(job: Job) -> dict[str, Message]:
    """SKU → the message of the seller's last feed: the same once more is a warning (behaviour S10)."""
    try:
        body = msgspec.json.decode(job.previous)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    messages = body.get("messages") if isinstance(body, dict) else None
    if not isinstance(messages, list):
        return {}
    return {
        message["sku"]: message
        for message in messages
        if isinstance(message, dict) and isinstance(message.get("sku"), str)
    }


# --- one message


def _work_message(
    ground: Ground,
    job: Job,
    message: Any,
    tally: Tally,
    seen: set[int],
    before: Mapping[str, Message],
    *,
    partly_refused: bool,
) -> None:
    number, sku, wrong = _shape(message, seen)
    if wrong:
        tally.note(number, sku, BROKEN, wrong)
        return
    if partly_refused:
        for text in ("The value is not accepted.", "Refused as a fault on command has it."):
            tally.note(number, sku, SPOILT, text)
        return
    if _changes_nothing(ground.world, job, message, before):
        text = f"The update for Sku {sku} was skipped because it is identical to the update in the feed before."
        tally.note(number, sku, IDENTICAL, text, severity="WARNING")
        tally.accepted.append(sku)
        return
    issues = list(_perform(ground, job, message))
    for issue in issues:
        names = issue.get("attributeNames") or [""]
        tally.note(number, sku, issue["code"], issue["message"], severity=issue["severity"], of=names[0])
    if all(issue["severity"] != "ERROR" for issue in issues):
        tally.accepted.append(sku)


def _shape(message: Any, seen: set[int]) -> tuple[int | None, str, str]:
    """The message's number and SKU, as far as they can be read, and what is wrong with its form."""
    if not isinstance(message, dict):
        return None, "", "A message is no JSON object."
    number, sku = message.get("messageId"), message.get("sku")
    sku_text = sku if isinstance(sku, str) else ""
    if type(number) is not int or not 1 <= number <= HIGHEST_ID:
        return None, sku_text, f"messageId must be a whole number from 1 to {HIGHEST_ID}."
    if number in seen:
        return number, sku_text, f"messageId {number} is not unique within the feed."
    seen.add(number)
    if not sku_text:
        return number, "", "sku is required, but not present."
    operation = message.get("operationType")
    if not isinstance(operation, str) or operation not in NEEDS:
        return number, sku_text, f"operationType must be one of {', '.join(NEEDS)}."
    needed, unfit = NEEDS[operation]
    for name in sorted(needed):
        if not message.get(name):
            return number, sku_text, f"{name} is required for {operation}, but not present."
    for name in sorted(unfit):
        if name in message:
            return number, sku_text, f"{name} is not applicable to {operation}."
    if not isinstance(message.get("attributes", {}), dict):
        return number, sku_text, "attributes must be an object."
    return number, sku_text, ""


def _changes_nothing(world: World, job: Job, message: Message, before: Mapping[str, Message]) -> bool:
    """The same message as in the feed before, and what is offered is still that."""
    sku = message["sku"]
    listing, last = world.listings.get((job.seller.id, sku)), before.get(sku)
    if listing is None or last is None or message["operationType"] == "DELETE":
        return False
    if {**last, "messageId": 0} != {**message, "messageId": 0}:
        return False
    causes = [change.cause for change in listing.history[-1:]]
    return causes == ["seller"] and not listing.waiting


def _perform(ground: Ground, job: Job, message: Message) -> Iterator[Mapping[str, Any]]:
    """Do it as the Listings Items API does it; its refusals become issues."""
    query = {"marketplaceIds": ",".join(job.feed.marketplaces)}
    operation, body = _submission(message)
    answer = ground.perform(
        Submission(operation, job.seller, message["sku"], query, body, job.now, job.feed.id, job.feed.created)
    )
    payload = msgspec.json.decode(answer.body) if answer.body else {}
    for fault in payload.get("errors", ()):
        text = fault["message"] if not fault.get("details") else f"{fault['message']} {fault['details']}"
        yield {"code": fault["code"], "message": text, "severity": "ERROR"}
    yield from payload.get("issues", ())


def _submission(message: Message) -> tuple[str, dict[str, Any] | None]:
    """A PARTIAL_UPDATE is a PATCH whose every operation is replace. Source: the feed's schema."""
    match message["operationType"]:
        case "DELETE":
            return "deleteListingsItem", None
        case "UPDATE":
            body = {name: message[name] for name in ("productType", "requirements", "attributes") if name in message}
            return "putListingsItem", body
        case "PARTIAL_UPDATE":
            patches = [
                {"op": "replace", "path": f"/attributes/{name}", "value": value}
                for name, value in message["attributes"].items()
            ]
            return "patchListingsItem", {"productType": message["productType"], "patches": patches}
        case _:
            return "patchListingsItem", {"productType": message["productType"], "patches": message["patches"]}


# --- the processing report


def _reported(ground: Ground, job: Job, tally: Tally, wanted: Mapping[str, Any]) -> Outcome:
    errors = sum(issue["severity"] == "ERROR" for issue in tally.issues)
    summary: dict[str, Any] = {
        "errors": errors,
        "warnings": sum(issue["severity"] == "WARNING" for issue in tally.issues),
        "messagesProcessed": tally.processed,
        "messagesAccepted": len(tally.accepted),
        "messagesInvalid": tally.processed - len(tally.accepted),
    }
    header: dict[str, Any] = {"sellerId": job.seller.id, "version": VERSION, "feedId": job.feed.id}
    report = {"header": header, "issues": tally.issues, "summary": summary}
    if wanted:
        header["report"] = {"includedData": wanted["includedData"], "apiVersion": wanted["apiVersion"]}
        items = list(_items(ground, job, tally.accepted, wanted["includedData"]))
        issues = [issue for item in items for issue in item.get("issues", ())]
        summary["itemSummary"] = {
            "items": len(items),
            "errors": sum(issue["severity"] == "ERROR" for issue in issues),
            "warnings": sum(issue["severity"] == "WARNING" for issue in issues),
        }
        report["items"] = items
    return Outcome(DONE, msgspec.json.encode(report), "application/json; charset=UTF-8")


def _items(ground: Ground, job: Job, skus: Sequence[str], data: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The listings that were taken, as getListingsItem returns them."""
    query = {"marketplaceIds": ",".join(job.feed.marketplaces), "includedData": ",".join(data)}
    for sku in dict.fromkeys(skus):
        answer = ground.perform(Submission("getListingsItem", job.seller, sku, query, None, job.now))
        if answer.status == 200:
            yield msgspec.json.decode(answer.body)
