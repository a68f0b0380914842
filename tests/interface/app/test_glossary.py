"""Every label that the app and its exports show is explained in the glossary."""

import re

from interface import headings
from interface.app import study_tables
from interface.app.editor import columns, flows
from interface.app.fields.catalogue import BOT_FIELDS, EVENT_FIELDS, GROUP_FIELDS, TYPE_FIELDS, grouped
from scenarios.measures import MEASURES
from tests.folders import ROOT

PLAIN = frozenset(("From", "Note", "Reason", "Order", "Compare", "Learn", "Results", "Optimise", "Begins", "Ends"))
"""Labels in everyday words: their meaning is that of the dictionary."""


def glossary_terms() -> set[str]:
    """The words that the glossary explains, in lower case; what stands in brackets is a word of its own."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    entries = re.findall(r"^\| ([^|]+) \| ", text, re.MULTILINE)
    parts = (part for entry in entries if entry != "word" for part in re.split(r"[,()]", entry.replace("`", "")))
    return {part.strip().lower() for part in parts if part.strip()}


def labels() -> set[str]:
    """Measures, column headings of grids, tables and exports, and the titles of the pages."""
    grids = (columns.TYPE_COLUMNS, columns.BOT_COLUMNS, columns.GROUP_COLUMNS, columns.FOLLOW_UP_COLUMNS)
    shown = [*(column for grid in (*grids, columns.ROUTE_COLUMNS) for column in grid), *flows.FOLLOW_UPS, *flows.ROUTES]
    shown += [label for groups in (TYPE_FIELDS, BOT_FIELDS, GROUP_FIELDS) for label in (*groups, *grouped(groups))]
    shown += [column.label for column in EVENT_FIELDS]
    shown += [*study_tables._NAMES.values(), *headings.HEADINGS.values(), *(m.label for m in MEASURES.values())]
    shown += re.findall(r'title="([^"]+)"', (ROOT / "app.py").read_text(encoding="utf-8"))
    return set(shown)


def test_every_label_is_explained() -> None:
    """A planner meets a word on a page that no page of the documentation explains."""
    terms = "|".join(re.escape(term.removesuffix("s")) for term in sorted(glossary_terms(), key=len, reverse=True))
    explained = re.compile(rf"(?<!\w)({terms})(s|es|d|ed)?(?!\w)", re.IGNORECASE)
    assert sorted(label for label in labels() - PLAIN if not explained.search(label)) == []
