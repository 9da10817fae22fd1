"""`make messages`: the catalogues of the pages' sentences anew, from the sources (docs/decisions/0019-catalogues.md).

Python's own parser reads the Python files, labels of enums among them; Django's own `templatize` the templates.
`wharfinger.pot` holds every sentence, `en_US/…/django.po` their translations (Django loads no other name), `django.mo`
what runs. Files have no line numbers or times in them: they change when a sentence does.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PACKAGE = Path(__file__).parents[2] / "src/wharfinger"
LOCALE = PACKAGE / "locale"
TEMPLATE = LOCALE / "wharfinger.pot"

Sentence = str | tuple[str, str]
"""A message, or its singular and plural."""

_CALLS = {
    **dict.fromkeys(("gettext", "gettext_lazy", "_", "N_", "Refused"), 1),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), 2),
}
"""Functions whose first arguments are sentences, and how many. `N_` marks one where no language is known yet; what an
operation refuses is translated by the page that shows it."""
_TEXT = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(?:n?gettext|_)\({_TEXT}(?:,\s*{_TEXT})?")

_US = {
    "uthoris": "uthoriz", "ancelled": "anceled", "ancelling": "anceling", "abelled": "abeled", "atalogue": "atalog",
    "olour": "olor", "rganis": "rganiz", "ecognis": "ecogniz", "ehaviour": "ehavior", "ulfilment": "ulfillment",
    "ustomis": "ustomiz", "ormalis": "ormaliz", "rogramme": "rogram", "Postcode": "ZIP code", "postcode": "ZIP code",
    "County": "State", "county": "state",
}  # fmt: skip
"""British spellings in our sentences, and the American ones."""
_BRITISH = re.compile(r"%\(\w+\)s|" + "|".join(_US))


def american(sentence: str) -> str:
    """The sentence as it is spelt in the United States; names of values stay."""
    return _BRITISH.sub(lambda found: _US.get(found[0], found[0]), sentence)


def template() -> Catalog:
    """Every sentence of the sources, with the files that have it."""
    catalog = Catalog(fuzzy=False)
    _head(catalog)
    for path in sorted(PACKAGE.rglob("*.py")):
        for sentence in of_python(path.read_text(encoding="utf-8")):
            _add(catalog, sentence, path)
    for path in sorted(PACKAGE.rglob("*.html")):
        for sentence in of_template(path.read_text(encoding="utf-8")):
            _add(catalog, sentence, path)
    return catalog


def _head(catalog: Catalog) -> None:
    """The same at each run."""
    catalog.project, catalog.version, catalog.header_comment = "Wharfinger", "1", ""
    catalog.msgid_bugs_address = catalog.last_translator = catalog.language_team = ""
    catalog.creation_date = catalog.revision_date = datetime(2026, 11, 28, tzinfo=UTC)


def _add(catalog: Catalog, sentence: Sentence, path: Path) -> None:
    message = catalog.add(sentence, locations=[(path.relative_to(PACKAGE).as_posix(), 0)])
    message.locations = sorted(set(message.locations))


def of_python(source: str) -> Iterator[Sentence]:
    """The sentences that stand in calls of `_CALLS`, and the labels of enums that have them."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name), args=args) if name in _CALLS:
                texts = [arg.value for arg in args[: _CALLS[name]] if isinstance(arg, ast.Constant)]
                if len(texts) == _CALLS[name] and all(texts):
                    yield texts[0] if len(texts) == 1 else (texts[0], texts[1])
            case ast.ClassDef(bases=[ast.Name(id="Labelled")], body=body):
                members = (member.value for member in body if isinstance(member, ast.Assign))
                yield from (pair.elts[1].value for pair in members if isinstance(pair, ast.Tuple))
            case _:
                pass


def made_of_pieces(source: str) -> Iterator[int]:
    """Lines where a sentence for gettext is an f-string: no catalogue can have it, since it differs each time."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Name(id=name), args=args) if name in _CALLS:
                if any(isinstance(each, ast.JoinedStr) for each in args[: _CALLS[name]]):
                    yield node.lineno
            case _:
                pass


def of_template(text: str) -> Iterator[Sentence]:
    for singular, plural in _CALL.findall(templatize(text)):
        one = ast.literal_eval(singular)
        yield (one, ast.literal_eval(plural)) if plural else one


def translations() -> list[Path]:
    return sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))


def updated(path: Path, sentences: Catalog) -> Catalog:
    """A language's catalogue for these sentences: what is translated stays, what nobody says any more goes.

    US English gets the spellings that differ, where nobody translated the sentence yet.
    """
    catalog = read(path)
    catalog.update(sentences, no_fuzzy_matching=True, update_creation_date=False)
    _head(catalog)
    if str(catalog.locale) == "en_US":
        for message in catalog:
            spelt = tuple(map(american, forms(message.id)))
            if message.id and not any(forms(message.string)) and spelt != forms(message.id):
                message.string = spelt[0] if isinstance(message.id, str) else spelt
    return catalog


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parents[1].name)


def forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """A message's one text, or its singular and plural."""
    return (text or "",) if isinstance(text, str | None) else tuple(text)


def read_template() -> Catalog:
    with TEMPLATE.open("rb") as file:
        return read_po(file)


def written(catalog: Catalog) -> bytes:
    file = BytesIO()
    write_po(file, catalog, width=120, include_lineno=False, ignore_obsolete=True, sort_output=True)
    return file.getvalue()


def compiled(catalog: Catalog) -> bytes:
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def main() -> None:
    sentences = template()
    TEMPLATE.write_bytes(written(sentences))
    for path in translations():
        path.write_bytes(written(updated(path, sentences)))
        path.with_suffix(".mo").write_bytes(compiled(read(path)))


if __name__ == "__main__":
    main()
