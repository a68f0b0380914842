"""The catalogues of translations, kept with the messages of the code: `python -m interface.language.catalogues`.

New messages are added without a translation, and those that are gone are removed; what is translated stays.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from interface.language.messages import ENGLISH, LANGUAGES, catalogue_file

ROOT = Path(__file__).parents[2]
SOURCES = ("app.py", "interface", "scenarios/measures.py")
WORDS_OF = {
    "_": (0,),
    "marked": (0,),
    "FieldColumn": (0, 3, "help"),
    "GridColumn": (2, "help"),
    "Measure": (1,),
}
"""Which arguments of a call are messages, by place or name."""
Id = str | tuple[str, str]


@dataclass(frozen=True)
class Message:
    """A message, or its forms for one and for several, and the file that it is in."""

    id: Id
    file: str


@cache
def messages() -> tuple[Message, ...]:
    """The messages of the code, in the order of its files, read once.

    Examples
    --------
    >>> [message.file for message in messages() if message.id == "Home"][0]
    'app.py'
    """
    files = [path for source in SOURCES for path in sorted((ROOT / source).rglob("*.py"))]
    files += [ROOT / source for source in SOURCES if source.endswith(".py")]
    found: dict[Id, Message] = {}
    for path in sorted(set(files)):
        file = path.relative_to(ROOT).as_posix()
        for words in messages_in(ast.parse(path.read_text("utf-8"))):
            found.setdefault(words, Message(words, file))
    return tuple(found.values())


def messages_in(tree: ast.AST) -> Iterator[Id]:
    """The messages of a module.

    Examples
    --------
    >>> list(messages_in(ast.parse('_("Run"); ngettext("{n} day", "{n} days", n); marked({"High": 2})')))
    ['Run', ('{n} day', '{n} days'), 'High']
    """
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        if node.func.id == "ngettext":
            one, several = (ast.literal_eval(form) for form in node.args[:2])
            yield one, several
        for place in WORDS_OF.get(node.func.id, ()):
            yield from _argument(node, place)


def _argument(call: ast.Call, place: int | str) -> Iterator[str]:
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    if isinstance(place, str):
        yield from _texts(named[place]) if place in named else ()
    elif place < len(call.args):
        yield from _texts(call.args[place])


def _texts(node: ast.expr) -> Iterator[str]:
    match node:
        case ast.Constant(value=str(text)) if text:
            yield text
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from _texts(part)
        case ast.Starred(value=value):
            yield from _texts(value)
        case ast.Dict(keys=keys, values=values):
            texts = [text for value in values for text in _texts(value)]
            yield from texts or [text for key in keys if key is not None for text in _texts(key)]


def updated(language: str) -> Catalog:
    """The catalogue of a language as it should be: the messages of the code with the translations that there are."""
    path = catalogue_file(language)
    old = Catalog(language)
    if path.exists():
        with path.open("rb") as file:
            old = read_po(file, locale=language)
    new = Catalog(
        language,
        project="contact-centre-planner",
        charset="utf-8",
        fuzzy=False,
        header_comment="# Translations of the planner; docs/development.md says how they are kept.",
        creation_date=old.creation_date,
    )
    for message in messages():
        known = old.get(message.id if isinstance(message.id, str) else message.id[0])
        same = known is not None and known.id == message.id
        new.add(message.id, known.string if known is not None and same else None, [(message.file, 1)])
    return new


def missing(language: str) -> list[Message]:
    """The messages of the code that a catalogue does not translate."""
    catalogue = updated(language)
    found = []
    for message in messages():
        entry = catalogue.get(message.id if isinstance(message.id, str) else message.id[0])
        texts = [] if entry is None else [entry.string] if isinstance(entry.string, str) else entry.string
        if not texts or not all(texts):
            found.append(message)
    return found


def write() -> None:
    """Bring the catalogues of all languages up to date."""
    for language in LANGUAGES:
        if language != ENGLISH:
            catalogue = updated(language)  # read before the file is emptied to be written
            with catalogue_file(language).open("wb") as file:
                write_po(file, catalogue, width=120, include_lineno=False)


if __name__ == "__main__":
    write()
