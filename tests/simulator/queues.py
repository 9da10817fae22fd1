"""boto3 as anybody has it, its HTTP carried into a simulator in this process; and a queue that lets Amazon in."""

import json
from urllib.parse import urlsplit

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from amazon_simulator import router
from amazon_simulator.core.http import Request

AMAZON = "437568002678"


class Raw:
    def __init__(self, body):
        self._body = body

    def stream(self, **_):
        yield self._body


def sqs_of(amazon, region="eu-west-1"):
    """An SQS client whose endpoint is the simulator."""
    client = boto3.client(
        "sqs",
        region_name=region,
        endpoint_url="http://sim",
        aws_access_key_id="AKIATEST",
        aws_secret_access_key="test",
        config=Config(retries={"max_attempts": 1}),
    )

    def carry(request, **_):
        address = urlsplit(request.url)
        headers = {
            name.lower(): value.decode() if isinstance(value, bytes) else value
            for name, value in request.headers.items()
        }
        content = request.body.encode() if isinstance(request.body, str) else request.body or b""
        response = router.answer(
            amazon.simulator, Request(request.method, address.path or "/", address.query, headers, content)
        )
        return AWSResponse(request.url, response.status, response.headers, Raw(response.body))

    client.meta.events.register("before-send.sqs", carry)
    return client


def policy(*actions, principal=AMAZON, effect="Allow"):
    statement = {"Effect": effect, "Principal": {"AWS": principal}, "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


OPEN = policy("SQS:SendMessage", "SQS:GetQueueAttributes")


def queue_for_amazon(sqs, name="orders", access=OPEN, **attributes):
    """(address, ARN) of a queue with the policy that Amazon's guide requires."""
    url = sqs.create_queue(QueueName=name, Attributes={"Policy": access, **attributes})["QueueUrl"]
    held = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, held["Attributes"]["QueueArn"]


def received(sqs, url, most=10):
    """All messages' bodies as JSON, taken off the queue."""
    found = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=most).get("Messages"):
        for message in messages:
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found
