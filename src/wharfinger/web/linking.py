"""Linking an Amazon SKU to a stock item, from whichever page it is done."""

from django.http import HttpRequest

from wharfinger.db.queries.channels.links import Unlinked, unlinked_line, unlinked_of_problem, unlinked_product
from wharfinger.operations.channels import links
from wharfinger.web.request_context import numbers, person, trade_now

_NAMED_BY = (("product", unlinked_product), ("line", unlinked_line), ("problem", unlinked_of_problem))


def read_unlinked(request: HttpRequest) -> Unlinked | None:
    """What is to be linked: named by its channel product, by a held order line, or by its problem."""
    for name, read in _NAMED_BY:
        ids = numbers([request.GET.get(name, "")])
        found = read(ids[0]) if ids else None
        if found is not None:
            return found
    return None


def linking_context(request: HttpRequest) -> dict[str, str]:
    """The part of the query string that names it, and the page to go back to."""
    return {key: request.GET[key] for key in ("product", "line", "problem", "next") if key in request.GET}


def link_to_item(request: HttpRequest, unlinked: Unlinked, item_id: int) -> int:
    """Returns how many held lines go on."""
    user, now = person(request), trade_now()
    if unlinked.product_id is not None:
        return links.link_product(unlinked.product_id, item_id, user=user, now=now)
    return links.link_sku(
        unlinked.account_id,
        unlinked.marketplace_id,
        unlinked.sku,
        item_id,
        asin=unlinked.asin,
        user=user,
        now=now,
    )
