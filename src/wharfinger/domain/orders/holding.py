"""Why a person holds an order, and what a tag may be."""

from wharfinger.domain.labels import Labelled

DETAILS_AT_MOST = 500
NOTE_AT_MOST = 4000
TAG_AT_MOST = 30


class HoldReason(Labelled):
    """Why nobody may pick, confirm or dispatch the order for now."""

    ADDRESS = "address", "Address to be checked"
    BUYER = "buyer", "Waiting for the buyer's answer"
    STOCK = "stock", "Goods to be checked"
    FRAUD = "fraud", "Suspected fraud"
    PAYMENT = "payment", "Payment to be checked"
    OTHER = "other", "Another reason"


def tidy_tag(text: str) -> str:
    """One space between its words, none round it."""
    return " ".join(text.split())


def tag_fault(text: str) -> str:
    """What keeps a tidy text from being a tag; empty when nothing does."""
    if not text:
        return "Type the tag."
    if len(text) > TAG_AT_MOST:
        return f"A tag has at most {TAG_AT_MOST} characters; this one has {len(text)}. Shorten it."
    if "," in text:
        return "A tag has no comma. Add the tags one by one."
    if not text.isprintable():
        return "A tag is made of letters, digits and signs that can be printed. Type it again."
    return ""
