"""Queueing theory by trying it out, a chapter at a time."""

import streamlit as st

from interface.app.learn import sections
from interface.app.widgets import header

NAMES = ("Explorer", "Pooling", "Square-root law", "Overload", "Assumption ladder")
work = header("Learn", "the explorer begins with its busiest interval; the other chapters bring their own numbers")
match st.segmented_control(
    "Chapter",
    NAMES,
    default=NAMES[0],
    required=True,
    key="chapter",
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
