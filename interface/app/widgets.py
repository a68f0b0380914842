"""What all pages share: header, run controls, charts with their downloads, tiles."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from functools import partial
from html import escape
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from interface.app.charts.theme import DARK, DRAWING, LIGHT, Figure, Format, Palette, drawn
from interface.app.jobs.jobs import Job, Refused
from interface.app.jobs.progress import NothingYet, watch
from interface.app.jobs.runs import RunRequest
from interface.app.literal import literal
from interface.app.session import PRECISIONS, Workspace, replications, workers, workspace
from interface.app.store.saving import save_and_show
from interface.app.verdicts import Tile
from interface.app.work.language_choice import show_language_choice, use_language
from interface.app.work.links import follow_link
from interface.language.messages import _, marked, ngettext
from interface.language.numbers import number
from scenarios.errors import PlannerError
from scenarios.scenario import Scenario
from simulator.engines import Engine

GRID = "13rem"
"""The least width of a tile: three or four beside each other on a desk, one on a phone."""
_ENGINES: dict[str, Engine] = {
    marked("Automatic"): "auto",
    marked("Compiled"): "kernel",
    marked("Readable (SimPy)"): "simpy",
}
_STYLE = """<style>
.block-container, [data-testid="stMainBlockContainer"] {padding-top: 4.5rem; padding-bottom: 4rem; max-width: 82rem;}
[data-testid="stCaptionContainer"] {opacity: .85;}
h1 {font-size: 1.9rem !important; padding: 0 !important;}
h2 {font-size: 1.3rem !important; padding-top: .6rem !important;}
h3 {font-size: 1.05rem !important;}
.tile {border: 1px solid color-mix(in srgb, currentColor 18%, transparent); border-left: .35rem solid var(--mark);
 border-radius: .5rem; padding: .7rem .9rem; line-height: 1.35; height: 100%;}
[data-testid="stGridCell"] .stElementContainer:has(.tile) {flex: 1;} .stHtml:has(.tile) {height: 100%;}
.tile .what {font-size: .85rem;} .tile .number {font-size: 1.75rem; font-weight: 600; line-height: 1.2;}
.tile .status {font-weight: 600;} .tile .small {font-size: .82rem; opacity: .85; text-wrap: pretty;}
.tile.met {--mark: #009E73;} .tile.missed {--mark: #D55E00;} .tile.inconclusive {--mark: #8A8A8A;}
.tile.plain {--mark: #0072B2;}
.st-key-go {position: relative; top: -.375rem;}
.st-key-go a {background: #005A8C; border-radius: .5rem; padding: 0 1.1rem; height: 2.5rem; margin: 0;}
.st-key-go a:hover {background: #00456B;} .st-key-go a p, .st-key-go a span {color: #FFFFFF !important;}
.st-key-doors a {padding-left: 0 !important;}
[data-testid="stMainBlockContainer"]:has(.st-key-drawn [data-stale="false"]) .stElementContainer[data-stale="true"]
 {display: none;}
</style>"""

_DARK_STYLE = """<style>
button[data-selected="true"][data-variant], button[data-selected="true"][data-variant] p,
[role="tab"][aria-selected="true"], [role="tab"][aria-selected="true"] p,
[data-testid="stSliderThumbValue"], [data-testid="stSliderThumbValue"] p {color: rgb(124, 192, 238) !important;}
</style>"""
"""What is chosen, and the value of a slider, is light blue on dark ground: that of buttons has too little contrast."""


def header(title: str, words: str) -> Workspace:
    """Draw the top of a page: its title, the current scenario and what the page is for."""
    st.html(_STYLE + (_DARK_STYLE if palette() is DARK else ""))
    work = workspace()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.title(title, anchor=False, width="content")
        show_language_choice()
    use_language()
    follow_link(work)
    name = work.scenario.title or work.scenario.name
    changed = _(" (example, changed)") if work.project.example and work.changed else ""
    st.caption(f"**{literal(name)}**{changed} · {words}")
    save_and_show(work)
    return work


def palette() -> Palette:
    """The colours for the theme that the person uses."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def grid(width: str = GRID, key: str | None = None) -> DeltaGenerator:
    """A place whose parts stand beside each other where there is room for it."""
    pixels = int(float(width.removesuffix("rem")) * 16)
    return st.grid(min_column_width=pixels, gap="small", key=key)


def run_page(
    work: Workspace, page: str, plan: Callable[[int], RunRequest], words: str = "", *, auto: bool = False
) -> Job | None:
    """The last run of a page that found something, below the choice of precision, a button and how far it is.

    While a first run has found nothing yet, the page ends here. `plan` makes a plan of the wanted replications. A run
    for anything else than what is wanted now is dropped; with `auto` the new one begins by itself.
    """
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left.container(horizontal=True, vertical_alignment="bottom"):
        wanted = plan(replications(work.scenario, precision(page)))
        wanted = choose_settings(wanted)
    job = work.jobs.get(page)
    fresh = job is not None and job.request.key == wanted.key
    if job is not None and job.running and not fresh:
        job.cancel()
    ended = fresh and job is not None and job.state in ("cancelled", "failed")
    if auto and not fresh:
        work.run(page, wanted, workers())
        job = work.jobs[page]
    elif ended or not fresh:
        start = partial(work.run, page, wanted, workers())
        right.button(_("Run again") if ended else _("Run"), on_click=start, type="primary", width="stretch")
    if words:
        st.caption(words)
    return _last(work, page, wanted, job)


def _last(work: Workspace, page: str, wanted: RunRequest, job: Job | None) -> Job | None:
    if job is not None and job.state == "failed":
        st.error(literal(job.problem))
    if job is not None and job.running:
        watch(job, job.replications)
    last = work.latest(page)
    if last is None and job is not None and job.running:
        st.skeleton(400)
        raise NothingYet
    if last is not None and last.request.key != wanted.key:
        st.info(_("Out of date: scenario changed since this run. Run again."))
    elif last is not None and last.state == "cancelled":
        st.info(
            _("Cancelled: results are from {simulated}.").format(
                simulated=simulated(last.request.scenarios[0], last.replications)
            )
        )
    return last


def answered(
    work: Workspace, key: Hashable, words: str, question: Callable[..., Any], *args: Any, shared: bool = False
) -> Any:
    """The answer of a worker to a question; the page ends here until it is there, or with why there is none.

    `words` say what the worker does meanwhile; with `shared`, others who ask the same get the same answer.
    """
    answer = work.answer(workers(), key, question, *args, shared=shared)
    if answer is None:
        st.caption(words)
        watch(None, 0, work.waiting())
        st.skeleton(400)
        raise NothingYet
    if isinstance(answer, Refused):
        st.error(literal(answer.text))
        st.stop()
    return answer


def simulated(scenario: Scenario, replications: int) -> str:
    """How much was simulated: days, or repetitions of a longer horizon.

    Examples
    --------
    >>> from scenarios.yaml.presets import load
    >>> simulated(load("help-desk"), 100), simulated(load("one-hour"), 20)
    ('100 simulated days', '20 simulated periods of 7 days')
    """
    days, count = scenario.horizon.days, number(replications)
    if days == 1:
        return ngettext("{count} simulated day", "{count} simulated days", replications).format(count=count)
    words = ngettext(
        "{count} simulated period of {days} days", "{count} simulated periods of {days} days", replications
    )
    return words.format(count=count, days=days)


def precision(page: str) -> str:
    """The wanted precision, as chosen by the person."""
    level = st.segmented_control(
        _("Precision"),
        list(PRECISIONS),
        default="Standard",
        format_func=_,
        required=True,
        key=f"precision-{page}",
        help=_(
            "Number of simulated days. Each level has five times as many as the one before: half the margin of error."
        ),
        persist_state="session",
    )
    return str(level or "Standard")


def choose_settings(plan: RunRequest) -> RunRequest:
    """The plan with the chosen engine and seed."""
    with st.popover(_("Simulation settings"), type="tertiary"):
        engine = st.selectbox(
            _("Engine"),
            list(_ENGINES),
            format_func=_,
            key="engine",
            persist_state="session",
            help=_("Two independent engines, one compiled and one readable. Both give identical results."),
        )
        seed = st.number_input(
            _("Seed"),
            min_value=0,
            max_value=999_999,
            value=1,
            key="seed",
            persist_state="session",
            help=_("The same seed gives the same simulated demand, so that scenarios are compared on identical days."),
        )
    return replace(plan, engine=_ENGINES.get(str(engine), "auto"), seed=int(seed))


def one_of(label: str, names: Sequence[str], key: str) -> str:
    """The chosen name; no choice is drawn if there is only one."""
    if len(names) == 1:
        return names[0]
    chosen = st.segmented_control(label, names, default=names[0], required=True, format_func=literal, key=key)
    return chosen if chosen in names else names[0]


def chart(picture: Figure, place: str = "", on_select: Callable[[], None] | None = None) -> None:
    """Draw a chart with its title and downloads; `on_select` is called when a point of it is chosen."""
    key = chart_key(picture.name, place)
    with st.container(border=True):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(f"**{literal(picture.title)}**", width="content")
            saving = st.popover(_("Save"), type="tertiary")
        with DRAWING:
            drawing = partial(st.altair_chart, picture.on_page(), alt=picture.alt, width="stretch", key=key)
            drawing(on_select=on_select) if on_select and picture.choice else drawing()
        with saving:
            forms: tuple[Format, ...] = ("png", "svg")
            for form in forms:
                st.download_button(
                    form.upper(),
                    partial(_saved, picture, form),
                    f"{picture.name}.{form}",
                    f"image/{'png' if form == 'png' else 'svg+xml'}",
                    on_click="ignore",
                    key=f"save-{place}-{picture.name}-{form}",
                    type="tertiary",
                )


def chart_key(name: str, place: str) -> str:
    """The key under which the session keeps what is chosen in a chart."""
    return f"chart-{place}-{name}"


def _saved(picture: Figure, form: Format) -> bytes:
    return made(drawn, picture.specification(), form)


def made(work: Callable[..., bytes], *args: Any) -> bytes:
    """The content of a file, made by a worker."""
    answer = workers().ask(work, *args, urgent=True).result()
    if isinstance(answer, Refused):
        raise PlannerError(answer.text)
    return bytes(answer)


def show_tile(tile: Tile) -> None:
    """Draw a key figure with its verdict in words and colour."""
    lines = "".join(f'<div class="small">{escape(line)}</div>' for line in tile.small if line)
    st.html(
        f'<div class="tile {tile.status}"><div class="what">{escape(tile.title)}</div>'
        f'<div class="number">{escape(tile.number)}</div><span class="status">{escape(tile.words)}</span>{lines}</div>'
    )
