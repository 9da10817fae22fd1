"""Amazon SQS behind `queues.Queue`, by boto3."""

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from wharfinger.amazon.queues import QueueMessage, QueueTrouble

AT_ONCE = 10
HIDDEN_FOR = 60
"""Seconds in which a message that was received is dealt with, before others may receive it."""
_CONFIG = Config(
    connect_timeout=10,
    read_timeout=20,
    retries={"max_attempts": 2, "mode": "standard"},
    ignore_configured_endpoint_urls=True,
)
_REMEDIES = {
    "QueueDoesNotExist": "there is no such queue; look at its address",
    "AccessDenied": "the key may not do this; allow it sqs:ReceiveMessage and sqs:DeleteMessage (and sqs:SendMessage "
    "for a test)",
    "InvalidClientTokenId": "AWS does not know the access key ID",
    "SignatureDoesNotMatch": "the secret access key does not fit its ID",
    "InvalidSecurity": "AWS does not accept the access key",
}


class SqsQueue:
    """One queue, with a key of its own. `endpoint` None = Amazon's own for the region."""

    def __init__(self, url: str, region: str, key_id: str, secret: str, endpoint: str | None = None) -> None:
        self._url = url
        self._client: Any = boto3.session.Session(
            aws_access_key_id=key_id, aws_secret_access_key=secret, region_name=region
        ).client("sqs", endpoint_url=endpoint, config=_CONFIG)

    def send(self, body: bytes) -> None:
        try:
            self._client.send_message(QueueUrl=self._url, MessageBody=body.decode())
        except (BotoCoreError, ClientError) as error:
            raise _failure(error) from None

    def receive(self, wait_seconds: int = 0) -> tuple[QueueMessage, ...]:
        try:
            answer = self._client.receive_message(
                QueueUrl=self._url,
                MaxNumberOfMessages=AT_ONCE,
                VisibilityTimeout=HIDDEN_FOR,
                WaitTimeSeconds=wait_seconds,
            )
        except (BotoCoreError, ClientError) as error:
            raise _failure(error) from None  # its cause may quote the request
        return tuple(
            QueueMessage(message["Body"].encode(), message["ReceiptHandle"]) for message in answer.get("Messages", ())
        )

    def delete(self, message: QueueMessage) -> None:
        try:
            self._client.delete_message(QueueUrl=self._url, ReceiptHandle=message.receipt)
        except (BotoCoreError, ClientError) as error:
            raise _failure(error) from None


def _failure(error: BotoCoreError | ClientError) -> QueueTrouble:
    if not isinstance(error, ClientError):
        return QueueTrouble(f"SQS gave no answer ({type(error).__name__})")
    code = str(error.response.get("Error", {}).get("Code", "")).rpartition(".")[2]
    known = "QueueDoesNotExist" if code == "NonExistentQueue" else code
    return QueueTrouble(f"SQS refuses: {_REMEDIES.get(known, known or 'no reason given')}")
