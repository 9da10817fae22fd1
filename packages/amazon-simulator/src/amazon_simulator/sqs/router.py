"""The two protocols of AWS clients for SQS: JSON 1.0 (today's), and the query protocol with XML (older).

Any credentials are taken; the region is the one that a request is signed for.
"""

import re
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

import msgspec

from amazon_simulator.core.http import Request, Response
from amazon_simulator.sqs.actions import Actions
from amazon_simulator.sqs.queues import Queues
from amazon_simulator.sqs.refusal import SqsRefusal

TARGET = "AmazonSQS."
JSON = "application/x-amz-json-1.0"
SCOPE = re.compile(r"Credential=[^/]*/[^/]*/([a-z0-9-]{1,40})/sqs/")
REGION = "us-east-1"
"""Of a request that is not signed."""
NAMESPACE = "http://queue.amazonaws.com/doc/2012-11-05/"
IN_XML = {"Messages": "Message", "QueueUrls": "QueueUrl"}
ENTRIES = re.compile(r"[A-Za-z]+BatchRequestEntry")


def is_for_queues(request: Request, parts: Sequence[str]) -> bool:
    """Whether this request is for SQS."""
    if request.headers.get("x-amz-target", "").startswith(TARGET):
        return True
    return parts[0] == "sqs" or (parts[0] == "" and request.method == "POST" and "Version" in _form(request))


def answer(queues: Queues, request: Request, now: float) -> Response:
    signed = SCOPE.search(request.headers.get("authorization", ""))
    actions = Actions(queues, signed.group(1) if signed else REGION, now)
    request_id = queues.numbering.uuid("request", now)
    if request.headers.get("x-amz-target", "").startswith(TARGET):
        return _answer_json(actions, request, request_id)
    return _answer_query(actions, request, request_id)


def _answer_json(actions: Actions, request: Request, request_id: str) -> Response:
    headers = {"content-type": JSON, "x-amzn-RequestId": request_id}
    try:
        members = request.json()
        if not isinstance(members, dict):
            raise SqsRefusal("SerializationException", "The request is no JSON object.")
        given = actions.act(request.headers["x-amz-target"].removeprefix(TARGET), members)
    except (SqsRefusal, ValueError) as fault:
        refusal = fault if isinstance(fault, SqsRefusal) else SqsRefusal("SerializationException", str(fault))
        headers["x-amzn-query-error"] = f"{refusal.query_code};Sender"
        body = {"__type": f"com.amazonaws.sqs#{refusal.code}", "message": refusal.message}
        return Response(400, msgspec.json.encode(body), headers)
    return Response(200, msgspec.json.encode(given), headers, slow=actions.held_back)


# --- the query protocol


def _form(request: Request) -> dict[str, str]:
    return {**request.params(), **request.form()}


def _answer_query(actions: Actions, request: Request, request_id: str) -> Response:
    form = _form(request)
    headers = {"content-type": "text/xml", "x-amzn-RequestId": request_id}
    action = form.pop("Action", "")
    form.setdefault("QueueUrl", request.path)
    try:
        given = actions.act(action, _members(form))
    except SqsRefusal as refusal:
        body = (
            f'<ErrorResponse xmlns="{NAMESPACE}"><Error><Type>Sender</Type><Code>{refusal.query_code}</Code>'
            f"<Message>{escape(refusal.message)}</Message><Detail/></Error><RequestId>{request_id}</RequestId>"
            "</ErrorResponse>"
        )
        return Response(400, body.encode(), headers)
    body = (
        f'<{action}Response xmlns="{NAMESPACE}"><{action}Result>{_xml(given, action)}</{action}Result>'
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{action}Response>"
    )
    return Response(200, body.encode(), headers, slow=actions.held_back)


def _members(form: dict[str, str]) -> dict[str, Any]:
    """Flat names with numbers (`Attribute.1.Name`) as lists and maps, under the names of the JSON protocol."""
    members: dict[str, Any] = {name: value for name, value in form.items() if "." not in name}
    groups: dict[str, dict[str, dict[str, str]]] = {}
    for name, value in form.items():
        first, _, rest = name.partition(".")
        number, _, inner = rest.partition(".")
        if rest:
            groups.setdefault(first, {}).setdefault(number, {})[inner] = value
    for first, rows in groups.items():
        listed = [rows[number] for number in sorted(rows, key=lambda text: (len(text), text))]
        match first:
            case "Attribute" | "Tag":
                pairs = [(row.get("Name", row.get("Key", "")), row.get("Value", "")) for row in listed]
                members[f"{first}s"] = dict(pairs)
            case "MessageAttribute":
                members["MessageAttributes"] = {
                    row.get("Name", ""): {
                        key.removeprefix("Value."): value for key, value in row.items() if key.startswith("Value.")
                    }
                    for row in listed
                }
            case _ if ENTRIES.fullmatch(first):
                members["Entries"] = [_members(row) for row in listed]
            case _:
                members[f"{first}s"] = [row.get("", "") for row in listed]
    return members


def _xml(value: Any, action: str) -> str:
    """Lists are flat (an element for each member), maps are Name and Value pairs."""
    pieces = []
    for name, inner in value.items():
        match name, inner:
            case "Successful" | "Failed", list():
                tag = f"{action}ResultEntry" if name == "Successful" else "BatchResultErrorEntry"
                pieces += [f"<{tag}>{_xml(row, action)}</{tag}>" for row in inner]
            case "Attributes" | "Tags", dict():
                tag = name[:-1]
                key = "Key" if name == "Tags" else "Name"
                pieces += [
                    f"<{tag}><{key}>{escape(one)}</{key}><Value>{escape(text)}</Value></{tag}>"
                    for one, text in inner.items()
                ]
            case "MessageAttributes", dict():
                tag = name[:-1]
                pieces += [
                    f"<{tag}><Name>{escape(one)}</Name><Value>{_xml(held, action)}</Value></{tag}>"
                    for one, held in inner.items()
                ]
            case _, list():
                tag = IN_XML[name]
                pieces += [
                    f"<{tag}>{_xml(row, action) if isinstance(row, dict) else escape(row)}</{tag}>" for row in inner
                ]
            case _, bool():
                pieces.append(f"<{name}>{str(inner).lower()}</{name}>")
            case _:
                pieces.append(f"<{name}>{escape(str(inner))}</{name}>")
    return "".join(pieces)
