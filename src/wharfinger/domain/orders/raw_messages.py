"""Amazon's messages as people read them: without what their role may not see, and what differs between two. Pure.

Hidden is what is not known to be harmless: a member that Amazon adds tomorrow is hidden until it is listed here.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

HIDDEN = "•••"
"""In place of a value that the reader's role may not see."""

_PEOPLE = frozenset({"buyer", "recipient", "payment", "giftoption", "gift", "customization"})
"""Members whose whole content is personal, in small letters as all names here."""
_CONTACT = frozenset({"buyeremail", "email", "tax", "payment"})
"""Of these: what only those see who may see e-mail addresses and tax numbers."""
_HARMLESS = frozenset(
    name.lower()
    for name in (
        "orderId", "amazonOrderId", "orderItemId", "sellerId", "createdTime", "lastUpdatedTime", "aliasType", "aliasId",
        "associationType", "channelName", "marketplaceId", "marketplaceName", "amount", "currencyCode", "type",
        "subtype", "status", "unit", "fulfillmentStatus", "fulfilledBy", "fulfillmentServiceLevel", "earliestDateTime",
        "latestDateTime", "asin", "sellerSku", "sku", "title", "conditionType", "conditionSubtype", "priceDesignation",
        "promotionId", "giftWrapLevel", "iossNumber", "requester", "cancelledBy", "packageReferenceId", "shipTime",
        "packageStatus", "detailedStatus", "substitutionType", "requirementType", "reportingScheme", "model",
        "responsibleParty", "programs", "deliveryCapabilities", "carrier", "shippingService", "fulfillmentOrderId",
        "buyerInvoicePreference", "invoiceStatus", "notificationType", "notificationId", "notificationVersion",
        "payloadVersion", "eventTime", "publishTime", "applicationId", "subscriptionId", "notificationLevel",
        "timeOfOrderChange", "changeReason", "orderStatus", "orderType", "fulfillmentType", "purchaseDate",
        "destinationPostalCodeRegion", "supplySourceId", "orderPrograms", "shippingPrograms", "itemStatus",
        "accountStatus", "currentAccountStatus", "previousAccountStatus", "detail-type", "version", "source", "region",
        "time", "account", "resources", "id",
    )
)  # fmt: skip
_KEYS_OF_LISTS = ("orderItemId", "packageReferenceId", "type", "subtype", "aliasType", "associationType", "promotionId")
"""By which entries of a list are the same ones in two messages."""
_WORDS = {
    "fulfillmentStatus": "Status at Amazon",
    "fulfilledBy": "Fulfilled by",
    "quantityOrdered": "Quantity ordered",
    "sellerSku": "Amazon SKU",
    "asin": "ASIN",
    "lastUpdatedTime": "Last update",
    "shipByWindow": "Ship-by",
    "deliverByWindow": "Deliver-by",
    "orderItems": "Line",
    "earliestDateTime": "earliest",
    "latestDateTime": "latest",
    "fulfillment": "Fulfilment",
    "deliveryAddress": "Delivery address",
}
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Reader:
    """What the role of who reads may see: people at all, and their e-mail addresses and tax numbers."""

    people: bool
    contact: bool

    @property
    def everything(self) -> bool:
        return self.people and self.contact


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of the newer message that is not what it was; empty = it was not there, or is not any more."""

    field: str
    before: str
    after: str


def parse(body: bytes) -> object | None:
    """None for what is no JSON."""
    try:
        parsed: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed


def written(body: bytes, reader: Reader) -> str:
    """The message in lines, as far as the reader may see it; one that cannot be taken apart is hidden whole."""
    parsed = parse(body)
    if parsed is None:
        return body.decode("utf-8", "replace") if reader.everything else HIDDEN
    return json.dumps(without_people(parsed, reader), ensure_ascii=False, indent=2)


def without_people(value: object, reader: Reader, name: str = "", *, within: bool = False) -> object:
    """The message with what the reader may not see hidden, and every name of a member left.

    `within`: inside a member that is personal as a whole.
    """
    if reader.everything:
        return value
    lowered = name.lower()
    within = within or lowered in _PEOPLE or lowered == "tax"
    if lowered in _CONTACT and not reader.contact:
        return _all_hidden(value)
    match value:
        case dict():
            return {key: without_people(inner, reader, key, within=within) for key, inner in value.items()}
        case list():
            return [without_people(inner, reader, name, within=within) for inner in value]
        case None | "":
            return value
        case _ if reader.people:
            return value
        case bool() | int() | float() if not within:
            return value
        case str() if not within and lowered in _HARMLESS:
            return value
        case _:
            return HIDDEN


def _all_hidden(value: object) -> object:
    match value:
        case dict():
            return {key: _all_hidden(inner) for key, inner in value.items()}
        case list():
            return [_all_hidden(inner) for inner in value]
        case None | "":
            return value
        case _:
            return HIDDEN


def differences(before: object, after: object, reader: Reader) -> tuple[Difference, ...]:
    """Field by field, in the newer message's order; what is gone comes last. A hidden value that changed says so, and
    nothing more."""
    old, new = dict(_fields(before)), dict(_fields(after))
    old_shown = dict(_fields(without_people(before, reader)))
    new_shown = dict(_fields(without_people(after, reader)))
    changed = [path for path in (*new, *(path for path in old if path not in new)) if old.get(path) != new.get(path)]
    return tuple(Difference(_in_words(path), old_shown.get(path, ""), new_shown.get(path, "")) for path in changed)


Path = tuple[str, ...]


def _fields(value: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    match value:
        case dict():
            for key, inner in value.items():
                yield from _fields(inner, (*path, str(key)))
        case list():
            for key, inner in _entries(value):
                yield from _fields(inner, (*path, key))
        case None:
            return
        case bool():
            yield path, "yes" if value else "no"
        case _:
            yield path, str(value)


def _entries(values: list[object]) -> Iterator[tuple[str, object]]:
    """Each entry with what it is known by: its own id where it has one that no other has."""
    names = [_own_name(value) for value in values]
    for place, (name, value) in enumerate(zip(names, values, strict=True), 1):
        yield (name if name and names.count(name) == 1 else str(place)), value


def _own_name(value: object) -> str:
    if not isinstance(value, Mapping):
        return ""
    return next((str(value[key]) for key in _KEYS_OF_LISTS if isinstance(value.get(key), str) and value[key]), "")


def _in_words(path: Path) -> str:
    return " › ".join(_WORDS.get(step) or _HUMP.sub(" ", step) for step in path)
