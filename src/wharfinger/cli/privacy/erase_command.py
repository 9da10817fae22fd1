"""`wharfinger erase`: personal data of an order or a customer, erased now on request; or all that is due."""

import argparse

from wharfinger.cli.console import print_line
from wharfinger.cli.failures import CommandFailed
from wharfinger.cli.migrate import must_be_migrated
from wharfinger.cli.privacy.erasing import erase_all
from wharfinger.config.clock import current as current_clock
from wharfinger.domain.counts import counted
from wharfinger.operations.orders.privacy import erasure
from wharfinger.operations.refusals import Refused

_ELSEWHERE = (
    "Backups made before still hold it until they are removed by their age; what is restored from one is erased by the "
    "clock, not by this request: note it, and erase it again if you restore."
)


def run(arguments: argparse.Namespace) -> int:
    must_be_migrated()
    now = current_clock().now()
    if arguments.due:
        print_line(f"Personal data of {erase_all(now)} erased.")
        return 0
    try:
        if arguments.order:
            done = erasure.erase_order_now(arguments.order, now=now, user=None)
        else:
            done = erasure.erase_customer_now(arguments.customer, now=now, user=None)
    except Refused as refused:
        raise CommandFailed(f"{refused.message} Nothing was erased.") from refused
    what = counted(len(done.orders), "sales order")
    print_line(f"Personal data of {what} erased{': ' if done.orders else ''}{', '.join(done.orders)}.")
    if done.customers:
        print_line(f"The customer record too: {', '.join(done.customers)}.")
    print_line(_ELSEWHERE)
    return 0
