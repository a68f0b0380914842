"""A report as an HTML page, and its parts: sections, lists, tables and charts; all text is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape

import pandas as pd

from interface.app.charts.theme import Figure, drawn
from interface.formatting import engines_in_words
from interface.reports.stress import SimulationStudy, stress_rows
from interface.version import version

STYLE = """
:root {color-scheme: light;}
body {font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif; color: #1c1c1c; background: #fff;
 max-width: 60rem; margin: 2rem auto; padding: 0 1rem;}
h1 {font-size: 1.7rem; line-height: 1.2; margin: 0 0 .3rem;} h2 {font-size: 1.2rem; margin: 2rem 0 .5rem;}
.small, figcaption {font-size: .85rem; color: #555;}
.answer {border-left: .4rem solid #0072B2; background: #f3f7fa; padding: .8rem 1rem; font-size: 1.1rem;}
.answer.met {border-color: #009E73;} .answer.missed {border-color: #D55E00;}
.answer.inconclusive {border-color: #8A8A8A;}
.wide {overflow-x: auto;}
table {border-collapse: collapse; width: 100%; font-size: .88rem; margin: .5rem 0;}
th, td {text-align: left; padding: .25rem .5rem; border-bottom: 1px solid #ddd; vertical-align: top;}
th {font-weight: 600; background: #f6f6f6;}
td.number, th.number {text-align: right; font-variant-numeric: tabular-nums;}
.notes {white-space: pre-wrap;}
figure {margin: 1rem 0; break-inside: avoid;} figure svg {max-width: 100%; height: auto;}
pre {font-size: .78rem; background: #f6f6f6; padding: .8rem; white-space: pre-wrap; overflow-wrap: anywhere;}
@media print {body {margin: 0; max-width: none; font-size: 11pt;} h2 {break-after: avoid;} tr {break-inside: avoid;}
 thead {display: table-header-group;} .wide {overflow: visible;} @page {margin: 16mm;}}
"""


def page(title: str, description: str, sections: Iterable[str], made_at: datetime | None = None) -> bytes:
    """A complete HTML file; sections that are empty are left out. It needs no network, no script and no other file."""
    made = (made_at or datetime.now().astimezone()).strftime("%Y-%m-%d %H:%M")
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="small">{escape(description)}</p>' if description else "",
        f'<p class="small">Report of {made}, contact-centre planner {escape(version())}</p>',
        *sections,
    ]
    body = "\n".join(part for part in parts if part)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n"
        "</html>\n"
    ).encode()


def answer(status: str, lines: Iterable[str]) -> str:
    """The answer of a report, the first line in bold; `status` (met, missed, inconclusive) gives its colour."""
    first, *others = (escape(line) for line in lines)
    return section(
        "Answer", f'<div class="answer {status}">' + "<br>".join([f"<strong>{first}.</strong>", *others]) + "</div>"
    )


def picture(figure: Figure) -> str:
    """A chart as SVG with its alternative text."""
    svg = drawn(figure.specification(), "svg").decode()
    svg = svg[svg.index("<svg") :]
    words = escape(figure.alt)
    return f'<figure role="img" aria-label="{words}">{svg}<figcaption>{words}</figcaption></figure>'


def notes_section(notes: str) -> str:
    """The notes of the planner; nothing without any."""
    return section("Notes", f'<p class="notes">{escape(notes.strip())}</p>') if notes.strip() else ""


def method_section(study: SimulationStudy, words: str) -> str:
    """How the numbers came about: in words, and as the STRESS checklist."""
    rows = pd.DataFrame(stress_rows(study, version()), columns=["No.", "Item", "In this study"])
    source = "STRESS checklist (Monks et al. 2019, Journal of Simulation 13(1), 55-67)."
    return section("Method", f"<p>{escape(words)}</p>" + note(source) + html_table(rows))


def repeat_section(study: SimulationStudy, command: str, scenario_files: dict[str, str]) -> str:
    """Version, seed, command and scenario files (text by name): all that is needed to repeat the study."""
    texts = "".join(
        f"<p><code>{escape(name)}</code></p><pre>{escape(text)}</pre>" for name, text in scenario_files.items()
    )
    return section(
        "Repeat it",
        f"<p>Planner {escape(version())}, seed {study.seed}, {study.replications:,} replications, engine: "
        f"{escape(engines_in_words(study.engine))}. Save each scenario under its name and run:</p>"
        f"<pre>{escape(command)}</pre>{texts}",
    )


def section(title: str, body: str) -> str:
    r"""A section of a page under its heading.

    Examples
    --------
    >>> section("R & D", "<p>text</p>")
    '<section>\n<h2>R &amp; D</h2>\n<p>text</p>\n</section>'
    """
    return f"<section>\n<h2>{escape(title)}</h2>\n{body}\n</section>"


def note(text: str) -> str:
    """A line in small print."""
    return f'<p class="small">{escape(text)}</p>'


def bullets(lines: Iterable[str]) -> str:
    """Lines as a list."""
    return "<ul>" + "".join(f"<li>{escape(line.strip())}</li>" for line in lines) + "</ul>"


def html_table(table: pd.DataFrame) -> str:
    """A table of text; columns of numbers are aligned to the right."""
    if table.empty:
        return note("None.")
    right = [all(_is_number(value) for value in table[name]) for name in table.columns]
    head = "".join(_cell("th", str(name), number) for name, number in zip(table.columns, right, strict=True))
    rows = (
        "<tr>" + "".join(_cell("td", str(v), number) for v, number in zip(row, right, strict=True)) + "</tr>"
        for row in table.to_numpy()
    )
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


def _cell(tag: str, text: str, number: bool) -> str:
    scope = ' scope="col"' if tag == "th" else ""
    return f"<{tag}{scope}{' class=number' if number else ''}>{escape(text)}</{tag}>"


def _is_number(value: object) -> bool:
    text = str(value).replace(",", "").removesuffix(" %").lstrip("+-−")
    return text in ("", "–") or text.replace(".", "", 1).isdigit()
