"""Messages of the product in the language of whoever reads them; English is the text in the code.

A message is written as `_("Run again")`, with names for what is put in: `_("{done} of {all} days").format(...)`. A
constant of a module is read once for everybody: its words are only marked there, `marked("Interval")`, and translated
where they are shown, `_(choice)`.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TypeVar

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "ru": "Русский", "ar": "العربية"}
"""Languages by their code, as their speakers call them."""
RIGHT_TO_LEFT = frozenset({"ar"})
CATALOGUES = Path(__file__).parents[1] / "locale"
Words = TypeVar("Words")

_spoken: ContextVar[str | None] = ContextVar("language", default=None)
_readers: list[Callable[[], str]] = []


def ask_reader(language: Callable[[], str]) -> None:
    """Have the language asked of the person at the page, each time that a message is shown."""
    _readers[:] = [language]


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Messages are in this language meanwhile, whoever reads them.

    Examples
    --------
    >>> with speaking("ru"):
    ...     _("Home")
    'Главная'
    """
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def current() -> str:
    """The code of the language that messages are in now; English where nobody has chosen."""
    chosen = _spoken.get()
    if chosen is not None:
        return chosen
    return _readers[0]() if _readers else ENGLISH


def language_of(locale: str | None) -> str:
    """The language for the locale of a browser, English where there is none of its own.

    Examples
    --------
    >>> language_of("ru-RU"), language_of("ar"), language_of("de-AT"), language_of(None)
    ('ru', 'ar', 'en', 'en')
    """
    code = (locale or "").replace("_", "-").split("-")[0].lower()
    return code if code in LANGUAGES else ENGLISH


def catalogue_file(language: str) -> Path:
    """Where the translations of a language are."""
    return CATALOGUES / language / "LC_MESSAGES" / "planner.po"


@cache
def translations(language: str) -> gettext.NullTranslations:
    """The translations of a language, read from its catalogue once; none for English."""
    if language == ENGLISH:
        return gettext.NullTranslations()
    compiled = BytesIO()
    with catalogue_file(language).open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _(message: str) -> str:
    """A message in the language that is spoken now; itself where it has no translation.

    Examples
    --------
    >>> _("Home")
    'Home'
    """
    return translations(current()).gettext(message) if message else ""


def ngettext(one: str, several: str, number: float) -> str:
    """The form of a message that goes with a number.

    Examples
    --------
    >>> [ngettext("{number} day", "{number} days", number).format(number=number) for number in (1, 5)]
    ['1 day', '5 days']
    """
    return translations(current()).ngettext(one, several, int(abs(number)) if number == int(number) else 2)


def marked(words: Words) -> Words:
    """Words that are translated where they are shown: a text, or a table or list of texts.

    The words of a table are its values, or its keys where the values are none.

    Examples
    --------
    >>> marked({"Quick": 60_000})
    {'Quick': 60000}
    """
    return words
