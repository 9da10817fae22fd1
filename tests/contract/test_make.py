"""The table's maker on a small model of ours, and the table itself: facts only, as the models say them."""

import json
import subprocess

import pytest
from tests.contract.make import APIS, SCHEMAS, TABLE, Unusable, api, laid_out, main, table, write
from tests.contract.reading import MODELS, by_the_models

BOATS = {
    "swagger": "2.0",
    "info": {"title": "A title", "description": "Some words."},
    "basePath": "/",
    "paths": {
        "/boats/v1/boats/{boatId}": {
            "parameters": [{"$ref": "#/parameters/boatId"}],
            "get": {
                "operationId": "getBoat",
                "tags": ["boats"],
                "description": "Words.\n\n| Rate (a second) | Burst |\n| ---- | ---- |\n| 0.5 | 30 |\n\nMore.",
                "parameters": [
                    {"in": "query", "name": "kinds", "type": "array", "items": {"type": "string"}, "maxItems": 2},
                ],
                "responses": {
                    "200": {"description": "Done.", "schema": {"$ref": "#/definitions/Boat"}, "examples": {"a": 1}},
                    "404": {"$ref": "#/responses/Refused"},
                    "400": {"$ref": "#/responses/Refused"},
                },
            },
            "put": {
                "operationId": "putBoat",
                "description": "No plan.",
                "parameters": [{"$ref": "#/parameters/boat"}],
                "responses": {"204": {"description": "Done."}},
            },
        }
    },
    "parameters": {
        "boatId": {"in": "path", "name": "boatId", "required": True, "type": "string", "x-example": "B1"},
        "boat": {"in": "body", "name": "body", "required": True, "schema": {"$ref": "#/definitions/Boat"}},
    },
    "responses": {"Refused": {"description": "No.", "schema": {"type": "array", "items": {"type": "string"}}}},
    "definitions": {
        "Unreached": {"type": "string"},
        "Mast": {"type": "object", "properties": {"metres": {"type": "number", "minimum": 1, "example": 12}}},
        "Boat": {
            "type": "object",
            "description": "A boat, at length.",
            "required": ["name", "kind"],
            "properties": {
                "name": {"type": "string", "pattern": "^B", "example": "Boat"},
                "kind": {"type": "string", "enum": ["YAWL", "KETCH"], "x-docgen-enum-table-extension": []},
                "built": {"type": "string", "format": "date-time"},
                "masts": {"type": "array", "items": {"$ref": "#/definitions/Mast"}},
                "description": {"type": "string", "description": "A member of this name is a fact."},
            },
        },
    },
}
FACTS = {
    "operations": {
        "GET /boats/v1/boats/{boatId}": {
            "name": "getBoat",
            "rate": [0.5, 30],
            "parameters": {
                "path boatId!": "string",
                "query kinds": {"items": "string", "maxItems": 2, "type": "array"},
            },
            "responses": {"200": "#Boat", "400 404": ["string"]},
        },
        "PUT /boats/v1/boats/{boatId}": {
            "name": "putBoat",
            "parameters": {"body body!": "#Boat", "path boatId!": "string"},
            "responses": {"204": None},
        },
    },
    "definitions": {
        "Boat": {
            "members": {
                "built": "string:date-time",
                "description": "string",
                "kind!": {"enum": ["KETCH", "YAWL"], "type": "string"},
                "masts": ["#Mast"],
                "name!": {"pattern": "^B", "type": "string"},
            }
        },
        "Mast": {"members": {"metres": {"minimum": 1, "type": "number"}}},
    },
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "boats.json").write_text(json.dumps(BOATS))
    return tmp_path


def made(folder, commit="0123abcd", apis=("boats.json",), schemas=()):
    return table(folder, commit, apis, schemas)


def test_a_models_facts_are_kept_and_its_prose_is_not():
    assert api(BOATS) == FACTS


def test_the_table_names_its_source_and_is_laid_out_in_lines(folder):
    files = made(folder)
    assert json.loads(files.pop("source.json")) == {
        "commit": "0123abcd",
        "repository": "amzn/selling-partner-api-models",
    }
    assert {name: json.loads(text) for name, text in files.items()} == {"apis/boats.json": FACTS}
    assert max(map(len, files["apis/boats.json"].splitlines())) <= 120


def test_a_documents_schema_becomes_facts_too(folder):
    schema = {"$schema": "x", "type": "object", "required": ["at", "gone"], "properties": {"at": {"type": ["null"]}}}
    (folder / "schema.json").write_text(json.dumps(schema))
    text = made(folder, schemas=("schema.json",))["schemas/schema.json"]
    assert text == '{"required": ["gone"], "members": {"at!": {"type": ["null"]}}}\n'


def test_what_fits_stays_on_its_line():
    value = {"a": [1, {"b": None}], "long": ["x" * 60, "y" * 60], "empty": {}}
    lines = [
        "{",
        ' "a": [1, {"b": null}],',
        ' "long": [',
        f'  "{"x" * 60}",',
        f'  "{"y" * 60}"',
        " ],",
        ' "empty": {}',
        "}",
    ]
    assert laid_out(value) == "\n".join(lines)


def test_the_commit_comes_from_the_readme_or_from_the_clone(folder):
    (folder / "README.md").write_text("Published models, commit 34dc93fe12 (August).")
    assert '"34dc93fe"' in made(folder, commit="")["source.json"]
    (folder / "README.md").unlink()
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-C", str(folder)]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "Models"], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout
    assert json.loads(made(folder, commit="")["source.json"])["commit"] == head[:8]


def no_such_folder(folder):
    return {"folder": folder / "nowhere"}


def no_such_model(folder):
    return {"apis": ("ships.json",)}


def the_model_twice(folder):
    (folder / "more").mkdir()
    (folder / "more" / "boats.json").write_text("{}")


def no_json(folder):
    (folder / "boats.json").write_text("{")


def no_model(folder):
    (folder / "boats.json").write_text('{"title": "nothing"}')


def no_object(folder):
    (folder / "boats.json").write_text("[]")


def a_keyword_that_nobody_knows(folder):
    boat = {**BOATS["definitions"]["Boat"], "patternProperties": {}}
    (folder / "boats.json").write_text(json.dumps({**BOATS, "definitions": {**BOATS["definitions"], "Boat": boat}}))


def no_commit(folder):
    return {"commit": ""}


def a_commit_that_is_none(folder):
    return {"commit": "main"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (no_such_folder, "is no folder: name the one that holds Amazon's models"),
        (no_such_model, "has no ships.json; one is needed"),
        (the_model_twice, "has 2 boats.json; one is needed"),
        (no_json, "boats.json is no JSON"),
        (no_object, "boats.json is no JSON object"),
        (no_model, "boats.json is not as expected: KeyError 'paths'"),
        (a_keyword_that_nobody_knows, "boats.json .*patternProperties: name it in FACTS or PROSE"),
        (no_commit, "does not say which commit it is of: add COMMIT=34dc93fe"),
        (a_commit_that_is_none, "does not say which commit it is of"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_folder_that_gives_no_table_is_refused_with_the_remedy(folder, change, message):
    with pytest.raises(Unusable, match=message):
        made(**{"folder": folder, **(change(folder) or {})})


def test_the_command_says_what_is_wrong_in_one_line(tmp_path):
    with pytest.raises(SystemExit, match=r"^make contract: .*nowhere is no folder"):
        main([str(tmp_path / "nowhere")])


def test_a_file_that_is_no_longer_of_the_table_goes(folder, tmp_path):
    target = tmp_path / "table"
    target.mkdir()
    (target / "apis").mkdir()
    (target / "apis" / "ships.json").write_text("{}")
    write(made(folder), target)
    assert sorted(path.relative_to(target).as_posix() for path in target.rglob("*.json")) == [
        "apis/boats.json",
        "source.json",
    ]


def committed():
    return {path.relative_to(TABLE).as_posix(): path.read_text() for path in TABLE.rglob("*.json")}


def texts(value):
    """Every name and text but patterns."""
    if isinstance(value, dict):
        yield from value
        yield from (text for name, inner in value.items() if name != "pattern" for text in texts(inner))
    elif isinstance(value, list):
        yield from (text for inner in value for text in texts(inner))
    elif isinstance(value, str):
        yield value


def test_the_table_holds_every_file_and_no_sentence():
    """At most three words (an enumeration has a company's name), or the numbers of statuses."""
    files = {name: json.loads(text) for name, text in committed().items()}
    assert files.keys() == {"source.json", *(f"apis/{name}" for name in APIS), *(f"schemas/{name}" for name in SCHEMAS)}
    found = {text for value in files.values() for text in texts(value) if not text.replace(" ", "").isdigit()}
    assert [text for text in found if len(text.split()) > 3] == []


@by_the_models
def test_the_table_is_what_the_models_say():
    """Where this fails Amazon's models are others than the table's: `make contract MODELS=$SP_API_MODELS`."""
    assert committed() == table(MODELS)
