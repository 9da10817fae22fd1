"""Amazon's listings, and its answers about them, → ours. Source: model listingsItems_2021-08-01.json."""

from wharfinger.amazon.answers import Answer
from wharfinger.amazon.messages.listings import MERCHANT_CHANNEL, Accepted, Invalid, ListingsItem, Submission
from wharfinger.domain.orders.order import Fulfilment
from wharfinger.domain.stock.gtin import gtin14
from wharfinger.domain.stock.listing_issues import ListingIssue
from wharfinger.domain.stock.pictures import picture_address
from wharfinger.operations.stock import outbox
from wharfinger.operations.stock.listings import FoundListing
from wharfinger.operations.stock.outbox import ReadBack, ToReadBack


def found_listing(item: ListingsItem, marketplace_id: str) -> FoundListing:
    """A listing as the reading of a whole marketplace comes by it."""
    summary = item.summary(marketplace_id)
    codes = {one.fulfillment_channel_code for one in item.fulfillment_availability}
    by_amazon = item.fulfilled_by_amazon
    merchant = MERCHANT_CHANNEL in codes
    by_seller = merchant or bool(item.location_codes)
    attribute = item.merchant_attribute
    return FoundListing(
        sku=item.sku,
        marketplace_id=marketplace_id,
        asin=(summary.asin or "") if summary else "",
        title=(summary.item_name or "") if summary else "",
        product_type=item.product_type(marketplace_id) or "",
        fulfilment=Fulfilment.FBA if by_amazon else Fulfilment.FBM if by_seller else None,
        quantity=item.merchant_quantity,
        lead_time_days=attribute.lead_time_to_ship_max_days if attribute else None,
        both_ways=by_amazon and by_seller,
        location_codes=item.location_codes,
        submitted_quantity=attribute.quantity if attribute else None,
        attributes_read=attribute is not None,
        restock_date=(attribute.restock_date or "") if attribute else "",
        issues=_issues(item, marketplace_id),
        shown=_is_shown(item, marketplace_id),
        gtin=next(filter(None, map(gtin14, item.article_numbers(marketplace_id))), ""),
        picture=picture_address(summary.main_image.link) if summary and summary.main_image else "",
    )


def read_back_of(wanted: ToReadBack, item: ListingsItem) -> ReadBack:
    """A listing that is read back after its quantity was sent."""
    attribute = item.merchant_attribute
    return ReadBack(
        wanted.listing_id,
        item.merchant_quantity,
        fulfilled_by_amazon=item.fulfilled_by_amazon,
        location_codes=item.location_codes,
        marketplace_id=wanted.marketplace_id,
        submitted_quantity=attribute.quantity if attribute else None,
        attributes_read=attribute is not None,
        lead_time_days=attribute.lead_time_to_ship_max_days if attribute else None,
        restock_date=(attribute.restock_date or "") if attribute else "",
        issues=_issues(item, wanted.marketplace_id),
        shown=_is_shown(item, wanted.marketplace_id),
    )


def outcome_of(answer: Answer[Submission]) -> outbox.Accepted | outbox.Refused:
    """What a patch of a quantity came to."""
    submission = answer.value
    match submission:
        case Accepted():
            return outbox.Accepted(submission.submission_id)
        case Invalid():
            said = "; ".join(dict.fromkeys(f"{issue.message} ({issue.code})" for issue in submission.issues))
            said = said or f"Amazon answered {submission.status} without a reason."
            return outbox.Refused(f"{said} (request {answer.request_id})" if answer.request_id else said)


def _is_shown(item: ListingsItem, marketplace_id: str) -> bool | None:
    """Whether buyers find or buy it there. Sold out it may be neither, which says nothing: None."""
    summary = item.summary(marketplace_id)
    if summary is not None and summary.status:
        return True
    return None if item.merchant_quantity == 0 else False


def _issues(item: ListingsItem, marketplace_id: str) -> tuple[ListingIssue, ...]:
    """What Amazon finds wrong with the listing in this marketplace."""
    return tuple(
        ListingIssue(
            code=issue.code,
            message=issue.message,
            severity=issue.severity,
            attributes=issue.attribute_names,
            actions=tuple(one.action for one in issue.enforcements.actions) if issue.enforcements else (),
        )
        for issue in item.issues
        if not issue.marketplace_ids or marketplace_id in issue.marketplace_ids
    )
