"""The contract's table as tests read it: the operations of Amazon's APIs, their definitions, schemas of documents.

Tests that need the models themselves find their folder in `SP_API_MODELS` and are skipped, aloud, without it.
"""

import functools
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.contract.notation import Schema, full

TABLE = Path(__file__).parent
_folder = os.environ.get("SP_API_MODELS")  # noqa: TID251 -- where this run finds what is in no clone
MODELS = Path(_folder) if _folder else Path("SP_API_MODELS is not set")
ABSENT = "needs Amazon's models: SP_API_MODELS=folder"
by_the_models = pytest.mark.skipif(not _folder, reason=ABSENT)


@dataclass(frozen=True)
class Operation:
    """`rate`: (calls a second, burst), None where none is published. `parameters` have `name`, `in`, `required` and
    their facts, a body's under `schema`. `responses`: status → schema, None for one without a body."""

    name: str
    file: str
    method: str
    path: str
    rate: tuple[float, int] | None
    parameters: tuple[Schema, ...]
    responses: dict[str, Schema | None]
    definitions: dict[str, Schema]


def operation(method: str, path: str) -> Operation:
    """The operation that a route (a path with any names in braces) stands for."""
    found = _by_call().get((method, _form(path)))
    if found is None:
        raise LookupError(f"{method} {path} is in no API of the table: name its model in tests/contract/make.py")
    return found


def operations() -> list[Operation]:
    """Those of the table, in a fixed order."""
    return list(_by_call().values())


@functools.cache
def definitions(file: str) -> dict[str, Schema]:
    """Of one API, by the name of its model's file."""
    return {name: full(value) for name, value in _read(f"apis/{file}")["definitions"].items()}


def document(file: str) -> Schema:
    """The schema of a document (a notification, a processing report), by the name of its file."""
    return full(_read(f"schemas/{file}"))


def operations_of(file: str, facts: dict[str, Any]) -> Iterator[Operation]:
    """The operations of an API's facts in the table's form."""
    defined = {name: full(value) for name, value in facts["definitions"].items()}
    for call, row in facts["operations"].items():
        method, _, path = call.partition(" ")
        yield Operation(
            name=row["name"],
            file=file,
            method=method,
            path=path,
            rate=(row["rate"][0], row["rate"][1]) if "rate" in row else None,
            parameters=tuple(_parameter(place, value) for place, value in row.get("parameters", {}).items()),
            responses={
                code: None if value is None else full(value)
                for codes, value in row["responses"].items()
                for code in codes.split()
            },
            definitions=defined,
        )


def _parameter(place: str, value: Any) -> Schema:
    where, _, name = place.partition(" ")
    named = {"name": name.removesuffix("!"), "in": where, "required": name.endswith("!")}
    return named | ({"schema": full(value)} if where == "body" else full(value))


@functools.cache
def _read(name: str) -> Any:
    return json.loads((TABLE / name).read_text(encoding="utf-8"))


@functools.cache
def _by_call() -> dict[tuple[str, str], Operation]:
    files = [path.name for path in sorted(TABLE.glob("apis/*.json"))]
    found = [one for file in files for one in operations_of(file, _read(f"apis/{file}"))]
    return {(one.method, _form(one.path)): one for one in found}


def _form(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")
