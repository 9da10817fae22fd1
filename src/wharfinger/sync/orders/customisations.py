"""What buyers of customised lines wrote or drew: Amazon's archives, fetched while their addresses live."""

from wharfinger.amazon.errors import AmazonError, NotAnsweredAsPromised
from wharfinger.db.queries.orders.customisations import waiting_customisations
from wharfinger.operations.orders import customisations
from wharfinger.sync.calls import Calls, Clock

AT_ONCE = 20


def fetch_waiting(account_id: int, calls: Calls, clock: Clock) -> int:
    """Those that are due; one that fails keeps no other from being fetched. Returns how many are here now."""
    fetched = 0
    for one in waiting_customisations(account_id, now=clock.now(), limit=AT_ONCE):
        try:
            body = calls.download_customisation(one.address)
        except NotAnsweredAsPromised as fault:
            customisations.note_not_fetched(one.line_id, fault.summary(), expired=True, now=clock.now())
        except AmazonError as fault:
            customisations.note_not_fetched(one.line_id, fault.summary(), expired=False, now=clock.now())
        else:
            customisations.keep_archive(one.line_id, body, now=clock.now())
            fetched += 1
    return fetched
