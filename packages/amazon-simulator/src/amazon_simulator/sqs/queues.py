"""Queues and their messages, as Amazon SQS keeps them (standard queues). All its times are trade time.

Source: docs.aws.amazon.com AWSSimpleQueueService APIReference.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator
from typing import Any, ClassVar

from amazon_simulator.core.numbering import Numbering
from amazon_simulator.core.store import Entity
from amazon_simulator.sqs.refusal import SqsRefusal

ACCOUNT = "210987654321"
"""The AWS account that owns every queue here."""
DEFAULTS = {
    "DelaySeconds": "0",
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "VisibilityTimeout": "30",
}
PURGED_AGAIN_AFTER = 60.0


class Queue(Entity, tag="sqs-queue"):
    region: str
    name: str
    made: float
    attributes: dict[str, str] = {}
    tags: dict[str, str] = {}
    purged: float = 0.0
    gone: bool = False

    @property
    def arn(self) -> str:
        return f"arn:aws:sqs:{self.region}:{ACCOUNT}:{self.name}"

    def seconds(self, attribute: str) -> float:
        return float(self.attributes.get(attribute, DEFAULTS[attribute]))


class Message(Entity, tag="sqs-message"):
    """`visible`: from when it may be received. `received` counts receipts; only the newest receipt handle deletes."""

    id: str
    queue: str
    body: str
    sender: str
    sent: float
    visible: float
    attributes: dict[str, dict[str, str]] = {}
    received: int = 0
    first_received: float = 0.0
    gone: bool = False

    @property
    def receipt(self) -> str:
        return base64.b64encode(f"{self.queue}|{self.id}|{self.received}".encode()).decode()


class Queues:
    """A store. Messages of a queue stand in the order in which they came."""

    kinds: ClassVar[tuple[type[Entity], ...]] = (Queue, Message)

    def __init__(self, base: str, numbering: Numbering) -> None:
        self._base = base
        self.numbering = numbering
        self.changed: list[Entity] = []
        self.held: dict[str, Queue] = {}
        self.messages: dict[str, dict[str, Message]] = {}

    def put(self, entity: Entity) -> None:
        match entity:
            case Queue(gone=True):
                self.held.pop(entity.arn, None)
                self.messages.pop(entity.arn, None)
            case Queue():
                self.held[entity.arn] = entity
                self.messages.setdefault(entity.arn, {})
            case Message(gone=True):
                self.messages.get(entity.queue, {}).pop(entity.id, None)
            case Message() if entity.queue in self.held:
                self.messages[entity.queue][entity.id] = entity
            case _:
                pass

    def everything(self) -> Iterator[Entity]:
        yield from self.held.values()
        for messages in self.messages.values():
            yield from messages.values()

    def turn(self, now: float) -> None:
        """Messages become visible, and grow too old, by comparison."""

    def make(self, entity: Queue | Message) -> None:
        self.put(entity)
        self.changed.append(entity)

    # --- queues

    def url(self, queue: Queue) -> str:
        return f"{self._base}/sqs/{queue.region}/{ACCOUNT}/{queue.name}"

    def at(self, url: str) -> Queue:
        """The queue of an address, whatever host it names; SqsRefusal when there is none."""
        parts = url.split("?")[0].rstrip("/").split("/")
        region, account, name = parts[-3:] if len(parts) >= 3 else ("", "", "")
        queue = self.held.get(f"arn:aws:sqs:{region}:{account}:{name}")
        if queue is None:
            raise SqsRefusal("QueueDoesNotExist", "The specified queue does not exist.")
        return queue

    def purge(self, queue: Queue, now: float) -> None:
        if queue.purged and now - queue.purged < PURGED_AGAIN_AFTER:
            raise SqsRefusal("PurgeQueueInProgress", "Only one PurgeQueue operation is allowed every 60 seconds.")
        for message in list(self.messages[queue.arn].values()):
            self._end(message)
        queue.purged = now
        self.changed.append(queue)

    # --- messages

    def send(
        self,
        queue: Queue,
        body: str,
        now: float,
        *,
        sender: str,
        delay: float | None = None,
        attributes: dict[str, dict[str, str]] | None = None,
    ) -> Message:
        message = Message(
            id=self.numbering.uuid("message", now),
            queue=queue.arn,
            body=body,
            sender=sender,
            sent=now,
            visible=now + (queue.seconds("DelaySeconds") if delay is None else delay),
            attributes=attributes or {},
        )
        self.make(message)
        return message

    def receive(self, queue: Queue, most: int, hidden_for: float, now: float) -> list[Message]:
        """Up to `most` visible messages, the oldest first; they are hidden for `hidden_for` trade seconds."""
        found: list[Message] = []
        for message in self.waiting(queue, now):
            if len(found) == most:
                break
            if message.visible <= now and not self._moved_away(queue, message):
                message.received += 1
                message.first_received = message.first_received or now
                message.visible = now + hidden_for
                self.changed.append(message)
                found.append(message)
        return found

    def waiting(self, queue: Queue, now: float) -> list[Message]:
        """All messages that are not too old: those are forgotten."""
        messages = self.messages[queue.arn]
        oldest = now - queue.seconds("MessageRetentionPeriod")
        for message in [message for message in messages.values() if message.sent < oldest]:
            self._end(message)
        return list(messages.values())

    def delete(self, queue: Queue, receipt: str) -> None:
        """A receipt that a newer one has replaced deletes nothing; one for a message that is gone does no harm."""
        message = self._of_receipt(queue, receipt)
        if message is not None and message.receipt == receipt:
            self._end(message)

    def hide(self, queue: Queue, receipt: str, seconds: float, now: float) -> None:
        message = self._of_receipt(queue, receipt)
        if message is None or message.receipt != receipt or message.visible <= now:
            raise SqsRefusal("MessageNotInflight", "The specified message isn't in flight.")
        message.visible = now + seconds
        self.changed.append(message)

    def _of_receipt(self, queue: Queue, receipt: str) -> Message | None:
        try:
            arn, message_id, _ = base64.b64decode(receipt, validate=True).decode().split("|")
        except (binascii.Error, ValueError):
            arn, message_id = "", ""
        if arn != queue.arn:
            raise SqsRefusal("ReceiptHandleIsInvalid", f'The input receipt handle "{receipt[:100]}" is not valid.')
        return self.messages[queue.arn].get(message_id)

    def _moved_away(self, queue: Queue, message: Message) -> bool:
        """Whether it was received too often and lies in the dead-letter queue now."""
        policy = redrive(queue)
        if policy is None or message.received < policy[1] or policy[0] not in self.held:
            return False
        self._end(message)
        self.make(Message(message.id, policy[0], message.body, message.sender, message.sent, 0.0, message.attributes))
        return True

    def _end(self, message: Message) -> None:
        message.gone = True
        self.make(message)


def redrive(queue: Queue) -> tuple[str, int] | None:
    """The dead-letter queue's ARN and how often a message may be received before it goes there."""
    policy: Any = json.loads(queue.attributes.get("RedrivePolicy") or "{}")
    return (str(policy["deadLetterTargetArn"]), int(policy["maxReceiveCount"])) if policy else None


def md5(text: bytes) -> str:
    return hashlib.md5(text, usedforsecurity=False).hexdigest()


def md5_of_attributes(attributes: dict[str, dict[str, str]]) -> str:
    """As SQS counts them: sorted by name; name, type and value each behind its length."""

    def piece(text: bytes) -> bytes:
        return len(text).to_bytes(4, "big") + text

    whole = b""
    for name, value in sorted(attributes.items()):
        binary = "BinaryValue" in value
        content = base64.b64decode(value["BinaryValue"]) if binary else value.get("StringValue", "").encode()
        whole += piece(name.encode()) + piece(value["DataType"].encode()) + (b"\x02" if binary else b"\x01")
        whole += piece(content)
    return md5(whole)
