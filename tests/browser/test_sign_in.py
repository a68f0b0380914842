"""Sign-in by OpenID Connect: a provider that answers over HTTP, a browser that is sent there and comes back."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import wait_for_server

pytestmark = [pytest.mark.browser, pytest.mark.slow]
pytest.importorskip("authlib")
jose = pytest.importorskip("joserfc.jwt")
jwk = pytest.importorskip("joserfc.jwk")


class Provider:
    """The four pages of a provider at which whoever comes is Ada."""

    def __init__(self) -> None:
        self.key = jwk.RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.nonce, self.refuses = "", False
        provider = self

        class Pages(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.get(self)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                provider.say(self, provider.token())

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def get(self, page: BaseHTTPRequestHandler) -> None:
        """Metadata, keys, or the way back with a code."""
        asked = urlsplit(page.path)
        if asked.path == "/authorize":
            given = {name: values[0] for name, values in parse_qs(asked.query).items()}
            self.nonce = given.get("nonce", "")
            answer = {"error": "access_denied"} if self.refuses else {"code": "code"}
            page.send_response(302)
            page.send_header("Location", f"{given['redirect_uri']}?{urlencode(answer | {'state': given['state']})}")
            page.end_headers()
        elif asked.path == "/keys":
            self.say(page, {"keys": [self.key.as_dict(private=False)]})
        else:
            ends = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
            self.say(page, {"issuer": self.url} | {name: f"{self.url}/{end}" for name, end in ends.items()})

    def token(self) -> dict[str, Any]:
        """What the app gets for its code: who signed in, with the provider's signature."""
        now = int(time.time())
        who = {"iss": self.url, "sub": "ada", "aud": "planner", "name": "Ada", "iat": now, "exp": now + 300}
        signed = jose.encode({"alg": "RS256", "kid": "one"}, who | {"nonce": self.nonce}, self.key)
        return {"access_token": "token", "token_type": "Bearer", "expires_in": 300, "id_token": signed}

    @staticmethod
    def say(page: BaseHTTPRequestHandler, values: dict[str, Any]) -> None:
        """Answer with JSON."""
        page.send_response(200)
        page.send_header("Content-Type", "application/json")
        page.end_headers()
        page.wfile.write(json.dumps(values).encode())


@pytest.fixture
def provider() -> Iterator[Provider]:
    """A provider."""
    made = Provider()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def app(project: Path, tmp_path: Path, provider: Provider) -> Iterator[str]:
    """Where an app answers that asks this provider who comes."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    lines = {
        "redirect_uri": f"{url}/oauth2callback",
        "cookie_secret": "a secret of thirty-two letters or more",
        "client_id": "planner",
        "client_secret": "secret",
        "server_metadata_url": f"{provider.url}/.well-known/openid-configuration",
    }
    secrets = tmp_path / "secrets.toml"
    secrets.write_text("[auth]\n" + "".join(f'{name} = "{value}"\n' for name, value in lines.items()), "utf-8")
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), "--server.headless"]
    command += ["true", "--server.address", "127.0.0.1", "--secrets.files", str(secrets)]
    environment = os.environ | {"CCPLAN_DATABASE": str(tmp_path / "work.db")}
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=project, env=environment, stdout=quiet, stderr=quiet) as server:
        try:
            wait_for_server(f"{url}/_stcore/health", server)
            yield url
        finally:
            server.terminate()


def test_a_person_signs_in_and_out(app: str, provider: Provider, browser: Browser) -> None:
    """Work of one person would be shown to another, or nobody could come in: refused, then let in, then out again."""
    provider.refuses = True
    with browser.new_context() as window:
        page = window.new_page()
        page.goto(app)
        expect(page.get_by_text("Sign in to open them")).to_be_visible()
        with page.expect_response(lambda response: "/authorize" in response.url):
            page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_text("Sign in to open them")).to_be_visible()
        provider.refuses = False
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_text("Signed in as Ada")).to_be_visible()
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_text("Sign in to open them")).to_be_visible()
