"""The choice of a contact log: the sample, or an upload with its column mapping."""

from __future__ import annotations

import streamlit as st

from interface.app.editor.opening import LARGEST
from interface.app.jobs.validation import mapping_text
from interface.app.session import Workspace
from interface.app.work.files import choose_file
from interface.language.messages import _
from scenarios.contact_log.mapping import MAPPINGS
from scenarios.sample import SAMPLE_LOG


def sample_log() -> tuple[bytes, str, str]:
    """The sample log: content, name and mapping (YAML)."""
    return SAMPLE_LOG.read_bytes(), SAMPLE_LOG.name, mapping_text("bank")


def column_mapping(page: str) -> str:
    """The name of the chosen ready mapping."""
    return str(st.selectbox(_("Column mapping"), sorted(MAPPINGS, reverse=True), key=f"{page}-layout"))


def uploaded_log(work: Workspace, page: str, layout: str, words: str) -> tuple[bytes, str, str]:
    """An uploaded log: content, name and its mapping (YAML) as edited; the page ends here while there is none."""
    with st.expander(_("Edit the mapping")):
        columns = st.text_area(
            _("Mapping (YAML)"),
            mapping_text(layout),
            height=320,
            key=f"{page}-mapping-{layout}",
            help=_(
                "Left: the role of a column. Right: its name in your file. Further keys: timezone, log_timezone, "
                "clock (mm:ss or hh:mm), unit, decimal, date_format, only, exclude, answered, abandoned."
            ),
        )
    chosen = choose_file(work, page, words, ["csv", "gz", "xlsx"], LARGEST)
    if chosen is None:
        st.stop()
    return *chosen, columns
