"""Calls that no seller makes: the application speaks for itself."""

import json

NOTIFICATIONS = "sellingpartnerapi::notifications"
ROTATION = "sellingpartnerapi::client_credential:rotation"


def ask_token(amazon, *, secret=None, headers=None, query=None, **form):
    """(status, JSON) of Login with Amazon, with the application's own client id and secret by default."""
    application = amazon.control("GET", "accounts")[1]["application"]
    form = {"client_id": application["clientId"], "client_secret": secret or application["clientSecret"], **form}
    answer = amazon.send("POST", "/auth/o2/token", form=form, headers=headers, query=query)
    return answer.status, json.loads(answer.body)


def call(amazon, method, path, *, body=None, query=None, scope=NOTIFICATIONS):
    """(status, JSON) of one grantless call."""
    token = ask_token(amazon, grant_type="client_credentials", scope=scope)[1]["access_token"]
    answer = amazon.send(method, path, body=body, query=query, headers={"x-amz-access-token": token})
    return answer.status, json.loads(answer.body) if answer.body else None
