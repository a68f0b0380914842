"""What stands beside the grids of the Scenario page: the choice of the day, the plan check, the calendar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from interface.app.editor.periods import WEEK, Period, day_names
from interface.app.fields.places import place_on_page
from interface.app.jobs.jobs import Refused
from interface.app.jobs.theory import place_of, staffed
from interface.app.literal import literal
from interface.app.session import Workspace, workers
from interface.app.widgets import grid, one_of
from interface.language.messages import _, marked, ngettext
from interface.language.numbers import weekday_and_date
from models.lint.advice import Advice
from scenarios.scenario import Scenario
from scenarios.units import written

GridEdit = Callable[[Scenario, Any], Scenario]
MOST_ADVICE = 3
ONE_DAY, WEEK_BY_DAYS = marked(("One day", "Week by days"))
TOTALS: dict[str, Period] = {marked("Days"): "Day", marked("Weekdays"): "Weekday", marked("Weeks"): "Week"}
"""Totals that a table can show instead of intervals."""
_ENDS = marked({"work-off": "Open contacts are worked off", "stop": "Open contacts are left out"})


def problem(work: Workspace, place: str) -> None:
    """Draw why the last edit was refused; its place is kept while there is no problem."""
    with st.container():
        if place in work.problems:
            st.error(_("{problems}. The previous value was kept.").format(problems=literal(work.problems[place])))


def day_choice(scenario: Scenario, place: str) -> tuple[int, bool]:
    """Choose the day to show, and whether edits apply to all days."""
    horizon = scenario.horizon
    if horizon.days == 1:
        return 0, True
    times = horizon.times[:: horizon.intervals_per_day]
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    day = left.selectbox(
        _("Day"),
        range(horizon.days),
        format_func=lambda at: weekday_and_date(times[at], long=True),
        key=f"day-{place}",
    )
    every = right.checkbox(_("Apply to all days"), key=f"every-{place}")
    return int(day or 0), bool(every)


def span_choice(scenario: Scenario, place: str, others: Sequence[str] = ()) -> str:
    """Choose what a table of intervals shows: a day, a week side by side, or totals of days."""
    if scenario.horizon.days == 1:
        return ONE_DAY
    spans = [ONE_DAY, WEEK_BY_DAYS, *others]
    return str(
        st.segmented_control(_("Show"), spans, default=ONE_DAY, format_func=_, required=True, key=f"span-{place}")
    )


def week_choice(scenario: Scenario, names: Sequence[str], label: str, place: str) -> tuple[str, int]:
    """Choose whose week to show, and which."""
    name = one_of(label, names, f"week-of-{place}")
    days = day_names(scenario.horizon)
    starts = range(0, scenario.horizon.days, WEEK)
    if len(starts) == 1:
        return name, 0
    words = [f"{days[start]} – {days[min(start + WEEK, len(days)) - 1]}" for start in starts]
    return name, words.index(str(st.selectbox(_("Week"), words, key=f"week-{place}")))


def advice(checked: Any, place: str) -> None:
    """Draw the notes of the plan check on a part of the scenario; their place is kept while there are none."""
    with st.container():
        if isinstance(checked, Refused):
            st.warning(literal(checked.text))
            return
        for note in _notes(checked, place)[:MOST_ADVICE]:
            field = place_on_page(note.field)
            where = "  \n" + _("Field: {field}").format(field=literal(field)) if field else ""
            st.warning(f"**{literal(note.size)}**  \n{literal(f'{note.why} {note.fix}')}{where}")


def advice_line(checked: Any, place: str) -> None:
    """Draw the number of notes further down; always one line, because a grid follows it."""
    count = len(_notes(checked, place))
    if checked is None:
        st.caption(_("Plan check: running ..."))
    elif isinstance(checked, Refused) or count:
        count = max(min(count, MOST_ADVICE), 1)
        st.caption(
            ngettext(
                "Plan check: {count} note at the end of this tab.",
                "Plan check: {count} notes at the end of this tab.",
                count,
            ).format(count=count)
        )
    else:
        st.caption(_("Plan check: no notes."))


def _notes(checked: Any, place: str) -> list[Advice]:
    if checked is None or isinstance(checked, Refused):
        return []
    return [note for note in checked if place_of(note.field) == place]


def calculate_staffing(work: Workspace) -> None:
    """Give the scenario the fewest agents that meet every target by formula."""
    answer = workers().ask(staffed, work.scenario, urgent=True).result()
    if isinstance(answer, Refused):
        work.problems["staff"] = answer.text
    else:
        work.change("staff", lambda _: answer, typed=False)


def choose_calendar(work: Workspace) -> None:
    """Edit the simulated days, the title and the currency."""
    horizon = work.scenario.horizon
    with grid("16rem", key="calendar"):
        _field(work, "title", st.text_input, "Title", work.scenario.title, _replaced("title"))
        _field(work, "start", st.date_input, _("First day"), horizon.start, _horizon("start"))
        _field(
            work,
            "days",
            partial(st.number_input, min_value=1, max_value=366),
            _("Number of days"),
            horizon.days,
            _horizon("days"),
        )
        lengths = sorted({15, 30, 60, int(horizon.interval // 60)})
        choose = partial(st.selectbox, options=lengths, format_func=lambda minutes: f"{minutes} {_('min')}")
        _field(work, "interval", choose, _("Interval length"), lengths.index(int(horizon.interval // 60)), _interval)
        _field(work, "currency", st.text_input, "Currency", work.scenario.currency, _replaced("currency"))
        ends = partial(st.selectbox, options=list(_ENDS), format_func=lambda end: _(_ENDS[end]))
        _field(work, "at_end", ends, _("After the last day"), list(_ENDS).index(horizon.at_end), _horizon("at_end"))
        _field(work, "warm_up", st.text_input, "Warm-up", written(horizon.warm_up), _horizon("warm_up"))
        _field(work, "name", st.text_input, _("Name of the file"), work.scenario.name, _replaced("name"))
        _field(work, "description", st.text_input, "Description", work.scenario.description, _replaced("description"))
    problem(work, "calendar")


def _field(
    work: Workspace,
    name: str,
    widget: Callable[..., Any],
    label: str,
    current: Any,
    change: Callable[[Scenario, Any], Scenario],
) -> None:
    key = f"{name}-{work.edition}"

    def commit() -> None:
        value = st.session_state[key]
        work.change("calendar", lambda scenario: change(scenario, value))

    given = {"index": current} if name in ("interval", "at_end") else {"value": current}
    widget(label, **given, key=key, on_change=commit)


def _replaced(field: str) -> GridEdit:
    return lambda scenario, value: scenario.replace(**{field: value})


def _interval(scenario: Scenario, minutes: int) -> Scenario:
    return _horizon("interval")(scenario, minutes * 60.0)


def _horizon(field: str) -> GridEdit:
    def change(scenario: Scenario, value: Any) -> Scenario:
        given = {name: getattr(scenario.horizon, name) for name in type(scenario.horizon).model_fields}
        return scenario.replace(horizon=given | {field: value})

    return change
