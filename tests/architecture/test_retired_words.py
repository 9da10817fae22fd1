"""Words that name nothing, or name a thing by a picture of it, stay out of names, comments, docs and pages.

A name says what a thing is. ROOMS and PAGES are what is judged; a word is retired with what is written instead.
"""

import ast
import io
import re
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = (
    "packages/amazon-simulator/src/amazon_simulator",
    "src/wharfinger/amazon",
    "src/wharfinger/cli",
    "src/wharfinger/config",
    "src/wharfinger/couriers",
    "src/wharfinger/db",
    "src/wharfinger/domain",
    "src/wharfinger/operations",
    "src/wharfinger/sync",
    "src/wharfinger/web",
    "src/wharfinger/worker",
    "tests/amazon",
    "tests/architecture",
    "tests/browser",
    "tests/catalogue",
    "tests/cli",
    "tests/config",
    "tests/contract",
    "tests/couriers",
    "tests/db",
    "tests/domain",
    "tests/factories",
    "tests/operations",
    "tests/queries",
    "tests/release",
    "tests/simulator",
    "tests/sync",
    "tests/system",
    "tests/web",
    "tests/worker",
)
"""Folders of Python whose names, comments and docstrings are judged; migrations are history and are not."""
PRODUCT = "src/wharfinger"
"""The folder of Python whose sentences are judged; migrations stay as they were run."""
PAGES = (
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "README.md",
    "SECURITY.md",
    "STYLE.md",
    "docs/*.md",
    "docs/algorithms/*.md",
    "docs/decisions/*.md",
    "docs/guide/*.md",
    "packages/amazon-simulator/README.md",
    "packages/amazon-simulator/src/amazon_simulator/templates/*.html",
    "src/wharfinger/web/templates/**/*.html",
)

NO_PART = {
    "told": "what it is: payload, params, body, message, match, sent_…; unless given, is shown, is sent",
    "asked": "requested, params, filters",
    "bustle": "traffic_settings",
    "spoil": "response_mutations",
    "strikes": "fault_injection; a fault happens",
    "leash": "parent_death",
    "speech": "console",
    "outlook": "external_checks",
    "household": "supervisor",
    "chores": "periodic_tasks",
    "papers": "documents",
    "newcomers": "create_account",
    "brake": "import paused, dont_import_orders",
    "cure": "remedy",
    "mend": "fix",
}
"""No part of any name, no word of a comment, a docstring or a page: what is written instead."""

NO_NAME = {
    "allowance": "rate_limits",
    "books": "state_report",
    "desk": "processor or queue",
    "door": "router",
    "doors": "routes",
    "entrance": "sign_in",
    "habits": "TrafficProfile",
    "hours": "clock_control",
    "keeping": "snapshot",
    "letter": "EmailMessage",
    "rounds": "scheduler",
    "say": "console",
    "seen": "ReadBack, previous",
    "stories": "scenarios",
    "story": "Scenario",
    "switchboard": "Container",
    "trouble": "failure, fault_control",
    "wish": "ReportRequest",
    "words": "summary, message, to_wire",
}
"""No whole name of a module, a class or a function; as a variable they may be right (opening hours)."""

NO_PHRASE = {
    r"by (?:itself|themselves)": "automatically",
    r"mended": "fixed",
    r"put off": "delayed",
    r"moored": "page not found",
    r"everybody": "all sellers, every user",
    r"make it happen": "add, create, start",
}
"""Not on a page: what is written instead."""

NO_SENTENCE = {
    r"by (?:itself|themselves)": "automatically",
    r"(?:is|are|was|were|be|been|being) told": "sent to",
    r"Amazon told": "Amazon sent",
    r"put off": "delayed",
    r"mended": "fixed",
    r"moored": "page not found",
    r"not in step|in step": "different at Amazon, up to date",
    r"promised": "allocated",
    r"stock out": "stock updates",
    r"orders taken": "orders imported",
    r"shipments out": "dispatch confirmations",
    r"written down": "recorded, queued",
    r"(?:has|had) left": "dispatched",
    r"parcel leaves": "parcel is dispatched",
    r"asked to cancel": "requested cancellation",
    r"(?<!there )is no (?:whole number|text|(?:FBA )?site|e-mail address)": "must be a, is not a",
    r"(?<!there )is no (?:currency|seller id|marketplace id)": "is not a",
    r"fewer than no": "a negative quantity",
    r"(?:does|do) not exist any more": "no longer exists",
    r"takes? our (?:token|access) no more": "no longer accepts",
    r"goes? on automatically": "continues automatically",
    r"our own fault": "internal error",
    r"fit together|capitals count": "Passwords are case-sensitive.",
    r"(?:site|channel|item|order|nothing|link|account)s? (?:is|are|was|were) made": "created",
    r"welcome aboard|look and start|make it happen": "Welcome, Review and start, Create",
    r"record only": "Keep for records, don't ship",
}
"""In no sentence that the product says in Python: what is written instead."""

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_WORD = re.compile(rf"\b(?:{'|'.join(NO_PART)})\b", re.IGNORECASE)
_PHRASE = re.compile(rf"\b(?:{'|'.join(NO_PHRASE)})\b", re.IGNORECASE)
_SENTENCE = re.compile(rf"\b(?:{'|'.join(NO_SENTENCE)})\b", re.IGNORECASE)
_RETURNS = re.compile(r"(?:^|[;.] )answers\b", re.IGNORECASE)
_DEFINED = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _names(tree):
    """(line, name) of every name that Python code gives or uses; those inside f-strings too."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.arg(arg=name):
                yield node.lineno, name
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.lineno, node.name
            case ast.keyword(arg=str(name)):
                yield node.value.lineno, name
            case ast.alias():
                yield node.lineno, node.asname or node.name
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                yield from ((node.lineno, name) for name in names)
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield node.lineno, name
            case _:
                pass


def _retired_names(tree):
    for line, name in _names(tree):
        for part in _PART.findall(name):
            if part.lower() in NO_PART:
                yield line, name, NO_PART[part.lower()]
    for node in ast.walk(tree):
        if isinstance(node, _DEFINED) and node.name.strip("_").lower() in NO_NAME:
            yield node.lineno, node.name, NO_NAME[node.name.strip("_").lower()]


def _prose(source, tree):
    """(line, text) of every line of a comment or a docstring."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield from enumerate(node.value.value.splitlines(), node.lineno)


def retired_in_code(source):
    """(line, word, what is written instead) of a module's source."""
    tree = ast.parse(source)
    yield from _retired_names(tree)
    for line, text in _prose(source, tree):
        for word in _WORD.findall(text):
            yield line, word, NO_PART[word.lower()]
        for word in _RETURNS.findall(text):
            yield line, word, "returns"


def _sentences(tree):
    """(line, text) of every string of words that is no docstring; an f-string's values are left out of it."""
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.JoinedStr(values=values):
                silent.update(map(id, values))
                yield node.lineno, "".join(v.value if isinstance(v, ast.Constant) else "…" for v in values)
            case ast.Constant(value=str(text)) if id(node) not in silent and " " in text.strip():
                yield node.lineno, text


def retired_in_sentences(source):
    """(line, phrase, what is written instead) of the strings in a module's source."""
    for line, text in _sentences(ast.parse(source)):
        for phrase in _SENTENCE.findall(text):
            yield line, phrase, next(new for old, new in NO_SENTENCE.items() if re.fullmatch(old, phrase, re.I))


def retired_on_page(text):
    """(line, word, what is written instead) of a page or a template."""
    for number, line in enumerate(text.splitlines(), 1):
        for word in _WORD.findall(line):
            yield number, word, NO_PART[word.lower()]
        for phrase in _PHRASE.findall(line):
            yield number, phrase, next(new for old, new in NO_PHRASE.items() if re.fullmatch(old, phrase, re.I))


def _listed(path, found):
    return [f"{path.relative_to(ROOT)}:{line}: {word} (write: {instead})" for line, word, instead in found]


@pytest.mark.parametrize("room", ROOMS)
def test_no_retired_word_is_in_the_code(room):
    paths = sorted(path for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts)
    found = [line for path in paths for line in _listed(path, retired_in_code(path.read_text(encoding="utf-8")))]
    called = [f"{path.relative_to(ROOT)}: {NO_NAME[path.stem]}" for path in paths if path.stem in NO_NAME]
    parts = [str(path.relative_to(ROOT)) for path in paths if set(_PART.findall(path.stem)) & set(NO_PART)]
    assert (bool(paths), found, called, parts) == (True, [], [], [])


@pytest.mark.parametrize("pattern", PAGES)
def test_no_retired_word_is_on_a_page(pattern):
    paths = sorted(ROOT.glob(pattern))
    found = [line for path in paths for line in _listed(path, retired_on_page(path.read_text(encoding="utf-8")))]
    assert (bool(paths), found) == (True, [])


def test_no_retired_phrase_is_in_a_sentence_of_the_product():
    paths = [path for path in sorted((ROOT / PRODUCT).rglob("*.py")) if "migrations" not in path.parts]
    found = [line for path in paths for line in _listed(path, retired_in_sentences(path.read_text(encoding="utf-8")))]
    assert (bool(paths), found) == (True, [])


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("say('It goes out by itself.')", [(1, "by itself")]),
        ("say(f'{name} is told: {of[\"a b\"]}.')", [(1, "is told")]),
        ("say(\n    'Stock is promised to '\n    'orders.',\n)", [(2, "promised")]),
        ("say('12 is no '\n 'whole number.')", [(1, "is no whole number")]),
        ("SAID = {'a': 'Amazon told no lines.'}", [(1, "Amazon told")]),
        ('def f():\n    """It goes out by itself."""', []),
        ("# by itself\npromised = 'promised'", []),
        ("say('A kit is made of its components, compromised or not.')", []),
    ],
)
def test_a_retired_phrase_is_found_in_whatever_string_says_it(source, found):
    assert [(line, phrase) for line, phrase, _ in retired_in_sentences(source)] == found


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("told = 1", [(1, "told")]),
        ("def act(*, row_told=None): ...", [(1, "row_told")]),
        ("row.asked_at = f'{row.told}'", [(1, "asked_at"), (1, "told")]),
        ("act(toldWhy=1)", [(1, "toldWhy")]),
        ("import a.told as b\nfrom a import b as ASKED", [(2, "ASKED")]),
        ("class Wish: ...", [(1, "Wish")]),
        ("def _words(): ...", [(1, "_words")]),
        ("x = 1  # unless told\n", [(1, "told")]),
        ('"""Row.\n\nWhat was asked.\n"""', [(3, "asked")]),
        ('def f():\n    """Take it; answers how many."""', [(2, "; answers")]),
        ("hours, toldo, recommend, secure = 1, 2, 3, 4", []),
        ("x = {'told': 1}", []),
    ],
)
def test_a_retired_word_is_found_wherever_code_has_it(source, found):
    assert sorted((line, word) for line, word, _ in retired_in_code(source)) == sorted(found)


def test_a_retired_word_is_found_on_a_page():
    text = "<p>{{ told }}</p>\n<p>Buyers come by themselves.</p>\n<p>As mended.</p>\n<p>A recommended mending.</p>"
    assert [(line, word) for line, word, _ in retired_on_page(text)] == [
        (1, "told"),
        (2, "by themselves"),
        (3, "mended"),
    ]


def test_every_room_of_the_product_is_judged():
    """A new room is added to ROOMS, so that its words are looked at from its first day."""
    rooms = {str(path.relative_to(ROOT)) for path in (ROOT / PRODUCT).iterdir() if (path / "__init__.py").exists()}
    assert rooms - set(ROOMS) == set()
