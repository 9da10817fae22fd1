"""The narrow seam to a message queue (Amazon SQS): receive, and delete what was dealt with."""

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class QueueMessage:
    """One message. It may hold a secret: repr shows neither body nor receipt."""

    body: bytes = field(repr=False)
    receipt: str = field(repr=False)


class QueueTrouble(Exception):
    """The queue cannot be read. The text says why and holds no secret."""


class Queue(Protocol):
    def receive(self, wait_seconds: int = 0) -> tuple[QueueMessage, ...]:
        """Up to ten messages, hidden from other readers for a while; empty when there are none, or none comes within
        so many seconds of machine time. QueueTrouble."""

    def send(self, body: bytes) -> None:
        """A message of our own. QueueTrouble."""

    def delete(self, message: QueueMessage) -> None:
        """It was dealt with and comes no more. QueueTrouble."""
