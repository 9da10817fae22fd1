"""Listings Items 2021-08-01: what is listed, and changes to it. Source: model listingsItems_2021-08-01.json
and developer-docs.amazon.com/sp-api/docs/listings-items-api-v2021-08-01-use-case-guide."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from wharfinger.amazon.messages.wire import Count, Message, Money, put_in_utc, read_each, split

MERCHANT_CHANNEL = "DEFAULT"
"""The fulfilment channel code of what the seller ships; Amazon's own are AMAZON_EU, AMAZON_NA, …"""
AMAZONS_CHANNELS = "AMAZON_"


class EnforcementAction(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    action: str


class Exemption(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    status: str
    expiry_date: str | None = None


class Enforcements(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    actions: tuple[EnforcementAction, ...] = ()
    exemption: Exemption | None = None


class Issue(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """What Amazon finds wrong with a listing; decide by `code` and `severity`, the text is in any language."""

    code: str
    message: str = ""
    severity: str = "ERROR"
    attribute_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    enforcements: Enforcements | None = None
    marketplace_ids: tuple[str, ...] = ()


class Image(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    link: str
    height: int | None = None
    width: int | None = None


class ListingSummary(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The listing in one marketplace. `status` holds BUYABLE, DISCOVERABLE, both or nothing."""

    marketplace_id: str
    asin: str | None = None
    product_type: str | None = None
    condition_type: str | None = None
    status: tuple[str, ...] = ()
    fn_sku: str | None = None
    item_name: str | None = None
    created_date: datetime | None = None
    last_updated_date: datetime | None = None
    main_image: Image | None = None

    def __post_init__(self) -> None:
        put_in_utc(self, "created_date", "last_updated_date")


class Points(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    points_number: int


class Audience(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    value: str | None = None
    display_name: str | None = None


class Offer(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    marketplace_id: str
    offer_type: str
    price: Money | None = None
    points: Points | None = None
    audience: Audience | None = None


class FulfillmentAvailability(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """The quantity of a channel, the same for every marketplace; FBA entries carry none."""

    fulfillment_channel_code: str
    quantity: Count | None = None


class ProductType(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    marketplace_id: str
    product_type: str


class Procurement(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    cost_price: Money | None = None


class FulfilmentAttribute(Message, frozen=True, kw_only=True, rename=None, omit_defaults=True):
    """An entry of attributes.fulfillment_availability: what the seller has set, lead time included.

    In the other stores of a unified account it may be stale: the live number is in `fulfillment_availability`.
    """

    fulfillment_channel_code: str
    quantity: Count | None = None
    lead_time_to_ship_max_days: int | None = None
    restock_date: str | None = None
    marketplace_id: str | None = None


class AssignedIdentifier(Message, frozen=True, kw_only=True, rename=None, omit_defaults=True):
    """An entry of attributes.externally_assigned_product_identifier: an EAN, UPC or GTIN, in whichever form."""

    type: str | None = None
    value: str | int | None = None
    marketplace_id: str | None = None


class ItemAttributes(Message, frozen=True, kw_only=True, rename=None, omit_defaults=True):
    """Of the product type's hundreds of attributes those that are used (snake_case at Amazon too)."""

    fulfillment_availability: tuple[FulfilmentAttribute, ...] = ()
    externally_assigned_product_identifier: tuple[AssignedIdentifier, ...] = ()


class ListingsItem(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One SKU of a seller. What `included_data` did not name is empty.

    `summaries` may be empty for a SKU whose listing is incomplete.
    """

    sku: str
    summaries: tuple[ListingSummary, ...] = ()
    attributes: ItemAttributes | None = None
    issues: tuple[Issue, ...] = ()
    offers: tuple[Offer, ...] = ()
    fulfillment_availability: tuple[FulfillmentAvailability, ...] = ()
    procurement: tuple[Procurement, ...] = ()
    product_types: tuple[ProductType, ...] = ()

    def summary(self, marketplace_id: str) -> ListingSummary | None:
        """The listing's summary in that marketplace."""
        return next((one for one in self.summaries if one.marketplace_id == marketplace_id), None)

    def product_type(self, marketplace_id: str) -> str | None:
        """The product type that a patch must name."""
        for one in self.product_types:
            if one.marketplace_id == marketplace_id:
                return one.product_type
        summary = self.summary(marketplace_id)
        return summary.product_type if summary else None

    def article_numbers(self, marketplace_id: str) -> tuple[str, ...]:
        """EAN, UPC and GTIN as the seller gave them for that marketplace (`included_data`: attributes)."""
        entries = self.attributes.externally_assigned_product_identifier if self.attributes else ()
        here = (one for one in entries if one.marketplace_id in (None, marketplace_id))
        return tuple(str(one.value) for one in here if one.value is not None)

    @property
    def merchant_quantity(self) -> int | None:
        """The live quantity of the seller's own channel; None where there is no such offer or no number."""
        for one in self.fulfillment_availability:
            if one.fulfillment_channel_code == MERCHANT_CHANNEL:
                return one.quantity
        return None

    @property
    def merchant_attribute(self) -> FulfilmentAttribute | None:
        """What the seller has set for the seller's own channel, lead time included (`included_data`: attributes)."""
        entries = self.attributes.fulfillment_availability if self.attributes else ()
        return next((one for one in entries if one.fulfillment_channel_code == MERCHANT_CHANNEL), None)

    @property
    def fulfilled_by_amazon(self) -> bool:
        """Whether any offer is FBA; a DEFAULT quantity sent to such a SKU would turn it FBM (behaviour S03)."""
        return any(one.fulfillment_channel_code.startswith(AMAZONS_CHANNELS) for one in self.fulfillment_availability)

    @property
    def location_codes(self) -> tuple[str, ...]:
        """Neither DEFAULT nor Amazon's: the seller's locations at Amazon (supply sources), each with units of its own.
        A DEFAULT quantity beside them adds to theirs."""
        codes = {one.fulfillment_channel_code for one in self.fulfillment_availability} - {MERCHANT_CHANNEL}
        return tuple(sorted(code for code in codes if not code.startswith(AMAZONS_CHANNELS)))


class SearchPagination(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    next_token: str | None = None
    previous_token: str | None = None


class _SearchAnswer(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    items: tuple[msgspec.Raw, ...]
    number_of_results: int = 0
    pagination: SearchPagination | None = None


class ListingsPage(Message, frozen=True, kw_only=True):
    """One page. `number_of_results` is the true total, of which only the first 1,000 can be paged through.

    `unreadable` says of each item that could not be read, or that was not requested, what is wrong; the others are
    here.
    """

    items: tuple[ListingsItem, ...]
    number_of_results: int
    next_token: str | None = None
    unreadable: tuple[str, ...] = ()


def read_listings_page(body: bytes) -> ListingsPage:
    """A searchListingsItems answer as a page; Unreadable where it is none."""
    answer = split(body, _SearchAnswer)
    items, unreadable = read_each(answer.items, ListingsItem)
    token = answer.pagination.next_token if answer.pagination else None
    return ListingsPage(
        items=items,
        number_of_results=answer.number_of_results,
        next_token=token or None,
        unreadable=unreadable,
    )


class PatchOperation(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """`op` is add, replace, merge or delete; `path` a top-level attribute; `value` always a list."""

    op: str
    path: str
    value: tuple[dict[str, Any], ...] = ()


class PatchRequest(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    product_type: str
    patches: tuple[PatchOperation, ...]


class SubmissionAnswer(Message, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    sku: str
    status: str
    submission_id: str = ""
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """Taken for processing, which is not yet applied (behaviour S01): read back after some minutes.
    `issues` are warnings."""

    sku: str
    submission_id: str
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Invalid:
    """Answered with 200 and yet refused (behaviour S04); `issues` say why. `status` is what Amazon wrote."""

    sku: str
    status: str
    submission_id: str = ""
    issues: tuple[Issue, ...] = ()


Submission = Accepted | Invalid


LEAD_TIME_AT_MOST = 30


class LeadTimeToSet(msgspec.Struct, frozen=True):
    """Beside a quantity, for it is not taken alone. `days` None takes the listing's own lead time away; `restock_date`,
    as Amazon wrote it, stays then."""

    days: int | None
    restock_date: str = ""


def quantity_patch(quantity: int, lead_time: LeadTimeToSet | None = None) -> PatchOperation:
    """Sets the seller's own quantity. Without `lead_time` it leaves lead time and restock date alone, which `replace`
    would drop."""
    if quantity < 0:
        raise ValueError(f"quantity is {quantity}; Amazon takes 0 or more")
    entry: dict[str, Any] = {"fulfillment_channel_code": MERCHANT_CHANNEL, "quantity": quantity}
    op = "merge"
    if lead_time is not None and lead_time.days is None:
        op = "replace"
        if lead_time.restock_date:
            entry["restock_date"] = lead_time.restock_date
    elif lead_time is not None:
        if not 0 <= (lead_time.days or 0) <= LEAD_TIME_AT_MOST:
            raise ValueError(f"lead time is {lead_time.days}; Amazon takes 0 to {LEAD_TIME_AT_MOST} days")
        entry["lead_time_to_ship_max_days"] = lead_time.days
    return PatchOperation(op=op, path="/attributes/fulfillment_availability", value=(entry,))


def write_patch(product_type: str, patches: tuple[PatchOperation, ...]) -> bytes:
    """The body of patchListingsItem; ValueError where Amazon would not even parse it."""
    if not product_type:
        raise ValueError("product_type is empty; Amazon patches no listing without it")
    if not patches:
        raise ValueError("patches is empty; there is nothing to change")
    return msgspec.json.encode(PatchRequest(product_type=product_type, patches=patches))


def submission(answer: SubmissionAnswer) -> Submission:
    """ACCEPTED (or VALID, in a preview) with no issue of severity ERROR is Accepted, all else Invalid."""
    refused = any(issue.severity == "ERROR" for issue in answer.issues)
    if answer.status in ("ACCEPTED", "VALID") and not refused:
        return Accepted(answer.sku, answer.submission_id, answer.issues)
    return Invalid(answer.sku, answer.status, answer.submission_id, answer.issues)
