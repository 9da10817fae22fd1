"""Whether a queue lets Amazon's notification service in. Source: set-up-notifications-amazon-sqs."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from amazon_simulator.sqs.queues import Queue

AMAZON = "437568002678"
"""The account that sends the notifications."""
WANTED = ("sqs:sendmessage", "sqs:getqueueattributes")


def objection(queue: Queue) -> str:
    """Why nothing can be delivered to this queue; empty when it can."""
    if queue.attributes.get("KmsMasterKeyId", "") == "alias/aws/sqs":
        return "the queue is encrypted with AWS's own key, which Amazon's account cannot be given: use a key of yours"
    statements = list(_statements(queue.attributes.get("Policy", "")))
    for action in WANTED:
        verdicts = [effect for effect, actions in statements if any(fnmatchcase(action, one) for one in actions)]
        if "Deny" in verdicts or "Allow" not in verdicts:
            return f"the queue's policy does not allow {action} to {AMAZON}"
    return ""


def _statements(policy: str) -> Iterator[tuple[str, list[str]]]:
    """(effect, actions in lower case) of each statement about Amazon's account."""
    document: Any = json.loads(policy) if policy else {}
    for statement in _listed(document.get("Statement")):
        if isinstance(statement, dict) and _names_amazon(statement.get("Principal")):
            yield str(statement.get("Effect")), [str(one).lower() for one in _listed(statement.get("Action"))]


def _names_amazon(principal: Any) -> bool:
    accounts = principal.get("AWS") if isinstance(principal, dict) else principal
    return any(one in ("*", AMAZON, f"arn:aws:iam::{AMAZON}:root") for one in _listed(accounts))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
