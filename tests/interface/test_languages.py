"""Languages: catalogues hold what the code says, with the same placeholders; what is only in English is named here."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from interface.formatting import difference, duration, listed, shown
from interface.language.catalogues import Message, messages, missing, updated
from interface.language.messages import ENGLISH, LANGUAGES, _, catalogue_file, language_of, ngettext, speaking
from interface.language.numbers import number, weekday_and_date
from tests.folders import ROOT
from tests.windows import at_home

APP = ROOT / "interface" / "app"
SLOW = ("automation", "results", "scenario", "validation")
"""Pages that simulate or search as they open."""
TRANSLATED = [language for language in LANGUAGES if language != ENGLISH]
ONLY_ENGLISH = ()
"""Modules with words that are not translated yet: a list that only gets shorter."""
WIDGETS = frozenset(
    (
        *("title", "header", "subheader", "caption", "markdown", "text", "info"),
        *("warning", "error", "success", "toast", "button", "download_button", "selectbox"),
        *("text_input", "number_input", "text_area", "segmented_control", "radio", "multiselect", "checkbox"),
        *("toggle", "slider", "file_uploader", "date_input", "expander", "popover", "page_link"),
        *("metric", "tabs", "form_submit_button"),
    )
)
NAMED = frozenset({"label", "help", "placeholder", "captions", "alt"})


def words_in_english(tree: ast.AST) -> Iterator[str]:
    """Words that a widget shows as they are in the code."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if isinstance(call.func, ast.Attribute) and call.func.attr in WIDGETS:
            shown_words = [*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.arg in NAMED)]
            for words in shown_words:
                yield from (text for text in texts(words) if re.search(r"[A-Za-z]{2}", text) and ".py" not in text)


def texts(node: ast.expr) -> Iterator[str]:
    """The texts of a literal, of a formatted one without what is put in."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(str(part.value) for part in parts if isinstance(part, ast.Constant))
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            for part in parts:
                yield from texts(part)
        case ast.IfExp(body=body, orelse=other):
            yield from (*texts(body), *texts(other))
        case ast.Starred(value=ast.Tuple(elts=[first, *_rest])):
            yield from texts(first)


def placeholders(text: str) -> Counter[str]:
    """The names of what is put into a text."""
    return Counter(re.findall(r"\{(\w*)\}", text))


def test_nothing_is_only_in_english_but_what_is_named() -> None:
    """A new label must be a message; a module whose words are translated leaves the list."""
    files = [ROOT / "app.py", *sorted((ROOT / "interface" / "app").rglob("*.py"))]
    found = {
        path.relative_to(ROOT).as_posix(): list(words_in_english(ast.parse(path.read_text("utf-8")))) for path in files
    }
    left = {path: words for path, words in found.items() if words}
    assert {path: words for path, words in left.items() if path not in ONLY_ENGLISH} == {}
    assert [path for path in ONLY_ENGLISH if path not in left] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_catalogues_are_up_to_date(language: str) -> None:
    """Every message of the code has a translation; `python -m interface.language.catalogues` adds new ones."""
    assert missing(language) == []
    kept = catalogue_file(language).read_text("utf-8")
    known = {message.id for message in messages()}
    assert {entry.id for entry in updated(language) if entry.id} == known
    assert kept.count("\nmsgid ") == len(known) + 1


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_have_the_placeholders_of_the_message(language: str) -> None:
    """A missing name would lose a number, one too many would end in an error."""
    wrong = []
    for entry in updated(language):
        several = entry.id if isinstance(entry.id, str) else entry.id[1]
        forms = [entry.string] if isinstance(entry.string, str) else list(entry.string)
        wrong += [(several, form) for form in forms if entry.id and placeholders(form) != placeholders(several)]
    assert wrong == []


def test_a_message_without_translation_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above must be able to fail."""
    new = Message("A sentence that nobody has translated", "interface/app/pages/home.py")
    monkeypatch.setattr("interface.language.catalogues.messages", lambda: (new,))
    assert missing("ru") == [new]


def test_numbers_and_dates_are_written_as_in_the_language() -> None:
    """Decimal comma and a space between thousands in Russian (CLDR); English stays as Python writes it."""
    assert (number(1234.5, ",.1f"), shown(0.8731, "share")) == ("1,234.5", "87.3 %")
    with speaking("ru"):
        assert number(1234.5, ",.1f") == "1\u00a0234,5"
        assert (shown(0.8731, "share"), duration(254), difference(0.012, "share")) == (
            "87,3 %",
            "4 мин 14 с",
            "+1,2 п. п.",
        )
        assert weekday_and_date(date(2026, 3, 2)) == "пн, 2 мар."
    with speaking("ar"):
        assert number(1234.5, ",.1f") == "1,234.5"
        assert weekday_and_date(date(2026, 3, 2)) == "الاثنين, 2 مارس"


def test_russian_has_three_forms_of_a_number() -> None:
    """1 день, 2 дня, 5 дней, 21 день."""
    with speaking("ru"):
        forms = [ngettext("{count} simulated day", "{count} simulated days", n).format(count=n) for n in (1, 2, 5, 21)]
    assert [form.split()[-1] for form in forms] == ["день", "дня", "дней", "день"]


def test_a_browser_of_another_language_gets_english() -> None:
    """A locale without translations must not stop a page."""
    assert [language_of(locale) for locale in ("ru-RU", "ar-EG", "de", "", None)] == ["ru", "ar", "en", "en", "en"]
    with speaking("ar"):
        assert listed([_("Home"), "x"]) == "الرئيسية وx"


@pytest.mark.parametrize("page", [page for page in sorted((APP / "pages").glob("*.py")) if page.stem not in SLOW])
def test_every_page_opens_in_another_language(page: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A translated word that serves as a key somewhere would stop the page for all who do not read English."""
    monkeypatch.chdir(project)
    app = AppTest.from_file(str(project / "app.py"), default_timeout=60)
    app.query_params["lang"] = "ru"
    app.switch_page(page.relative_to(project).as_posix()).run()
    assert not app.exception
    assert re.search("[а-я]", app.title[0].value)


def test_the_language_is_chosen_on_the_page_or_by_a_link(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """English without a choice, and for a link to no language; the choice beside the title takes effect at once."""
    monkeypatch.chdir(project)
    app = at_home(project, 60)
    assert app.title[0].value == "Home"
    app.selectbox(key="language").set_value("ar").run()
    assert app.title[0].value == "الرئيسية"
    unknown = AppTest.from_file(str(project / "app.py"), default_timeout=60)
    unknown.query_params["lang"] = "<b>tlh"
    assert unknown.run().title[0].value == "Home"
