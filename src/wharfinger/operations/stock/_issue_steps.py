"""Steps about what Amazon shows of a listing beside its quantity: errors, and whether it is there at all."""

from collections.abc import Sequence

from wharfinger.db.models import ChannelProduct, Listing
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutIssues, AboutListing, AboutShown, Subject
from wharfinger.domain.stock.listing_issues import ListingIssue, that_matter
from wharfinger.operations.installation._problem_steps import Problems

_CAUSE_AT_MOST = 2000


def keep_issues(
    product: ChannelProduct, issues: Sequence[ListingIssue], *, shown: bool | None, problems: Problems
) -> None:
    """Errors of the listing in this marketplace, and whether buyers see it. `shown` None = Amazon did not say.

    A listing that was never shown is one the seller has not finished; only one that was shown can vanish. The row is
    written by the caller (`Looks`).
    """
    found = that_matter(issues)
    stored = [issue.stored() for issue in found]
    product.issues = stored
    _tell_issues(product, found, problems)
    if shown is not None and shown != product.shown:
        vanished, product.shown = product.shown is True and not shown, shown
        if vanished:
            _tell_vanished(product, problems)
        elif shown:
            problems.solve_unread(ProblemKind.LISTING_GONE, AboutShown(product.pk))


def _tell_issues(product: ChannelProduct, found: Sequence[ListingIssue], problems: Problems) -> None:
    subject = AboutIssues(product.pk)
    if not found:
        problems.solve_unread(ProblemKind.LISTING_ISSUE, subject)
        return
    listing = product.listing
    said = " ".join(issue.sentence for issue in found)
    problems.open(
        ProblemKind.LISTING_ISSUE,
        subject,
        cause=f"SKU {listing.sku} on {product.marketplace.name}: {said}"[:_CAUSE_AT_MOST],
        remedy="Fix the listing in Seller Central (Inventory, the SKU, Edit), then press “Read the listings again”. It "
        "closes once Amazon shows no error.",
        account_id=listing.account_id,
        listing_id=listing.pk,
    )


def _tell_vanished(product: ChannelProduct, problems: Problems) -> None:
    where = product.marketplace.name
    _open_gone(
        product.listing,
        AboutShown(product.pk),
        f"SKU {product.listing.sku} can no longer be found or bought on {where}: Amazon shows it as inactive.",
        problems,
    )


def tell_gone(listing: Listing, *, problems: Problems) -> None:
    """Amazon does not list the SKU at all any more, or does not know it; what was wrong with it is over."""
    for product in ChannelProduct.objects.filter(listing=listing).exclude(issues=[]).order_by("pk"):
        product.issues = []
        product.save(update_fields=["issues"])
        problems.solve_unread(ProblemKind.LISTING_ISSUE, AboutIssues(product.pk))
    cause = f"SKU {listing.sku} is no longer listed at Amazon. Its quantity is not sent."
    _open_gone(listing, AboutListing(listing.pk), cause, problems)


def tell_back(listing: Listing, *, problems: Problems) -> None:
    """Amazon lists the SKU."""
    problems.solve_unread(ProblemKind.LISTING_GONE, AboutListing(listing.pk))


def _open_gone(listing: Listing, subject: Subject, cause: str, problems: Problems) -> None:
    problems.open(
        ProblemKind.LISTING_GONE,
        subject,
        cause=cause,
        remedy="Check the SKU in Seller Central. Once it is listed there again, press “Read the listings again”: the "
        "problem closes when Amazon shows the listing. If you closed the listing yourself, press “Mark as done”.",
        account_id=listing.account_id,
        listing_id=listing.pk,
    )
