"""The grid as a component of Streamlit: the library that the browser loads once, and a mounted grid.

The grid is Tabulator (MIT, `assets/tabulator/`), taken as it is from its npm package, with `assets/grid.js` around it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

ASSETS = Path(__file__).parent / "assets"
ENTRIES = "entries"
"""The state of a mounted grid: its entries that were not taken yet, oldest first."""


def _library() -> str:
    """The script that gives the browser the grid; it does so once, however often it is mounted."""
    style = (ASSETS / "tabulator" / "tabulator.min.css").read_text("utf-8") + (ASSETS / "grid.css").read_text("utf-8")
    scripts = [(ASSETS / name).read_text("utf-8") for name in ("tabulator/tabulator.min.js", "grid.js")]
    body = "\n".join([f"globalThis.plannerGridStyle = {json.dumps(style)};", *scripts])
    return f"if (!globalThis.plannerGrid) {{\n{body}\n}}\nexport default function () {{}}\n"


_DRAW = """export default function (component) {
  const draw = () => globalThis.plannerGrid.draw(component);
  if (globalThis.plannerGrid) draw();
  else globalThis.addEventListener("planner-grid", draw, { once: true });
}
"""
_load = component("planner_grid_library", js=_library())
_mount = component("planner_grid", js=_DRAW)


def load_grids() -> None:
    """Have the browser load the grid; a page with grids calls it once, above them."""
    with st.container(height=1, border=False, key="grid-library-place"):
        _load(key="grid-library", height=1)


def mount(key: str, data: dict[str, Any], taken: Callable[[], None]) -> None:
    """Draw a grid; `taken` is called when there are entries in the session state, under the key and `ENTRIES`."""
    _mount(key=key, data=data, on_entries_change=taken)


def entries(key: str) -> list[dict[str, Any]]:
    """The entries that a mounted grid has sent, those that were taken before included."""
    state = st.session_state.get(key) or {}
    return list(state.get(ENTRIES) or [])
