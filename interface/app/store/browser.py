"""The key of a browser: a random number in a cookie, which opens the work of whoever sits at it and nobody else's."""

from __future__ import annotations

import re
import secrets

import streamlit as st

from interface.app.work.sign_in import person_key

COOKIE = "ccplan"
_KEY = "browser-key"
_VALID = re.compile(r"[A-Za-z0-9_-]{32,64}")
_A_YEAR = 31_536_000


def owner_key() -> str:
    """The key of the work of this window: of the person who signed in, or else of the browser."""
    return person_key() or browser_key()


def browser_key() -> str:
    """The key of this browser, a new one where it has none yet."""
    if _KEY not in st.session_state:
        given = str(st.context.cookies.to_dict().get(COOKIE, ""))
        st.session_state[_KEY] = given if _VALID.fullmatch(given) else secrets.token_urlsafe(24)
    return str(st.session_state[_KEY])


def remember_browser() -> None:
    """Have the browser keep its key, so that a reload and a second tab find the same work; none where one signs in."""
    if person_key() is not None:
        return
    cookie = f"{COOKIE}={browser_key()}; path=/; max-age={_A_YEAR}; SameSite=Lax"
    st.html(
        f"<script>document.cookie = '{cookie}' + (location.protocol === 'https:' ? '; Secure' : '')</script>",
        unsafe_allow_javascript=True,
    )
