"""The replay as a component of Streamlit, without an iframe: a canvas with a slider of time, drawn in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from streamlit.components.v2 import component

ASSETS = Path(__file__).parent / "assets"
_mount = component(
    "planner_replay",
    css=(ASSETS / "replay.css").read_text("utf-8"),
    js=(ASSETS / "replay.js").read_text("utf-8"),
)


def mount(key: str, data: dict[str, Any]) -> None:
    """Draw a replay: the stretches of a day (`spans.replayed`) with names, colours and words."""
    _mount(key=key, data=data)
