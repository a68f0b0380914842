"""The language of the person at the page: chosen there, given by a link, or that of the browser."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from interface.language.messages import (
    ENGLISH,
    LANGUAGES,
    RIGHT_TO_LEFT,
    _,
    current,
    language_of,
)

PARAMETER, COOKIE = "lang", "ccplan-language"
_CHOSEN, _WIDGET = "chosen-language", "language"
_A_YEAR = 31_536_000
_FROM_THE_RIGHT = """<style>
[data-testid="stMain"], [data-testid="stHeader"], [data-testid="stSidebar"], [data-baseweb="popover"],
[data-testid="stToast"] {direction: rtl;}
[data-testid="stMain"] :is(h1, h2, h3, h4, p, li, [data-testid="stMarkdownContainer"]) {text-align: right;}
[data-testid="stMain"] input, [data-testid="stMain"] textarea {unicode-bidi: plaintext; text-align: start;}
[data-testid="stProgress"] p {direction: rtl;}
[data-testid="stAlert"] :is(p, li) {unicode-bidi: plaintext; text-align: start !important;}
[data-testid="stVegaLiteChart"], [data-testid="stDataFrame"], [class*="st-key-grid-"],
[data-testid="stCheckbox"] label > div:first-of-type,
[data-testid="stCode"], [data-testid="stProgress"], [data-testid="stSlider"] {direction: ltr;}
[data-testid="stButtonGroup"] button {border-width: 1px !important; border-radius: .25rem !important;}
.tile {border-left-width: 1px !important; border-left-color: color-mix(in srgb, currentColor 18%, transparent)
 !important; border-right: .35rem solid var(--mark) !important;}
</style>"""
"""Texts run from the right; charts, grids of numbers and code stay as they are everywhere."""


def language_of_reader() -> str:
    """The language of the person whose page is being drawn; English where none is."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return ENGLISH
    if _CHOSEN not in st.session_state:
        given = str(st.query_params.get(PARAMETER) or st.context.cookies.to_dict().get(COOKIE, ""))
        st.session_state[_CHOSEN] = given if given in LANGUAGES else language_of(st.context.locale)
    return str(st.session_state[_CHOSEN])


def show_language_choice() -> None:
    """Draw the choice of the language."""
    st.selectbox(
        _("Language"),
        list(LANGUAGES),
        list(LANGUAGES).index(current()),
        format_func=LANGUAGES.__getitem__,
        key=_WIDGET,
        on_change=_choose,
        label_visibility="collapsed",
        width=130,
    )


def use_language() -> None:
    """Have the browser remember the language, and turn the page where it is read from the right."""
    language = current()
    if language == ENGLISH and st.context.cookies.to_dict().get(COOKIE, ENGLISH) == ENGLISH:
        return
    cookie = f"{COOKIE}={language}; path=/; max-age={_A_YEAR}; SameSite=Lax"
    script = f"<script>document.documentElement.lang = '{language}'; document.cookie = '{cookie}'</script>"
    st.html(script, unsafe_allow_javascript=True)
    if language in RIGHT_TO_LEFT:
        st.html(_FROM_THE_RIGHT)


def _choose() -> None:
    st.session_state[_CHOSEN] = st.session_state[_WIDGET]
    st.query_params.pop(PARAMETER, None)
