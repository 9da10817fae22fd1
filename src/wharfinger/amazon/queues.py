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
    def receive(self) -> tuple[QueueMessage, ...]:
        """Up to ten messages, hidden from other readers for a while; empty when there are none. QueueTrouble."""

    def delete(self, message: QueueMessage) -> None:
        """It was dealt with and comes no more. QueueTrouble."""
