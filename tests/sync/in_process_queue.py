"""A queue of the simulator in this process, behind our seam."""

from wharfinger.amazon.queues import QueueMessage, QueueTrouble


class Sqs:
    """The queue behind our seam, by boto3 in this process."""

    def __init__(self, client, url):
        self.client, self.url = client, url
        self.trouble = ""

    def receive(self, wait_seconds=0):
        if self.trouble:
            raise QueueTrouble(self.trouble)
        answer = self.client.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10, VisibilityTimeout=60)
        return tuple(QueueMessage(one["Body"].encode(), one["ReceiptHandle"]) for one in answer.get("Messages", ()))

    def send(self, body):
        self.client.send_message(QueueUrl=self.url, MessageBody=body.decode())

    def delete(self, message):
        self.client.delete_message(QueueUrl=self.url, ReceiptHandle=message.receipt)

    @property
    def left(self):
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.client.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        return sum(int(number) for number in found.values())
