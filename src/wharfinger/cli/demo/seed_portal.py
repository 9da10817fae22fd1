"""What the demo's owner did in the AWS console and in the Solution Provider Portal: a queue, and what is registered."""

import json
from typing import Any
from urllib.parse import urlsplit

import boto3
import httpx2

from wharfinger.domain.access.authorisation import ROLES
from wharfinger.operations.access.applications import QueueEntry

REGION, NAME = "eu-west-1", "wharfinger-secrets"
KEY_ID, KEY = "AKIADEMODEMODEMODEMO", "the-simulator-takes-any-key"
AMAZONS_ACCOUNT = "arn:aws:iam::437568002678:root"
"""Who sends notifications. Source: set-up-notifications-amazon-sqs."""


def register(simulator: str, login_uri: str) -> QueueEntry:
    """Make the queue, let Amazon in, register it and our log-in URI; returns how the queue is entered here.

    Safe to run twice.
    """
    sqs: Any = boto3.client(
        "sqs", endpoint_url=simulator, region_name=REGION, aws_access_key_id=KEY_ID, aws_secret_access_key=KEY
    )
    try:
        url = sqs.create_queue(QueueName=NAME)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": json.dumps(_policy(arn))})
    finally:
        sqs.close()
    payload = {"notificationQueue": arn, "loginUri": login_uri, "roles": [role.name for role in ROLES]}
    httpx2.post(f"{simulator}/_simulator/application", json=payload, timeout=30, trust_env=False).raise_for_status()
    return QueueEntry(f"{simulator}{urlsplit(url).path}", KEY_ID, KEY)


def _policy(arn: str) -> dict[str, Any]:
    allowed = {
        "Effect": "Allow",
        "Principal": {"AWS": AMAZONS_ACCOUNT},
        "Action": ["sqs:SendMessage", "sqs:GetQueueAttributes"],
        "Resource": arn,
    }
    return {"Version": "2012-10-17", "Statement": [allowed]}
