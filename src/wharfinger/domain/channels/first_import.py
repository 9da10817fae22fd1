"""The first import of a channel: what to do with each order that was found while the import was paused."""

from dataclasses import dataclass

from wharfinger.domain.labels import Labelled
from wharfinger.domain.orders.order import AmazonStatus, Fulfilment
from wharfinger.domain.sentences import N_


class FirstImport(Labelled):
    IMPORT = "import", "Import"
    RECORD = "record", "Keep for records, don't ship"
    IGNORE = "ignore", "Ignore"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What we would do, and why."""

    choice: FirstImport
    why: str


def propose(status: AmazonStatus, fulfilment: Fulfilment | None) -> Proposal:
    """By Amazon's status: what has left already is recorded without moving stock or telling Amazon."""
    if status is AmazonStatus.CANCELLED:
        return Proposal(FirstImport.IGNORE, N_("Cancelled at Amazon."))
    if status is AmazonStatus.UNFULFILLABLE:
        return Proposal(FirstImport.IGNORE, N_("Amazon cannot fulfil it."))
    if fulfilment is Fulfilment.FBA:
        return Proposal(FirstImport.IMPORT, N_("Fulfilled by Amazon; imported once Amazon has shipped it."))
    if status is AmazonStatus.SHIPPED:
        return Proposal(FirstImport.RECORD, N_("Already shipped: no stock is moved and no dispatch is confirmed."))
    if status.pending:
        return Proposal(FirstImport.IMPORT, N_("Not paid yet: it reserves stock."))
    return Proposal(FirstImport.IMPORT, N_("Not shipped yet."))


def choices(status: AmazonStatus, fulfilment: Fulfilment | None) -> tuple[FirstImport, ...]:
    """What can be done with such an order: FBA orders are never recorded only, and what left is never shipped again."""
    if status.called_off:
        return (FirstImport.IGNORE,)
    if fulfilment is Fulfilment.FBA or status.pending:
        return (FirstImport.IMPORT, FirstImport.IGNORE)
    if status is AmazonStatus.SHIPPED:
        return (FirstImport.RECORD, FirstImport.IGNORE)
    return (FirstImport.IMPORT, FirstImport.RECORD, FirstImport.IGNORE)
