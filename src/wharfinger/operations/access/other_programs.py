"""“Also imported by another program?”: looked at each hour, said once."""

from datetime import datetime

from wharfinger.db.models import SellerAccount
from wharfinger.db.queries.access.other_programs import signs_of_others
from wharfinger.domain.access.other_programs import cause_of, likely
from wharfinger.domain.channels.channel import LinkState
from wharfinger.domain.installation.problems import ProblemKind
from wharfinger.domain.installation.subjects import AboutWork
from wharfinger.operations.installation._problem_steps import open_problem, solve_problem
from wharfinger.operations.transaction import operation

WORK = "other programs"


@operation
def look_for_other_programs(*, now: datetime) -> int:
    """Of each linked account; returns of how many another program seems to work on the same orders.

    A problem with the same signs as one that a person closed stays closed; it is solved when the signs are gone.
    """
    found = 0
    for account in SellerAccount.objects.filter(link_state=LinkState.LINKED).order_by("pk"):
        subject = AboutWork(account.pk, WORK)
        signs = likely(signs_of_others(account.pk, now=now))
        if not signs:
            solve_problem(ProblemKind.ALSO_IMPORTED, subject, now=now)
            continue
        found += 1
        open_problem(
            ProblemKind.ALSO_IMPORTED,
            subject,
            cause=cause_of(account.name, signs),
            remedy="Two programs on one account sell stock twice. Disconnect the other one in Seller Central under "
            "Manage Your Apps, or switch off what it does there; if it is meant so, press “Mark as done”.",
            account_id=account.pk,
            now=now,
        )
    return found
