"""Sign-in by OpenID Connect, where the server is set up for it: the person, not the browser, then owns the work."""

from __future__ import annotations

from hashlib import sha256
from importlib.util import find_spec

import streamlit as st
from streamlit.auth_util import get_secrets_auth_section, is_authlib_installed

from interface.language.messages import _
from scenarios.errors import MissingExtra


def sign_in_configured() -> bool:
    """Whether `.streamlit/secrets.toml` has a section on sign-in."""
    return bool(get_secrets_auth_section().to_dict())


def signed_in() -> bool:
    """Whether the app may be shown: nobody need sign in, or this person has."""
    return not sign_in_configured() or bool(st.user.get("is_logged_in"))


def person_key() -> str | None:
    """The key of the person who signed in, None without sign-in; name and address are not part of it."""
    if not sign_in_configured() or not st.user.get("is_logged_in"):
        return None
    return sha256(f"{st.user.get('iss')}|{st.user.get('sub')}".encode()).hexdigest()


def show_sign_in() -> None:
    """Draw the page of a person who has not signed in.

    Raises
    ------
    MissingExtra
        If the library that signs people in is not installed.
    """
    if not is_authlib_installed():
        raise MissingExtra("sign-in", "Authlib")
    if find_spec("httpx") is None:  # Authlib asks the provider through it, and does not bring it along
        raise MissingExtra("sign-in", "httpx")
    st.title(_("Contact-centre planner"), anchor=False)
    st.text(_("Your scenarios are kept under your account. Sign in to open them."))
    st.button(_("Sign in"), type="primary", on_click=st.login)


def show_sign_out() -> None:
    """Draw who signed in, with a button that signs out; nothing without sign-in."""
    if person_key() is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(
            _("Signed in as {name}").format(
                name=st.user.get("name") or st.user.get("email") or _("an account without a name")
            )
        )
        st.button(_("Sign out"), on_click=st.logout, type="tertiary")
