"""A mapping proposed for a contact log by the words of its headers, what its cells are, and its outcomes."""

from __future__ import annotations

from scenarios.contact_log.logfile import MOST_BYTES, ZIP, TextTable, decoded_text, read_table
from scenarios.contact_log.mapping import Mapping, mapping_from
from scenarios.interval_report.cells import form_of
from scenarios.interval_report.sheets import code_page, sheets_of
from scenarios.log_mapping.words import log_role_of, outcome_of

_TITLE_LINES, _LOOK = 30, 500
_FORMS = {
    "date": ("date",),
    "arrival": ("stamp", "clock", "number"),
    "queue": ("stamp", "clock"),
    "answer": ("stamp", "clock"),
    "end": ("stamp", "clock"),
    "wait": ("number", "clock", "text"),
    "handle": ("number", "clock", "text"),
    "hold": ("number", "clock", "text"),
    "wrap_up": ("number", "clock", "text"),
    "outcome": ("text", "number"),
}
"""What the cells of a role may be; others may be anything."""
_FEWEST = 3


def proposed_log_mapping(raw: bytes, name: str, encoding: str | None = None) -> tuple[Mapping, list[str]] | None:
    r"""A mapping for a contact log, and how its columns are read; None where too little is recognised.

    Parameters
    ----------
    raw
        The content of the file, unpacked.
    name
        The name that errors use.
    encoding
        Of a CSV; without it as `read_table` finds it.

    Raises
    ------
    InvalidFile
        If it is no table.

    Examples
    --------
    >>> log = "Fecha;Hora;Espera;Duración;Resultado\n02.03.2026;08:00:10;0:10;3:20;Atendida\n"
    >>> mapping, _ = proposed_log_mapping(log.encode(), "log.csv")
    >>> mapping.arrival, mapping.wait, mapping.answered
    ('Hora', ('Espera',), ('Atendida',))
    """
    encoding = encoding or _other_encoding(raw, name)
    table = _below_titles(raw, name, encoding)
    columns = _columns(table)
    if "arrival" not in columns or not columns.keys() & {"wait", "answer"} or len(columns) < _FEWEST:
        return None
    values: dict[str, object] = {"name": "proposed", "encoding": encoding}
    for role, headers in columns.items():
        if role != "hold":
            values[role] = headers[0]
    if "handle" in columns:
        values["handle"] = [columns["handle"][0], *columns.get("hold", ())[:1]]
    readings = [f"columns: {', '.join(f'{headers[0]} = {role}' for role, headers in columns.items())}"]
    aside = [
        header for header in table.header if header and header not in {h for hs in columns.values() for h in hs[:1]}
    ]
    readings += [f"columns left aside: {', '.join(aside)}"] if aside else []
    if "outcome" in columns:
        words = _outcome_words(table, columns["outcome"][0])
        values |= words
        readings += [f"{outcome}: {', '.join(texts)}" for outcome, texts in words.items()]
    return mapping_from(values), readings


def _other_encoding(raw: bytes, name: str) -> str | None:
    """The encoding of a text that is not UTF-8."""
    return None if raw.startswith(ZIP) or not decoded_text(raw, name, None)[1] else code_page(raw)


def _below_titles(raw: bytes, name: str, encoding: str | None) -> TextTable:
    """The table whose header is the row of which most cells name a role."""
    _, (sheet, *_), _ = sheets_of(raw, name, encoding)
    rows = sheet.rows[:_TITLE_LINES]
    scores = [sum(log_role_of(cell) is not None for cell in row) for row in rows]
    best = rows[scores.index(max(scores))]
    expects = next((cell for cell in best if log_role_of(cell) is not None), "")
    return read_table(raw, name, encoding, MOST_BYTES, expects)


def _columns(table: TextTable) -> dict[str, list[str]]:
    """Headers by role, those whose cells fit it; a date beside a clock is the day of the arrival."""
    forms = {}
    for at, header in enumerate(table.header):
        forms[header] = form_of(row[at] for row in table.rows[:_LOOK] if at < len(row))
    columns: dict[str, list[str]] = {}
    for header in table.header:
        role = log_role_of(header)
        if role == "date" and forms[header] == "stamp":
            role = "arrival"
        if role is not None and forms[header] in (*_FORMS.get(role, (forms[header],)), "empty"):
            columns.setdefault(role, []).append(header)
    arrival = columns.get("arrival", [])
    stamps = [header for header in arrival if forms[header] == "stamp"]
    if stamps:
        columns["arrival"] = stamps
        columns.pop("date", None)
    elif arrival and "date" not in columns:
        columns.pop("arrival")
    return columns


def _outcome_words(table: TextTable, header: str) -> dict[str, tuple[str, ...]]:
    at = table.header.index(header)
    texts = sorted({row[at].strip() for row in table.rows if at < len(row)} - {""})
    return {
        outcome: words
        for outcome in ("answered", "abandoned")
        if (words := tuple(text for text in texts if outcome_of(text) == outcome))
    }
