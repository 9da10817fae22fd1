"""The table of the contract's facts, made anew from a folder of Amazon's published models.

    make contract MODELS=folder
    python -m tests.contract.make folder [--commit 34dc93fe]

The folder is a clone of https://github.com/amzn/selling-partner-api-models or holds the same files side by side. The
commit is taken from the clone, from a README.md that says `commit 34dc93fe`, or from `--commit`. Nothing is written
unless everything could be read.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.contract.notation import Schema, facts_of, references, short

TABLE = Path(__file__).parent
WIDTH = 120
METHODS = ("delete", "get", "patch", "post", "put")
APIS = (
    "application_2023-11-30.json",
    "catalogItems_2022-04-01.json",
    "fbaInventory.json",
    "feeds_2021-06-30.json",
    "finances_2024-06-19.json",
    "fulfillmentOutbound_2020-07-01.json",
    "listingsItems_2021-08-01.json",
    "merchantFulfillmentV0.json",
    "notifications.json",
    "ordersV0.json",
    "orders_2026-01-01.json",
    "reports_2021-06-30.json",
    "sellers.json",
    "shippingV2.json",
    "tokens_2021-03-01.json",
)
"""Those of which the client calls an operation or the simulator has one, whole: the next one is judged at once."""
SCHEMAS = (
    "FBAInventoryAvailabilityChangeNotification.json",
    "FeedProcessingFinishedNotification.json",
    "ListingsItemMfnQuantityChange.json",
    "OrderChangeNotification.json",
    "ReportProcessingFinishedNotification.json",
    "listings-feed-processing-report-schema-v2.json",
)


class Unusable(ValueError):
    """The folder does not give a table; the message says why and what to do."""


def table(
    folder: Path, commit: str = "", apis: Sequence[str] = APIS, schemas: Sequence[str] = SCHEMAS
) -> dict[str, str]:
    """The text of each file of the table, by its path in `tests/contract`. Raises Unusable."""
    if not folder.is_dir():
        raise Unusable(f"{folder} is no folder: name the one that holds Amazon's models (make contract MODELS=folder)")
    source = {"commit": _commit_of(folder, commit), "repository": "amzn/selling-partner-api-models"}
    files = {f"apis/{name}": _facts(api, _model(folder, name), name) for name in apis}
    files |= {f"schemas/{name}": _facts(_schema, _model(folder, name), name) for name in schemas}
    return {name: laid_out(value) + "\n" for name, value in {"source.json": source, **files}.items()}


def api(model: dict[str, Any]) -> dict[str, Any]:
    """The facts of an API's model: its operations by method and path, and the definitions that they reach."""
    operations = {call: _operation(model, entry, shared) for call, entry, shared in _calls(model)}
    definitions = {name: facts_of(schema) for name, schema in model["definitions"].items()}
    reached: set[str] = set()
    found = {one for facts in operations.values() for one in references(facts)}
    while found:
        reached |= found
        found = {one for name in found for one in references(definitions[name])} - reached
    return {
        "operations": {call: _short_operation(operations[call]) for call in sorted(operations)},
        "definitions": {name: short(definitions[name]) for name in sorted(reached)},
    }


def laid_out(value: Any, indent: int = 0, lead: int = 0) -> str:
    """JSON in lines of up to 120 characters: what fits stays on its line, else each of its members has a line.

    `lead` is the length of what stands before the value on its line.
    """
    line = json.dumps(value, ensure_ascii=False)
    if not value or not isinstance(value, (dict, list)) or indent + lead + len(line) < WIDTH:
        return line
    inner = " " * (indent + 1)
    if isinstance(value, dict):
        names = {name: f"{json.dumps(name)}: " for name in value}
        rows = [names[name] + laid_out(one, indent + 1, len(names[name])) for name, one in value.items()]
        return "{\n" + ",\n".join(inner + row for row in rows) + "\n" + " " * indent + "}"
    rows = [laid_out(one, indent + 1) for one in value]
    return "[\n" + ",\n".join(inner + row for row in rows) + "\n" + " " * indent + "]"


def write(files: dict[str, str], target: Path = TABLE) -> None:
    """The files, and no other table file beside them."""
    for folder in ("apis", "schemas"):
        (target / folder).mkdir(exist_ok=True)
    for name, text in files.items():
        (target / name).write_text(text, encoding="utf-8")
    for old in target.glob("*/*.json"):
        if old.relative_to(target).as_posix() not in files:
            old.unlink()


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="make contract MODELS=folder", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--commit", default="", help="of the models, where the folder does not say it")
    options = parser.parse_args(arguments)
    try:
        files = table(options.folder, options.commit)
    except Unusable as fault:
        sys.exit(f"make contract: {fault}")
    write(files)
    print(f"{len(files)} files of {json.loads(files['source.json'])['commit']} in {TABLE}")  # noqa: T201 -- a script


def _facts(read: Any, model: dict[str, Any], name: str) -> Any:
    try:
        return read(model)
    except (KeyError, AttributeError, TypeError, ValueError) as fault:
        raise Unusable(f"{name} is not as expected: {type(fault).__name__} {fault}") from fault


def _schema(model: dict[str, Any]) -> Any:
    return short(facts_of(model))


def _commit_of(folder: Path, given: str) -> str:
    note = folder / "README.md"
    noted = re.search(r"\bcommit ([0-9a-f]{7,40})\b", note.read_text(encoding="utf-8")) if note.is_file() else None
    log = ["git", "-C", str(folder), "log", "-1", "--format=%H", "--", "."]
    found = given or (noted[1] if noted else subprocess.run(log, capture_output=True, text=True).stdout.strip())
    if not re.fullmatch(r"[0-9a-f]{7,40}", found):
        raise Unusable(f"{folder} does not say which commit it is of: add COMMIT=34dc93fe, or a README.md that says it")
    return found[:8]


def _model(folder: Path, name: str) -> dict[str, Any]:
    found = sorted(folder.rglob(name))
    if len(found) != 1:
        raise Unusable(f"{folder} has {len(found) or 'no'} {name}; one is needed")
    try:
        model = json.loads(found[0].read_text(encoding="utf-8"))
    except ValueError as fault:
        raise Unusable(f"{found[0]} is no JSON: {fault}") from fault
    if not isinstance(model, dict):
        raise Unusable(f"{found[0]} is no JSON object")
    return model


def _calls(model: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], list[Any]]]:
    """Method and path, the operation, the parameters that it shares with the path's others."""
    base = model.get("basePath", "").rstrip("/")
    for path, entry in model["paths"].items():
        for method in METHODS:
            if method in entry:
                yield f"{method.upper()} {base}{path}", entry[method], entry.get("parameters", [])


def _operation(model: dict[str, Any], operation: dict[str, Any], shared: list[Any]) -> dict[str, Any]:
    parameters = [_followed(one, model, "parameters") for one in (*shared, *operation.get("parameters", []))]
    responses = {code: _followed(one, model, "responses") for code, one in operation["responses"].items()}
    return {
        "name": operation["operationId"],
        "rate": _rate(operation.get("description", "")),
        "parameters": {_place(one): _facts_of_parameter(one) for one in parameters},
        "responses": {code: facts_of(one["schema"]) if "schema" in one else None for code, one in responses.items()},
    }


def _followed(one: dict[str, Any], model: dict[str, Any], shelf: str) -> dict[str, Any]:
    while "$ref" in one:
        one = model[shelf][one["$ref"].rpartition("/")[2]]
    return one


def _place(parameter: dict[str, Any]) -> str:
    return f"{parameter['in']} {parameter['name']}" + ("!" if parameter.get("required") else "")


def _facts_of_parameter(parameter: dict[str, Any]) -> Schema:
    named = ("name", "in", "required", "schema", "allowEmptyValue")
    return facts_of(parameter.get("schema") or {name: one for name, one in parameter.items() if name not in named})


def _rate(description: str) -> list[float] | None:
    """Calls a second and burst, of the usage plan's table; None where there is none."""
    rows = [re.findall(r"[\d.]+", row) for row in description.splitlines() if row.lstrip().startswith("|")]
    found = next((row[-2:] for row in rows if len(row) >= 2), None)
    return [float(found[0]), int(found[1])] if found else None


def _short_operation(operation: dict[str, Any]) -> dict[str, Any]:
    """Responses of one form stand together: `"400 403 404": "#ErrorList"`."""
    forms: dict[str, list[str]] = {}
    for code, schema in sorted(operation["responses"].items()):
        forms.setdefault(json.dumps(schema and short(schema)), []).append(code)
    parameters = {place: short(operation["parameters"][place]) for place in sorted(operation["parameters"])}
    responses = {" ".join(codes): json.loads(form) for form, codes in forms.items()}
    made = {"name": operation["name"], "rate": operation["rate"], "parameters": parameters, "responses": responses}
    return {name: value for name, value in made.items() if value}


if __name__ == "__main__":
    main(sys.argv[1:])
