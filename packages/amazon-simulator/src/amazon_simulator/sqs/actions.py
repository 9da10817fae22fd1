"""The actions of the queues: each takes the members of its request and gives those of its answer.

Source: docs.aws.amazon.com AWSSimpleQueueService APIReference.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable
from functools import partial
from typing import Any

from amazon_simulator.sqs.queues import DEFAULTS, Message, Queue, Queues, md5, md5_of_attributes
from amazon_simulator.sqs.refusal import SqsRefusal

Members = dict[str, Any]
Act = Callable[[Members], Members]
NAME = re.compile(r"[A-Za-z0-9_-]{1,80}")
ENTRY_ID = re.compile(r"[A-Za-z0-9_-]{1,80}")
NO_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
BOUNDS = {
    "DelaySeconds": (0, 900),
    "MaximumMessageSize": (1_024, 1_048_576),
    "MessageRetentionPeriod": (60, 1_209_600),
    "ReceiveMessageWaitTimeSeconds": (0, 20),
    "VisibilityTimeout": (0, 43_200),
}
TEXTS = ("Policy", "RedrivePolicy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled")
OWN_SENDER = "AIDASIMULATORDEVELOPER"
BATCH = 10
LONGEST_POLL = 1.0
"""Seconds of machine time that an empty answer is held back: an idle client's loop neither spins nor waits long."""


class Actions:
    """All of them for one caller, in `region`."""

    def __init__(self, queues: Queues, region: str, now: float) -> None:
        self._queues = queues
        self._region = region
        self._now = now
        self.held_back = 0.0
        """Seconds of machine time to wait before the answer goes out."""

    def act(self, action: str, members: Members) -> Members:
        """Raises SqsRefusal with what is wrong."""
        known: dict[str, Act] = {
            "CreateQueue": self._create,
            "DeleteQueue": self._delete_queue,
            "GetQueueUrl": self._url,
            "ListQueues": self._list,
            "GetQueueAttributes": self._attributes,
            "SetQueueAttributes": self._set_attributes,
            "TagQueue": self._tag,
            "ListQueueTags": self._tags,
            "PurgeQueue": self._purge,
            "SendMessage": self._send,
            "SendMessageBatch": partial(self._batch, self._send),
            "ReceiveMessage": self._receive,
            "DeleteMessage": self._delete,
            "DeleteMessageBatch": partial(self._batch, self._delete),
            "ChangeMessageVisibility": self._hide,
            "ChangeMessageVisibilityBatch": partial(self._batch, self._hide),
        }
        if action not in known:
            raise SqsRefusal("UnsupportedOperation", f"The operation {action[:80]} is not supported here.")
        return known[action](members)

    def _queue(self, members: Members) -> Queue:
        return self._queues.at(_text(members, "QueueUrl"))

    # --- queues

    def _create(self, members: Members) -> Members:
        name = _text(members, "QueueName")
        if name.endswith(".fifo"):
            raise SqsRefusal("UnsupportedOperation", "FIFO queues are not made here: SP-API delivers to none.")
        if not NAME.fullmatch(name):
            raise SqsRefusal(
                "InvalidParameterValue",
                "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length",
            )
        attributes = _checked(_object(members, "Attributes"))
        made = Queue(self._region, name, self._now, attributes, _object(members, "tags") or _object(members, "Tags"))
        known = self._queues.held.get(made.arn)
        if known is None:
            self._queues.make(made)
            known = made
        else:
            held = {**DEFAULTS, **known.attributes}
            if any(held.get(key) != value for key, value in attributes.items()):
                raise SqsRefusal("QueueNameExists", "A queue already exists with the same name and a different value.")
        return {"QueueUrl": self._queues.url(known)}

    def _delete_queue(self, members: Members) -> Members:
        queue = self._queue(members)
        queue.gone = True
        self._queues.make(queue)
        return {}

    def _url(self, members: Members) -> Members:
        name = _text(members, "QueueName")
        for queue in self._queues.held.values():
            if (queue.name, queue.region) == (name, self._region):
                return {"QueueUrl": self._queues.url(queue)}
        raise SqsRefusal("QueueDoesNotExist", "The specified queue does not exist.")

    def _list(self, members: Members) -> Members:
        prefix = _text(members, "QueueNamePrefix", "")
        queues = [queue for queue in self._queues.held.values() if queue.region == self._region]
        found = [self._queues.url(queue) for queue in queues if queue.name.startswith(prefix)]
        return {"QueueUrls": found} if found else {}

    def _attributes(self, members: Members) -> Members:
        queue = self._queue(members)
        messages = self._queues.waiting(queue, self._now)
        hidden = [message for message in messages if message.visible > self._now]
        delayed = [message for message in hidden if not message.received]
        held = {
            **DEFAULTS,
            **queue.attributes,
            "QueueArn": queue.arn,
            "CreatedTimestamp": str(int(queue.made)),
            "LastModifiedTimestamp": str(int(queue.made)),
            "ApproximateNumberOfMessages": str(len(messages) - len(hidden)),
            "ApproximateNumberOfMessagesNotVisible": str(len(hidden) - len(delayed)),
            "ApproximateNumberOfMessagesDelayed": str(len(delayed)),
        }
        wanted = _texts(members, "AttributeNames")
        unknown = [name for name in wanted if name not in (*held, *TEXTS, "All")]
        if unknown:
            raise SqsRefusal("InvalidAttributeName", f"Unknown Attribute {unknown[0]}.")
        given = {name: value for name, value in held.items() if "All" in wanted or name in wanted}
        return {"Attributes": given} if given else {}

    def _set_attributes(self, members: Members) -> Members:
        queue = self._queue(members)
        queue.attributes = {**queue.attributes, **_checked(_object(members, "Attributes"))}
        self._queues.changed.append(queue)
        return {}

    def _tag(self, members: Members) -> Members:
        queue = self._queue(members)
        queue.tags = {**queue.tags, **_object(members, "Tags")}
        self._queues.changed.append(queue)
        return {}

    def _tags(self, members: Members) -> Members:
        return {"Tags": dict(self._queue(members).tags)}

    def _purge(self, members: Members) -> Members:
        self._queues.purge(self._queue(members), self._now)
        return {}

    # --- messages

    def _send(self, members: Members) -> Members:
        queue, body = self._queue(members), _text(members, "MessageBody")
        if not body:
            raise SqsRefusal("MissingParameter", "The request must contain the parameter MessageBody.")
        if NO_XML.search(body):
            raise SqsRefusal("InvalidMessageContents", "The message contains characters outside the allowed set.")
        if len(body.encode()) > queue.seconds("MaximumMessageSize"):
            raise SqsRefusal("InvalidParameterValue", "One or more parameters are invalid. Message must be shorter.")
        delay = _whole(members, "DelaySeconds", BOUNDS["DelaySeconds"]) if "DelaySeconds" in members else None
        attributes = _message_attributes(members)
        sent = self._queues.send(queue, body, self._now, sender=OWN_SENDER, delay=delay, attributes=attributes)
        answer = {"MessageId": sent.id, "MD5OfMessageBody": md5(body.encode())}
        return {**answer, "MD5OfMessageAttributes": md5_of_attributes(attributes)} if attributes else answer

    def _receive(self, members: Members) -> Members:
        queue = self._queue(members)
        most = _whole(members, "MaxNumberOfMessages", (1, BATCH), 1)
        hidden_for = _whole(
            members, "VisibilityTimeout", BOUNDS["VisibilityTimeout"], int(queue.seconds("VisibilityTimeout"))
        )
        wait = _whole(
            members,
            "WaitTimeSeconds",
            BOUNDS["ReceiveMessageWaitTimeSeconds"],
            int(queue.seconds("ReceiveMessageWaitTimeSeconds")),
        )
        found = self._queues.receive(queue, most, hidden_for, self._now)
        if not found:
            self.held_back = min(float(wait), LONGEST_POLL)
            return {}
        system = {*_texts(members, "AttributeNames"), *_texts(members, "MessageSystemAttributeNames")}
        own = _texts(members, "MessageAttributeNames")
        return {"Messages": [_message(message, system, own) for message in found]}

    def _delete(self, members: Members) -> Members:
        self._queues.delete(self._queue(members), _text(members, "ReceiptHandle"))
        return {}

    def _hide(self, members: Members) -> Members:
        seconds = _whole(members, "VisibilityTimeout", BOUNDS["VisibilityTimeout"])
        self._queues.hide(self._queue(members), _text(members, "ReceiptHandle"), seconds, self._now)
        return {}

    def _batch(self, act: Act, members: Members) -> Members:
        """Each entry on its own; those that are refused are listed beside those that are not."""
        self._queue(members)
        entries = members.get("Entries")
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries) or not entries:
            raise SqsRefusal("EmptyBatchRequest", "There should be at least one entry in the request.")
        if len(entries) > BATCH:
            raise SqsRefusal("TooManyEntriesInBatchRequest", "Maximum number of entries per request are 10.")
        ids = [_text(entry, "Id") for entry in entries]
        if len(set(ids)) != len(ids):
            raise SqsRefusal("BatchEntryIdsNotDistinct", "Two or more batch entries have the same Id.")
        if not all(ENTRY_ID.fullmatch(one) for one in ids):
            raise SqsRefusal("InvalidBatchEntryId", "A batch entry id can only contain alphanumerics, - and _.")
        good, bad = [], []
        for entry, entry_id in zip(entries, ids, strict=True):
            try:
                good.append({"Id": entry_id, **act({**entry, "QueueUrl": members["QueueUrl"]})})
            except SqsRefusal as refusal:
                bad.append({"Id": entry_id, "SenderFault": True, "Code": refusal.code, "Message": refusal.message})
        return {"Successful": good, "Failed": bad}


def _message(message: Message, system: set[str], own: list[str]) -> Members:
    payload: Members = {
        "MessageId": message.id,
        "ReceiptHandle": message.receipt,
        "MD5OfBody": md5(message.body.encode()),
        "Body": message.body,
    }
    known = {
        "SenderId": message.sender,
        "SentTimestamp": str(int(message.sent * 1000)),
        "ApproximateReceiveCount": str(message.received),
        "ApproximateFirstReceiveTimestamp": str(int(message.first_received * 1000)),
    }
    given = {name: value for name, value in known.items() if "All" in system or name in system}
    if given:
        payload["Attributes"] = given
    named = {
        name: value
        for name, value in message.attributes.items()
        if any(one in ("All", ".*", name) or (one.endswith(".*") and name.startswith(one[:-1])) for one in own)
    }
    if named:
        payload["MessageAttributes"] = named
        payload["MD5OfMessageAttributes"] = md5_of_attributes(named)
    return payload


# --- reading the request


def _text(members: Members, name: str, default: str | None = None) -> str:
    value = members.get(name, default)
    if value is None:
        raise SqsRefusal("MissingParameter", f"The request must contain the parameter {name}.")
    if not isinstance(value, str):
        raise SqsRefusal("InvalidParameterValue", f"{name} must be a string.")
    return value


def _texts(members: Members, name: str) -> list[str]:
    value = members.get(name) or []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise SqsRefusal("InvalidParameterValue", f"{name} must be a list of strings.")
    return value


def _object(members: Members, name: str) -> dict[str, str]:
    value = members.get(name) or {}
    if not isinstance(value, dict) or not all(isinstance(one, str) for one in value.values()):
        raise SqsRefusal("InvalidParameterValue", f"{name} must be a map of strings.")
    return value


def _whole(members: Members, name: str, bounds: tuple[int, int], default: int | None = None) -> int:
    value = members.get(name, default)
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:9])  # the query protocol has only strings
    if type(value) is not int or not bounds[0] <= value <= bounds[1]:
        raise SqsRefusal(
            "InvalidParameterValue",
            f"Value {str(value)[:40]} for parameter {name} is invalid. Reason: Must be >= {bounds[0]} and <= "
            f"{bounds[1]}, if provided.",
        )
    return value


def _checked(attributes: dict[str, str]) -> dict[str, str]:
    """Attributes that a queue may have; SqsRefusal names the first that it may not."""
    for name, value in attributes.items():
        if name in BOUNDS:
            _whole(attributes, name, BOUNDS[name])
        elif name not in TEXTS:
            raise SqsRefusal("InvalidAttributeName", f"Unknown Attribute {name[:80]}.")
        elif name == "RedrivePolicy" and value:
            _check_redrive(value)
        elif name == "Policy" and value:
            _json(name, value)
    return attributes


def _check_redrive(value: str) -> None:
    policy = _json("RedrivePolicy", value)
    often = str(policy.get("maxReceiveCount", "")) if isinstance(policy, dict) else ""
    if not often.isascii() or not often.isdigit() or not 1 <= int(often[:9]) <= 1000:
        raise SqsRefusal("InvalidParameterValue", "RedrivePolicy: maxReceiveCount must be from 1 to 1000.")
    if not isinstance(policy.get("deadLetterTargetArn"), str):
        raise SqsRefusal("InvalidParameterValue", "RedrivePolicy: deadLetterTargetArn must be an ARN.")


def _json(name: str, text: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise SqsRefusal("InvalidAttributeValue", f"Invalid value for the parameter {name}.")
    return value


def _message_attributes(members: Members) -> dict[str, dict[str, str]]:
    attributes = members.get("MessageAttributes") or {}
    if not isinstance(attributes, dict) or len(attributes) > BATCH:
        raise SqsRefusal("InvalidParameterValue", "MessageAttributes must be a map of at most 10 attributes.")
    for name, value in attributes.items():
        kind = value.get("DataType") if isinstance(value, dict) else None
        held = "BinaryValue" if isinstance(kind, str) and kind.startswith("Binary") else "StringValue"
        if not isinstance(kind, str) or not isinstance(value.get(held), str):
            raise SqsRefusal("InvalidParameterValue", f"The message attribute '{name[:80]}' has no type or value.")
        try:
            base64.b64decode(value.get("BinaryValue", ""), validate=True)
        except (binascii.Error, TypeError, ValueError):
            raise SqsRefusal("InvalidParameterValue", f"The message attribute '{name[:80]}' is not Base64.") from None
    return {
        name: {key: value[key] for key in ("DataType", "StringValue", "BinaryValue") if isinstance(value.get(key), str)}
        for name, value in attributes.items()
    }
