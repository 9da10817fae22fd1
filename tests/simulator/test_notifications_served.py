"""Over HTTP, from the real process: boto3 as anybody has it hears of an order; killed and started again, it goes on."""

import json
import signal
import time

import boto3
import httpx2
import pytest
from tests.simulator.queues import OPEN
from tests.simulator.test_process import Process

pytestmark = pytest.mark.system
HELD_BACK_AT_MOST = 5.0


def sqs_at(base):
    return boto3.client(
        "sqs",
        region_name="eu-west-1",
        endpoint_url=base,
        aws_access_key_id="AKIATEST",
        aws_secret_access_key="test",
    )


def subscribed(running, arn):
    """A subscription to order changes of the first account's."""
    accounts = running.ask("accounts")
    client = {
        "client_id": accounts["application"]["clientId"],
        "client_secret": accounts["application"]["clientSecret"],
    }
    form = {"grant_type": "client_credentials", "scope": "sellingpartnerapi::notifications", **client}
    grantless = {"x-amz-access-token": httpx2.post(accounts["tokenEndpoint"], data=form).json()["access_token"]}
    path = f"{running.base}/notifications/v1"
    body = {"name": "Queue", "resourceSpecification": {"sqs": {"arn": arn}}}
    made = httpx2.post(f"{path}/destinations", json=body, headers=grantless).json()["payload"]
    body = {
        "payloadVersion": "1.0",
        "destinationId": made["destinationId"],
        "processingDirective": {"eventFilter": {"eventFilterType": "ORDER_CHANGE"}},
    }
    answer = httpx2.post(f"{path}/subscriptions/ORDER_CHANGE", json=body, headers=running.headers())
    assert answer.status_code == 200, answer.text


def order_of(running):
    seller = running.ask("accounts")["accounts"][0]
    body = {
        "sellerId": seller["sellerId"],
        "marketplaceId": seller["marketplaces"][0]["id"],
        "fulfilledBy": "MERCHANT",
        "items": [{"sku": "HH-0010", "quantity": 1}],
    }
    return running.ask("orders", body)["orderId"]


def heard(sqs, url):
    messages = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1, MaxNumberOfMessages=10).get("Messages", [])
    for message in messages:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return [json.loads(one["Body"])["Payload"]["OrderChangeNotification"]["AmazonOrderId"] for one in messages]


def test_boto3_hears_of_orders_before_and_after_a_kill(tmp_path):
    running = Process(tmp_path, "--fresh")
    try:
        sqs = sqs_at(running.base)
        url = sqs.create_queue(QueueName="orders", Attributes={"Policy": OPEN})["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        subscribed(running, arn)
        began = time.monotonic()
        assert heard(sqs, url) == []
        assert 0.9 < time.monotonic() - began < HELD_BACK_AT_MOST
        first = order_of(running)
        assert heard(sqs, url) == [first]
        running.end(signal.SIGKILL)
        running = Process(tmp_path)
        sqs = sqs_at(running.base)
        url = sqs.get_queue_url(QueueName="orders")["QueueUrl"]
        second = order_of(running)
        assert heard(sqs, url) == [second]
    finally:
        if running.process.poll() is None:
            running.end()
