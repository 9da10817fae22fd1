"""Queues as boto3 uses them, and in the query protocol of older clients."""

import hashlib
from urllib.parse import urlencode

import pytest
from botocore.exceptions import ClientError
from tests.simulator.conftest import Amazon
from tests.simulator.queues import sqs_of

from amazon_simulator import router
from amazon_simulator.core.http import Request


@pytest.fixture
def sqs(amazon):
    return sqs_of(amazon)


@pytest.fixture
def url(sqs):
    return sqs.create_queue(QueueName="harbour", Attributes={"VisibilityTimeout": "60"})["QueueUrl"]


def bodies(answer):
    return [message["Body"] for message in answer.get("Messages", [])]


def test_a_queue_is_made_found_listed_and_deleted(sqs, url):
    assert sqs.create_queue(QueueName="harbour")["QueueUrl"] == url
    assert sqs.get_queue_url(QueueName="harbour")["QueueUrl"] == url
    assert sqs.list_queues(QueueNamePrefix="har")["QueueUrls"] == [url]
    sqs.delete_queue(QueueUrl=url)
    with pytest.raises(sqs.exceptions.QueueDoesNotExist):
        sqs.get_queue_url(QueueName="harbour")


def test_a_queue_belongs_to_its_region(amazon, url):
    with pytest.raises(ClientError, match="does not exist"):
        sqs_of(amazon, "us-east-1").get_queue_url(QueueName="harbour")


def test_a_message_is_hidden_until_its_trade_time_is_over_and_then_comes_again(amazon, sqs, url):
    sqs.send_message(QueueUrl=url, MessageBody="quay")
    first = sqs.receive_message(QueueUrl=url, AttributeNames=["All"])["Messages"][0]
    assert (first["Body"], first["MD5OfBody"]) == ("quay", hashlib.md5(b"quay").hexdigest())
    assert first["Attributes"]["ApproximateReceiveCount"] == "1"
    assert bodies(sqs.receive_message(QueueUrl=url)) == []
    amazon.advance(61)
    again = sqs.receive_message(QueueUrl=url, AttributeNames=["ApproximateReceiveCount"])["Messages"][0]
    assert again["Attributes"] == {"ApproximateReceiveCount": "2"}
    sqs.delete_message(QueueUrl=url, ReceiptHandle=first["ReceiptHandle"])
    amazon.advance(61)
    third = sqs.receive_message(QueueUrl=url)["Messages"][0]  # an old receipt deletes nothing
    sqs.delete_message(QueueUrl=url, ReceiptHandle=third["ReceiptHandle"])
    amazon.advance(61)
    assert bodies(sqs.receive_message(QueueUrl=url)) == []


def test_visibility_is_changed_both_ways(amazon, sqs, url):
    sqs.send_message(QueueUrl=url, MessageBody="x")
    receipt = sqs.receive_message(QueueUrl=url)["Messages"][0]["ReceiptHandle"]
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=600)
    amazon.advance(100)
    assert bodies(sqs.receive_message(QueueUrl=url)) == []
    sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=0)
    assert bodies(sqs.receive_message(QueueUrl=url)) == ["x"]
    with pytest.raises(sqs.exceptions.MessageNotInflight):
        sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=receipt, VisibilityTimeout=0)


def test_batches_have_a_result_for_each_entry(sqs, url):
    results = sqs.send_message_batch(
        QueueUrl=url, Entries=[{"Id": "a", "MessageBody": "1"}, {"Id": "b", "MessageBody": "\x00"}]
    )
    assert ([row["Id"] for row in results["Successful"]], [row["Id"] for row in results["Failed"]]) == (["a"], ["b"])
    held = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    entries = [{"Id": "a", "ReceiptHandle": held[0]["ReceiptHandle"]}, {"Id": "b", "ReceiptHandle": "nonsense"}]
    results = sqs.delete_message_batch(QueueUrl=url, Entries=entries)
    assert [row["Id"] for row in results["Successful"]] == ["a"]
    assert [(row["Id"], row["Code"]) for row in results["Failed"]] == [("b", "ReceiptHandleIsInvalid")]


def test_attributes_are_counted_set_and_checked(amazon, sqs, url):
    for number in range(3):
        sqs.send_message(QueueUrl=url, MessageBody=str(number), DelaySeconds=30 if number == 2 else 0)
    sqs.receive_message(QueueUrl=url)
    payload = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    counts = [payload[f"ApproximateNumberOfMessages{kind}"] for kind in ("", "NotVisible", "Delayed")]
    assert (counts, payload["VisibilityTimeout"]) == (["1", "1", "1"], "60")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "5"})
    for wrong in ({"VisibilityTimeout": "x"}, {"Tea": "1"}, {"Policy": "no JSON"}, {"RedrivePolicy": "{}"}):
        with pytest.raises(ClientError):
            sqs.set_queue_attributes(QueueUrl=url, Attributes=wrong)
    payload = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    assert payload == {"VisibilityTimeout": "5"}
    sqs.purge_queue(QueueUrl=url)
    assert bodies(sqs.receive_message(QueueUrl=url)) == []
    with pytest.raises(sqs.exceptions.PurgeQueueInProgress):
        sqs.purge_queue(QueueUrl=url)


def test_old_messages_are_forgotten_and_bad_ones_go_to_the_dead_letters(amazon, sqs, url):
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = f'{{"deadLetterTargetArn":"{arn}","maxReceiveCount":"2"}}'
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": redrive})
    sqs.send_message(QueueUrl=url, MessageBody="poison")
    for _ in range(3):
        sqs.receive_message(QueueUrl=url)
        amazon.advance(61)
    assert bodies(sqs.receive_message(QueueUrl=dead)) == ["poison"]
    amazon.advance(5 * 24 * 3600)
    assert bodies(sqs.receive_message(QueueUrl=dead)) == []


def test_message_attributes_come_back(sqs, url):
    body = {"kind": {"DataType": "String", "StringValue": "é"}, "raw": {"DataType": "Binary", "BinaryValue": b"\x01"}}
    sent = sqs.send_message(QueueUrl=url, MessageBody="x", MessageAttributes=body)
    message = sqs.receive_message(QueueUrl=url, MessageAttributeNames=["All"])["Messages"][0]
    assert message["MessageAttributes"] == body
    assert message["MD5OfMessageAttributes"] == sent["MD5OfMessageAttributes"]


def test_an_empty_long_poll_is_held_back_a_little(amazon, url):
    headers = {"x-amz-target": "AmazonSQS.ReceiveMessage", "authorization": "Credential=A/20260901/eu-west-1/sqs/x"}
    answer = amazon.send("POST", "/", body={"QueueUrl": url, "WaitTimeSeconds": 20}, headers=headers)
    assert (answer.status, answer.body, answer.slow) == (200, b"{}", 1.0)


def test_the_query_protocol_says_the_same_in_xml(amazon, sqs, url):
    def ask(**members):
        body = urlencode({"Version": "2012-11-05", **members}).encode()
        path = "/" + url.removeprefix("http://sim/") if members["Action"] != "ListQueues" else "/"
        headers = {"content-type": "application/x-www-form-urlencoded"}
        headers["authorization"] = "Credential=A/20260901/eu-west-1/sqs/aws4_request"
        return router.answer(amazon.simulator, Request("POST", path, "", headers, body))

    assert f"<QueueUrl>{url}</QueueUrl>".encode() in ask(Action="ListQueues").body
    ask(Action="SendMessage", MessageBody="a < b")
    found = ask(Action="ReceiveMessage", **{"AttributeName.1": "All"})
    assert b"<Body>a &lt; b</Body>" in found.body
    assert b"<Name>ApproximateReceiveCount</Name><Value>1</Value>" in found.body
    ask(Action="SetQueueAttributes", **{"Attribute.1.Name": "VisibilityTimeout", "Attribute.1.Value": "7"})
    assert sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]["VisibilityTimeout"] == "7"
    entries = {"SendMessageBatchRequestEntry.1.Id": "a", "SendMessageBatchRequestEntry.1.MessageBody": "1"}
    assert b"<SendMessageBatchResultEntry><Id>a</Id>" in ask(Action="SendMessageBatch", **entries).body
    answer = ask(Action="DeleteMessage", ReceiptHandle="x")
    assert (answer.status, b"<Code>ReceiptHandleIsInvalid</Code>" in answer.body) == (400, True)
    assert ask(Action="MakeTea").status == 400


def test_queues_and_messages_outlive_a_kill(tmp_path):
    amazon = Amazon(tmp_path)
    sqs = sqs_of(amazon)
    url = sqs.create_queue(QueueName="harbour")["QueueUrl"]
    for body in ("kept", "deleted"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    held = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=2)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=held[1]["ReceiptHandle"])
    amazon.simulator.close()
    again = Amazon(tmp_path)
    again.advance(31)
    assert bodies(sqs_of(again).receive_message(QueueUrl=url, MaxNumberOfMessages=2)) == ["kept"]
    again.simulator.close()
