"""What a person may do with many imported orders at once, and how far it is. Pure."""

from wharfinger.domain.labels import Labelled


class OrderAction(Labelled):
    IMPORT = "import", "Retry Import"
    DOWNLOAD = "download", "Retry Download"
    IGNORE = "ignore", "Ignore / Don't import"


class BulkState(Labelled):
    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    FINISHED = "finished", "Finished"
    STOPPED = "stopped", "Stopped by a person"

    @property
    def open(self) -> bool:
        return self in (BulkState.QUEUED, BulkState.RUNNING)


AT_ONCE = 50
"""Ticked orders that are done while the person waits; more are done by the worker, with a progress bar."""
A_STEP = 200
"""Orders in one transaction of the worker: some 50 ms, so that the bar moves and nobody waits for a lock."""

LEFT = {
    OrderAction.IGNORE: "It is a sales order already; cancel that instead.",
    OrderAction.IMPORT: "Its saved data was erased. Use Retry Download.",
    OrderAction.DOWNLOAD: "It no longer exists here.",
}
"""Why an action leaves an order as it is."""
