"""Calls of operations, each response judged by the contract and kept."""

import json
from collections import defaultdict
from dataclasses import dataclass

from tests.contract.judge import faults_of_answer
from tests.contract.reading import operation
from tests.simulator.conftest import EU
from tests.simulator.grantless import ask_token

RESTRICTED = "/tokens/2021-03-01/restrictedDataToken"


@dataclass(frozen=True)
class Answer:
    """One response of an operation, with its faults by the contract."""

    status: int
    faults: list[str]


@dataclass(frozen=True)
class Called:
    """One call as it was made, so that others can be made of it. `names` are the path's parameters."""

    names: tuple[str, ...]
    query: dict
    body: object


class Walker:
    """Calls operations of one Amazon and keeps what each of them answered."""

    def __init__(self, amazon):
        self.amazon = amazon
        self.answers = defaultdict(list)
        self.calls = defaultdict(list)
        self._scoped = {}

    def call(self, method, path, *, seller=EU, scope="", token="", query=None, body=None, headers=None, excused=""):
        """The response's JSON, or None. `excused`: why Amazon itself breaks its contract here."""
        token = token or (self._grantless(scope) if scope else self.amazon.token(seller))
        headers = {"x-amz-access-token": token, **(headers or {})}
        answer = self.amazon.send(method, path, query=query, body=body, headers=headers)
        payload = json.loads(answer.body) if answer.body else None
        route, names = self.amazon.simulator.routes.find(method, [part for part in path.split("/") if part])
        self.calls[route.operation].append(Called(names, query or {}, body or {}))
        faults = faults_of_answer(operation(method, route.path), answer.status, payload)
        if excused:
            assert faults, f"{route.operation} needs no excuse: {excused}"
            faults = []
        self.answers[route.operation].append(Answer(answer.status, faults))
        return payload

    def restricted(self, method, path, *elements):
        """A restricted data token for one resource."""
        resource = {"method": method, "path": path, **({"dataElements": list(elements)} if elements else {})}
        return self.call("POST", RESTRICTED, body={"restrictedResources": [resource]})["restrictedDataToken"]

    def _grantless(self, scope):
        if scope not in self._scoped:
            tokens = ask_token(self.amazon, grant_type="client_credentials", scope=scope)[1]
            self._scoped[scope] = tokens["access_token"]
        return self._scoped[scope]
