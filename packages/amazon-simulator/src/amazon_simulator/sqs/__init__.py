"""Queues that `boto3` and other AWS clients use unchanged: their `endpoint_url` is this Amazon."""
