"""Queueing theory by trying it out, a section at a time."""

import streamlit as st

from interface.app.learn import sections
from interface.app.widgets import header
from interface.language.messages import _, marked

NAMES = marked(("Calculator", "Pooling", "Square-root law", "Overload", "Assumption ladder"))
work = header(_("Learn"), _("Queueing theory by trying it out; the calculator starts from your busiest interval"))
match st.segmented_control(
    _("Section"),
    NAMES,
    default=NAMES[0],
    format_func=_,
    required=True,
    key="section",
    bind="query-params",
    label_visibility="collapsed",
):
    case "Pooling":
        sections.pooling()
    case "Square-root law":
        sections.square_root()
    case "Overload":
        sections.overload()
    case "Assumption ladder":
        sections.climb(work)
    case _:
        sections.explorer(work)
