"""Whether a token is to be pasted rather than given by the consent page, and why."""

from wharfinger.db.queries.access.applications import ApplicationFacts
from wharfinger.web.https import comes_back_from_amazon

PRIVATE, ADDRESS = "private", "address"


def token_first(application: ApplicationFacts | None) -> str:
    """`private`: Amazon has no consent page for this application; `address`: it could not send a browser back to
    ours; empty: Authorise leads."""
    if application is not None and not application.kind.has_consent_page:
        return PRIVATE
    return "" if comes_back_from_amazon() else ADDRESS
