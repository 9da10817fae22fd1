"""A demo system's running shop: how it is made, step by step."""

from wharfinger.domain.labels import Labelled

STEPS = (
    "Channels are created and authorised",
    "Listings and stock levels are read from Amazon",
    "Stock levels are sent to Amazon",
    "A week of trade goes by",
    "Today's orders come in, with problems to fix",
)
DAYS = 7


class ShopState(Labelled):
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
