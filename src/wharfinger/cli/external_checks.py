"""What doctor sees outside the database: the disk, Amazon's endpoints, the two clocks, the channels' verification."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

from wharfinger.amazon.errors import AmazonError
from wharfinger.amazon.regions import Endpoints
from wharfinger.amazon.transport import Request, Response, Transport
from wharfinger.cli.wiring import Container
from wharfinger.config.clock import Clock
from wharfinger.db.models import Channel
from wharfinger.domain.installation.health import Finding, soon, well, wrong

_DISK_LOW, _DISK_FULL = 2 * 1024**3, 200 * 1024**2
_SKEW_SOON, _SKEW_WRONG = timedelta(seconds=10), timedelta(minutes=2)
"""Amazon refuses searches that end less than two minutes ago by its own clock (behaviour O03)."""


def look_at_disk(home: Path) -> Finding:
    free = shutil.disk_usage(home).free
    detail = f"{free / 1024**3:.1f} GiB free in {home}"
    if free < _DISK_FULL:
        return wrong("Disk", detail, "free some space: the database stops when it is full")
    if free < _DISK_LOW:
        return soon("Disk", detail, "free some space before the database needs it")
    return well("Disk", detail)


NETWORK = "look at the network, a proxy, a firewall"
SIMULATOR = "the demo's pretend Amazon does not run: start “wharfinger demo”"


def look_at_amazon(
    endpoints: Endpoints, clock: Clock, transport: Transport, *, remedy: str = NETWORK
) -> Iterator[Finding]:
    """Every address that Amazon is called at answers; what it says of the time is compared with our clock."""
    addresses = {"Token endpoint": endpoints.token_endpoint}
    addresses |= {f"Amazon {region.code}": region.endpoint for region in endpoints.regions if region.code != "FE"}
    answers = []
    for title, address in addresses.items():
        try:
            answer = transport.send(Request("doctor", "GET", address))
        except AmazonError as error:
            yield wrong(title, f"{address} does not answer: {error}", remedy)
        else:
            answers.append(answer)
            yield well(title, f"{address} answers")
    if answers:
        yield _compare_clocks(answers[0], clock)


def _compare_clocks(answer: Response, clock: Clock) -> Finding:
    """Machine time against the Date header of the answer (it has whole seconds)."""
    title, header = "Clock skew", answer.headers.get("date", "")
    try:
        theirs = parsedate_to_datetime(header)
    except ValueError:
        return soon(title, "Amazon's answer bears no date", "compare the computer's clock with another one")
    skew = abs(clock.machine_now() - theirs)
    detail = f"the computer's clock and Amazon's differ by {skew.total_seconds():.0f} s"
    remedy = "set the computer's clock by NTP: orders are searched by Amazon's time"
    if skew > _SKEW_WRONG:
        return wrong(title, detail, remedy)
    return soon(title, detail, remedy) if skew > _SKEW_SOON else well(title, detail)


def verify_channels(container: Container) -> None:
    """The verification of Save Channel for every channel; its lines are kept with the channel."""
    channels = Channel.objects.filter(archived=False, account__application__isnull=False)
    for channel_id in channels.order_by("account_id", "pk").values_list("pk", flat=True):
        container.verify_channel(channel_id)
