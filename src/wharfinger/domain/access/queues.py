"""What a queue of Amazon SQS looks like as an address, and what is wrong with what a person typed. Pure."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

_QUEUE = re.compile(
    r"https://(?:sqs\.(?P<region>[a-z0-9-]+)|(?P<old>[a-z0-9-]+)\.queue)\.amazonaws\.com(?:\.cn)?"
    r"/(?P<owner>\d{12})/(?P<name>[A-Za-z0-9_.-]{1,80})"
)
_KEY_ID = re.compile(r"[A-Z0-9]{16,128}")
_LONGEST_SECRET = 200


def queue_region(url: str, simulator: str | None = None) -> str:
    """The AWS region of a queue's address; empty when it is none of Amazon's (or of the simulator, in a demo)."""
    if simulator and url.startswith(f"{simulator}/sqs/"):
        return url.removeprefix(f"{simulator}/sqs/").partition("/")[0]
    match = _QUEUE.fullmatch(url)
    return (match["region"] or match["old"]) if match else ""


def queue_arn(url: str, region: str) -> str:
    """The queue's name as Amazon's destinations want it."""
    *_, owner, name = urlsplit(url).path.split("/")
    return f"arn:aws:sqs:{region}:{owner}:{name}"


def check_queue(url: str, key_id: str, secret: str, simulator: str | None) -> Iterator[tuple[str, str]]:
    """(field, what is wrong and what to do)."""
    if not queue_region(url, simulator):
        yield (
            "url",
            "A queue's address looks like https://sqs.eu-west-1.amazonaws.com/123456789012/name. See the SQS console.",
        )
    if url.endswith(".fifo"):
        yield "url", "Amazon sends to standard queues only, never to a FIFO queue: create a standard one."
    if not _KEY_ID.fullmatch(key_id):
        yield "key_id", "An access key ID has 16 or more capital letters and digits, as AKIA…."
    if secret and (len(secret) > _LONGEST_SECRET or any(not "!" <= letter <= "~" for letter in secret)):
        yield "secret", "The secret access key contains a space or line break. Copy the key only."
