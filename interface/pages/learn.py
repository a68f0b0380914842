"""Queueing theory by trying it out, a chapter at a time."""

import streamlit as st

from interface import chapters
from interface.parts import header

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
        chapters.pooling()
    case "Square-root law":
        chapters.square_root()
    case "Overload":
        chapters.overload()
    case "Assumption ladder":
        chapters.climb(work)
    case _:
        chapters.explorer(work)
